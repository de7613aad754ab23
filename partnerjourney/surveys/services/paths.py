"""The cards and hand-overs of a journey as the rule of the stretch sees them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from partnerjourney.core.errors import InputError
from partnerjourney.handovers.models import Handover, HandoverContent
from partnerjourney.journeys.models import PhaseContent
from partnerjourney.surveys.models import Point, PointCover
from partnerjourney.surveys.rules.stretch import (
    Asking,
    Edge,
    Stop,
    StretchError,
    check_stretch,
    default_stretch,
)
from partnerjourney.touchpoints.models import Card, CardContent
from partnerjourney.touchpoints.rules import CardKind


class Path:
    """The cards and hand-overs of one journey, read once."""

    def __init__(self, session: Session, journey_id: uuid.UUID) -> None:
        rows = session.execute(
            select(Card.id, Card.kind, CardContent)
            .join(Card.content)
            .join(
                PhaseContent,
                (PhaseContent.journey_id == CardContent.journey_id)
                & (PhaseContent.id == CardContent.phase_id),
            )
            .where(Card.journey_id == journey_id, Card.retired_at.is_(None))
            .order_by(PhaseContent.position, CardContent.position, Card.id)
        ).all()
        self.cards = {row.id: row for row in rows}
        self.stops = {
            row.id: Stop(row.CardContent.party_id, row.id, order) for order, row in enumerate(rows)
        }
        handovers = session.scalars(
            select(HandoverContent)
            .join(
                Handover, (Handover.journey_id == journey_id) & (Handover.id == HandoverContent.id)
            )
            .where(HandoverContent.journey_id == journey_id, Handover.retired_at.is_(None))
            .order_by(HandoverContent.position, HandoverContent.id)
        )
        self.edges = {
            edge.id: Edge(
                edge.id,
                self.stops.get(edge.from_card_id, Stop(edge.from_party_id)),
                self.stops.get(edge.to_card_id, Stop(edge.to_party_id)),
            )
            for edge in handovers
        }
        asked = session.scalars(
            select(Point.card_id).where(Point.journey_id == journey_id, Point.retired_at.is_(None))
        )
        self.covered = set(
            session.scalars(
                select(PointCover.handover_id)
                .join(
                    Point,
                    (Point.journey_id == PointCover.journey_id) & (Point.id == PointCover.point_id),
                )
                .where(PointCover.journey_id == journey_id, Point.retired_at.is_(None))
            )
        )
        self.asked = [self.stops[card] for card in asked if card in self.stops]

    def asking(self, card_id: uuid.UUID) -> Asking:
        """Return the card that is to ask."""
        row = self.cards.get(card_id)
        if row is None:
            raise InputError({"card_id": ["unknown"]})
        if row.kind is not CardKind.TOUCHPOINT:
            raise InputError({"card_id": ["step"]})
        content = row.CardContent
        meets = {content.initiator_id, content.receiver_id} - {None}
        return Asking(self.stops[card_id], frozenset(meets))

    def stretch(self, card: Asking, covers: Sequence[uuid.UUID] | None) -> list[Edge]:
        """Return the hand-overs of a stretch in path order."""
        if covers is None:
            edges = default_stretch(list(self.edges.values()), card, self.asked, self.covered)
        elif any(handover not in self.edges for handover in covers):
            raise InputError({"covers": ["unknown"]})
        else:
            edges = [self.edges[handover] for handover in covers]
        try:
            check_stretch(edges, card)
        except StretchError as error:
            raise InputError({"covers": [error.fault]}) from error
        return edges
