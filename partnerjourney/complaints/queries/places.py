"""Where something can have gone wrong: stretches and hand-overs, and members that a desk knows."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from partnerjourney.core.parties import Organisation, Participation, ParticipationState, PartyKind
from partnerjourney.handovers.models import Handover, HandoverContent
from partnerjourney.journeys.services import Place
from partnerjourney.surveys.models import Point, PointCircle, PointCover


@dataclass(frozen=True, slots=True)
class EdgeChoice:
    """A hand-over with its number on the map, and between which parties it lies."""

    id: uuid.UUID
    number: int
    giver: str
    taker: str
    label: str


@dataclass(frozen=True)
class PlaceChoices:
    """All of it: stretches by subject, hand-overs by number, and group → (member, name)."""

    stretches: tuple[tuple[str, tuple[EdgeChoice, ...]], ...]
    handovers: tuple[EdgeChoice, ...]
    members: tuple[tuple[str, tuple[tuple[uuid.UUID, str], ...]], ...]


def numbered(session: Session, place: Place) -> tuple[EdgeChoice, ...]:
    """Return the hand-overs of a journey in the order of their numbers."""
    rows = session.execute(
        select(
            Handover.id,
            HandoverContent.from_party_id,
            HandoverContent.to_party_id,
            HandoverContent.label,
        )
        .join(
            HandoverContent,
            and_(
                HandoverContent.journey_id == Handover.journey_id,
                HandoverContent.id == Handover.id,
            ),
        )
        .where(Handover.journey_id == place.id, Handover.retired_at.is_(None))
        .order_by(HandoverContent.position, Handover.id)
    ).all()
    names = {party.id: party.name for party in place.parties.values()}
    return tuple(
        EdgeChoice(
            row.id,
            number,
            names.get(row.from_party_id, ""),
            names.get(row.to_party_id, ""),
            row.label,
        )
        for number, row in enumerate(rows, 1)
    )


def choices(session: Session, place: Place) -> PlaceChoices:
    """Return what a desk can choose from; three statements."""
    edges = numbered(session, place)
    by_id = {edge.id: edge for edge in edges}
    stretches: dict[str, tuple[str, list[EdgeChoice]]] = {}
    for row in session.execute(
        select(Point.key, Point.subject, PointCover.handover_id, PointCover.position)
        .join(
            PointCover,
            and_(PointCover.journey_id == Point.journey_id, PointCover.point_id == Point.id),
        )
        .join(
            PointCircle,
            and_(PointCircle.journey_id == Point.journey_id, PointCircle.point_id == Point.id),
        )
        .where(Point.journey_id == place.id, Point.retired_at.is_(None))
        .distinct()
        .order_by(Point.key, PointCover.position)
    ):
        if row.handover_id in by_id:
            stretches.setdefault(row.key, (row.subject, []))[1].append(by_id[row.handover_id])
    in_order = sorted(stretches.values(), key=lambda found: found[1][0].number)
    return PlaceChoices(
        tuple((subject[:1].upper() + subject[1:], tuple(on_it)) for subject, on_it in in_order),
        edges,
        _members(session, place),
    )


def _members(
    session: Session, place: Place
) -> tuple[tuple[str, tuple[tuple[uuid.UUID, str], ...]], ...]:
    """Return, per group that the reader is no member of, its members by name."""
    groups = [
        party
        for party in place.parties.values()
        if party.kind is PartyKind.GROUP and party.id not in place.standing.group_ids
    ]
    if not groups:
        return ()
    rows = session.execute(
        select(Participation.party_id, Participation.id, Organisation.name)
        .join(Organisation, Organisation.id == Participation.organisation_id)
        .where(
            Participation.journey_id == place.id,
            Participation.party_id.in_([group.id for group in groups]),
            Participation.discreet.is_(True),
            Participation.state == ParticipationState.ACTIVE,
        )
        .order_by(Organisation.name, Participation.id)
    ).all()
    found = [
        (group.name, tuple((row.id, row.name) for row in rows if row.party_id == group.id))
        for group in groups
    ]
    return tuple((name, members) for name, members in found if members)
