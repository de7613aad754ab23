"""When somebody leaves, what the others say beside a number goes on; its own text stays behind."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from partnerjourney.core.departing import Departure, participation_left
from partnerjourney.measurement.models import StoredExplanation
from partnerjourney.surveys.models import Point


@participation_left.connect
def _move_explanations(system: Session, *, departure: Departure) -> None:
    """Let the texts of the others stand in the circles that go on, where they can change them."""
    if not departure.successors:
        return
    gone = departure.participation
    system.scalars(  # who explains meanwhile holds the point
        select(Point.id)
        .where(Point.journey_id == gone.journey_id)
        .order_by(Point.id)
        .with_for_update(key_share=True)
    ).all()
    for row in system.scalars(
        select(StoredExplanation)
        .where(
            StoredExplanation.journey_id == gone.journey_id,
            StoredExplanation.circle_id.in_(departure.closed),
            StoredExplanation.party_id != gone.party_id,
        )
        .order_by(StoredExplanation.id)
    ):
        row.circle_id = departure.successors[row.circle_id]
    system.flush()
