"""A delivery over three hand-overs: a brand, its warehouse, two couriers, an outsider."""

from __future__ import annotations

import io
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from partnerjourney.core import border, circles
from partnerjourney.core.parties import (
    Journey,
    Organisation,
    Participation,
    ParticipationRole,
    Role,
)
from partnerjourney.core.scopes import Member, System
from partnerjourney.events import services
from partnerjourney.events.models import Case, CaseReference, CaseState, Event, FactCell
from partnerjourney.events.queries import facts
from partnerjourney.events.rules import State
from partnerjourney.events.rules.mapping import read
from partnerjourney.events.services.rebuild import Derived, rebuild
from partnerjourney.journeys import services as journeys
from partnerjourney.maps import services as maps
from partnerjourney.measurement.models import Cell
from partnerjourney.measurement.services import cells
from partnerjourney.surveys.services.imports import import_answers
from tests.copies import made_once

AT = datetime(2026, 3, 5, 9, 0, tzinfo=UTC)
ORGANISATIONS = ("brand", "warehouse", "courier-a", "courier-b", "outsider")
JOURNEY: dict[str, Any] = {
    "journey": {
        "slug": "delivery",
        "name": "Delivery",
        "language": "nl",
        "time_zone": "Europe/Amsterdam",
    },
    "parties": [
        {"key": "brand", "name": "Brand", "kind": "organisation", "orchestrator": True},
        {"key": "warehouse", "name": "Warehouse", "kind": "organisation"},
        {"key": "couriers", "name": "Couriers", "kind": "group"},
        {"key": "customer", "name": "Customer", "kind": "customer"},
    ],
    "phases": [{"key": "one", "name": "One"}],
    "cards": [
        {"key": "order", "phase": "one", "party": "brand", "kind": "touchpoint", "name": "Order"},
        {"key": "pack", "phase": "one", "party": "warehouse", "kind": "step", "name": "Pack"},
        {
            "key": "door",
            "phase": "one",
            "party": "couriers",
            "kind": "touchpoint",
            "name": "Door",
            "initiator": "couriers",
            "receiver": "customer",
        },
    ],
    "handovers": [
        {"key": "brand-warehouse", "from": "brand", "to": "warehouse"},
        {"key": "warehouse-courier", "from": "warehouse", "to": "couriers"},
        {"key": "courier-customer", "from": "couriers", "to": "customer", "time_limit": "PT48H"},
    ],
    "points": [
        {
            "key": "delivery",
            "card": "door",
            "metric": "nps",
            "covers": ["warehouse-courier", "courier-customer"],
        }
    ],
}

SOURCE = """
[source]
name = "orders"
case = "order"
id = ["order"]
"""
EVENTS = (
    SOURCE
    + """
[[event]]
handover = "brand-warehouse"
kind = "completed"
time = "ordered"
[[event]]
handover = "warehouse-courier"
kind = "completed"
time = "scanned"
[[event]]
handover = "courier-customer"
kind = "completed"
time = "delivered"
promise = "promised"
"""
)
HEADER = "order,ordered,scanned,delivered,promised\n"
ANSWERS = """
[source]
name = "panel"
case = "order"
id = ["answer"]
[answer]
point = "delivery"
metric = "nps"
score = "score"
comment = "comment"
time = "at"
"""
ANSWER_HEADER = "answer,order,score,comment,at\n"


class Interrupted(io.BytesIO):
    """A file that is read once in peace; halfway through the second time something happens."""

    def __init__(self, data: bytes, happens: Callable[[], None]) -> None:
        super().__init__(data)
        self.happens, self.passes, self.half = happens, 0, len(data) // 2

    def seek(self, offset: int, whence: int = 0) -> int:
        self.passes += 1
        return super().seek(offset, whence)

    def read1(self, size: int | None = -1) -> bytes:
        if self.passes == 1 and self.tell() > self.half:
            self.passes = 2
            self.happens()
        return super().read1(size)


@dataclass
class Scene:
    """What the tests name."""

    engine: Engine
    journey: uuid.UUID = field(default_factory=uuid.uuid4)
    organisations: dict[str, uuid.UUID] = field(default_factory=dict)
    participations: dict[str, uuid.UUID] = field(default_factory=dict)

    def member(self, name: str = "brand", role: Role = Role.EDITOR) -> Member:
        """Return a member of an organisation."""
        return Member(None, self.organisations[name], role)

    def events(
        self, text: str | bytes, mapping: str = EVENTS, *, by: str = "brand", **more: Any
    ) -> dict[str, Any]:
        """Import events; return the report as the command line prints it."""
        return self._run(services.import_events, text, mapping, by, **more)

    def answers(
        self, text: str | bytes, mapping: str = ANSWERS, *, by: str = "brand", **more: Any
    ) -> dict[str, Any]:
        """Import answers; return the report as the command line prints it."""
        return self._run(import_answers, text, mapping, by, **more)

    def _run(self, verb: Any, text: str | bytes, mapping: str, by: str, **more: Any) -> Any:
        given = io.BytesIO(text.encode() if isinstance(text, str) else text)
        return verb(
            self.engine,
            self.member(by),
            self.journey,
            mapping=read(mapping.encode()),
            **{"at": AT, "stream": given, **more},
        ).document()

    @contextmanager
    def system(self) -> Iterator[Session]:
        """Open a session for the product itself."""
        with border.open_session(self.engine, System("test"), write=True) as session:
            yield session

    @contextmanager
    def acting(self, name: str = "brand") -> Iterator[tuple[Session, Member, journeys.Place]]:
        """Open a session for a member, with its place in the journey, and commit."""
        actor = self.member(name)
        with border.open_session(self.engine, actor, write=True) as session, session.begin():
            yield session, actor, journeys.find(session, actor, self.journey)

    def derived(self) -> tuple[Derived, Derived]:
        """Return what the events amount to, and what is stored."""
        with self.acting() as (session, _, place):
            return rebuild(session, place)

    def counted(self) -> bool:
        """Say whether the histogram cells equal a count of the raw answers."""
        with self.system() as session:
            return cells.rebuild(session, self.journey) == 0

    def rows(self) -> dict[str, int]:
        """Return how many rows each table of cases, events and answers has."""
        with self.system() as session:
            tables = (Case, CaseReference, Event, CaseState)
            return {
                table.__tablename__: session.scalar(select(func.count()).select_from(table)) or 0
                for table in tables
            }

    def states(self, by: str = "brand", handover: str = "courier-customer") -> dict[str, int]:
        """Return how many cases an organisation sees in each state at a hand-over."""
        with self.acting(by) as (session, _, place):
            return {s.value: n for s, n in facts(session, place.id, handover_key=handover).items()}

    def scores(self, by: str = "brand") -> dict[tuple[State, int], int]:
        """Return how many answers an organisation sees per state and score."""
        found: Counter[tuple[State, int]] = Counter()
        with self.acting(by) as (session, _, _place):
            for cell in session.scalars(select(Cell)):
                for score in range(11):
                    found[cell.state, score] += getattr(cell, f"s{score}")
        return {key: number for key, number in found.items() if number}

    def fact_cells(self) -> list[tuple[Any, ...]]:
        """Return what is counted, without ids: the same whatever order the events came in."""
        with self.system() as session:
            return sorted(
                (str(c.circle_id), str(c.handover_id), c.state.value, c.day, c.cases)
                for c in session.scalars(select(FactCell).where(FactCell.cases != 0))
            )


@made_once
def play(engine: Engine) -> Scene:
    """Make the journey in an empty database; warehouse and both couriers have joined."""
    scene = Scene(engine)
    with scene.system() as session:
        for slug in ORGANISATIONS:
            made = Organisation(slug=slug, name=slug.title(), created_at=AT)
            session.add(made)
            session.flush()
            scene.organisations[slug] = made.id
        session.commit()
    actor = scene.member()
    with border.open_session(engine, actor, write=True) as session, session.begin():
        leads = session.get_one(Organisation, actor.organisation_id)
        place = maps.import_journey(session, actor, leads, JOURNEY, at=AT)
        scene.journey = place.id
        parties = {party.key: party.id for party in place.parties.values()}
    with scene.system() as session:
        for name in ("warehouse", "courier-a", "courier-b"):
            joined = Participation(
                journey_id=scene.journey,
                party_id=parties["warehouse" if name == "warehouse" else "couriers"],
                organisation_id=scene.organisations[name],
                role=ParticipationRole.PARTNER,
                discreet=name != "warehouse",
                joined_at=AT,
            )
            circles.join(session, joined)
            scene.participations[name] = joined.id
        session.commit()
    return scene


def consistent(engine: Engine, journey_id: uuid.UUID) -> bool:
    """Say whether the states of cases and all counts of a journey equal what its rows say."""
    with border.open_session(engine, System("test"), write=True) as session:
        leads = session.get_one(Journey, journey_id).organisation_id
    actor = Member(None, leads, Role.ADMIN)
    with border.open_session(engine, actor, write=True) as session:
        derived, stored = rebuild(session, journeys.find(session, actor, journey_id))
    with border.open_session(engine, System("test"), write=True) as session:
        return derived == stored and cells.rebuild(session, journey_id) == 0
