"""What pages read of journeys and parties."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from partnerjourney.core.audit import CircleAct, JourneyAct
from partnerjourney.core.parties import (
    Journey,
    JourneyState,
    Organisation,
    Participation,
    ParticipationRole,
    ParticipationState,
    Party,
    PartyKind,
    monogram,
)
from partnerjourney.core.scopes import Actor
from partnerjourney.journeys.signals import sending_asked


@dataclass(frozen=True, slots=True)
class Filling:
    """An organisation that fills a party, and when the reader last saw it do something.

    `acted_at` is its latest act that the reader shares; `sent_at` when it last sent events.
    """

    participation_id: uuid.UUID
    organisation_id: uuid.UUID
    slug: str
    name: str
    joined_at: datetime
    confirmed_at: datetime | None
    suspended: bool
    leaves_on: date | None
    leads: bool
    acted_at: datetime | None = None
    sent_at: datetime | None = None

    @property
    def monogram(self) -> str:
        """Two letters that stand for the organisation."""
        return monogram(self.name)

    @property
    def latest(self) -> datetime | None:
        """When it last did anything, as far as the reader shares it."""
        return max((at for at in (self.acted_at, self.sent_at) if at), default=None)


@dataclass(frozen=True)
class PartyRow:
    """A party and the organisations in it that the reader may know of, by name."""

    party: Party
    members: tuple[Filling, ...]

    @property
    def monogram(self) -> str:
        """Two letters that stand for the party."""
        return monogram(self.party.name)

    @property
    def invitable(self) -> bool:
        """Whether somebody can still be invited for it."""
        group = self.party.kind is PartyKind.GROUP
        return (
            self.party.represented and not self.party.orchestrator and (group or not self.members)
        )


def party_rows(session: Session, journey_id: uuid.UUID, parties: Iterable[Party]) -> list[PartyRow]:
    """Return the parties in order, each with the organisations that the scope sees in it."""
    inside: dict[uuid.UUID, list[Filling]] = {}
    for party_id, filling in fillings(session, journey_id):
        inside.setdefault(party_id, []).append(filling)
    return [PartyRow(party, tuple(inside.get(party.id, ()))) for party in parties]


def fillings(session: Session, journey_id: uuid.UUID) -> list[tuple[uuid.UUID, Filling]]:
    """Return party and organisation of all who take part or are suspended, by name.

    When each last did something is read from what this scope shares: a fixed number of statements.
    """
    rows = session.execute(
        select(Participation, Organisation.slug, Organisation.name)
        .join(Organisation, Organisation.id == Participation.organisation_id)
        .where(
            Participation.journey_id == journey_id,
            Participation.state != ParticipationState.LEFT,
            Participation.role != ParticipationRole.OBSERVER,
        )
        .order_by(Organisation.name, Organisation.id)
    ).all()
    acted, sent = _acted(session, journey_id), _sent(session, journey_id)
    return [
        (
            part.party_id,
            Filling(
                part.id,
                part.organisation_id,
                slug,
                name,
                part.joined_at,
                part.confirmed_at,
                part.state is ParticipationState.SUSPENDED,
                part.leaves_on,
                part.role is ParticipationRole.ORCHESTRATOR,
                acted.get(part.organisation_id),
                sent.get(part.organisation_id),
            ),
        )
        for part, slug, name in rows
    ]


def _acted(session: Session, journey_id: uuid.UUID) -> dict[uuid.UUID, datetime]:
    """Return organisation → its latest act in the journey that this scope reads."""
    found: dict[uuid.UUID, datetime] = {}
    for table in (JourneyAct, CircleAct):
        rows = session.execute(
            select(table.organisation_id, func.max(table.at))
            .where(table.journey_id == journey_id)
            .group_by(table.organisation_id)
        )
        for organisation_id, at in rows:
            if organisation_id is not None:
                found[organisation_id] = max(at, found.get(organisation_id, at))
    return found


def _sent(session: Session, journey_id: uuid.UUID) -> dict[uuid.UUID, datetime]:
    """Ask the features above when each organisation last sent something."""
    found: dict[uuid.UUID, datetime] = {}
    for _, answer in sending_asked.send(session, journey_id=journey_id):
        for organisation_id, at in answer.items():
            found[organisation_id] = max(at, found.get(organisation_id, at))
    return found


# --- the journeys of an organisation -------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class MyParty:
    """A party that the organisation fills; `to_confirm` while it has not said that it is right."""

    id: uuid.UUID
    name: str
    joined_at: datetime
    to_confirm: bool
    observes: bool


@dataclass(frozen=True)
class MyJourney:
    """A journey, the brand that coordinates it, and what the organisation is in it."""

    id: uuid.UUID
    name: str
    state: JourneyState
    time_zone: str
    brand: str
    brand_monogram: str
    leads: bool
    parties: tuple[MyParty, ...]


def mine(session: Session, actor: Actor) -> list[MyJourney]:
    """Return the journeys of the acting organisation, by name of the brand, then of the journey."""
    rows = session.execute(
        select(Journey, Organisation, Participation, Party)
        .join(Organisation, Organisation.id == Journey.organisation_id)
        .outerjoin(
            Participation,
            and_(
                Participation.journey_id == Journey.id,
                Participation.organisation_id == actor.organisation_id,
                Participation.state == ParticipationState.ACTIVE,
            ),
        )
        .outerjoin(Party, and_(Party.journey_id == Journey.id, Party.id == Participation.party_id))
        .where(Journey.retired_at.is_(None))
        .order_by(Organisation.name, Journey.name, Journey.id, Party.position)
    )
    found: dict[uuid.UUID, MyJourney] = {}
    parties: dict[uuid.UUID, list[MyParty]] = {}
    for journey, brand, part, party in rows:
        leads = journey.organisation_id == actor.organisation_id
        held = parties.setdefault(journey.id, [])
        if part is not None:
            leads = leads or part.role is ParticipationRole.ORCHESTRATOR
            held.append(_party(part, party))
        found[journey.id] = MyJourney(
            journey.id,
            journey.name,
            journey.state,
            journey.time_zone,
            brand.name,
            brand.monogram,
            leads,
            tuple(held),
        )
    return list(found.values())


def all_of(session: Session, actor: Actor) -> list[tuple[Journey, bool]]:
    """Return the journeys that the scope reads, and whether the organisation coordinates each."""
    leads = {journey.id for journey in mine(session, actor) if journey.leads}
    found = session.scalars(select(Journey).where(Journey.retired_at.is_(None)))
    return [(journey, journey.id in leads) for journey in found]


def _party(part: Participation, party: Party) -> MyParty:
    observes = part.role is ParticipationRole.OBSERVER
    return MyParty(
        party.id,
        party.name,
        part.joined_at,
        not observes and (party.provisional or (part.discreet and part.confirmed_at is None)),
        observes,
    )
