"""Everything of a journey as the acting organisation sees it, in a fixed number of statements.

Column rows, not entities: a map of three hundred cards is read as fast as one of forty.
`viewpoint` narrows what the reader sees to what one party of the journey sees of it.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, select
from sqlalchemy.orm import Session

from partnerjourney.core.parties import (
    CircleSeat,
    Organisation,
    Participation,
    ParticipationState,
    Party,
    PartyKind,
)
from partnerjourney.handovers.models import Handover, HandoverContent, HandoverTerms
from partnerjourney.journeys.models import Phase, PhaseContent
from partnerjourney.journeys.services import Place
from partnerjourney.measurement.queries import Leg, MeasuredPoint, Overview, overview
from partnerjourney.measurement.rules import Metric
from partnerjourney.surveys.models import Point, PointCircle, PointCover
from partnerjourney.touchpoints.models import Card, CardContent
from partnerjourney.touchpoints.rules import CardKind


@dataclass(frozen=True, slots=True)
class PhaseRow:
    """A column of the map."""

    id: uuid.UUID
    name: str


@dataclass(frozen=True, slots=True)
class CardRow:
    """A card, in path order."""

    id: uuid.UUID
    phase_id: uuid.UUID
    party_id: uuid.UUID
    kind: CardKind
    name: str
    channel: str | None
    initiator_id: uuid.UUID | None
    receiver_id: uuid.UUID | None
    intended_experience: str
    moment_of_truth: bool

    @property
    def is_step(self) -> bool:
        """Whether the customer does not notice it."""
        return self.kind is CardKind.STEP


@dataclass(frozen=True, slots=True)
class TermsRow:
    """What one circle agreed of a hand-over, and a change of it that waits."""

    id: uuid.UUID
    member_id: uuid.UUID | None
    name: str
    trigger: str
    time_limit: str | None
    checklist: Sequence[str]
    refuse_reasons: Sequence[str]
    contact_name: str
    contact_reach: str
    changed_by_id: uuid.UUID | None
    changed_at: datetime | None
    before: Mapping[str, Any] | None
    version: int


@dataclass(frozen=True, slots=True)
class EdgeRow:
    """A hand-over with its number; `terms` only where they are shared, the definition first."""

    id: uuid.UUID
    number: int
    from_party_id: uuid.UUID
    to_party_id: uuid.UUID
    from_card_id: uuid.UUID | None
    to_card_id: uuid.UUID | None
    label: str
    told: str
    terms: tuple[TermsRow, ...]

    @property
    def shared(self) -> bool:
        """Whether the reader is of its circle."""
        return bool(self.terms)

    @property
    def waiting(self) -> list[TermsRow]:
        """The terms in which a change waits; of a group those of its members, if it has any."""
        rows = [terms for terms in self.terms if terms.member_id is not None] or self.terms
        return [terms for terms in rows if terms.before]


@dataclass(frozen=True, slots=True)
class PointRow:
    """A measuring point that the reader shares; `covers` are the hand-overs of its stretch."""

    id: uuid.UUID
    key: str
    card_id: uuid.UUID
    subject: str
    metric: Metric
    covers: tuple[uuid.UUID, ...]


@dataclass(frozen=True, slots=True)
class MemberRow:
    """A member of a group, as far as the reader may know of it."""

    participation_id: uuid.UUID
    party_id: uuid.UUID
    organisation_id: uuid.UUID
    name: str


@dataclass(frozen=True)
class JourneyMap:
    """A journey as it is seen: by the reader, or by the party `viewpoint`."""

    place: Place
    viewpoint: Party | None
    phases: tuple[PhaseRow, ...]
    cards: tuple[CardRow, ...]
    edges: tuple[EdgeRow, ...]
    points: tuple[PointRow, ...]
    members: tuple[MemberRow, ...]

    @property
    def mine(self) -> frozenset[uuid.UUID]:
        """The parties through whose eyes the map is seen."""
        if self.viewpoint is not None:
            return frozenset({self.viewpoint.id})
        return self.place.standing.party_ids | self.place.standing.group_ids

    @property
    def previewed(self) -> list[Party]:
        """The parties through whose eyes the coordinator may look."""
        return [
            party
            for party in self.place.parties.values()
            if party.represented and not party.orchestrator
        ]

    def party(self, key: str) -> Party:
        """Return a party by its id as text; KeyError for another journey's."""
        return self.place.parties[uuid.UUID(key)]

    def awaits_me(self, edge: EdgeRow, terms: TermsRow) -> bool:
        """Say whether a change of these terms waits for the reader's confirmation."""
        mine = self.mine & {edge.from_party_id, edge.to_party_id}
        return bool(terms.before) and bool(mine) and terms.changed_by_id not in mine

    def members_of(self, party_id: uuid.UUID) -> list[MemberRow]:
        """Return the members of a group, by name; none where its peers or strangers look."""
        if party_id in self.place.standing.group_ids:
            return []
        return [member for member in self.members if member.party_id == party_id]


def read(session: Session, place: Place, *, viewpoint: Party | None = None) -> JourneyMap:
    """Read the map of a journey; the caller has asked whether the viewpoint is allowed."""
    phases, cards = _phases_and_cards(session, place.id)
    circles = None if viewpoint is None else _circles_of(place, viewpoint)
    return JourneyMap(
        place,
        viewpoint,
        phases,
        cards,
        _edges(session, place.id, circles),
        _points(session, place.id, cards, circles),
        _members(session, place, viewpoint),
    )


def judged(session: Session, found: JourneyMap, *, besides: uuid.UUID | None = None) -> Overview:
    """Return what the customers say of the map's points, and the cases of one more hand-over."""
    names = {party.id: party.name for party in found.place.parties.values()}
    cards = {card.id: card.name for card in found.cards}
    legs = {
        edge.id: Leg(
            edge.id,
            "",
            edge.number,
            names.get(edge.from_party_id, ""),
            names.get(edge.to_party_id, ""),
        )
        for edge in found.edges
    }
    known = [
        MeasuredPoint(
            point.id,
            point.key,
            point.metric,
            point.subject,
            cards[point.card_id],
            tuple(legs[handover] for handover in point.covers if handover in legs),
        )
        for point in found.points
    ]
    return overview(
        session, found.place, known=known, besides=() if besides is None else (besides,)
    )


def _circles_of(place: Place, viewpoint: Party) -> Select[tuple[uuid.UUID]]:
    """Select the circles of a party; of a group those that stand for any one of its members."""
    query = select(CircleSeat.circle_id).where(
        CircleSeat.journey_id == place.id, CircleSeat.party_id == viewpoint.id
    )
    if viewpoint.kind is PartyKind.GROUP:
        query = query.where(CircleSeat.participation_id.is_(None))
    return query


def _phases_and_cards(
    session: Session, journey_id: uuid.UUID
) -> tuple[tuple[PhaseRow, ...], tuple[CardRow, ...]]:
    rows = session.execute(
        select(
            PhaseContent.id.label("phase"),
            PhaseContent.name.label("phase_name"),
            Card.id,
            Card.kind,
            CardContent.party_id,
            CardContent.name,
            CardContent.channel,
            CardContent.initiator_id,
            CardContent.receiver_id,
            CardContent.intended_experience,
            CardContent.moment_of_truth,
        )
        .select_from(Phase)
        .join(
            PhaseContent,
            and_(PhaseContent.journey_id == Phase.journey_id, PhaseContent.id == Phase.id),
        )
        .outerjoin(
            CardContent,
            and_(
                CardContent.journey_id == Phase.journey_id, CardContent.phase_id == PhaseContent.id
            ),
        )
        .outerjoin(
            Card,
            and_(
                Card.journey_id == CardContent.journey_id,
                Card.id == CardContent.id,
                Card.retired_at.is_(None),
            ),
        )
        .where(Phase.journey_id == journey_id, Phase.retired_at.is_(None))
        .order_by(PhaseContent.position, PhaseContent.id, CardContent.position, CardContent.id)
    )
    phases: dict[uuid.UUID, PhaseRow] = {}
    cards = []
    for row in rows:
        if row.phase not in phases:
            phases[row.phase] = PhaseRow(row.phase, row.phase_name)
        if row.id is not None:
            cards.append(
                CardRow(
                    row.id,
                    row.phase,
                    row.party_id,
                    row.kind,
                    row.name,
                    row.channel,
                    row.initiator_id,
                    row.receiver_id,
                    row.intended_experience,
                    row.moment_of_truth,
                )
            )
    return tuple(phases.values()), tuple(cards)


def _edges(
    session: Session, journey_id: uuid.UUID, circles: Select[tuple[uuid.UUID]] | None
) -> tuple[EdgeRow, ...]:
    shared: list[ColumnElement[bool]] = [
        HandoverTerms.journey_id == Handover.journey_id,
        HandoverTerms.handover_id == Handover.id,
    ]
    if circles is not None:
        shared.append(HandoverTerms.circle_id.in_(circles))
    rows = session.execute(
        select(
            Handover.id,
            HandoverContent.from_party_id,
            HandoverContent.to_party_id,
            HandoverContent.from_card_id,
            HandoverContent.to_card_id,
            HandoverContent.label,
            HandoverContent.told,
            HandoverTerms.id.label("terms"),
            HandoverTerms.member_id,
            HandoverTerms.name,
            HandoverTerms.trigger,
            HandoverTerms.time_limit,
            HandoverTerms.checklist,
            HandoverTerms.refuse_reasons,
            HandoverTerms.contact_name,
            HandoverTerms.contact_reach,
            HandoverTerms.changed_by_id,
            HandoverTerms.changed_at,
            HandoverTerms.before,
            HandoverTerms.version,
        )
        .join(
            HandoverContent,
            and_(
                HandoverContent.journey_id == Handover.journey_id,
                HandoverContent.id == Handover.id,
            ),
        )
        .outerjoin(HandoverTerms, and_(*shared))
        .where(Handover.journey_id == journey_id, Handover.retired_at.is_(None))
        .order_by(
            HandoverContent.position,
            Handover.id,
            HandoverTerms.member_id.is_not(None),
            HandoverTerms.id,
        )
    )
    public: dict[uuid.UUID, Any] = {}
    terms: dict[uuid.UUID, list[TermsRow]] = {}
    for row in rows:
        public.setdefault(row.id, row[1:7])
        held = terms.setdefault(row.id, [])
        if row.terms is not None:
            held.append(TermsRow(*row[7:]))
    return tuple(
        EdgeRow(handover_id, number, *public[handover_id], tuple(terms[handover_id]))
        for number, handover_id in enumerate(public, 1)
    )


def _points(
    session: Session,
    journey_id: uuid.UUID,
    cards: tuple[CardRow, ...],
    circles: Select[tuple[uuid.UUID]] | None,
) -> tuple[PointRow, ...]:
    """Return the points whose circle the reader shares, in path order."""
    query = (
        select(
            Point.id, Point.key, Point.card_id, Point.subject, Point.metric, PointCover.handover_id
        )
        .join(
            PointCircle,
            and_(PointCircle.journey_id == Point.journey_id, PointCircle.point_id == Point.id),
        )
        .outerjoin(
            PointCover,
            and_(PointCover.journey_id == Point.journey_id, PointCover.point_id == Point.id),
        )
        .where(Point.journey_id == journey_id, Point.retired_at.is_(None))
        .group_by(
            Point.id,
            Point.key,
            Point.card_id,
            Point.subject,
            Point.metric,
            PointCover.handover_id,
            PointCover.position,
        )
        .order_by(Point.id, PointCover.position)
    )
    if circles is not None:
        query = query.where(PointCircle.circle_id.in_(circles))
    found: dict[uuid.UUID, Any] = {}
    covers: dict[uuid.UUID, list[uuid.UUID]] = {}
    for row in session.execute(query):
        found.setdefault(row.id, row)
        covers.setdefault(row.id, [])
        if row.handover_id is not None:
            covers[row.id].append(row.handover_id)
    place = {card.id: index for index, card in enumerate(cards)}
    points = [
        PointRow(
            row.id,
            row.key,
            row.card_id,
            row.subject,
            Metric(row.metric.value),
            tuple(covers[row.id]),
        )
        for row in found.values()
        if row.card_id in place
    ]
    return tuple(sorted(points, key=lambda point: (place[point.card_id], point.key)))


def _members(session: Session, place: Place, viewpoint: Party | None) -> tuple[MemberRow, ...]:
    """Return the members of groups that the reader knows of, by name."""
    query = (
        select(
            Participation.id,
            Participation.party_id,
            Participation.organisation_id,
            Organisation.name,
        )
        .join(Organisation, Organisation.id == Participation.organisation_id)
        .where(
            Participation.journey_id == place.id,
            Participation.discreet.is_(True),
            Participation.state == ParticipationState.ACTIVE,
        )
        .order_by(Organisation.name, Participation.id)
    )
    if viewpoint is not None:
        near = select(CircleSeat.participation_id).where(
            CircleSeat.journey_id == place.id,
            CircleSeat.circle_id.in_(_circles_of(place, viewpoint)),
            CircleSeat.party_id != viewpoint.id,
        )
        query = query.where(Participation.id.in_(near), Participation.party_id != viewpoint.id)
    return tuple(MemberRow(*row) for row in session.execute(query))
