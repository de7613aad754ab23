"""Weeks or months of a line over time, and where days lie on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

MOST = 14
"""So many weeks or months stand on one line, the latest."""
_WEEKS = timedelta(weeks=MOST)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span:
    """A week (Monday to Sunday) or a month; days inclusive."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1


def spans(first: date, last: date) -> list[Span]:
    """Return the weeks of these days where they are few, else the months; the latest of them."""
    found = []
    monday = first - timedelta(days=first.weekday())
    weekly = last - monday < _WEEKS  # else the first days would fall off the line
    begin = monday if weekly else first.replace(day=1)
    while begin <= last:
        following = begin + timedelta(days=7) if weekly else _next_month(begin)
        found.append(Span(begin, following - _DAY))
        begin = following
    return found[-MOST:]


def _next_month(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)


def place_on(some: Sequence[Span], day: date) -> float:
    """Return where a day begins on a line whose points stand at 0, 1, 2 …, each amid its span.

    A day before the first span is −0.5, one after the last half a step past it.
    """
    if day < some[0].first:
        return -0.5
    for index, span in enumerate(some):
        if day <= span.last:
            return index - 0.5 + (day - span.first).days / span.days
    return len(some) - 0.5
