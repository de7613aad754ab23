"""Verbs on a journey, its phases and parties."""

from __future__ import annotations

from partnerjourney.journeys.services.drawing import (
    add_phase,
    change,
    create,
    customer_owner,
    may_create,
    may_draw,
    order_phases,
    phases,
)
from partnerjourney.journeys.services.lanes import add_party, confirm_party, draw_party, unconfirmed
from partnerjourney.journeys.services.places import (
    Owned,
    Place,
    find,
    find_by_slug,
    place_of,
    update_row,
)

__all__ = [
    "Owned",
    "Place",
    "add_party",
    "add_phase",
    "change",
    "confirm_party",
    "create",
    "customer_owner",
    "draw_party",
    "find",
    "find_by_slug",
    "may_create",
    "may_draw",
    "order_phases",
    "phases",
    "place_of",
    "unconfirmed",
    "update_row",
]
