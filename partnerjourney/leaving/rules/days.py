"""When a leaving may end, and how long who left reads its own past."""

from __future__ import annotations

from datetime import date, timedelta

LONGEST_NOTICE = timedelta(days=3 * 366)
READS_FOR_YEARS = 1
LONGEST_READING_YEARS = 10


def years_later(day: date, years: int) -> date:
    """Return the same day so many years later; 28 February for the 29th where there is none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def may_end_on(day: date, today: date) -> bool:
    """Say whether a leaving may have this last day: today or later, within three years."""
    return today <= day <= today + LONGEST_NOTICE


def may_read_until(day: date, ends_on: date) -> bool:
    """Say whether the past may be read until this day: from the last day on, for ten years."""
    return ends_on <= day <= years_later(ends_on, LONGEST_READING_YEARS)


def reads_until(ends_on: date) -> date:
    """Return until when the past is read where nothing else was agreed: a year."""
    return years_later(ends_on, READS_FOR_YEARS)
