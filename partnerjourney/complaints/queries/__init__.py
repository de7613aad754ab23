"""What pages read of complaints: in a fixed number of statements, whatever their number."""

from __future__ import annotations

from partnerjourney.complaints.queries.on_map import Marked, marked, open_at_handovers
from partnerjourney.complaints.queries.places import EdgeChoice, PlaceChoices, choices, numbered
from partnerjourney.complaints.queries.seen import (
    Line,
    Seat,
    Seen,
    found_by_reference,
    one,
    over_all,
    within,
)

__all__ = [
    "EdgeChoice",
    "Line",
    "Marked",
    "PlaceChoices",
    "Seat",
    "Seen",
    "choices",
    "found_by_reference",
    "marked",
    "numbered",
    "one",
    "open_at_handovers",
    "over_all",
    "within",
]
