"""What the silo check stands on: the map as the reader sees it, and what was seen of each party."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, union_all
from sqlalchemy.orm import Session

from partnerjourney.core import ids
from partnerjourney.core.audit import CircleAct, JourneyAct
from partnerjourney.core.parties import (
    JourneyKind,
    Organisation,
    Participation,
    ParticipationRole,
    ParticipationState,
    Party,
    PartyKind,
)
from partnerjourney.events.models import Event
from partnerjourney.journeys.services import Place
from partnerjourney.maps import queries as maps
from partnerjourney.maps.queries import JourneyMap
from partnerjourney.touchpoints.rules.silo import (
    CardFact,
    Chain,
    Finding,
    HandoverFact,
    PartyFact,
    PointFact,
    findings,
)


@dataclass(frozen=True)
class Taking:
    """An organisation in a party, as far as the reader knows: since when, and its trades."""

    party_id: uuid.UUID
    organisation_id: uuid.UUID
    name: str
    slug: str
    joined_at: datetime
    confirmed_at: datetime | None
    disciplines: list[str]


def taking_part(session: Session, place: Place) -> list[Taking]:
    """Return who takes part, as far as the reader may know, by name."""
    rows = session.execute(
        select(
            Participation.party_id,
            Participation.organisation_id,
            Organisation.name,
            Organisation.slug,
            Participation.joined_at,
            Participation.confirmed_at,
            Participation.disciplines,
        )
        .join(Organisation, Organisation.id == Participation.organisation_id)
        .where(
            Participation.journey_id == place.id,
            Participation.state == ParticipationState.ACTIVE,
            Participation.role != ParticipationRole.OBSERVER,
        )
        .order_by(Organisation.name, Participation.id)
    )
    return [Taking(*row) for row in rows]


def last_acts(session: Session, journey_id: uuid.UUID) -> dict[uuid.UUID, datetime]:
    """Return when each organisation last did something in the journey that the reader shares.

    Its acts on what all see, on what the reader's circles see, and events that it sent.
    """
    parts = [
        select(who.label("organisation_id"), func.max(at).label("at"))
        .where(table.journey_id == journey_id, who.is_not(None))
        .group_by(who)
        for table, who, at in (
            (JourneyAct, JourneyAct.organisation_id, JourneyAct.at),
            (CircleAct, CircleAct.organisation_id, CircleAct.at),
            (Event, Event.sender_id, Event.received_at),
        )
    ]
    found: dict[uuid.UUID, datetime] = {}
    for organisation_id, at in session.execute(union_all(*parts)):
        assert organisation_id is not None
        found[organisation_id] = max(at, found.get(organisation_id, at))
    return found


@dataclass(frozen=True)
class Looked:
    """What the silo check found for a reader; `drawn`: there is something to look at."""

    map: JourneyMap
    parts: list[Taking]
    drawn: bool
    findings: list[Finding]


def look(session: Session, place: Place, *, at: datetime) -> Looked:
    """Look with the silo check at a journey as its reader sees it."""
    found, parts = maps.read(session, place), taking_part(session, place)
    chain = chain_of(session, found, parts)
    drawn = bool(chain.cards) or place.journey.kind is JourneyKind.LIFELINE
    return Looked(found, parts, drawn, findings(chain, at=at) if drawn else [])


def chain_of(session: Session, found: JourneyMap, parts: list[Taking]) -> Chain:
    """Return the journey as the rules of the silo check look at it, for this reader."""
    place = found.place
    passes = {edge.id: {edge.from_party_id, edge.to_party_id} for edge in found.edges}
    return Chain(
        kind=place.journey.kind.value,
        has_parent=place.journey.parent_id is not None,
        phases=[(phase.name, phase.is_use) for phase in found.phases],
        cards=[
            CardFact(
                card.id,
                card.party_id,
                card.is_step,
                card.initiator_id,
                card.receiver_id,
                card.perceived_id,
                card.perceived_told,
            )
            for card in found.cards
        ],
        parties=_parties(place, parts, last_acts(session, place.id)),
        handovers=[
            HandoverFact(edge.id, edge.from_party_id, edge.to_party_id, bool(edge.waiting))
            for edge in found.edges
        ],
        points=[
            PointFact(
                point.card_id,
                frozenset(party for edge in point.covers for party in passes.get(edge, ())),
            )
            for point in found.points
        ],
        disciplines=frozenset(trade for part in parts for trade in part.disciplines),
    )


def _parties(
    place: Place, parts: list[Taking], acts: Mapping[uuid.UUID, datetime]
) -> dict[uuid.UUID, PartyFact]:
    inside: dict[uuid.UUID, list[Taking]] = {}
    for part in parts:
        inside.setdefault(part.party_id, []).append(part)
    return {
        party.id: _fact(place, party, inside.get(party.id, []), acts)
        for party in place.parties.values()
    }


def _fact(
    place: Place, party: Party, inside: list[Taking], acts: Mapping[uuid.UUID, datetime]
) -> PartyFact:
    """Of a group a reader may see some members or none: then only the coordinator knows."""
    moments = [ids.made_at(party.id)]
    for part in inside:
        seen = (part.joined_at, part.confirmed_at, acts.get(part.organisation_id))
        moments += [at for at in seen if at is not None]
    joined: bool | None = bool(inside)
    if party.kind is PartyKind.GROUP and not place.standing.orchestrates:
        joined = None
    return PartyFact(
        party.id,
        party.kind.value,
        party.orchestrator,
        not party.provisional,
        joined,
        max(moments),
    )
