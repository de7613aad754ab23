"""How often somebody hears what waits, and on which day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from enum import StrEnum

MORNING = 7
"""The hour at which an overview goes out, by the clock of the organisation."""
UNTIL = 12
"""After this hour an overview that did not go out in the morning waits for its next day."""
_DAY = timedelta(days=1)


class Often(StrEnum):
    """How often a person gets an overview of what waits."""

    WEEKLY = "weekly"
    DAILY = "daily"
    NEVER = "never"


class Duty(StrEnum):
    """Who answers: the first one, the deputy, and whom to turn to when nobody does."""

    FIRST = "first"
    DEPUTY = "deputy"
    ESCALATION = "escalation"


def overview_today(
    often: Often, weekday: int, today: date, *, worked: Callable[[date], bool]
) -> bool:
    """Say whether an overview goes out today: on a worked day alone.

    A weekly one whose weekday (0 is Monday) is not worked goes out on the next day that is.
    """
    if often is Often.NEVER or not worked(today):
        return False
    if often is Often.DAILY:
        return True
    day = today
    while day.weekday() != weekday:
        day -= _DAY
        if worked(day):
            return False
    return True
