"""On which day an overview goes out."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial

from hypothesis import given
from hypothesis import strategies as st

from partnerjourney.core.workdays import DEFAULT, WorkCalendar, is_worked
from partnerjourney.notices.rules import Often, overview_today

MONDAY = date(2026, 11, 23)
ORDINARY = partial(is_worked, calendar=DEFAULT)


def sent(often: Often, weekday: int, first: date, days: int) -> list[date]:
    """Return on which of some days an overview goes out."""
    every = [first + timedelta(days=n) for n in range(days)]
    return [day for day in every if overview_today(often, weekday, day, worked=ORDINARY)]


def test_a_weekly_one_comes_on_its_weekday_and_a_daily_one_on_working_days() -> None:
    assert sent(Often.WEEKLY, 0, MONDAY, 14) == [MONDAY, MONDAY + timedelta(days=7)]
    assert sent(Often.DAILY, 0, MONDAY, 7) == [MONDAY + timedelta(days=n) for n in range(5)]
    assert sent(Often.NEVER, 0, MONDAY, 14) == []


def test_on_koningsdag_it_waits_for_the_day_after() -> None:
    assert sent(Often.WEEKLY, 0, date(2026, 4, 24), 6) == [date(2026, 4, 28)]


def test_a_day_on_which_nobody_works_means_the_next_that_somebody_does() -> None:
    assert sent(Often.WEEKLY, 6, MONDAY, 8) == [MONDAY, MONDAY + timedelta(days=7)]
    assert sent(Often.WEEKLY, 4, date(2026, 12, 25), 5) == [date(2026, 12, 28)]  # Christmas


@given(
    st.integers(0, 6),
    st.frozensets(st.integers(0, 6), min_size=1),
    st.dates(date(2026, 1, 1), date(2027, 1, 1)),
)
def test_in_any_two_weeks_without_holidays_it_comes_twice(
    weekday: int, days: frozenset[int], first: date
) -> None:
    worked = partial(is_worked, calendar=WorkCalendar(days=days, worked_holidays=HOLIDAYS))
    every = [first + timedelta(days=n) for n in range(14)]
    found = [day for day in every if overview_today(Often.WEEKLY, weekday, day, worked=worked)]
    assert len(found) == 2


HOLIDAYS = frozenset(
    {"new_year", "easter_sunday", "easter_monday", "kings_day", "ascension", "whit_sunday",
     "whit_monday", "christmas", "second_christmas", "liberation_lustrum"}
)  # fmt: skip
