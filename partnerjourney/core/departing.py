"""Leaving: the circles of who leaves close, and what goes on goes on in circles without it.

A circle never changes its seats, so what is written after somebody left may not stand in a circle
where it sits: whoever fills the party next would read what was before, and who comes back what was
meanwhile. `participation_left` tells the features above to move what goes on. Receivers get
(session, departure=…) under the System scope.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from blinker import Signal
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from partnerjourney.core.parties import (
    Circle,
    CircleSeat,
    Journey,
    Organisation,
    Participation,
    ParticipationState,
    Party,
)

participation_left = Signal("an organisation left a party, or is no member of a group any more")
participation_suspended = Signal("an organisation takes no part until it is let in again")
"""Receivers get (session, participation=…, at=…) under the System scope."""


@dataclass(frozen=True)
class Departure:
    """Who left, and circle → the circle of the same parties in which its seat is empty.

    Of a member of a group nothing goes on: its own circles close and `successors` is empty.
    """

    participation: Participation
    closed: frozenset[uuid.UUID]
    successors: Mapping[uuid.UUID, uuid.UUID]
    at: datetime


def leave(system: Session, participation: Participation, *, at: datetime) -> Departure:
    """End a participation for good, and tell the features above.

    Runs under the System scope, with the journey locked: who joins or draws meanwhile waits.
    """
    participation.state, participation.left_at = ParticipationState.LEFT, at
    participation.leaves_on = None
    system.flush()
    circles = system.scalars(
        select(Circle)
        .join(
            CircleSeat,
            (CircleSeat.journey_id == Circle.journey_id) & (CircleSeat.circle_id == Circle.id),
        )
        .where(
            Circle.journey_id == participation.journey_id,
            Circle.closed_at.is_(None),
            CircleSeat.participation_id == participation.id,
        )
        .order_by(Circle.id)
    ).all()
    for circle in circles:
        circle.closed_at = at
    system.flush()
    successors = {}
    if not participation.discreet:
        successors = {circle.id: _successor(system, circle, participation) for circle in circles}
        _vacate(system, participation, at)
    closed = frozenset(circle.id for circle in circles)
    departure = Departure(participation, closed, successors, at)
    participation_left.send(system, departure=departure)
    system.flush()
    return departure


def _successor(system: Session, circle: Circle, gone: Participation) -> uuid.UUID:
    """Make the circle of the same parties, in which nobody sits for the one that left."""
    made = Circle(journey_id=circle.journey_id, key=circle.key)
    system.add(made)
    system.flush()
    seats = system.scalars(
        select(CircleSeat).where(
            CircleSeat.journey_id == circle.journey_id, CircleSeat.circle_id == circle.id
        )
    ).all()
    for seat in seats:
        sits = None if seat.participation_id == gone.id else seat.participation_id
        system.add(
            CircleSeat(
                journey_id=seat.journey_id,
                circle_id=made.id,
                party_id=seat.party_id,
                participation_id=sits,
            )
        )
    system.flush()
    return made.id


def _vacate(system: Session, gone: Participation, at: datetime) -> None:
    """Let the lane stand provisionally again, and say who left it."""
    party = system.get_one(Party, (gone.journey_id, gone.party_id))
    organisation = system.get_one(Organisation, gone.organisation_id)
    party.confirmed_at = party.suspended_at = None
    party.left_at, party.left_name = at, organisation.name
    system.execute(
        update(Party)
        .where(Party.journey_id == gone.journey_id, Party.interim_party_id == party.id)
        .values(interim_party_id=None, version=Party.version + 1)
    )
    journey = system.get_one(Journey, gone.journey_id)
    if journey.customer_owner_id == gone.organisation_id:
        journey.customer_owner_id = journey.organisation_id
    system.flush()
