"""Verbs on a journey, its phases and parties."""

from __future__ import annotations

from partnerjourney.journeys.services.beside import (
    add_item,
    checklist,
    find_item,
    reasons,
    retire_item,
    say_disciplines,
    tick,
    write_reason,
)
from partnerjourney.journeys.services.drawing import (
    change,
    create,
    customer_owner,
    may_create,
    may_draw,
)
from partnerjourney.journeys.services.kinds import (
    Parent,
    change_kind,
    mark_use,
    parent_of,
    parts_of,
    possible_parents,
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
    UNSAID,
    Base,
    Owned,
    Place,
    all_places,
    find,
    find_by_slug,
    place_of,
    update_row,
)

__all__ = [
    "UNSAID",
    "Base",
    "Owned",
    "Parent",
    "Place",
    "add_item",
    "add_party",
    "add_phase",
    "all_places",
    "change",
    "change_kind",
    "checklist",
    "confirm_party",
    "create",
    "customer_owner",
    "draw_party",
    "find",
    "find_by_slug",
    "find_item",
    "find_phase",
    "mark_use",
    "may_create",
    "may_draw",
    "order_phases",
    "parent_of",
    "parts_of",
    "phases",
    "place_of",
    "possible_parents",
    "put_phase",
    "reasons",
    "rename_phase",
    "restore_phase",
    "retire_item",
    "retire_phase",
    "say_disciplines",
    "tick",
    "unconfirmed",
    "update_row",
    "write_reason",
]
