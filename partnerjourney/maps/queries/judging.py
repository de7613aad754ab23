"""What customers say of the points on the map, read with what the map has read already."""

from __future__ import annotations

import uuid

from sqlalchemy.orm import Session

from partnerjourney.maps.queries.seen import JourneyMap
from partnerjourney.measurement.queries import Leg, MeasuredPoint, Overview, overview


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
