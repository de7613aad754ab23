"""The journey of the picture in a database: six phases, twelve hand-overs, a group of two couriers.

Telenoord leads; Magazijn Flevo and two couriers take part; Thuisklaar has not joined. One change of
the warehouse's hand-over waits, three points have answers, and every organisation has a person.
"""

from __future__ import annotations

import html
import re
import uuid
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from partnerjourney.core import border, clock
from partnerjourney.core.parties import Membership, Organisation, Role, User
from partnerjourney.events.models import FactCell
from partnerjourney.events.rules import State
from partnerjourney.maps import services as maps
from partnerjourney.measurement.models import Cell
from partnerjourney.proposals import services as proposals
from partnerjourney.surveys.models import Point, PointCircle, PointCover
from partnerjourney.surveys.services import waves
from partnerjourney.touchpoints.models import Card
from tests.chain import Chain
from tests.copies import made_once
from tests.maps.telenoord_document import document
from tests.web_client import client_of

AT = datetime(2026, 9, 1, 8, 0, tzinfo=UTC)
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)

ORGANISATIONS = {
    "telenoord": "Telenoord",
    "flevo": "Magazijn Flevo",
    "snel": "Koerier Snel",
    "rijk": "Rijk Bezorgt",
    "thuisklaar": "Thuisklaar",
    "stranger": "Vreemdeling",
}
FILLS = {"flevo": "magazijn", "snel": "koeriers", "rijk": "koeriers", "thuisklaar": "thuisklaar"}


class Telenoord(Chain):
    """The chain of the picture; `person` names who is signed in for an organisation."""

    def user(self, name: str, role: Role = Role.ADMIN, language: str = "nl") -> uuid.UUID:
        """Return somebody of an organisation, made where missing."""
        with self.system() as session:
            email = f"{role.value}-{language}@{name}.example"
            found = session.scalar(select(User).where(User.email == email))
            if found is None:
                found = User(email=email, name="Mila Bos", language=language, created_at=AT)
                session.add(found)
                session.flush()
                session.add(
                    Membership(
                        owner_id=self.organisations[name],
                        user_id=found.id,
                        role=role,
                        created_at=AT,
                    )
                )
                session.flush()
            return found.id

    def handover(self, key: str) -> uuid.UUID:
        """Return the id of a hand-over by its key."""
        with self.acting("telenoord") as (session, _, place):
            return self.edge(session, place, key).handover.id

    def card(self, key: str) -> uuid.UUID:
        """Return the id of a card by its key."""
        with self.system() as session:
            return session.scalars(
                select(Card.id).where(Card.journey_id == self.journey, Card.key == key)
            ).one()

    def client(
        self, app: Flask, name: str, role: Role = Role.ADMIN, language: str = "nl"
    ) -> FlaskClient:
        """Return a browser in which somebody of an organisation is signed in."""
        return client_of(app, self.user(name, role, language))

    def at(self, name: str, path: str = "") -> str:
        """Return an address of the journey, in the name of an organisation."""
        return f"/o/{name}/journeys/{self.journey}/{path}"


@made_once
def build(
    engine: Engine,
    *,
    joined: tuple[str, ...] = ("flevo", "snel", "rijk"),
    more: int = 0,
    empty: bool = False,
) -> Telenoord:
    """Make the journey; `more` adds so many steps to it, `empty` leaves only its parties."""
    chain = Telenoord(engine)
    with clock.at(AT):
        with chain.system() as session:
            for slug, name in ORGANISATIONS.items():
                made = Organisation(slug=slug, name=name, created_at=AT)
                session.add(made)
                session.flush()
                chain.organisations[slug] = made.id
        actor = chain.member("telenoord")
        wanted = document()
        if empty:
            wanted |= {"cards": [], "handovers": [], "points": []}
        for number in range(more):
            wanted["cards"].append(
                {"key": f"meer{number}", "phase": "gebruiken", "party": "merk",
                 "name": f"Stap {number}", "kind": "step"}
            )  # fmt: skip
        with border.open_session(engine, actor, write=True) as session, session.begin():
            brand = session.get_one(Organisation, actor.organisation_id)
            chain.journey = maps.import_journey(session, actor, brand, wanted, at=AT).id
        for name in joined:
            chain.join(name, FILLS[name])
            chain.confirm(name)
    return chain


def change_limit(chain: Telenoord, name: str = "flevo", limit: str = "P2D") -> None:
    """Let an organisation change the time limit of the warehouse's hand-over to the couriers."""
    with chain.acting(name) as (session, actor, place):
        edge = chain.edge(session, place, "h4")
        proposals.change(
            session,
            actor,
            place,
            edge,
            edge.terms[0],
            version=edge.terms[0].version,
            at=NOW,
            fields={"time_limit": limit},
            reason="De vrachtwagen komt later.",
        )


def answered(
    chain: Telenoord, key: str, counts: Mapping[int, int], *, late: int = 0, cases: int = 0
) -> None:
    """Ask at a point and count answers (score → how many), and cases at its last hand-over."""
    with chain.acting("telenoord") as (session, actor, place):
        point = session.scalars(select(Point).where(Point.key == key)).one()
        wave = waves.open_wave(
            session, actor, place, point, key="najaar", close_on=date(2026, 12, 1), at=AT
        )
        wave_id, question_id, point_id = wave.id, wave.question_id, point.id
        base = point.base_circle_id
    with chain.system() as session:
        circle = (
            base
            or session.scalars(
                select(PointCircle.circle_id).where(PointCircle.point_id == point_id)
            ).first()
        )
        session.add(
            Cell(
                journey_id=chain.journey,
                circle_id=circle,
                point_id=point_id,
                wave_id=wave_id,
                question_id=question_id,
                role="",
                state=State.NONE,
                day=date(2026, 10, 31),
                **{f"s{score}": number for score, number in counts.items()},
            )
        )
        if cases:
            _count_cases(session, chain, point_id, circle, cases, late)


def _count_cases(
    session: Session,
    chain: Telenoord,
    point_id: uuid.UUID,
    circle_id: Any,
    cases: int,
    late: int,
) -> None:
    last = session.scalars(
        select(PointCover.handover_id)
        .where(PointCover.point_id == point_id)
        .order_by(PointCover.position.desc())
    ).first()
    for state, number in ((State.NONE, cases - late), (State.LATE, late)):
        if number:
            session.add(
                FactCell(
                    journey_id=chain.journey,
                    circle_id=circle_id,
                    handover_id=last,
                    state=state,
                    day=date(2026, 10, 31),
                    cases=number,
                )
            )


@made_once
def full(engine: Engine) -> Telenoord:
    """Make the journey with its change that waits and its answers."""
    chain = build(engine)
    with clock.at(NOW):
        change_limit(chain)
        answered(chain, "bestelling", {10: 120, 8: 60, 5: 32})
        answered(chain, "levering", {10: 82, 8: 43, 5: 25}, cases=412, late=10)
        answered(chain, "installatie", {10: 66, 8: 19, 5: 11})
        answered(chain, "hulp", {10: 4, 8: 3, 5: 2}, cases=212, late=14)
    return chain


@pytest.fixture
def chain(engine: Engine) -> Telenoord:
    """Give the full journey on each engine in turn."""
    return full(engine)


def text(page: str) -> str:
    """Return a page's text without its tags, on one line."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())
