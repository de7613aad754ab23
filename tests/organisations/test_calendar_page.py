"""The page of working days: what is said comes back, what is wrong is told where it stands."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from flask import Flask

from partnerjourney.core import clock, workdays
from partnerjourney.core.holidays import Country
from partnerjourney.core.workdays import DEFAULT, WorkCalendar
from partnerjourney.organisations import queries, words
from partnerjourney.organisations.schemas.calendars import LONGEST, MOST_CLOSURES
from tests.organisations.company import BRAND, COURIER, Company

PAGE = f"/o/{COURIER}/organisation/calendar"
NOW = datetime(2026, 4, 24, 15, 30, tzinfo=UTC)  # Friday 17.30 in Amsterdam, before Koningsdag
FORM: dict[str, Any] = {
    "version": "0",
    "days": ["0", "1", "2", "3", "4"],
    "cut_off": "17:00",
    "zone": "Europe/Amsterdam",
    "country": "nl",
    "nl": [
        "new_year", "easter_sunday", "easter_monday", "kings_day", "liberation_day",
        "liberation_lustrum", "ascension", "whit_sunday", "whit_monday", "christmas",
        "second_christmas",
    ],
    "closed_from": ["", ""],
    "closed_to": ["", ""],
}  # fmt: skip


def stored(company: Company, slug: str = COURIER) -> WorkCalendar:
    """Return what an organisation works by."""
    with company.system() as session:
        return queries.calendar_of(session, company.organisations[slug])


def test_ticks_days_and_closures_are_kept_and_shown_again(app: Flask, company: Company) -> None:
    client = company.client(app, "mila")
    closed = {"closed_from": ["2026-12-28", "24-12-2026", ""], "closed_to": ["2026-12-31", "", ""]}
    with clock.at(NOW):
        assert client.post(PAGE, data={**FORM, **closed}).status_code == 303
        page = client.get(PAGE).text
    calendar = stored(company)
    assert not workdays.is_worked(date(2026, 5, 5), calendar)
    assert workdays.is_worked(date(2026, 4, 3), calendar)
    assert not workdays.is_worked(date(2026, 12, 30), calendar)
    assert not workdays.is_worked(date(2026, 12, 24), calendar)
    assert 'value="2026-12-24"' in page
    assert 'value="liberation_day" checked' in page
    assert "its 5 working days end on Wed 6 May at 17.00" in page


def test_the_page_says_in_words_what_it_means(app: Flask, company: Company) -> None:
    with clock.at(NOW):
        page = company.client(app, "mila").get(PAGE).text
    assert "What arrives on Friday after 17.00 counts as Monday." in page
    assert "counts as Tue 28 April; its 5 working days end on Tue 5 May at 17.00" in page
    assert 'King’s Day</span> <span class="quiet">Mon 27 April 2026' in page


def test_another_countrys_ticks_count_for_nothing(app: Flask, company: Company) -> None:
    ticks = {"country": "be", "be": ["new_year"], "nl": ["good_friday"]}
    assert company.client(app, "mila").post(PAGE, data={**FORM, **ticks}).status_code == 303
    calendar = stored(company)
    assert calendar.country is Country.BE
    assert workdays.is_worked(date(2026, 7, 21), calendar)
    assert not workdays.is_worked(date(2027, 1, 1), calendar)
    assert calendar.closed_holidays == frozenset()


@pytest.mark.parametrize(
    ("field", "given", "told"),
    [
        ("days", {"days": []}, "Choose at least one day"),
        ("days", {"days": ["0", "7"]}, "Choose one of these"),
        ("cut_off", {"cut_off": "25:00"}, "Write a time such as 17:00"),
        ("cut_off", {"cut_off": ""}, "Write a time such as 17:00"),
        ("zone", {"zone": "Europe/Atlantis"}, "Give a time zone"),
        ("country", {"country": "us"}, "Choose one of these"),
        ("nl", {"nl": ["thanksgiving"]}, "Choose one of these"),
        ("closed_from", {"closed_from": ["2026-12-31"], "closed_to": ["2026-12-28"]},
         "Line 1 ends before it begins"),
        ("closed_from", {"closed_from": ["2026-01-01"], "closed_to": ["2026-03-04"]},
         f"Line 1 is longer than {LONGEST} days"),
        ("closed_from", {"closed_from": ["gisteren"], "closed_to": [""]}, "Write a day as in"),
        ("closed_from", {"closed_from": ["0001-01-01"], "closed_to": [""]}, "Write a day as in"),
        ("closed_from", {"closed_from": ["2026-02-30"], "closed_to": [""]}, "Write a day as in"),
        ("closed_from", {"closed_from": ["2026-05-01"] * (MOST_CLOSURES + 1),
                         "closed_to": [""] * (MOST_CLOSURES + 1)}, "Use at most"),
    ],
)  # fmt: skip
def test_what_cannot_be_taken_is_told_at_its_field_and_nothing_is_lost(
    app: Flask, company: Company, field: str, given: dict[str, Any], told: str
) -> None:
    answer = company.client(app, "mila").post(PAGE, data={**FORM, "cut_off": "16:15", **given})
    assert answer.status_code == 422
    assert f'href="#f-{field}"' in answer.text
    assert told in answer.text
    assert "nl" in given or 'value="liberation_day" checked' in answer.text
    assert "cut_off" in given or 'value="16:15"' in answer.text
    assert stored(company) == DEFAULT


def test_what_a_colleague_saved_meanwhile_stands_beside_what_was_typed(
    app: Flask, company: Company
) -> None:
    client = company.client(app, "mila")
    client.post(PAGE, data={**FORM, "cut_off": "12:00"})
    answer = client.post(PAGE, data={**FORM, "cut_off": "18:00"})
    assert answer.status_code == 409
    assert 'value="18:00"' in answer.text
    assert "after 12.00 counts as Monday" in answer.text
    assert stored(company).cut_off == time(12)
    again = client.post(PAGE, data={**FORM, "cut_off": "18:00", "version": "1"})
    assert again.status_code == 303
    assert stored(company).cut_off == time(18)


@pytest.mark.parametrize("name", ["aisha", "pieter"])
def test_others_read_the_days_and_change_nothing(app: Flask, company: Company, name: str) -> None:
    client = company.client(app, name)
    page = client.get(PAGE.replace(COURIER, BRAND))
    assert "Monday, Tuesday, Wednesday, Thursday, Friday" in page.text
    assert "<form" not in page.text.partition('id="main"')[2].partition('class="toasts"')[0]
    assert client.post(PAGE.replace(COURIER, BRAND), data=FORM).status_code == 403
    assert client.get(PAGE).status_code == 404
    assert client.post(PAGE, data=FORM).status_code == 404


def test_who_works_every_day_is_told_so_and_neighbours_are_one_line(app: Flask) -> None:
    days = [date(2026, 12, 28), date(2026, 12, 29), date(2026, 12, 31)]
    always = WorkCalendar(days=frozenset(range(7)), closed_on=frozenset(days))
    with app.test_request_context(headers={"Accept-Language": "en"}):
        assert "counts as the next day" in words.meaning(always, NOW)[0]
        found = words.closed_next(always, date(2026, 12, 26))
    own = [(one.first.day, one.last.day) for one in found if one.name == "Closed"]
    assert own == [(28, 29), (31, 31)]
    assert found[0].name == "Second Day of Christmas"


def test_two_runs_of_days_are_two_sentences(app: Flask) -> None:
    split = WorkCalendar(days=frozenset({0, 1, 3}))
    with app.test_request_context(headers={"Accept-Language": "nl"}):
        said = words.meaning(split, NOW)
    assert said[:2] == [
        "Wat dinsdag na 17.00 binnenkomt, telt als donderdag.",
        "Wat donderdag na 17.00 binnenkomt, telt als maandag.",
    ]
