"""A random world: organisations that take part in this and that, the same for the same seed."""

from __future__ import annotations

import random
import uuid
from typing import Any

from sqlalchemy import Engine

from partnerjourney.core import border
from partnerjourney.core.db import CircleScoped, JourneyScoped, OrganisationPrivate
from partnerjourney.core.parties import (
    Circle,
    CircleSeat,
    Journey,
    Organisation,
    Participation,
    ParticipationRole,
    ParticipationState,
    Party,
    PartyKind,
    User,
)
from partnerjourney.core.scopes import System
from tests.factories import grow, key, row, ties
from tests.sweeps.scoped import SCOPED


class Random:
    """Organisations that take part in this and that; who sees what, said in plain Python."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.circles = 40 if seed == 3 else 4  # of a journey: many or few for an organisation
        self.organisations = [self._id() for _ in range(6)]
        self.journeys: list[Any] = []
        self.participations: list[Any] = []
        self.seats: list[Any] = []
        self.rows: list[Any] = []

    def _id(self) -> uuid.UUID:
        return uuid.UUID(int=self.random.getrandbits(128))

    def fill(self, engine: Engine) -> None:
        """Write the world; the same seed writes the same one."""
        with border.open_session(engine, System("random"), write=True) as session, session.begin():
            owned = {}
            for number, organisation_id in enumerate(self.organisations):
                owned[organisation_id] = {
                    "organisation": row(Organisation, id=organisation_id, slug=f"o{number}"),
                    "user_account": row(User, id=self._id(), email=f"o{number}@example.org"),
                }
                session.add_all(owned[organisation_id].values())
            session.flush()
            for _ in range(4):
                self._journey(session, owned)
            for place in owned.values():
                before = set(place)
                grow(session, place, only=OrganisationPrivate)
                self.rows += [found for name, found in place.items() if name not in before]

    def _journey(self, session: Any, owned: dict[uuid.UUID, dict[str, Any]]) -> None:
        leader = self.random.choice(self.organisations)
        tied = {"organisation_id": leader, "customer_owner_id": leader}
        journey = row(Journey, id=self._id(), slug=self._id().hex, **tied)
        session.add(journey)
        session.flush()
        self.journeys.append(journey)
        parties = [
            row(Party, id=self._id(), journey_id=journey.id, kind=kind, position=0, key=kind)
            for kind in PartyKind
        ]
        session.add_all(parties)
        session.flush()
        taken = [
            row(
                Participation,
                id=self._id(),
                journey_id=journey.id,
                party_id=self.random.choice(parties).id,
                organisation_id=organisation,
                role=self.random.choice(list(ParticipationRole)),
                state=self.random.choice(list(ParticipationState)),
                discreet=self.random.random() < 0.5,
            )
            for organisation in self.random.sample(self.organisations, 4)
        ]
        session.add_all(taken)
        session.flush()
        self.participations += taken
        place = {"journey": journey, "party": parties[0], **owned[leader]}
        grow(session, place, only=JourneyScoped)
        self.rows += [*parties, *(r for r in place.values() if isinstance(r, JourneyScoped))]
        for _ in range(self.circles):
            self._circle(session, journey, parties, taken, place)

    def _circle(self, session: Any, journey: Any, parties: Any, taken: Any, place: Any) -> None:
        circle = row(Circle, id=self._id(), journey_id=journey.id, key=self._id().hex)
        session.add(circle)
        session.flush()
        seats = []
        for party in self.random.sample(parties, 3):
            fills = [one.id for one in taken if one.party_id == party.id] or [None]
            seats.append(
                CircleSeat(
                    journey_id=journey.id,
                    circle_id=circle.id,
                    party_id=party.id,
                    participation_id=self.random.choice([*fills, None]),
                )
            )
        session.add_all(seats)
        session.flush()
        within = {**place, "circle": circle}
        for table in SCOPED:
            if issubclass(table, CircleScoped) and (tied := ties(table, within)) is not None:
                found = row(table, **tied)
                session.add(found)
                self.rows.append(found)
        session.flush()
        self.seats += seats
        self.rows.append(circle)

    def sees(
        self, me: uuid.UUID, within: set[uuid.UUID] | None = None
    ) -> set[tuple[str, tuple[Any, ...]]]:
        """Return table and key of all that an organisation reads, or its key for some journeys."""
        mine = [p for p in self.participations if p.organisation_id == me and p.state == "active"]
        made = {j.id for j in self.journeys if j.organisation_id == me}
        journeys = made | {p.journey_id for p in mine}
        led = made | {p.journey_id for p in mine if p.role == "orchestrator"}
        own = {p.id for p in mine}
        circles = {s.circle_id for s in self.seats if s.participation_id in own}
        near = {s.participation_id for s in self.seats if s.circle_id in circles}
        seen = [j for j in self.journeys if j.id in journeys]
        seen += [s for s in self.seats if s.circle_id in circles]
        for p in self.participations:
            open_to_all = p.journey_id in journeys and not p.discreet
            if p.organisation_id == me or open_to_all or p.journey_id in led or p.id in near:
                seen.append(p)
        for found in self.rows:
            if isinstance(found, Circle):
                shown = found.id in circles
            elif isinstance(found, CircleScoped):
                shown = found.circle_id in circles
            elif isinstance(found, JourneyScoped):
                shown = found.journey_id in journeys
            else:
                shown = found.owner_id == me
            if shown:
                seen.append(found)
        # A key opens nothing of a journey that its organisation left, not even its own part in it.
        opened = journeys if within is None else journeys & within
        shown = [one for one in seen if within is None or _is_within(one, opened)]
        return {(found.__tablename__, key(found)) for found in shown}


def _is_within(found: Any, journeys: set[uuid.UUID]) -> bool:
    if isinstance(found, Journey):
        return found.id in journeys
    own = found.__tablename__ == "membership"
    return own or getattr(found, "journey_id", None) in journeys
