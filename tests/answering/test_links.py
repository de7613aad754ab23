"""A link from a mail: one person, one thing, one answer; everything else is one calm page."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from partnerjourney.answering import services
from partnerjourney.answering.models import AnswerLink
from partnerjourney.answering.services import Opened, Person, Shown, Typed
from partnerjourney.core import audit, border, clock, ids
from partnerjourney.core.errors import InputError, StaleVersionError
from partnerjourney.core.parties import Membership
from partnerjourney.core.scopes import Member, System
from partnerjourney.journeys import services as journeys
from tests.web_client import browser
from tests.world import World

CALM = b"This link does not work any more"


class Greeting:
    """Asks what to write into the history of a journey."""

    stands = "1"

    def show(self, session: Session, opened: Opened, *, at: Any) -> Shown:
        journeys.find(session, opened.actor, opened.thing_id)
        return Shown("answering/answer.html")

    def answer(self, session: Session, opened: Opened, typed: Typed, *, at: Any) -> Shown:
        journeys.find(session, opened.actor, opened.thing_id)
        if not typed.get("word"):
            raise InputError({"word": ["Say a word."]})
        audit.record(
            session, f"said {typed['word']}", at=at, journey_id=opened.journey_id, owner_id=None
        )
        session.flush()
        if opened.shown != self.stands:
            raise StaleVersionError
        return Shown("answering/answer.html")


@pytest.fixture
def greeting(monkeypatch: pytest.MonkeyPatch) -> Greeting:
    kind = Greeting()
    monkeypatch.setitem(services.KINDS, "greeting", kind)
    return kind


def link(engine: Engine, world: World, who: str = "warehouse", **given: Any) -> str:
    """Make a link for the admin of an organisation."""
    person = Person("W", "w@example.org", "en", world.users[who], world.organisations[who])
    options = {"journey_id": world.journey, "shown": "1", "at": clock.now()} | given
    with (
        border.open_session(engine, System("mail"), write=True) as session,
        session.begin(),
    ):
        return services.make(session, "greeting", world.journey, person, **options)


def said(engine: Engine) -> list[tuple[str, uuid.UUID | None]]:
    """Return what was written into the history, and by whom."""
    with border.open_session(engine, System("look")) as session:
        rows = session.execute(select(audit.JourneyAct.verb, audit.JourneyAct.user_id)).all()
    return [(verb, user) for verb, user in rows if verb.startswith("said ")]


@pytest.fixture
def phone(app: Flask) -> FlaskClient:
    return browser(app, site=None)


def test_one_answer_in_the_name_of_the_person_and_no_second(
    engine: Engine, world: World, phone: FlaskClient, greeting: Greeting
) -> None:
    path = link(engine, world)
    for _ in range(2):  # scanners of mail open links, and change nothing
        page = phone.get(path)
        assert page.status_code == 200
        assert page.headers["Cache-Control"] == "no-store"
        assert "Set-Cookie" not in page.headers
    assert said(engine) == []
    assert phone.post(path, data={"word": "yes"}).status_code == 200
    assert said(engine) == [("said yes", world.users["warehouse"])]
    for again in (phone.post(path, data={"word": "yes"}), phone.get(path)):
        assert again.status_code == 404
        assert CALM in again.data
    assert len(said(engine)) == 1


def test_what_cannot_be_taken_or_is_another_by_now_spends_nothing(
    engine: Engine, world: World, phone: FlaskClient, greeting: Greeting
) -> None:
    path = link(engine, world)
    refused = phone.post(path, data={"word": ""})
    assert refused.status_code == 422
    assert b"Say a word." in refused.data
    greeting.stands = "2"
    stale = phone.post(path, data={"word": "yes"})
    assert stale.status_code == 409
    assert "Dit is veranderd sinds de mail" in stale.text, "in the language of the person"
    assert said(engine) == []
    greeting.stands = "1"
    assert phone.post(path, data={"word": "yes"}).status_code == 200


def test_links_that_open_nothing_look_alike(
    engine: Engine, world: World, phone: FlaskClient, greeting: Greeting
) -> None:
    path = link(engine, world)
    unknown = "/a/" + ids.new_token()
    other = chr(ord(path[-2]) ^ 1)
    old = link(engine, world, at=clock.now() - timedelta(days=15))
    outsider = link(engine, world, "outsider")  # has no part in the journey
    left = link(engine, world, "courier_a")
    with (
        border.open_session(engine, System("leave"), write=True) as session,
        session.begin(),
    ):
        session.execute(
            update(Membership)
            .where(Membership.owner_id == world.organisations["courier_a"])
            .values(ended_at=clock.now())
        )
    pages = set()
    for dead in (unknown, f"{path[:-2]}{other}{path[-1]}", "/a/x", old, outsider, left):
        for answer in (phone.get(dead), phone.post(dead, data={"word": "yes"})):
            assert answer.status_code == 404, dead
            pages.add(answer.data)
    assert len(pages) == 1
    assert said(engine) == []


def test_a_link_acts_with_the_role_of_today(engine: Engine, world: World) -> None:
    path = link(engine, world)
    with border.open_session(engine, System("role"), write=True) as session, session.begin():
        session.execute(
            update(Membership)
            .where(Membership.owner_id == world.organisations["warehouse"])
            .values(role="viewer", signatory=True)
        )
    opened = services.find(engine, path.removeprefix("/a/"), at=clock.now())
    assert isinstance(opened.scope, Member)
    assert opened.scope.role.value == "viewer"


def test_a_secret_is_not_stored(engine: Engine, world: World) -> None:
    path = link(engine, world)
    with border.open_session(engine, System("look")) as session:
        stored = [link.token_hash for link in session.scalars(select(AnswerLink))]
    assert ids.token_hash(path.removeprefix("/a/")) in stored
    assert path.removeprefix("/a/") not in stored
