"""Links that answer by mail, and the kinds of things that features let them answer."""

from __future__ import annotations

from partnerjourney.answering.services.kinds import KINDS, Kind, Shown, Typed, register
from partnerjourney.answering.services.links import (
    GUEST,
    LASTS,
    Opened,
    Person,
    end,
    find,
    make,
    use,
)

__all__ = [
    "GUEST",
    "KINDS",
    "LASTS",
    "Kind",
    "Opened",
    "Person",
    "Shown",
    "Typed",
    "end",
    "find",
    "make",
    "register",
    "use",
]
