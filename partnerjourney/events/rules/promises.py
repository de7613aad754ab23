"""Until when a hand-over should be completed: ends of days, working days, time limits."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from partnerjourney.handovers.rules import parse_time_limit

_SATURDAY = 5
_LAST = timedelta(microseconds=1)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


def end_of_day(day: date, zone: ZoneInfo) -> datetime:
    """Return the last microsecond of a calendar day in a zone, in UTC."""
    return _midnight(day + timedelta(days=1), zone) - _LAST


def local_day(moment: datetime, zone: ZoneInfo) -> date:
    """Return the calendar day of a moment in a zone."""
    return moment.astimezone(zone).date()


def add_working_days(start: datetime, days: int, zone: ZoneInfo) -> datetime:
    """Return the same time of day so many working days (Monday to Friday) later, in UTC.

    A start on a weekend counts from Monday 00:00, so that an earlier start is never due later.
    """
    local = start.astimezone(zone)
    day, clock = local.date(), local.time().replace(fold=local.fold)
    if day.weekday() >= _SATURDAY:
        day, clock = day + timedelta(days=7 - day.weekday()), time()
    weeks, rest = divmod(days, 5)
    day += timedelta(weeks=weeks)
    for _ in range(rest):
        day += timedelta(days=3 if day.weekday() == _SATURDAY - 1 else 1)
    return datetime.combine(day, clock, zone).astimezone(UTC)


def deadline(start: datetime, limit: str, zone: ZoneInfo) -> datetime:
    """Return when a time limit that began at `start` ends, in UTC.

    `limit` is an ISO 8601 duration: `PT48H` is clock time, `P2D` are working days in the zone;
    both may be combined, the days first. Raises handovers.rules.DurationError.
    """
    parsed = parse_time_limit(limit)
    due = start.astimezone(UTC)
    if parsed.working_days:
        due = add_working_days(start, parsed.working_days, zone)
    return due + timedelta(minutes=parsed.minutes)
