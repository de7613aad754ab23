"""Verbs on cards, on customer roles, and on what a card is to each of them."""

from __future__ import annotations

from partnerjourney.touchpoints.services.agreeing import agreed_reason_needed
from partnerjourney.touchpoints.services.cards import (
    add,
    cards,
    change,
    check_depth,
    find,
    may_change,
    rename,
)
from partnerjourney.touchpoints.services.moving import (
    Spot,
    find_any,
    move,
    put,
    restore,
    retire,
    retire_phase,
    spot,
)
from partnerjourney.touchpoints.services.roles import (
    add_role,
    all_weighed,
    change_role,
    customer_roles,
    find_role,
    may_edit_roles,
    move_role,
    retire_role,
    weigh,
    weighed,
)

__all__ = [
    "Spot",
    "add",
    "add_role",
    "agreed_reason_needed",
    "all_weighed",
    "cards",
    "change",
    "change_role",
    "check_depth",
    "customer_roles",
    "find",
    "find_any",
    "find_role",
    "may_change",
    "may_edit_roles",
    "move",
    "move_role",
    "put",
    "rename",
    "restore",
    "retire",
    "retire_phase",
    "retire_role",
    "spot",
    "weigh",
    "weighed",
]
