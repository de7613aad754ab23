"""Who answers: named by an admin, for all journeys or one; away, gone and unable are passed by."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask import Flask

from partnerjourney.core import clock
from partnerjourney.core.errors import InputError, NotFoundError, StaleVersionError
from partnerjourney.core.parties import Journey, Participation, Party, PartyKind
from partnerjourney.core.policy import NotAllowedError
from partnerjourney.notices import queries, services
from partnerjourney.notices.queries import deputy_of, escalation_of, first_of
from partnerjourney.notices.rules import Duty
from partnerjourney.organisations import services as organisations
from tests.factories import row
from tests.organisations.company import BRAND, COURIER, Company

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
PAGE = f"/o/{BRAND}/organisation/answering/"


def name(
    company: Company, who: str = "marjan", journey: uuid.UUID | None = None, **given: Any
) -> None:
    """Name people by their names in the company."""
    version = given.pop("version", 0)
    named = {Duty(duty): company.users[key] if key else None for duty, key in given.items()}
    with company.acting(who) as (session, actor):
        services.name_answerers(
            session,
            actor,
            company.organisation(session),
            journey_id=journey,
            named=named,
            version=version,
            at=NOW,
        )


def away(company: Company, who: str, until: date | None, by: str = "marjan") -> None:
    """Have somebody say that a member is away."""
    with company.acting(by) as (session, actor):
        brand = company.organisation(session)
        member = company.memberships[who, BRAND]
        services.set_absence(session, actor, brand, member, until=until, at=NOW)


def people(company: Company, journey: uuid.UUID | None = None) -> list[list[str]]:
    """Return the addresses of who answers first, who is the deputy, who the escalation."""
    with company.system() as session:
        return [
            sorted(
                person.email.partition("@")[0]
                for person in of(session, company.organisations[BRAND], journey, NOW)
            )
            for of in (first_of, deputy_of, escalation_of)
        ]


def take_part(company: Company, *slugs: str) -> uuid.UUID:
    """Make a journey of the courier in which some organisations take part."""
    with company.system() as session:
        courier = company.organisations[COURIER]
        journey = row(Journey, organisation_id=courier, customer_owner_id=courier, name="Levering")
        session.add(journey)
        session.flush()
        for slug in slugs:
            party = row(Party, journey_id=journey.id, kind=PartyKind.ORGANISATION, position=1)
            session.add(party)
            session.flush()
            taken = row(
                Participation,
                journey_id=journey.id,
                party_id=party.id,
                organisation_id=company.organisations[slug],
            )
            session.add(taken)
        return journey.id


def test_without_a_name_all_who_may_answer_do(company: Company) -> None:
    everybody = ["aisha", "both", "marjan"]
    assert people(company) == [everybody, everybody, ["marjan"]]


def test_who_is_named_answers_and_a_person_has_its_language(company: Company) -> None:
    name(company, first="aisha", deputy="both", escalation="pieter")
    assert people(company) == [["aisha"], ["both"], ["pieter"]]
    with company.system() as session:
        (person,) = first_of(session, company.organisations[BRAND], None, NOW)
    assert person == (company.users["aisha"], "Aïsha Bakker", "aisha@example.org", "en")


def test_a_journey_says_otherwise_for_what_it_names(company: Company) -> None:
    journey = take_part(company, BRAND)
    name(company, first="aisha", deputy="both")
    name(company, journey=journey, first="marjan")
    assert people(company, journey) == [["marjan"], ["both"], ["marjan"]]
    assert people(company)[0] == ["aisha"]


def test_while_somebody_is_away_the_deputy_comes_first(company: Company) -> None:
    name(company, first="aisha", deputy="both")
    away(company, "aisha", date(2026, 11, 25))
    assert people(company)[0] == ["both"]
    away(company, "both", date(2026, 12, 1))
    assert people(company)[:2] == [["marjan"], ["marjan"]]
    away(company, "aisha", date(2026, 11, 24))  # back since this morning
    assert people(company)[0] == ["aisha"]


def test_where_everybody_is_away_everybody_is_told(company: Company) -> None:
    for who in ("aisha", "both", "marjan"):
        away(company, who, date(2026, 12, 1))
    assert people(company) == [["aisha", "both", "marjan"]] * 2 + [["marjan"]]


def test_who_left_or_only_reads_answers_no_more(company: Company) -> None:
    name(company, first="aisha", escalation="both")
    with company.acting("marjan") as (session, actor):
        brand = company.organisation(session)
        for gone in ("aisha", "both"):
            member = company.memberships[gone, BRAND]
            organisations.remove_member(session, actor, brand, member, at=NOW)
    assert people(company) == [["marjan"]] * 3


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"first": "mila"}, "first"),
        ({"first": "pieter"}, "first"),
        ({"first": "aisha", "deputy": "aisha"}, "deputy"),
    ],
    ids=["no member", "reads only", "twice"],
)
def test_who_cannot_answer_is_not_named(
    company: Company, given: dict[str, str], field: str
) -> None:
    with pytest.raises(InputError) as caught:
        name(company, **given)
    assert set(caught.value.messages) == {field}


def test_a_journey_of_others_is_not_found_and_a_colleague_is_not_overwritten(
    company: Company,
) -> None:
    with pytest.raises(NotFoundError):
        name(company, journey=take_part(company), first="aisha")
    name(company, first="aisha")
    with pytest.raises(StaleVersionError):
        name(company, first="both")


@pytest.mark.parametrize("who", ["aisha", "pieter"])
def test_only_an_admin_names_people_or_says_that_others_are_away(
    company: Company, who: str
) -> None:
    with pytest.raises(NotAllowedError):
        name(company, who, first="aisha")
    with pytest.raises(NotAllowedError):
        away(company, "marjan", date(2026, 12, 1), by=who)
    away(company, who, date(2026, 12, 1), by=who)


# --- the page -----------------------------------------------------------------------------------


def test_an_admin_names_people_on_the_page_and_others_read_it(app: Flask, company: Company) -> None:
    client = company.client(app, "marjan")
    journey = take_part(company, BRAND)
    form = {"version": "0", "first": str(company.users["aisha"]), "deputy": "", "escalation": ""}
    assert client.post(PAGE, data=form).status_code == 303
    own = {"version": "0", "first": "", "deputy": str(company.users["both"]), "escalation": ""}
    assert client.post(f"{PAGE}journeys/{journey}", data=own).status_code == 303
    assert people(company, journey)[:2] == [["aisha"], ["both"]]
    reader = company.client(app, "pieter")
    page = reader.get(PAGE).text
    assert "Aïsha Bakker" in page
    assert "Deputy: Jo van Twee" in page
    assert reader.post(PAGE, data=form).status_code == 403
    assert reader.get(f"{PAGE}journeys/{journey}").status_code == 403
    stranger = company.client(app, "mila")
    assert stranger.get(PAGE).status_code == 404
    there = PAGE.replace(BRAND, COURIER)
    member = company.memberships["aisha", BRAND]
    assert stranger.post(f"{there}members/{member}", data={"until": ""}).status_code == 404


def test_what_is_wrong_or_stale_stands_on_the_page_with_what_was_chosen(
    app: Flask, company: Company
) -> None:
    client = company.client(app, "marjan")
    aisha = str(company.users["aisha"])
    form = {"version": "0", "first": aisha, "deputy": aisha, "escalation": ""}
    wrong = client.post(PAGE, data=form)
    assert wrong.status_code == 422
    assert 'href="#f-deputy"' in wrong.text
    assert wrong.text.count(f'value="{aisha}" selected') == 2
    assert client.post(PAGE, data={**form, "first": "nobody"}).status_code == 422
    name(company, first="both")
    stale = client.post(PAGE, data={**form, "deputy": ""})
    assert stale.status_code == 409
    assert f'value="{aisha}" selected' in stale.text
    assert client.post(PAGE, data={**form, "deputy": "", "version": "1"}).status_code == 303


def test_a_member_says_when_it_is_away(app: Flask, company: Company) -> None:
    client = company.client(app, "pieter")
    mine = f"{PAGE}members/{company.memberships['pieter', BRAND]}"
    other = f"{PAGE}members/{company.memberships['aisha', BRAND]}"
    with clock.at(NOW):
        assert client.post(mine, data={"until": "2026-12-04"}).status_code == 303
        assert "away up to Fri 4 December" in client.get(PAGE).text
        assert client.post(mine, data={"until": "tomorrow"}).status_code == 422
        assert client.get(other).status_code == 403
        assert client.post(mine, data={"until": ""}).status_code == 303
    with company.system() as session:
        found = queries.setting_of(session, company.organisations[BRAND], company.users["pieter"])
    assert found is not None
    assert found.absent_until is None
