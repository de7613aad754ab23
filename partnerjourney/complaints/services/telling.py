"""Mails of a complaint: each person who can act gets one, with a link and no word of it."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from partnerjourney.complaints.models import Complaint
from partnerjourney.core import jobs
from partnerjourney.core.parties import (
    CircleSeat,
    Membership,
    Participation,
    ParticipationState,
    Role,
)
from partnerjourney.core.scopes import Member

TELL_JOB = "complaint.tell"
REMIND_JOB = "complaint.remind"
BY_MAIL = "complaint"
"""The kind of link by which one person answers."""

BEFORE = timedelta(hours=1)
"""So long before a promised moment who promised is asked whether it is solved."""


def tell(system: Session, complaint: Complaint, *, at: datetime) -> None:
    """Have a mail sent to those who can answer a complaint, once each; not to the desk itself.

    Runs under the System scope, in the transaction that shares the complaint.
    """
    rows = system.execute(
        select(Participation.organisation_id, Membership.user_id)
        .join(
            CircleSeat,
            (CircleSeat.journey_id == Participation.journey_id)
            & (CircleSeat.participation_id == Participation.id),
        )
        .join(Membership, Membership.owner_id == Participation.organisation_id)
        .where(
            CircleSeat.journey_id == complaint.journey_id,
            CircleSeat.circle_id == complaint.circle_id,
            Participation.id != complaint.desk_id,
            Participation.state == ParticipationState.ACTIVE,
            Membership.ended_at.is_(None),
            Membership.role.in_((Role.ADMIN, Role.EDITOR)),
        )
        .distinct()
        .order_by(Participation.organisation_id, Membership.user_id)
    )
    for organisation_id, user_id in rows.all():
        jobs.enqueue(
            system,
            TELL_JOB,
            at=at,
            dedupe_key=f"{complaint.id} {organisation_id} {user_id}",
            thing_id=complaint.id,
            organisation_id=organisation_id,
            user_id=user_id,
        )


def remind(
    session: Session, actor: Member, complaint: Complaint, *, before: datetime, at: datetime
) -> None:
    """Ask the person that promised, a little before the moment, whether it is solved."""
    if actor.user_id is not None:
        jobs.enqueue(
            session,
            REMIND_JOB,
            at=at,
            run_at=max(at, before - BEFORE),
            dedupe_key=f"{complaint.id} {actor.user_id} {before.isoformat()}",
            thing_id=complaint.id,
            organisation_id=actor.organisation_id,
            user_id=actor.user_id,
        )
