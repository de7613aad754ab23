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
from partnerjourney.announcements.services.shown import find_shown, may_withdraw, withdraw_here
from partnerjourney.announcements.services.telling import TELL_JOB, tell

__all__ = [
    "TELL_JOB",
    "Words",
    "change",
    "find",
    "find_shown",
    "make",
    "may_make",
    "may_withdraw",
    "places_of",
    "tell",
    "withdraw",
    "withdraw_here",
]
