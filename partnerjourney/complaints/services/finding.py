"""Finding a complaint, and where the acting organisation sits at it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from partnerjourney.complaints.models import Complaint
from partnerjourney.core.errors import NotFoundError
from partnerjourney.core.parties import (
    CircleSeat,
    Participation,
    ParticipationRole,
    ParticipationState,
    Party,
)
from partnerjourney.core.policy import Standing
from partnerjourney.core.scopes import Actor
from partnerjourney.journeys.services import Place


@dataclass(frozen=True, slots=True)
class Matter:
    """A complaint as the policy sees it: where the actor stands, and whose desk reported it."""

    standing: Standing
    reporter_id: uuid.UUID | None = None


def find(
    session: Session, place: Place, complaint_id: uuid.UUID, *, lock: bool = False
) -> Complaint:
    """Return a complaint that the session's scope shares; raises NotFoundError for others."""
    query = select(Complaint).where(Complaint.journey_id == place.id, Complaint.id == complaint_id)
    found = session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise NotFoundError
    return found


def matter(session: Session, place: Place, complaint: Complaint) -> Matter:
    """Return what the policy asks about a complaint."""
    reporter = session.scalar(
        select(Participation.organisation_id).where(
            Participation.journey_id == place.id, Participation.id == complaint.desk_id
        )
    )
    return Matter(place.standing, reporter)


def my_seat(session: Session, actor: Actor, complaint: Complaint) -> uuid.UUID:
    """Return the participation by which the actor's organisation sits in a complaint's circle.

    The desk's own, where it reported it. Raises NotFoundError for who does not sit there.
    """
    seats = session.scalars(
        select(Participation.id)
        .join(
            CircleSeat,
            (CircleSeat.journey_id == Participation.journey_id)
            & (CircleSeat.participation_id == Participation.id),
        )
        .join(
            Party,
            (Party.journey_id == CircleSeat.journey_id) & (Party.id == CircleSeat.party_id),
        )
        .where(
            CircleSeat.journey_id == complaint.journey_id,
            CircleSeat.circle_id == complaint.circle_id,
            Participation.organisation_id == actor.organisation_id,
            Participation.state == ParticipationState.ACTIVE,
            Participation.role != ParticipationRole.OBSERVER,
        )
        .order_by(Party.orchestrator, Party.position, Participation.id)
    ).all()
    if not seats:
        raise NotFoundError
    return complaint.desk_id if complaint.desk_id in seats else seats[0]


def own_participation(session: Session, actor: Actor, place: Place) -> Participation:
    """Return by which participation the actor reports: the coordinator's first, else by lane."""
    found = session.scalars(
        select(Participation)
        .join(
            Party,
            (Party.journey_id == Participation.journey_id) & (Party.id == Participation.party_id),
        )
        .where(
            Participation.journey_id == place.id,
            Participation.organisation_id == actor.organisation_id,
            Participation.state == ParticipationState.ACTIVE,
            Participation.role != ParticipationRole.OBSERVER,
        )
        .order_by(Party.orchestrator.desc(), Party.position, Participation.id)
    ).first()
    if found is None:
        raise NotFoundError
    return found
