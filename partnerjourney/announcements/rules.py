"""What a party announces, from which day to which, and when its partners are told."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from enum import StrEnum
from typing import Protocol, TypeVar

LONGEST = 400
"""An announcement has so many characters."""
SOON = timedelta(days=3)
"""What begins within these days is mailed at once; what begins later stands in the overview."""
NEWS = timedelta(days=7)
"""So long an announcement is news, and so long before it begins it is told once more."""


class Kind(StrEnum):
    """What is announced."""

    PEAK = "peak"
    CLOSURE = "closure"
    NUMBER = "new_number"
    OTHER = "other"


class When(StrEnum):
    """Where a day stands to the days of an announcement."""

    COMING = "coming"
    RUNNING = "running"
    PAST = "past"


class Dated(Protocol):
    """Something that holds from one day to another; without the last until it is withdrawn."""

    @property
    def first_day(self) -> date:
        """The first day."""

    @property
    def last_day(self) -> date | None:
        """The last day."""


Found = TypeVar("Found", bound=Dated)


def when(one: Dated, today: date) -> When:
    """Say where today stands to its days, both included."""
    if today < one.first_day:
        return When.COMING
    return When.PAST if one.last_day is not None and one.last_day < today else When.RUNNING


def running(some: Iterable[Found], today: date) -> list[Found]:
    """Return those that hold today."""
    return [one for one in some if when(one, today) is When.RUNNING]


def within(some: Iterable[Found], first: date | None, last: date | None) -> list[Found]:
    """Return those of which some day lies in a period; an open end has no bound."""
    return [
        one
        for one in some
        if (last is None or one.first_day <= last)
        and (first is None or one.last_day is None or one.last_day >= first)
    ]


def is_soon(one: Dated, today: date) -> bool:
    """Say whether its partners are mailed at once: it holds today or in a few days."""
    return when(one, today) is not When.PAST and one.first_day <= today + SOON


def is_news(one: Dated, said_on: date, today: date) -> bool:
    """Say whether an overview tells of it: it was said lately, or begins before long."""
    if when(one, today) is When.PAST:
        return False
    return today - said_on < NEWS or today <= one.first_day < today + NEWS
