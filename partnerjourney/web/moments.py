"""Days and moments in words, the same on every page; the exact time stands beside them on hover."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from flask_babel import format_date, format_datetime, gettext, ngettext


def near_day(day: date) -> str:
    """Write a day that is near, without its year: vr 27 november."""
    return str(format_date(day, "EEE d MMMM")).replace(".", "")


def full_day(day: date) -> str:
    """Write a day in full: maandag 23 november 2026."""
    return str(format_date(day, "EEEE d MMMM y"))


def day_parts(day: date, today: date) -> dict[str, object]:
    """Return a due day as `ui.waiting_item` wants it: weekday, day, month or ‘today’, urgent."""
    weekday, number, month = str(format_date(day, "EEE|d|MMM")).replace(".", "").split("|")
    return {
        "weekday": weekday,
        "day": number,
        "month": gettext("today") if day == today else month,
        "iso": day.isoformat(),
        "urgent": day <= today,
    }


def moment(at: datetime, now: datetime, zone: str) -> str:
    """Write when something happened: today 06.10, yesterday 18.40, 4 days ago, else the day."""
    there = ZoneInfo(zone)
    then, today = at.astimezone(there), now.astimezone(there).date()
    days = (today - then.date()).days
    if days <= 0:
        return str(gettext("today %(time)s", time=clock(at, zone)))
    if days == 1:
        return str(gettext("yesterday %(time)s", time=clock(at, zone)))
    if days < 15:
        return str(ngettext("%(num)s day ago", "%(num)s days ago", days))
    return str(format_date(then.date(), "d MMM y")).replace(".", "")


def clock(at: datetime, zone: str) -> str:
    """Write the time of the day where the day is said already: 17.00."""
    return f"{at.astimezone(ZoneInfo(zone)):%H.%M}"


def exact(at: datetime, zone: str) -> str:
    """Write a moment exactly, for the hover."""
    there = at.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
    return str(format_datetime(there, "EEEE d MMMM y HH:mm", rebase=False))


def near(at: datetime, zone: str) -> str:
    """Write a moment that is near, without its year: vr 27 november 17.00."""
    return f"{near_day(at.astimezone(ZoneInfo(zone)).date())} {clock(at, zone)}"
