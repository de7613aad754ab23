"""What pages read of announcements: one's own with their places, and those that one is told."""

from __future__ import annotations

from partnerjourney.announcements.queries.own import Own, Standing, one, own, own_in
from partnerjourney.announcements.queries.told import (
    COLUMNS,
    Told,
    selected,
    told,
    told_row,
)

__all__ = [
    "COLUMNS",
    "Own",
    "Standing",
    "Told",
    "one",
    "own",
    "own_in",
    "selected",
    "told",
    "told_row",
]
