"""Working days: published dates, the library's dates of every year, and what always holds."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import holidays as library
import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnerjourney.core import holidays, workdays
from partnerjourney.core.holidays import Country
from partnerjourney.core.workdays import DEFAULT, WorkCalendar

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
OPEN_ON_LIBERATION_DAY = DEFAULT
CLOSED_ON_LIBERATION_DAY = WorkCalendar(closed_holidays=frozenset({"liberation_day"}))
BELGIAN = WorkCalendar(zone="Europe/Brussels", country=Country.BE)
OFFERED = datetime(2026, 4, 24, 17, 30, tzinfo=AMSTERDAM)  # a Friday; Monday is Koningsdag


# --- silence around Koningsdag --------------------------------------------------------------------


def test_what_comes_after_the_cut_off_before_a_long_weekend_counts_as_the_day_after_it() -> None:
    assert workdays.counts_as(OFFERED, DEFAULT) == date(2026, 4, 28)
    assert workdays.add(workdays.counts_as(OFFERED, DEFAULT), 1, DEFAULT) == date(2026, 4, 29)


@pytest.mark.parametrize(
    ("calendar", "day"),
    [(OPEN_ON_LIBERATION_DAY, date(2026, 5, 5)), (CLOSED_ON_LIBERATION_DAY, date(2026, 5, 6))],
    ids=["worked", "not worked"],
)
def test_the_calendar_decides_when_five_working_days_of_silence_are_over(
    calendar: WorkCalendar, day: date
) -> None:
    over = workdays.deadline(OFFERED, 5, calendar)
    assert over == datetime.combine(day, time(17), AMSTERDAM)
    assert over.date() == day


def test_the_cut_off_itself_is_in_time_and_a_moment_later_is_not() -> None:
    at = datetime(2026, 4, 23, 17, tzinfo=AMSTERDAM)
    assert workdays.counts_as(at, DEFAULT) == date(2026, 4, 23)
    assert workdays.counts_as(at + timedelta(microseconds=1), DEFAULT) == date(2026, 4, 24)


def test_the_cut_off_is_of_the_calendars_own_clock() -> None:
    at = datetime(2026, 4, 23, 15, 30, tzinfo=UTC)  # 17.30 in Amsterdam, 16.30 in London
    assert workdays.counts_as(at, DEFAULT) == date(2026, 4, 24)
    there = WorkCalendar(zone="Europe/London", country=Country.NONE)
    assert workdays.counts_as(at, there) == date(2026, 4, 23)


def test_who_works_on_saturdays_and_closes_between_christmas_and_new_year() -> None:
    closed = frozenset(date(2026, 12, 28) + timedelta(days=n) for n in range(4))
    shop = WorkCalendar(days=frozenset(range(6)), closed_on=closed)
    assert workdays.add(date(2026, 12, 24), 1, shop) == date(2027, 1, 2)  # a Saturday
    assert workdays.add(date(2026, 12, 24), 1, DEFAULT) == date(2026, 12, 28)


def test_without_a_country_only_weekdays_count() -> None:
    nowhere = WorkCalendar(country=Country.NONE)
    assert workdays.is_worked(date(2026, 12, 25), nowhere)


def test_a_holiday_may_be_worked_and_a_closed_one_wins_where_two_fall_on_one_day() -> None:
    courier = replace(BELGIAN, worked_holidays=frozenset({"ascension"}))
    assert workdays.is_worked(date(2026, 5, 14), courier)
    assert not workdays.is_worked(date(2008, 5, 1), courier)  # Labour Day as well


@pytest.mark.parametrize("days", [frozenset(), frozenset({7}), frozenset({-1, 2})])
def test_a_calendar_in_which_no_day_is_ever_worked_does_not_exist(days: frozenset[int]) -> None:
    with pytest.raises(ValueError, match="weekday"):
        WorkCalendar(days=days)


def test_a_moment_without_a_zone_and_days_backward_are_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        workdays.counts_as(datetime(2026, 4, 24), DEFAULT)  # noqa: DTZ001 - that is the point
    with pytest.raises(ValueError, match="forward"):
        workdays.add(date(2026, 4, 24), -1, DEFAULT)


# --- the days themselves --------------------------------------------------------------------------

EASTERS = {  # as the churches publish them
    2024: date(2024, 3, 31), 2025: date(2025, 4, 20), 2026: date(2026, 4, 5),
    2027: date(2027, 3, 28), 2028: date(2028, 4, 16), 2029: date(2029, 4, 1),
    2030: date(2030, 4, 21), 2031: date(2031, 4, 13), 2032: date(2032, 3, 28),
    2033: date(2033, 4, 17), 2034: date(2034, 4, 9), 2035: date(2035, 3, 25),
}  # fmt: skip


def day_of(country: Country, year: int) -> dict[str, date]:
    """Return the days of a year by key."""
    return {one.key: day for day, found in holidays.of_year(country, year).items() for one in found}


@pytest.mark.parametrize(("year", "sunday"), EASTERS.items(), ids=str)
def test_what_hangs_on_easter_falls_on_its_published_day(year: int, sunday: date) -> None:
    for country in (Country.NL, Country.BE):
        days = day_of(country, year)
        assert days["easter_monday"] == sunday + timedelta(days=1)
        assert days["ascension"] == sunday + timedelta(days=39)
        assert days["whit_monday"] == sunday + timedelta(days=50)
    assert day_of(Country.NL, year)["good_friday"] == sunday - timedelta(days=2)


@pytest.mark.parametrize(
    ("year", "day"), [(2024, 27), (2025, 26), (2026, 27), (2031, 26), (2036, 26)]
)
def test_koningsdag_on_a_sunday_is_kept_the_day_before(year: int, day: int) -> None:
    assert day_of(Country.NL, year)["kings_day"] == date(year, 4, day)


def test_liberation_day_and_good_friday_are_worked_but_for_the_lustrum() -> None:
    assert workdays.is_worked(date(2026, 5, 5), DEFAULT)
    assert not workdays.is_worked(date(2025, 5, 5), DEFAULT)
    assert workdays.is_worked(date(2026, 4, 3), DEFAULT)
    always = WorkCalendar(worked_holidays=frozenset({"liberation_lustrum"}))
    assert workdays.is_worked(date(2025, 5, 5), always)


@pytest.mark.parametrize("year", range(2014, 2100))
def test_the_dutch_days_are_those_of_the_library(year: int) -> None:
    ours = set(holidays.of_year(Country.NL, year))
    theirs = library.country_holidays("NL", years=year, categories=("public", "optional"))
    assert ours == set(theirs)
    closed = {
        d
        for d, found in holidays.of_year(Country.NL, year).items()
        if not all(one.worked for one in found)
    }
    public = set(library.country_holidays("NL", years=year))
    assert closed == public - {holidays.easter(year) - timedelta(days=2)}


@pytest.mark.parametrize("year", range(1975, 2100))
def test_the_ten_belgian_days_are_those_of_the_library(year: int) -> None:
    sundays = {holidays.easter(year), holidays.easter(year) + timedelta(days=49)}
    assert len(day_of(Country.BE, year)) == 10
    theirs = set(library.country_holidays("BE", years=year))
    assert set(holidays.of_year(Country.BE, year)) == theirs - sundays


def test_a_holiday_is_found_on_its_next_day() -> None:
    by_key = {one.key: one for one in holidays.DUTCH}
    assert holidays.next_day(by_key["kings_day"], date(2026, 4, 27)) == date(2026, 4, 27)
    assert holidays.next_day(by_key["kings_day"], date(2026, 4, 28)) == date(2027, 4, 27)
    assert holidays.next_day(by_key["liberation_lustrum"], date(2025, 5, 6)) == date(2030, 5, 5)


# --- what always holds ----------------------------------------------------------------------------

calendars = st.builds(
    WorkCalendar,
    days=st.frozensets(st.integers(0, 6), min_size=1),
    cut_off=st.times(),
    zone=st.sampled_from(["Europe/Amsterdam", "Europe/Brussels", "UTC", "America/Sao_Paulo"]),
    country=st.sampled_from(Country),
    worked_holidays=st.frozensets(st.sampled_from(sorted(holidays.KEYS))),
    closed_holidays=st.frozensets(st.sampled_from(sorted(holidays.KEYS))),
    closed_on=st.frozensets(st.dates(date(2025, 1, 1), date(2027, 1, 1)), max_size=20),
)
days = st.dates(date(2024, 1, 1), date(2035, 12, 31))
moments = st.integers(0, 12 * 365 * 86400).map(
    lambda seconds: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)
numbers = st.integers(0, 15)


@given(days, numbers, numbers, calendars)
def test_days_add_up_and_end_on_a_worked_day(
    day: date, a: int, b: int, calendar: WorkCalendar
) -> None:
    there = workdays.add(day, a, calendar)
    assert workdays.add(day, a + b, calendar) == workdays.add(there, b, calendar)
    assert a == 0 or workdays.is_worked(there, calendar)


@given(moments, st.timedeltas(timedelta(0), timedelta(days=9)), numbers, calendars)
def test_what_comes_later_never_counts_or_ends_earlier(
    at: datetime, later: timedelta, number: int, calendar: WorkCalendar
) -> None:
    assert workdays.counts_as(at, calendar) <= workdays.counts_as(at + later, calendar)
    first, second = (workdays.deadline(one, number, calendar) for one in (at, at + later))
    assert first.astimezone(UTC) <= second.astimezone(UTC)
    assert first.astimezone(UTC) >= at or number == 0


@given(moments, calendars)
def test_a_moment_counts_on_a_worked_day_whose_close_it_precedes(
    at: datetime, calendar: WorkCalendar
) -> None:
    day = workdays.counts_as(at, calendar)
    here = at.astimezone(ZoneInfo(calendar.zone))
    assert workdays.is_worked(day, calendar)
    assert (day, calendar.cut_off) >= (here.date(), here.time()) or day > here.date()


@pytest.mark.parametrize(
    "sunday", [date(2026, 3, 29), date(2026, 10, 25)], ids=["march", "october"]
)
def test_a_change_of_the_clocks_moves_no_day(sunday: date) -> None:
    friday = datetime.combine(sunday - timedelta(days=2), time(16, 59), AMSTERDAM)
    over = workdays.deadline(friday, 1, DEFAULT)
    assert over == datetime.combine(sunday + timedelta(days=1), time(17), AMSTERDAM)
    assert (over.hour, over.minute) == (17, 0)
