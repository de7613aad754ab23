"""National holidays of the Netherlands and Belgium, each under a key that stays the same.

The library `holidays` knows the same days; tests compare every year. It is not used here: it loads
all countries of the world (18 MiB) and names days in words, two on one day joined into one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache

LUSTRUM = 5
"""Every so many years Liberation Day is a day off under most Dutch collective agreements."""


class Country(StrEnum):
    """Whose national holidays a calendar knows."""

    NL = "nl"
    BE = "be"
    NONE = "none"


@dataclass(frozen=True)
class Holiday:
    """A day that comes back: its key, when it falls in a year, if it does.

    `worked` says whether it is worked where an organisation says nothing.
    """

    key: str
    day: Callable[[int], date | None]
    worked: bool = False


def easter(year: int) -> date:
    """Return Easter Sunday of a year of the Gregorian calendar (Meeus, Jones and Butcher)."""
    a, (b, c) = year % 19, divmod(year, 100)
    (d, e), g = divmod(b, 4), (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    rest = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 19 * rest) // 433
    month = (h + rest - 7 * m + 90) // 25
    return date(year, month, (h + rest - 7 * m + 33 * month + 19) % 32)


def _after_easter(days: int) -> Callable[[int], date]:
    return lambda year: easter(year) + timedelta(days=days)


def _on(month: int, day: int) -> Callable[[int], date]:
    return lambda year: date(year, month, day)


def _kings_day(year: int) -> date:
    """27 April; the Saturday before it where that is a Sunday."""
    day = date(year, 4, 27)
    return day - timedelta(days=1) if day.weekday() == 6 else day


def _liberation(year: int) -> date | None:
    return None if year % LUSTRUM == 0 else date(year, 5, 5)


def _lustrum(year: int) -> date | None:
    return date(year, 5, 5) if year % LUSTRUM == 0 else None


DUTCH = (
    Holiday("new_year", _on(1, 1)),
    Holiday("good_friday", _after_easter(-2), worked=True),
    Holiday("easter_sunday", _after_easter(0)),
    Holiday("easter_monday", _after_easter(1)),
    Holiday("kings_day", _kings_day),
    Holiday("liberation_day", _liberation, worked=True),
    Holiday("liberation_lustrum", _lustrum),
    Holiday("ascension", _after_easter(39)),
    Holiday("whit_sunday", _after_easter(49)),
    Holiday("whit_monday", _after_easter(50)),
    Holiday("christmas", _on(12, 25)),
    Holiday("second_christmas", _on(12, 26)),
)

BELGIAN = (
    Holiday("new_year", _on(1, 1)),
    Holiday("easter_monday", _after_easter(1)),
    Holiday("labour_day", _on(5, 1)),
    Holiday("ascension", _after_easter(39)),
    Holiday("whit_monday", _after_easter(50)),
    Holiday("national_day", _on(7, 21)),
    Holiday("assumption", _on(8, 15)),
    Holiday("all_saints", _on(11, 1)),
    Holiday("armistice", _on(11, 11)),
    Holiday("christmas", _on(12, 25)),
)

OF: Mapping[Country, Sequence[Holiday]] = {
    Country.NL: DUTCH,
    Country.BE: BELGIAN,
    Country.NONE: (),
}
KEYS = frozenset(holiday.key for holidays in OF.values() for holiday in holidays)


@lru_cache(maxsize=64)
def of_year(country: Country, year: int) -> Mapping[date, tuple[Holiday, ...]]:
    """Return the holidays of a year by day; two may fall on one day."""
    found: dict[date, tuple[Holiday, ...]] = {}
    for holiday in OF[country]:
        day = holiday.day(year)
        if day is not None:
            found[day] = (*found.get(day, ()), holiday)
    return found


def next_day(holiday: Holiday, after: date) -> date | None:
    """Return when a holiday falls next, that very day included."""
    for year in range(after.year, after.year + LUSTRUM + 1):
        day = holiday.day(year)
        if day is not None and day >= after:
            return day
    return None
