"""When somebody leaves, the terms of its hand-overs go on without it."""

from __future__ import annotations

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from partnerjourney.core.departing import Departure, participation_left
from partnerjourney.core.parties import Party
from partnerjourney.handovers.models import Handover, HandoverContent, HandoverTerms


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
    theirs = _contact_is_of(system, gone.journey_id, gone.party_id)
    for row in rows:
        if gone.discreet:
            row.retired_at = departure.at
            continue
        row.circle_id = departure.successors[row.circle_id]
        if row.handover_id in theirs:  # nobody is to call somebody who has left
            row.contact_name = row.contact_reach = row.contact_hours = ""
    system.flush()


def _contact_is_of(system: Session, journey_id: uuid.UUID, party_id: uuid.UUID) -> set[uuid.UUID]:
    """Return the hand-overs whose contact is this party's: its giver's, or a customer's taker's."""
    giver = aliased(Party)
    rows = system.execute(
        select(HandoverContent.id, HandoverContent.to_party_id, giver)
        .join(
            giver,
            (giver.journey_id == HandoverContent.journey_id)
            & (giver.id == HandoverContent.from_party_id),
        )
        .where(HandoverContent.journey_id == journey_id)
    )
    return {
        handover_id
        for handover_id, taker_id, gives in rows
        if (gives.id if gives.represented else taker_id) == party_id
    }
