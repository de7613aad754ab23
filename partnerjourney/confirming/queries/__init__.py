"""What stands of a party, whom was asked about it, what was answered, and what still waits."""

from __future__ import annotations

from partnerjourney.confirming.queries.pending import Pending, pending
from partnerjourney.confirming.queries.said import (
    BY_MAIL,
    SaidByMail,
    Thing,
    ToHandle,
    asked,
    asking_of,
    card_said,
    handover_said,
    latest,
    open_asking,
    said_of_card,
    said_of_terms,
    thing_of,
    things,
    to_handle,
)

__all__ = [
    "BY_MAIL",
    "Pending",
    "SaidByMail",
    "Thing",
    "ToHandle",
    "asked",
    "asking_of",
    "card_said",
    "handover_said",
    "latest",
    "open_asking",
    "pending",
    "said_of_card",
    "said_of_terms",
    "thing_of",
    "things",
    "to_handle",
]
