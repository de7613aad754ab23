"""Moments of days in a journey's zone."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, tzinfo


def day_after(day: date, zone: tzinfo) -> datetime:
    """Return the moment at which a day is over."""
    return datetime.combine(day + timedelta(days=1), time(), zone)
