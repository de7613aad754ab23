"""Verbs on announcements: the maker changes or withdraws it, others are told."""

from __future__ import annotations

from partnerjourney.announcements.services import departing  # noqa: F401 - it listens
from partnerjourney.announcements.services.making import (
    Words,
    change,
    find,
    make,
    may_make,
    places_of,
    withdraw,
)
from partnerjourney.announcements.services.private import Ours, find_ours, ours, to_change
from partnerjourney.announcements.services.shown import find_shown, may_withdraw, withdraw_here
from partnerjourney.announcements.services.telling import TELL_JOB, tell

__all__ = [
    "TELL_JOB",
    "Ours",
    "Words",
    "change",
    "find",
    "find_ours",
    "find_shown",
    "make",
    "may_make",
    "may_withdraw",
    "ours",
    "places_of",
    "tell",
    "to_change",
    "withdraw",
    "withdraw_here",
]
