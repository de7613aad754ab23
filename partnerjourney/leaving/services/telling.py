"""Telling the other side by mail that something about working together changed."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from partnerjourney.core import jobs
from partnerjourney.core.apart import Parting
from partnerjourney.core.parties import Journey, Membership, Organisation, Participation, Role, User

TELL_JOB = "parting.tell"


def tell(session: Session, parting: Parting, organisation_id: uuid.UUID, *, at: datetime) -> None:
    """Have the admins of an organisation told; the mail says no more than that they should look."""
    jobs.enqueue(
        session,
        TELL_JOB,
        at=at,
        dedupe_key=f"{parting.id}:{organisation_id}:{at.isoformat()}",
        thing_id=parting.id,
        organisation_id=organisation_id,
    )


def addressed(
    system: Session, parting_id: uuid.UUID, organisation_id: uuid.UUID
) -> tuple[Organisation, str, list[User]] | None:
    """Return who is told, the name of the other side, and the admins; None where it is over."""
    row = system.execute(
        select(Participation.organisation_id, Journey.organisation_id)
        .join(Parting, Parting.participation_id == Participation.id)
        .join(Journey, Journey.id == Participation.journey_id)
        .where(Parting.id == parting_id)
    ).first()
    if row is None or organisation_id not in row:
        return None
    other = row[1] if organisation_id == row[0] else row[0]
    admins = system.scalars(
        select(User)
        .join(Membership, Membership.user_id == User.id)
        .where(
            Membership.owner_id == organisation_id,
            Membership.role == Role.ADMIN,
            Membership.ended_at.is_(None),
        )
        .order_by(User.id)
    ).all()
    told = system.get_one(Organisation, organisation_id)
    return told, system.get_one(Organisation, other).name, list(admins)
