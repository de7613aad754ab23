"""Verbs on a journey, its phases and parties."""

from __future__ import annotations

from partnerjourney.journeys.services.drawing import (
    change,
    create,
    customer_owner,
    may_create,
    may_draw,
)
from partnerjourney.journeys.services.lanes import add_party, confirm_party, draw_party, unconfirmed
from partnerjourney.journeys.services.phases import (
    add_phase,
    find_phase,
    order_phases,
    phases,
    put_phase,
    rename_phase,
    restore_phase,
    retire_phase,
)
from partnerjourney.journeys.services.places import (
    Base,
    Owned,
    Place,
    find,
    find_by_slug,
    place_of,
    update_row,
)

__all__ = [
    "Base",
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
    "find_phase",
    "may_create",
    "may_draw",
    "order_phases",
    "phases",
    "place_of",
    "put_phase",
    "rename_phase",
    "restore_phase",
    "retire_phase",
    "unconfirmed",
    "update_row",
]
