"""Working days, Monday to Friday: before which day an answer is asked."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

ANSWER_WITHIN = 5
"""Working days in which a party answers what another one changed."""


def add(day: date, number: int) -> date:
    """Return the day that lies so many working days after another."""
    while number > 0:
        day += timedelta(days=1)
        number -= day.weekday() < 5
    return day


def answer_by(at: datetime, zone: str) -> date:
    """Return before which day a change made at this moment asks for an answer."""
    return add(at.astimezone(ZoneInfo(zone)).date(), ANSWER_WITHIN)
