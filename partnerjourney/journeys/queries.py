"""What pages read of journeys and parties."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

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


@dataclass(frozen=True)
class PartyRow:
    """A party and the organisations in it that the reader may know of, by name."""

    party: Party
    members: tuple[Organisation, ...]

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
    rows = session.execute(
        select(Participation.party_id, Organisation)
        .join(Organisation, Organisation.id == Participation.organisation_id)
        .where(
            Participation.journey_id == journey_id,
            Participation.state == ParticipationState.ACTIVE,
            Participation.role != ParticipationRole.OBSERVER,
        )
        .order_by(Organisation.name, Organisation.id)
    ).all()
    inside: dict[uuid.UUID, list[Organisation]] = {}
    for party_id, organisation in rows:
        inside.setdefault(party_id, []).append(organisation)
    return [PartyRow(party, tuple(inside.get(party.id, ()))) for party in parties]


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
