"""One announcement in the words of a page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from partnerjourney.announcements import words
from partnerjourney.announcements.queries import Told
from partnerjourney.announcements.rules import when


@dataclass(frozen=True, slots=True)
class Line:
    """An announcement as lists show it; `chip` says how it stands today."""

    by: str
    monogram: str
    kind: str
    text: str
    days: str
    chip: tuple[str, str, str]
    mine: bool


def line(one: Told, today: date, *, mine: bool = False) -> Line:
    """Return an announcement in the reader's words."""
    return Line(
        one.by,
        one.monogram,
        words.kind(one.kind),
        one.text,
        words.days(one),
        words.chip(when(one, today)),
        mine,
    )
