"""When somebody joins as a party, or leaves it, nobody answers for it by mail any more."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from partnerjourney.answering.services import end
from partnerjourney.confirming.models import AskedThing, PartyAsking
from partnerjourney.confirming.rules import AskingState
from partnerjourney.confirming.services.answering import open_rows
from partnerjourney.core.circles import participation_joined
from partnerjourney.core.departing import Departure, participation_left
from partnerjourney.core.parties import Participation, ParticipationRole


@participation_joined.connect
def _joined(system: Session, *, participation: Participation) -> None:
    if participation.discreet or participation.role is ParticipationRole.OBSERVER:
        return  # a group, or a party that somebody reads along with, has nobody who answers for it
    _close(system, participation.journey_id, participation.party_id, participation.joined_at)


@participation_left.connect
def _left(system: Session, *, departure: Departure) -> None:
    """Take back what was asked about a party that left; what others are asked goes on without it.

    A question of another party that waits goes on in the circle in which its text goes on.
    """
    gone = departure.participation
    if not gone.discreet:
        _close(system, gone.journey_id, gone.party_id, departure.at)
    rows = system.scalars(
        select(AskedThing)
        .where(
            AskedThing.journey_id == gone.journey_id,
            AskedThing.circle_id.in_(departure.closed),
            AskedThing.answered_at.is_(None),
            AskedThing.replaced_at.is_(None),
        )
        .with_for_update()
    ).all()
    for row in rows:
        if row.circle_id in departure.successors:
            row.circle_id = departure.successors[row.circle_id]
    system.flush()


def _close(system: Session, journey_id: uuid.UUID, party_id: uuid.UUID, at: datetime) -> None:
    """End the askings about a party that are open, with their links; what was answered stays."""
    found = system.scalars(
        select(PartyAsking)
        .where(
            PartyAsking.journey_id == journey_id,
            PartyAsking.party_id == party_id,
            PartyAsking.state == AskingState.OPEN,
        )
        .with_for_update()
    ).all()
    for asking in found:
        asking.state, asking.ended_at = AskingState.WITHDRAWN, at
        for row in open_rows(system, asking):
            row.replaced_at = at
            end(system, row.id, at=at)
    system.flush()
