"""Verbs on the library; what they change in journeys goes by the verbs of cards and proposals."""

from __future__ import annotations

from partnerjourney.library.services.changing import CHANGE_JOB, Chosen, Wanted, begin, go_on
from partnerjourney.library.services.items import (
    cleaned,
    detach,
    make,
    may_edit,
    may_read,
    put_to_use,
    retire,
)
from partnerjourney.library.services.kept import Kept, find, kept, used

__all__ = [
    "CHANGE_JOB",
    "Chosen",
    "Kept",
    "Wanted",
    "begin",
    "cleaned",
    "detach",
    "find",
    "go_on",
    "kept",
    "make",
    "may_edit",
    "may_read",
    "put_to_use",
    "retire",
    "used",
]
