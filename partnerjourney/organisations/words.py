"""Working days in words, holidays by name, what a calendar means; and how somebody signed in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from flask_babel import format_date, gettext, lazy_gettext

from partnerjourney.core import workdays
from partnerjourney.core.holidays import OF, Country, next_day, of_year
from partnerjourney.core.logins import Step
from partnerjourney.core.workdays import ANSWER_WITHIN, WorkCalendar
from partnerjourney.web.moments import near_day

_DUTCH: dict[str, Any] = {
    "new_year": lazy_gettext("New Year’s Day"),
    "good_friday": lazy_gettext("Good Friday"),
    "easter_sunday": lazy_gettext("Easter Sunday"),
    "easter_monday": lazy_gettext("Second Day of Easter"),
    "kings_day": lazy_gettext("King’s Day"),
    "liberation_day": lazy_gettext("Liberation Day"),
    "liberation_lustrum": lazy_gettext("Liberation Day, once in five years"),
    "ascension": lazy_gettext("Ascension Day"),
    "whit_sunday": lazy_gettext("Whit Sunday"),
    "whit_monday": lazy_gettext("Second Day of Pentecost"),
    "christmas": lazy_gettext("First Day of Christmas"),
    "second_christmas": lazy_gettext("Second Day of Christmas"),
}
_BELGIAN: dict[str, Any] = {
    "new_year": lazy_gettext("New Year"),
    "easter_monday": lazy_gettext("Easter Monday"),
    "labour_day": lazy_gettext("Labour Day"),
    "ascension": lazy_gettext("Ascension Day"),
    "whit_monday": lazy_gettext("Whit Monday"),
    "national_day": lazy_gettext("National Day"),
    "assumption": lazy_gettext("Assumption"),
    "all_saints": lazy_gettext("All Saints’ Day"),
    "armistice": lazy_gettext("Armistice"),
    "christmas": lazy_gettext("Christmas"),
}
HOLIDAYS = {Country.NL: _DUTCH, Country.BE: _BELGIAN, Country.NONE: {}}

_MONDAY = date(2024, 1, 1)
"""Some Monday: weekdays are named by a date."""


@dataclass(frozen=True, slots=True)
class Closed:
    """Days on which an organisation is closed that it would have worked: first, last, why."""

    first: date
    last: date
    name: str

    @property
    def days(self) -> str:
        """The days in words."""
        if self.first == self.last:
            return _dated(self.first)
        return str(
            gettext(
                "%(first)s up to and including %(last)s",
                first=near_day(self.first),
                last=_dated(self.last),
            )
        )


def _dated(day: date) -> str:
    """Write a day with its year, shortly: ma 27 april 2026."""
    return str(format_date(day, "EEE d MMMM y")).replace(".", "", 1)


def weekday(number: int) -> str:
    """Name a weekday; 0 is Monday."""
    return str(format_date(_MONDAY + timedelta(days=number), "EEEE"))


def country(which: Country) -> str:
    """Name a country, or say that none counts."""
    names = {
        Country.NL: gettext("The Netherlands"),
        Country.BE: gettext("Belgium"),
        Country.NONE: gettext("No holidays"),
    }
    return str(names[which])


def holiday_choices(which: Country, today: date) -> list[tuple[str, str, str]]:
    """Return a country's holidays with their names and when they fall next."""
    return [
        (one.key, str(HOLIDAYS[which][one.key]), _dated(day))
        for one in OF[which]
        if (day := next_day(one, today)) is not None
    ]


def meaning(calendar: WorkCalendar, now: datetime) -> list[str]:
    """Say what a calendar means: after the cut-off, and for what arrives now."""
    until = f"{calendar.cut_off:%H.%M}"
    said = []
    ends = [day for day in sorted(calendar.days) if (day + 1) % 7 not in calendar.days]
    for day in ends:
        following = next(n % 7 for n in range(day + 1, day + 8) if n % 7 in calendar.days)
        said.append(
            gettext(
                "What arrives on %(day)s after %(time)s counts as %(next)s.",
                day=weekday(day),
                time=until,
                next=weekday(following),
            )
        )
    if not ends:
        said.append(gettext("What arrives after %(time)s counts as the next day.", time=until))
    counted = workdays.counts_as(now, calendar)
    answered = workdays.add(counted, ANSWER_WITHIN, calendar)
    said.append(
        gettext(
            "What arrives now counts as %(day)s; its %(number)s working days end on %(last)s at"
            " %(time)s.",
            day=near_day(counted),
            number=ANSWER_WITHIN,
            last=near_day(answered),
            time=until,
        )
    )
    return [str(sentence) for sentence in said]


def closed_next(calendar: WorkCalendar, today: date) -> list[Closed]:
    """Return the closed days of the coming year that are no ordinary days off, in order."""
    found: list[Closed] = []
    for closed in _closed_days(calendar, today, today + timedelta(days=365)):
        before = found[-1] if found else None
        beside = before is not None and closed.first - before.last == timedelta(days=1)
        if before is not None and beside and before.name == closed.name:
            found[-1] = Closed(before.first, closed.last, closed.name)
        else:
            found.append(closed)
    return found


def _closed_days(calendar: WorkCalendar, first: date, last: date) -> Iterator[Closed]:
    names, own = HOLIDAYS[calendar.country], str(gettext("Closed"))
    day = first
    while day <= last:
        keys = [
            one.key
            for one in of_year(calendar.country, day.year).get(day, ())
            if calendar.closes_for(one.key, worked=one.worked)
        ]
        if day.weekday() in calendar.days and (keys or day in calendar.closed_on):
            yield Closed(day, day, str(names[keys[0]]) if keys else own)
        day += timedelta(days=1)


def signed_in_words(means: str) -> str:
    """Return how somebody signed in, in words: 'password+code' → 'password and code of the app'."""
    words = {
        Step.PASSWORD: gettext("password"),
        Step.PASSKEY: gettext("passkey"),
        Step.OIDC: gettext("your organisation’s own sign-in"),
        Step.CODE: gettext("code of the app"),
        Step.RECOVERY: gettext("recovery code"),
    }
    first, _plus, second = means.partition("+")
    if not second:
        return str(words[Step(first)])
    named = {"first": words[Step(first)], "second": words[Step(second)]}
    return str(gettext("%(first)s and %(second)s", **named))
