"""Reads of proposals: those that are open, for the map and home, and all of them as a list."""

from __future__ import annotations

from partnerjourney.proposals.queries.circles import TermsCircle, circles_of_terms
from partnerjourney.proposals.queries.listing import (
    EMERGENCY,
    OPEN,
    Emergency,
    ListedProposal,
    OpenProposal,
    emergencies,
    in_force_here,
    listed,
    mandates,
    on_the_map,
    open_by_terms,
    open_here,
    silence,
)
from partnerjourney.proposals.queries.mandated import (
    MandateUse,
    given_to,
    mandate_uses,
    mandated_until,
)

__all__ = [
    "EMERGENCY",
    "OPEN",
    "Emergency",
    "ListedProposal",
    "MandateUse",
    "OpenProposal",
    "TermsCircle",
    "circles_of_terms",
    "emergencies",
    "given_to",
    "in_force_here",
    "listed",
    "mandate_uses",
    "mandated_until",
    "mandates",
    "on_the_map",
    "open_by_terms",
    "open_here",
    "silence",
]
