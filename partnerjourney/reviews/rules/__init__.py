"""What a report says: facts fixed at one moment, as frozen dataclasses and as canonical JSON."""

from __future__ import annotations

from partnerjourney.reviews.rules.documents import (
    FactsError,
    canonical,
    document_of,
    facts_of,
    fingerprint,
)
from partnerjourney.reviews.rules.facts import (
    CardFact,
    Facts,
    GivenVerdict,
    HandoverFact,
    PartyFact,
    PhaseFact,
    PointFact,
    Quote,
)
from partnerjourney.reviews.rules.texts import shortened, tamed

__all__ = [
    "CardFact",
    "Facts",
    "FactsError",
    "GivenVerdict",
    "HandoverFact",
    "PartyFact",
    "PhaseFact",
    "PointFact",
    "Quote",
    "canonical",
    "document_of",
    "facts_of",
    "fingerprint",
    "shortened",
    "tamed",
]
