"""A journey made by the product's own verbs: the demo's document, and who has joined it."""

from __future__ import annotations

import copy
import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

import partnerjourney
from partnerjourney.core import border, circles
from partnerjourney.core.parties import (
    Organisation,
    Participation,
    ParticipationRole,
    Party,
    PartyKind,
    Role,
)
from partnerjourney.core.scopes import Member, System
from partnerjourney.handovers import services as handovers
from partnerjourney.journeys import services as journeys
from partnerjourney.journeys.services import Place
from partnerjourney.maps import services as maps
from tests.copies import made_once

AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
DOCUMENT = Path(partnerjourney.__file__).parent / "demo" / "zakelijk-internet.json"
JOINED = {"flevo": "magazijn", "snel": "koeriers", "rijk": "koeriers", "klaar": "thuisklaar"}
"""Organisation → the party that it fills."""


def document() -> dict[str, Any]:
    """Return a journey's document that nobody else holds."""
    return copy.deepcopy(json.loads(DOCUMENT.read_text("utf-8")))


@dataclass
class Chain:
    """A brand that leads a journey, its partners, and an outsider."""

    engine: Engine
    journey: uuid.UUID = field(default_factory=uuid.uuid4)
    organisations: dict[str, uuid.UUID] = field(default_factory=dict)

    def member(self, name: str, role: Role = Role.EDITOR) -> Member:
        """Return a member of an organisation."""
        return Member(None, self.organisations[name], role)

    @contextmanager
    def acting(
        self, name: str, role: Role = Role.EDITOR
    ) -> Iterator[tuple[Session, Member, Place]]:
        """Open a session for a member, with its place in the journey, and commit."""
        actor = self.member(name, role)
        with border.open_session(self.engine, actor, write=True) as session, session.begin():
            yield session, actor, journeys.find(session, actor, self.journey)

    @contextmanager
    def system(self) -> Iterator[Session]:
        """Open a session for the product itself and commit."""
        scope = System("test")
        with border.open_session(self.engine, scope, write=True) as session, session.begin():
            yield session

    def edge(self, session: Session, place: Place, key: str) -> handovers.Edge:
        """Return a hand-over by its key."""
        rows = handovers.handovers(session, place.id)
        return handovers.find(session, place, next(h.id for h in rows if h.key == key))

    def join(self, name: str, party_key: str) -> None:
        """Let an organisation fill a party."""
        with self.system() as session:
            party = session.scalar(
                select(Party).where(Party.journey_id == self.journey, Party.key == party_key)
            )
            assert party is not None
            circles.join(
                session,
                Participation(
                    journey_id=self.journey,
                    party_id=party.id,
                    organisation_id=self.organisations[name],
                    role=ParticipationRole.PARTNER,
                    discreet=party.kind is PartyKind.GROUP,
                    joined_at=AT,
                ),
            )

    def confirm(self, name: str) -> None:
        """Let an organisation confirm its party."""
        with self.acting(name) as (session, actor, place):
            journeys.confirm_party(session, actor, place, place.mine[0], at=AT)


@made_once
def build(engine: Engine, *, joined: tuple[str, ...] = ("flevo", "snel", "klaar")) -> Chain:
    """Make the journey of the demo's document and let some partners join and confirm."""
    chain = Chain(engine)
    with chain.system() as session:
        for slug in ("telenoord", *JOINED, "stranger"):
            made = Organisation(slug=slug, name=slug.title(), created_at=AT)
            session.add(made)
            session.flush()
            chain.organisations[slug] = made.id
    actor = chain.member("telenoord")
    with border.open_session(engine, actor, write=True) as session, session.begin():
        brand = session.get_one(Organisation, actor.organisation_id)
        chain.journey = maps.import_journey(session, actor, brand, document(), at=AT).id
    for name in joined:
        chain.join(name, JOINED[name])
        chain.confirm(name)
    return chain
