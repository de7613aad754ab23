"""A journey begins from a sector's example, from one hand-over, or from another journey."""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask import Flask
from sqlalchemy import Engine, func, select

from partnerjourney.checks import queries as checks
from partnerjourney.core.parties import Journey, Organisation, Participation, Party, Role
from partnerjourney.handovers.models import HandoverTerms
from partnerjourney.handovers.rules import TERMS, missing
from partnerjourney.maps import queries as maps_read
from partnerjourney.maps import services as maps
from partnerjourney.maps.rules.document import check_document
from partnerjourney.maps.services.importing import SHAPES
from partnerjourney.organisations.models import PartyInvitation
from partnerjourney.starting import services
from partnerjourney.surveys.models import Answer, Point, Wave
from partnerjourney.touchpoints.rules.silo import Rule, findings
from tests.chain import AT, Chain, build
from tests.starting.test_pages import count, member, text

NOT_YET = {Rule.ONE_SIDED, Rule.ABSENT, Rule.ONE_DISCIPLINE}
"""What the silo check says of any journey to which no partner has come yet."""
EXAMPLES = [(name, language) for name in services.SECTORS for language in services.LANGUAGES]


@pytest.fixture
def chain(engine: Engine) -> Chain:
    return build(engine)


@pytest.mark.parametrize(("name", "language"), EXAMPLES)
def test_each_example_is_a_whole_journey(name: str, language: str) -> None:
    """From the customer's need to after-use; every hand-over has what the parties must agree."""
    document = services.sector(name, language)
    assert check_document(document, SHAPES) == []
    parties = {party["key"]: party["kind"] for party in document["parties"]}
    cards = document["cards"]
    assert len([kind for kind in parties.values() if kind in ("organisation", "group")]) >= 4
    assert parties[cards[0]["party"]] == parties[cards[-1]["party"]] == "customer"
    assert {card["party"] for card in cards} == set(parties)
    assert {card["phase"] for card in cards} == {p["key"] for p in document["phases"]}
    assert any(card["kind"] == "step" for card in cards)
    for handover in document["handovers"]:
        terms = {field: handover.get(field) for field in TERMS}
        assert missing(terms, handover["told"]) == ["contact_name", "contact_reach"]
    assert len(document["points"]) == 3
    other = services.sector(name, "en" if language == "nl" else "nl")
    for part in ("parties", "phases", "cards", "handovers", "points"):
        assert [one["key"] for one in document[part]] == [one["key"] for one in other[part]]
    assert document["journey"]["language"] == language


def test_every_example_can_be_begun_from(chain: Chain) -> None:
    with chain.acting("telenoord") as (session, actor, place):
        organisation = place.journey.organisation_id
        for name, language in EXAMPLES:
            document = services.sector(name, language)
            leads = session.get_one(Organisation, organisation)
            made = services.begin(
                session, actor, leads, document, name="Reis", form_of_address="u", at=AT
            )
            kept = maps.export_journey(session, made)
            assert len(kept["handovers"]) == len(document["handovers"])
            assert [p["covers"] for p in kept["points"]] == [
                p["covers"] for p in document["points"]
            ]
            (lead,) = (p for p in kept["parties"] if p.get("orchestrator"))
            assert lead["name"] == "Telenoord"
            found = maps_read.read(session, made)
            looked = checks.chain_of(session, found, checks.taking_part(session, made))
            rules = {one.rule for one in findings(looked, at=AT)}
            assert rules <= NOT_YET, (name, rules)


def test_an_example_is_shown_in_both_languages_and_made(chain: Chain, app: Flask) -> None:
    client = member(chain, app, "telenoord")
    chosen = client.get("/o/telenoord/journeys/new").get_data(as_text=True)
    addresses = re.findall(r'href="(/o/telenoord/journeys/new/[^"]+)"', chosen)
    assert len(addresses) == 5
    for address in addresses:
        assert client.get(address).status_code == 200
    address = "/o/telenoord/journeys/new/example?sector=insurance"
    dutch = text(client.get(address).get_data(as_text=True))
    assert "De namen zijn plaatshouders" in dutch
    assert "Herstellers" in dutch
    english = text(client.get(f"{address}&language=en").get_data(as_text=True))
    assert "Repairers" in english
    before = count(chain)
    wrong = client.post(address, data={"name": "", "language": "en"})
    assert wrong.status_code == 422
    assert "Repairers" in wrong.get_data(as_text=True)
    assert count(chain) == before
    made = client.post(address, data={"name": "Claims", "language": "en"})
    assert made.status_code == 303
    shown = text(client.get(made.location).get_data(as_text=True))
    assert "Repairers" in shown
    assert count(chain) == before + 1
    assert client.get("/o/telenoord/journeys/new/example?sector=banking").status_code == 404


FIRST = {
    "partner": "Koerier Snel",
    "direction": "giving",
    "notices": "levering",
    "told": "De koerier belt aan.",
    "email": "mila@snel.example",
    "contact_name": "Anna",
    "contact_email": "anna@telenoord.example",
    "language": "nl",
    "form_of_address": "u",
}


def test_one_hand_over_makes_a_journey_invites_the_partner_and_says_what_is_next(
    chain: Chain, app: Flask
) -> None:
    client = member(chain, app, "telenoord")
    address = "/o/telenoord/journeys/new/one-handover"
    assert client.get(address).status_code == 200
    made = client.post(address, data=FIRST)
    assert made.status_code == 303
    page = client.get(made.location).get_data(as_text=True)
    assert "Koerier Snel is uitgenodigd" in text(page)
    nexts = [unescape(href) for href in re.findall(r'class="button[^"]*"[^>]*href="([^"]+)"', page)]
    nexts += [unescape(href) for href in re.findall(r'<a href="([^"]+)" class="button', page)]
    steps = [href for href in nexts if "handovers/" in href or "surveys/" in href]
    assert len(steps) >= 2
    for href in steps:
        answer = client.get(href)
        assert answer.status_code == 200, href
    asks = next(href for href in steps if "surveys/" in href)
    assert "deze levering" in text(client.get(asks).get_data(as_text=True))
    with chain.system() as session:
        journey = session.scalars(
            select(Journey).where(Journey.name == "Telenoord → Koerier Snel")
        ).one()
        assert (journey.contact_name, journey.contact_email) == ("Anna", "anna@telenoord.example")
        invited = session.scalars(
            select(PartyInvitation).where(PartyInvitation.journey_id == journey.id)
        ).one()
        assert invited.email == "mila@snel.example"
        assert (
            session.scalar(select(func.count(Point.id)).where(Point.journey_id == journey.id)) == 1
        )


def test_the_partner_may_be_the_one_who_hands_over(chain: Chain, app: Flask) -> None:
    client = member(chain, app, "telenoord")
    given = {**FIRST, "direction": "taking", "notices": "het gesprek"}
    made = client.post("/o/telenoord/journeys/new/one-handover", data=given)
    assert made.status_code == 303
    with chain.system() as session:
        names = set(session.scalars(select(Journey.name)))
    assert "Koerier Snel → Telenoord" in names


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("email", "geen adres", "geen mailadres"),
        ("partner", " ", "Vul dit in"),
        ("notices", "x" * 61, "60 tekens"),
        ("direction", "sideways", "Kies"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_the_rest_stays(
    chain: Chain, app: Flask, field: str, value: str, says: str
) -> None:
    client = member(chain, app, "telenoord")
    before = count(chain)
    answer = client.post("/o/telenoord/journeys/new/one-handover", data={**FIRST, field: value})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert says in text(page)
    assert "De koerier belt aan." in page
    assert count(chain) == before


def test_a_copy_has_the_structure_and_nothing_of_what_happened(chain: Chain, app: Flask) -> None:
    client = member(chain, app, "telenoord")
    address = f"/o/telenoord/journeys/{chain.journey}/copy"
    assert "Kopie van Zakelijk internet" in client.get(address).get_data(as_text=True)
    made = client.post(address, data={"name": "Tweede"})
    assert made.status_code == 303
    with chain.acting("telenoord") as (session, _, place):
        first = maps.export_journey(session, place)
    with chain.system() as session:
        copied = session.scalars(select(Journey).where(Journey.name == "Tweede")).one()
        taking = session.scalars(
            select(Participation.organisation_id).where(Participation.journey_id == copied.id)
        ).all()
        assert taking == [chain.organisations["telenoord"]]
        confirmed = session.scalars(
            select(Party.key).where(Party.journey_id == copied.id, Party.confirmed_at.is_not(None))
        ).all()
        assert confirmed == ["telenoord"]
        terms = session.scalars(
            select(HandoverTerms).where(HandoverTerms.journey_id == copied.id)
        ).all()
        assert len(terms) == len(first["handovers"])
        assert not any(row.contact_name or row.contact_reach for row in terms)
        for table in (Answer, Wave, PartyInvitation):
            query = select(func.count(table.id)).where(table.journey_id == copied.id)
            assert session.scalar(query) == 0
        chain.journey = copied.id
    with chain.acting("telenoord") as (session, _, place):
        second = maps.export_journey(session, place)
    for part in ("parties", "phases", "cards", "points"):
        assert second[part] == first[part]


def test_only_who_coordinates_duplicates(chain: Chain, app: Flask) -> None:
    before = count(chain)
    for name, role, status in (
        ("snel", Role.ADMIN, 403),
        ("telenoord", Role.VIEWER, 403),
        ("stranger", Role.ADMIN, 404),
    ):
        client = member(chain, app, name, role)
        answer = client.post(f"/o/{name}/journeys/{chain.journey}/copy", data={"name": "x"})
        assert answer.status_code == status
    assert count(chain) == before
