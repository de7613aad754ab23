"""When somebody leaves, the terms of its hand-overs go on without it."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from partnerjourney.core.departing import Departure, participation_left
from partnerjourney.handovers.models import Handover, HandoverTerms


@participation_left.connect
def _move_terms(system: Session, *, departure: Departure) -> None:
    """Let the terms stand in the circles that go on; a member's own are retired as they stood."""
    gone = departure.participation
    held = (
        HandoverTerms.journey_id == gone.journey_id,
        HandoverTerms.circle_id.in_(departure.closed),
        HandoverTerms.retired_at.is_(None),
    )
    mine = select(HandoverTerms.handover_id).where(*held)
    system.scalars(  # who changes terms meanwhile holds their hand-over
        select(Handover.id)
        .where(Handover.journey_id == gone.journey_id, Handover.id.in_(mine))
        .order_by(Handover.id)
        .with_for_update()
    ).all()
    query = select(HandoverTerms).where(*held).order_by(HandoverTerms.id)
    rows = system.scalars(query.execution_options(populate_existing=True)).all()
    for row in rows:
        if gone.discreet:
            row.retired_at = departure.at
            continue
        row.circle_id = departure.successors[row.circle_id]
    system.flush()
