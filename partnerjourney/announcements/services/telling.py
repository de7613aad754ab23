"""Telling of an announcement by mail, at once where it begins soon: a link, and no word of it."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from partnerjourney.announcements.models import MemberAnnouncement, Row
from partnerjourney.announcements.rules import is_soon
from partnerjourney.core import border, jobs
from partnerjourney.core.parties import (
    CircleSeat,
    Membership,
    Participation,
    ParticipationState,
    Role,
)

TELL_JOB = "announcement.tell"


def tell(session: Session, row: Row, *, today: date, at: datetime) -> None:
    """Have who can act on it mailed where it begins soon; never its own makers.

    Each is mailed once of a first day: one that is moved is told again.
    """
    if not is_soon(row, today):
        return
    with border.verb(session, "whom an announcement tells") as system:
        for organisation_id, user_id in system.execute(_readers(row)).all():
            jobs.enqueue(
                system,
                TELL_JOB,
                at=at,
                dedupe_key=f"{row.id} {organisation_id} {user_id} {row.first_day}",
                thing_id=row.id,
                organisation_id=organisation_id,
                user_id=user_id,
            )


def _readers(row: Row) -> Select[uuid.UUID, uuid.UUID]:
    """Select organisation and person of all others who read it and can act."""
    query = (
        select(Participation.organisation_id, Membership.user_id)
        .join(Membership, Membership.owner_id == Participation.organisation_id)
        .where(
            Participation.journey_id == row.journey_id,
            Participation.organisation_id != row.organisation_id,
            Participation.state == ParticipationState.ACTIVE,
            Membership.ended_at.is_(None),
            Membership.role.in_((Role.ADMIN, Role.EDITOR)),
        )
        .distinct()
        .order_by(Participation.organisation_id, Membership.user_id)
    )
    if isinstance(row, MemberAnnouncement):
        seats = select(CircleSeat.participation_id).where(
            CircleSeat.journey_id == row.journey_id, CircleSeat.circle_id == row.circle_id
        )
        query = query.where(Participation.id.in_(seats))
    return query
