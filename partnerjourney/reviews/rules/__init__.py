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
    AnswerGroup,
    Asking,
    CardFact,
    Explanation,
    Facts,
    Gap,
    GivenVerdict,
    HandoverFact,
    Open,
    OpenPoint,
    PartyFact,
    PhaseFact,
    PointFact,
    Quote,
    Scale,
    Score,
    Word,
)
from partnerjourney.reviews.rules.texts import shortened, tamed

__all__ = [
    "AnswerGroup",
    "Asking",
    "CardFact",
    "Explanation",
    "Facts",
    "FactsError",
    "Gap",
    "GivenVerdict",
    "HandoverFact",
    "Open",
    "OpenPoint",
    "PartyFact",
    "PhaseFact",
    "PointFact",
    "Quote",
    "Scale",
    "Score",
    "Word",
    "canonical",
    "document_of",
    "facts_of",
    "fingerprint",
    "shortened",
    "tamed",
]
