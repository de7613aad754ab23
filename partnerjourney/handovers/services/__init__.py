"""Verbs on hand-overs: draw one, write its terms once whoever had to agree has agreed.

`departing` is imported for its receiver: terms go on when somebody leaves.
"""

from __future__ import annotations

from partnerjourney.handovers.services import departing
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
from partnerjourney.handovers.services.writing import may_change, standing_terms, write

__all__ = [
    "Edge",
    "Shape",
    "add",
    "all_terms",
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
    "standing_terms",
    "write",
]
