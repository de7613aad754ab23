"""Verbs on versions: put forward, answer, establish, take into use, take back, restore."""

from __future__ import annotations

from partnerjourney.versions.services.answering import Receipt, agree, mine, receipts, refuse
from partnerjourney.versions.services.asking import Asking, asking
from partnerjourney.versions.services.deciding import archive, establish, ready, take_back, use
from partnerjourney.versions.services.drafting import (
    draft,
    kept,
    may_put,
    outrun,
    put_forward,
    reword,
)
from partnerjourney.versions.services.finding import find, latest_agreed
from partnerjourney.versions.services.following import remind
from partnerjourney.versions.services.restoring import Restored, restore, steps

__all__ = [
    "Asking",
    "Receipt",
    "Restored",
    "agree",
    "archive",
    "asking",
    "draft",
    "establish",
    "find",
    "kept",
    "latest_agreed",
    "may_put",
    "mine",
    "outrun",
    "put_forward",
    "ready",
    "receipts",
    "refuse",
    "remind",
    "restore",
    "reword",
    "steps",
    "take_back",
    "use",
]
