"""What pages read of the library: items, where each is used, and what a change would touch."""

from __future__ import annotations

from partnerjourney.library.queries.items import (
    Listed,
    Used,
    change_of,
    changes,
    find,
    held,
    listed,
    uses_of,
)
from partnerjourney.library.queries.places import Key, Spotted, all_spots
from partnerjourney.library.queries.preview import Line, preview, used_at

__all__ = [
    "Key",
    "Line",
    "Listed",
    "Spotted",
    "Used",
    "all_spots",
    "change_of",
    "changes",
    "find",
    "held",
    "listed",
    "preview",
    "used_at",
    "uses_of",
]
