"""Verbs on hand-overs: draw one, agree its terms, confirm what the other side changed.

`departing` is imported for its receiver: terms go on when somebody leaves.
"""

from __future__ import annotations

from partnerjourney.handovers.services import departing
from partnerjourney.handovers.services.agreeing import awaits_me, change, confirm, may_change
from partnerjourney.handovers.services.edges import (
    Edge,
    add,
    all_terms,
    find,
    handovers,
    retire,
)
from partnerjourney.handovers.services.listing import edges, members
from partnerjourney.handovers.services.redrawing import Shape, find_any, redraw, restore, shape

__all__ = [
    "Edge",
    "Shape",
    "add",
    "all_terms",
    "awaits_me",
    "change",
    "confirm",
    "departing",
    "edges",
    "find",
    "find_any",
    "handovers",
    "may_change",
    "members",
    "redraw",
    "restore",
    "retire",
    "shape",
]
