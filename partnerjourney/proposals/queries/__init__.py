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

__all__ = [
    "EMERGENCY",
    "OPEN",
    "Emergency",
    "ListedProposal",
    "OpenProposal",
    "TermsCircle",
    "circles_of_terms",
    "emergencies",
    "in_force_here",
    "listed",
    "mandates",
    "on_the_map",
    "open_by_terms",
    "open_here",
    "silence",
]
