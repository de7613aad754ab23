"""Verbs on cards: the owner of a party's lane draws, names, moves and retires them."""

from __future__ import annotations

from partnerjourney.touchpoints.services.cards import (
    add,
    cards,
    change,
    find,
    may_change,
    rename,
)
from partnerjourney.touchpoints.services.moving import (
    Spot,
    find_retired,
    move,
    put,
    restore,
    retire,
    retire_phase,
    spot,
)

__all__ = [
    "Spot",
    "add",
    "cards",
    "change",
    "find",
    "find_retired",
    "may_change",
    "move",
    "put",
    "rename",
    "restore",
    "retire",
    "retire_phase",
    "spot",
]
