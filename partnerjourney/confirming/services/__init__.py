"""Verbs of confirming by mail: asking a party, answering for it, handling what it said."""

from __future__ import annotations

from partnerjourney.confirming.services import following  # noqa: F401 - it listens
from partnerjourney.confirming.services.answering import (
    Asked,
    answer,
    find_asked,
    next_path,
    offer,
    stop,
)
from partnerjourney.confirming.services.asking import ask, ask_more, may_ask, withdraw
from partnerjourney.confirming.services.handling import again, find_thing, handle
from partnerjourney.confirming.services.questions import JOB

__all__ = [
    "JOB",
    "Asked",
    "again",
    "answer",
    "ask",
    "ask_more",
    "find_asked",
    "find_thing",
    "handle",
    "may_ask",
    "next_path",
    "offer",
    "stop",
    "withdraw",
]
