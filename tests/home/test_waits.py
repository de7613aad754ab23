"""What overviews count: what its reader may answer, by its own days, and no word of content."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine

from partnerjourney import features
from partnerjourney.core import border, clock, waiting
from partnerjourney.core.parties import Party, Role
from partnerjourney.core.scopes import Member
from partnerjourney.core.waiting import Item
from partnerjourney.notices import services
from partnerjourney.organisations.models import JoinRequest, PartyInvitation, WorkingCalendar
from tests.factories import row
from tests.maps import telenoord
from tests.maps.telenoord import NOW, Telenoord
from tests.organisations.company import mails, work

features.employ()
MONDAY = datetime(2026, 11, 23, 7, 30, tzinfo=UTC)


def waits(chain: Telenoord, name: str, role: Role = Role.ADMIN) -> list[Item]:
    """Return what waits for somebody of an organisation."""
    actor = Member(chain.user(name, role), chain.organisations[name], role)
    with border.open_session(chain.engine, actor) as session:
        return waiting.items(session, actor, NOW)


def test_a_change_waits_for_who_must_say_yes_and_leads_to_it(chain: Telenoord, app: Flask) -> None:
    (item,) = waits(chain, "snel")
    assert (item.kind, item.due) == ("proposal", date(2026, 11, 27))
    assert item.source == "Telenoord · Zakelijk internet en toestel"
    assert chain.client(app, "snel").get(item.path).status_code == 200
    assert waits(chain, "snel", Role.VIEWER) == []
    assert waits(chain, "flevo") == []  # it made the change


def test_the_day_is_counted_by_the_calendar_of_who_answers(chain: Telenoord) -> None:
    with chain.system() as session:
        closed = [["2026-11-23", "2026-11-24"]]
        session.add(
            WorkingCalendar(
                owner_id=chain.organisations["snel"],
                cut_off=time(9),
                closed_on=closed,
                changed_at=NOW,
            )
        )
    with clock.at(NOW):
        telenoord.change_limit(chain, "flevo", "P3D")
    assert [item.due for item in waits(chain, "snel")] == [date(2026, 12, 2)]


def test_confirming_joining_and_inviting_wait_for_who_can(engine: Engine, app: Flask) -> None:
    chain = telenoord.build(engine)
    person = chain.user("stranger")
    with clock.at(NOW):
        chain.join("thuisklaar", "thuisklaar")
    with chain.system() as session:
        asked = {"user_id": person, "created_at": NOW, "decided_at": None}
        session.add(row(JoinRequest, owner_id=chain.organisations["flevo"], **asked))
        party = session.query(Party).filter_by(journey_id=chain.journey, key="thuisklaar").one()
        session.add(
            row(
                PartyInvitation,
                owner_id=chain.organisations["telenoord"],
                journey_id=chain.journey,
                party_id=party.id,
                created_at=NOW,
                expires_at=NOW + timedelta(days=10),
            )
        )
    for name, kind in (
        ("thuisklaar", "unconfirmed"),
        ("flevo", "join_request"),
        ("telenoord", "invitation"),
    ):
        (item,) = [item for item in waits(chain, name) if item.kind == kind]
        assert chain.client(app, name).get(item.path).status_code == 200, kind
        assert all(item.kind != kind for item in waits(chain, name, Role.VIEWER))
    assert all(item.kind != "join_request" for item in waits(chain, "flevo", Role.EDITOR))


@pytest.mark.parametrize(("language", "said"), [
    ("nl", "vóór het einde van vrijdag 27 november 2026: 1 voorstel wacht"),
    ("en", "before the end of Friday 27 November 2026: 1 proposal waits"),
])  # fmt: skip
def test_an_overview_counts_and_tells_nothing(
    chain: Telenoord, app: Flask, tmp_path: Path, language: str, said: str
) -> None:
    chain.user("snel", language=language)
    with chain.system() as session:
        services.enqueue_overviews(session, services.mornings(session, at=MONDAY), at=MONDAY)
    with clock.at(MONDAY):
        work(app)
    mail = next(mail for mail in mails(tmp_path) if mail["To"] == f"admin-{language}@snel.example")
    assert mail["Content-Language"] == language
    whole = "".join(part.get_content() for part in mail.iter_parts())
    assert said in whole
    for content in ("Pakket", "werkdagen →", "Magazijn Flevo", "Rijk", "P2D", "Mila wil"):
        assert content not in whole, content


def test_every_kind_is_named_in_the_readers_language(app: Flask) -> None:
    for language, words in (
        ("nl", "wacht|heb|vraagt|vragen|Klopt"),
        ("en", "wait|has|have|ask|Is"),
    ):
        with app.test_request_context(headers={"Accept-Language": language}):
            for kind in waiting.KINDS.values():
                assert any(word in kind.say(2) for word in words.split("|")), kind.name


def test_an_item_orders_by_day_then_kind() -> None:
    def find(_session: object, _actor: object, _at: object) -> list[Item]:
        return [Item(date(2026, 1, 2), "b", "/2"), Item(date(2026, 1, 1), "b", "/1")]

    before = dict(waiting.KINDS)
    try:
        waiting.KINDS.clear()
        waiting.register("b", find, say=str)
        actor = Member(None, uuid.UUID(int=1))
        found = waiting.items(None, actor, NOW)  # type: ignore[arg-type]
    finally:
        waiting.KINDS.clear()
        waiting.KINDS.update(before)
    assert [item.path for item in found] == ["/1", "/2"]
