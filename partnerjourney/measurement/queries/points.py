"""The measuring points that a session shares, in path order, with their hand-overs."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import Uuid, bindparam, select
from sqlalchemy.orm import Session

from partnerjourney.handovers.services import handovers
from partnerjourney.journeys.models import Phase, PhaseContent
from partnerjourney.journeys.services import Place
from partnerjourney.measurement.rules import Metric
from partnerjourney.surveys.models import Point, PointCircle, PointCover
from partnerjourney.touchpoints.models import Card, CardContent


@dataclass(frozen=True, slots=True)
class Leg:
    """One hand-over of a stretch, with its number on the map."""

    id: uuid.UUID
    key: str
    number: int
    giver: str
    taker: str


@dataclass(frozen=True, slots=True)
class MeasuredPoint:
    """A measuring point that the reader shares: what it asks and where it stands on the path."""

    id: uuid.UUID
    key: str
    metric: Metric
    subject: str
    card: str
    legs: tuple[Leg, ...]

    @property
    def name(self) -> str:
        """What the point is called at the head of a row: its subject, else its card."""
        return self.subject[:1].upper() + self.subject[1:] or self.card

    @property
    def path(self) -> tuple[str, ...]:
        """The parties along the stretch."""
        return (*(leg.giver for leg in self.legs[:1]), *(leg.taker for leg in self.legs))

    @property
    def judged(self) -> Leg | None:
        """The hand-over into the card that asks: the one on which answers are judged."""
        return self.legs[-1] if self.legs else None


_JOURNEY = bindparam("journey_id", type_=Uuid())
_SHARED = select(PointCircle.point_id).where(PointCircle.journey_id == _JOURNEY)
_POINTS = (  # made once, since that takes its time
    select(
        Point.id, Point.key, Point.metric, Point.subject, CardContent.name, PointCover.handover_id
    )
    .join(Card, (Card.journey_id == Point.journey_id) & (Card.id == Point.card_id))
    .join(CardContent, (CardContent.journey_id == Card.journey_id) & (CardContent.id == Card.id))
    .join(Phase, (Phase.journey_id == Card.journey_id) & (Phase.id == CardContent.phase_id))
    .join(
        PhaseContent, (PhaseContent.journey_id == Phase.journey_id) & (PhaseContent.id == Phase.id)
    )
    .outerjoin(
        PointCover, (PointCover.journey_id == Point.journey_id) & (PointCover.point_id == Point.id)
    )
    .where(Point.journey_id == _JOURNEY, Point.retired_at.is_(None), Point.id.in_(_SHARED))
    .order_by(PhaseContent.position, CardContent.position, Card.id, Point.id, PointCover.position)
)


def points(session: Session, place: Place) -> list[MeasuredPoint]:
    """Return the points of a journey whose circle the session's scope reads, in path order."""
    rows = session.execute(_POINTS, {"journey_id": place.id}).all()
    legs = _legs(session, place) if rows else {}
    stretches: dict[uuid.UUID, list[Leg]] = {}
    for row in rows:
        stretch = stretches.setdefault(row.id, [])
        if row.handover_id in legs:
            stretch.append(legs[row.handover_id])
    named = {row.id: row for row in rows}
    return [
        MeasuredPoint(
            row.id,
            row.key,
            row.metric,
            row.subject,
            row.name,
            tuple(stretches[row.id]),
        )
        for row in named.values()
    ]


def _legs(session: Session, place: Place) -> dict[uuid.UUID, Leg]:
    names = {party.id: party.name for party in place.parties.values()}
    return {
        handover.id: Leg(
            handover.id,
            handover.key,
            number,
            names.get(handover.content.from_party_id, ""),
            names.get(handover.content.to_party_id, ""),
        )
        for number, handover in enumerate(handovers(session, place.id), 1)
    }
