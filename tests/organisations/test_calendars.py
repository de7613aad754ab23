"""When an organisation works: said by its admins, counted for everybody who waits for it."""

from __future__ import annotations

import uuid
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine

from partnerjourney.core import border, clock, workdays
from partnerjourney.core.errors import StaleVersionError
from partnerjourney.core.holidays import Country
from partnerjourney.core.parties import (
    Journey,
    Participation,
    ParticipationRole,
    ParticipationState,
    Party,
    PartyKind,
)
from partnerjourney.core.policy import NotAllowedError
from partnerjourney.core.scopes import System
from partnerjourney.core.workdays import DEFAULT
from partnerjourney.organisations import queries, services
from tests.factories import row
from tests.organisations.company import BRAND, COURIER, Company

FIELDS: dict[str, Any] = {
    "days": [0, 1, 2, 3, 4, 5],
    "cut_off": time(16, 30),
    "zone": "Europe/Brussels",
    "country": Country.BE,
    "worked_holidays": ["armistice"],
    "closed_holidays": [],
    "closed_on": [["2026-12-28", "2026-12-31"], ["2027-01-02", "2027-01-02"]],
}


def say(company: Company, name: str = "mila", slug: str = COURIER, **given: Any) -> None:
    """Have a person set the calendar of an organisation."""
    version = given.pop("version", 0)
    with company.acting(name, slug) as (session, actor):
        organisation = company.organisation(session, slug)
        services.change_calendar(
            session,
            actor,
            organisation,
            version=version,
            fields={**FIELDS, **given},
            at=clock.now(),
        )


def test_who_said_nothing_works_by_the_default(company: Company) -> None:
    with company.system() as session:
        assert queries.calendar_of(session, None) == DEFAULT
        assert queries.calendar_of(session, company.organisations[BRAND]) == DEFAULT


def test_what_an_organisation_says_counts_for_who_waits_for_it(company: Company) -> None:
    say(company)
    with company.system() as session:
        calendar = queries.calendar_of(session, company.organisations[COURIER])
        assert queries.calendar_of(session, company.organisations[BRAND]) == DEFAULT
    friday = datetime(2026, 12, 25, 10, tzinfo=ZoneInfo("Europe/Brussels"))  # Christmas
    assert workdays.counts_as(friday, calendar) == date(2026, 12, 26)  # it works on Saturdays
    closes = datetime(2027, 1, 4, 16, 30, tzinfo=ZoneInfo("Europe/Brussels"))
    assert workdays.deadline(friday, 1, calendar) == closes
    assert workdays.is_worked(date(2026, 11, 11), calendar)


def test_a_colleague_who_saved_first_is_not_overwritten(company: Company) -> None:
    say(company)
    with pytest.raises(StaleVersionError):
        say(company, cut_off=time(12))
    say(company, cut_off=time(12), version=1)
    with company.system() as session:
        calendar = queries.calendar_of(session, company.organisations[COURIER])
    assert calendar.cut_off == time(12)


@pytest.mark.parametrize("name", ["aisha", "pieter"])
def test_only_an_admin_says_when_an_organisation_works(company: Company, name: str) -> None:
    with pytest.raises(NotAllowedError):
        say(company, name, BRAND)


def test_another_organisations_calendar_is_not_read(company: Company) -> None:
    say(company)
    with company.acting("marjan") as (session, _actor):
        assert queries.calendar_row(session, company.organisations[COURIER]) is None


def _journey(company: Company, *fills: str, kind: PartyKind) -> tuple[uuid.UUID, ...]:
    """Make a journey of the brand with one more party; return its id and who fills the party."""
    with company.system() as session:
        brand = company.organisations[BRAND]
        journey = row(Journey, organisation_id=brand, customer_owner_id=brand, slug="levering")
        session.add(journey)
        session.flush()
        party = row(Party, journey_id=journey.id, kind=kind, key="koerier", position=1)
        session.add(party)
        session.flush()
        taken = [
            row(
                Participation,
                journey_id=journey.id,
                party_id=party.id,
                organisation_id=company.organisations[slug],
                role=ParticipationRole.PARTNER,
                state=ParticipationState.ACTIVE,
            )
            for slug in fills
        ]
        session.add_all(taken)
        session.flush()
        return journey.id, party.id, *(one.id for one in taken)


def _of_party(engine: Engine, *place: uuid.UUID, member: uuid.UUID | None = None) -> time:
    with border.open_session(engine, System("a test")) as session:
        found = queries.calendar_of_party(session, *place, participation_id=member)
    return found.cut_off


def test_a_party_works_by_the_calendar_of_who_fills_it(company: Company) -> None:
    say(company)
    journey, party, _ = _journey(company, COURIER, kind=PartyKind.ORGANISATION)
    assert _of_party(company.engine, journey, party) == time(16, 30)


def test_a_party_that_nobody_fills_works_by_the_coordinators(company: Company) -> None:
    say(company, "marjan", BRAND, cut_off=time(15))
    journey, party = _journey(company, kind=PartyKind.ORGANISATION)
    assert _of_party(company.engine, journey, party) == time(15)


def test_a_member_of_a_group_works_by_its_own(company: Company) -> None:
    say(company)
    say(company, "marjan", BRAND, cut_off=time(15))
    group = _journey(company, COURIER, BRAND, kind=PartyKind.GROUP)
    journey, party, courier, brand = group
    assert _of_party(company.engine, journey, party, member=courier) == time(16, 30)
    assert _of_party(company.engine, journey, party, member=brand) == time(15)
    assert _of_party(company.engine, journey, party) == time(15)  # what all share
