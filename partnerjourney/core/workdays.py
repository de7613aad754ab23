"""Working days of an organisation: on which day something counts, and when silence is over.

A calendar says on which weekdays an organisation works, until what time of the day something still
counts for that day, and which holidays and days of its own it is closed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from partnerjourney.core.holidays import Country, of_year

ANSWER_WITHIN = 5
"""Working days in which a party answers what another one changed."""

ZONE = "Europe/Amsterdam"
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class WorkCalendar:
    """When an organisation works; a calendar without a single weekday raises ValueError.

    `days` are weekdays, 0 is Monday. `worked_holidays` and `closed_holidays` hold keys of holidays
    for which the organisation says otherwise than its country; where both name one, it is closed.
    Two holidays on one day: it is closed if one of them is. `closed_on` are days of its own.
    """

    days: frozenset[int] = frozenset(range(5))
    cut_off: time = time(17)
    zone: str = ZONE
    country: Country = Country.NL
    worked_holidays: frozenset[str] = frozenset()
    closed_holidays: frozenset[str] = frozenset()
    closed_on: frozenset[date] = field(default=frozenset())

    def __post_init__(self) -> None:
        """Refuse a calendar in which no day ever comes."""
        if not self.days or not self.days <= frozenset(range(7)):
            raise ValueError("a calendar has at least one weekday, 0 to 6")

    def closes_for(self, key: str, *, worked: bool) -> bool:
        """Say whether a holiday closes this organisation; `worked` is what its country says."""
        return key in self.closed_holidays or not (worked or key in self.worked_holidays)


DEFAULT = WorkCalendar()
"""Of an organisation that has said nothing: Dutch, Monday to Friday, until 17.00."""


def is_worked(day: date, calendar: WorkCalendar) -> bool:
    """Say whether an organisation works on a day."""
    if day.weekday() not in calendar.days or day in calendar.closed_on:
        return False
    holidays = of_year(calendar.country, day.year).get(day, ())
    return not any(calendar.closes_for(one.key, worked=one.worked) for one in holidays)


def counts_as(at: datetime, calendar: WorkCalendar) -> date:
    """Return the working day on which something that comes at this moment counts.

    After the cut-off, or on a day that is not worked, that is the next working day. A moment
    without a time zone raises ValueError.
    """
    if at.tzinfo is None:
        raise ValueError("a moment without a time zone")
    here = at.astimezone(ZoneInfo(calendar.zone))
    day = here.date()
    in_time = here.time() <= calendar.cut_off
    return day if in_time and is_worked(day, calendar) else add(day, 1, calendar)


def add(day: date, number: int, calendar: WorkCalendar) -> date:
    """Return the working day that lies so many after another day; fewer than 0 raise ValueError."""
    if number < 0:
        raise ValueError("working days are counted forward")
    while number > 0:
        day += _DAY
        number -= is_worked(day, calendar)
    return day


def deadline(at: datetime, working_days: int, calendar: WorkCalendar) -> datetime:
    """Return the close of the n-th working day after the one on which a moment counts.

    Aware, in the calendar's own zone, so that its date is the day to write down.
    """
    day = add(counts_as(at, calendar), working_days, calendar)
    return datetime.combine(day, calendar.cut_off, ZoneInfo(calendar.zone))


def answer_by(at: datetime, zone: str) -> date:
    """Return before which day a change made at this moment asks for an answer."""
    return add(at.astimezone(ZoneInfo(zone)).date(), ANSWER_WITHIN, DEFAULT)
