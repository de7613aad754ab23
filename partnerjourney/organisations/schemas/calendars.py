"""What a browser may send about working days: weekdays, a time, ticks, and days closed besides."""

from __future__ import annotations

import re
from datetime import date, time, timedelta
from typing import Any
from zoneinfo import available_timezones

from marshmallow import ValidationError, fields, post_load, validate, validates

from partnerjourney.core.holidays import OF, Country
from partnerjourney.core.texts import N_, Said, Text
from partnerjourney.organisations.schemas import ONE_OF_THESE, Form, choice

MOST_CLOSURES = 24
LONGEST = 62
"""Days of one closure: two months."""
_YEARS = range(2020, 2100)

_NOT_A_DAY = N_("Write a day as in 2026-12-28, or choose it.")


class ClockTime(fields.String):
    """A time of the day as 17:00 or 17.00."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs).strip()
        found = re.fullmatch(r"(\d{1,2})[:.](\d{2})(:00)?", text, re.ASCII)
        if found is None or int(found[1]) > 23 or int(found[2]) > 59:
            raise ValidationError([N_("Write a time such as 17:00.")])
        return time(int(found[1]), int(found[2]))


def _several(*values: str) -> fields.List[Any]:
    one: fields.Field[Any] = fields.String(validate=validate.OneOf(values, error=ONE_OF_THESE))
    return fields.List(one, load_default=list)


class CalendarForm(Form):
    """When an organisation works, as the columns of WorkingCalendar and the version that was read.

    `nl` and `be` are the holidays that are ticked as closed; only those of the country count.
    """

    version = fields.Integer(required=True, strict=False)
    days = _several(*"0123456")
    cut_off = ClockTime(required=True)
    zone = Text(60, required=True)
    country = choice(*Country)
    nl = _several(*(one.key for one in OF[Country.NL]))
    be = _several(*(one.key for one in OF[Country.BE]))
    closed_from = fields.List(fields.String(), load_default=list)
    closed_to = fields.List(fields.String(), load_default=list)

    @validates("days")
    def _some(self, value: list[str], data_key: str) -> None:
        if not value:
            raise ValidationError([N_("Choose at least one day: else nothing ever counts.")])

    @validates("zone")
    def _known(self, value: str, data_key: str) -> None:
        if value not in available_timezones():
            raise ValidationError([N_("Give a time zone such as Europe/Amsterdam.")])

    @post_load
    def _columns(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        country = Country(data["country"])
        ticked = {Country.NL: data["nl"], Country.BE: data["be"]}.get(country, [])
        return {
            "version": data["version"],
            "days": sorted({int(day) for day in data["days"]}),
            "cut_off": data["cut_off"],
            "zone": data["zone"],
            "country": country,
            "worked_holidays": [
                one.key for one in OF[country] if not one.worked and one.key not in ticked
            ],
            "closed_holidays": [one.key for one in OF[country] if one.worked and one.key in ticked],
            "closed_on": _closures(data["closed_from"], data["closed_to"]),
        }


def _closures(starts: list[str], ends: list[str]) -> list[list[str]]:
    """Return pairs of first and last day in order; a row without a last day is one day."""
    found = []
    for number, (start, end) in enumerate(zip(starts, ends, strict=False), start=1):
        if not start.strip() and not end.strip():
            continue
        first = _day(start or end)
        last = _day(end or start)
        if last < first:
            raise _wrong(N_("Line %(n)s ends before it begins."), n=number)
        if last - first >= timedelta(days=LONGEST):
            raise _wrong(N_("Line %(n)s is longer than %(most)s days."), n=number, most=LONGEST)
        found.append([first.isoformat(), last.isoformat()])
    if len(found) > MOST_CLOSURES:
        raise _wrong(N_("Use at most %(most)s lines."), most=MOST_CLOSURES)
    return sorted(found)


def _day(text: str) -> date:
    """Read 2026-12-28, or 28-12-2026 where the browser has no field for days."""
    text = text.strip()
    turned = re.fullmatch(r"(\d{1,2})[-./](\d{1,2})[-./](\d{4})", text, re.ASCII)
    try:
        day = (
            date(int(turned[3]), int(turned[2]), int(turned[1]))
            if turned
            else date.fromisoformat(text)
        )
    except ValueError:
        raise _wrong(_NOT_A_DAY) from None
    if day.year not in _YEARS:
        raise _wrong(_NOT_A_DAY)
    return day


def _wrong(sentence: str, **parameters: Any) -> ValidationError:
    return ValidationError([Said(sentence, **parameters)], "closed_from")
