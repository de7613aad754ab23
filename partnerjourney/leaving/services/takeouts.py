"""Packages of data that an organisation takes along: made by a job and kept, as reports are."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from partnerjourney.core import audit, jobs
from partnerjourney.core.apart import Apart, Takeout, TakeoutState
from partnerjourney.core.errors import ConflictError, NotFoundError
from partnerjourney.core.parties import Participation
from partnerjourney.core.policy import Permission, require
from partnerjourney.core.scopes import Member
from partnerjourney.leaving.services.seats import Seat

TAKEOUT_JOB = "takeout.make"
MOST_WAITING = 3


def add(
    session: Session,
    participation: Participation,
    *,
    language: str,
    at: datetime,
    user_id: uuid.UUID | None = None,
) -> Takeout:
    """Have a package made of what an organisation has of one participation."""
    made = Takeout(
        owner_id=participation.organisation_id,
        journey_id=participation.journey_id,
        participation_id=participation.id,
        language=language,
        created_at=at,
    )
    session.add(made)
    session.flush()
    jobs.enqueue(
        session,
        TAKEOUT_JOB,
        at=at,
        dedupe_key=made.id.hex,
        thing_id=made.id,
        organisation_id=made.owner_id,
        user_id=user_id,
    )
    return made


def request(session: Session, actor: Member, seat: Seat, *, language: str, at: datetime) -> Takeout:
    """Ask for a package while taking part. ConflictError while several are being made."""
    require(actor, Permission.TAKEOUT_MAKE, seat)
    return _ask(session, actor, seat.participation, language=language, at=at)


def request_past(
    session: Session, actor: Member, kept: Apart, *, language: str, at: datetime
) -> Takeout:
    """Ask for a package after having left: of what was fixed on that day."""
    require(actor, Permission.TAKEOUT_MAKE, Kept(kept.owner_id))
    participation = session.get(Participation, (kept.journey_id, kept.participation_id))
    if participation is None or kept.left_at is None:
        raise NotFoundError
    return _ask(session, actor, participation, language=language, at=at)


class Kept:
    """What was kept of a participation, as the thing of the policy."""

    def __init__(self, organisation_id: uuid.UUID) -> None:
        self.organisation_id = organisation_id


def _ask(
    session: Session,
    actor: Member,
    participation: Participation,
    *,
    language: str,
    at: datetime,
) -> Takeout:
    waiting = [row for row in of(session, participation.id) if row.state in _BUSY]
    if len(waiting) >= MOST_WAITING:
        raise ConflictError("several packages are being made already")
    made = add(session, participation, language=language, at=at, user_id=actor.user_id)
    audit.record(session, "takeout.ask", at=at, thing_id=made.id, owner_id=made.owner_id)
    return made


_BUSY = (TakeoutState.WAITING, TakeoutState.MAKING)


def of(session: Session, participation_id: uuid.UUID) -> list[Takeout]:
    """Return the packages of the acting organisation, latest first, without what is in them."""
    return list(
        session.scalars(
            select(Takeout)
            .where(Takeout.participation_id == participation_id)
            .order_by(Takeout.created_at.desc(), Takeout.id.desc())
        )
    )


def find(session: Session, participation_id: uuid.UUID, takeout_id: uuid.UUID) -> Takeout:
    """Return a package that is ready, with its file; raises NotFoundError for any other."""
    found = session.scalars(
        select(Takeout)
        .where(
            Takeout.id == takeout_id,
            Takeout.participation_id == participation_id,
            Takeout.state == TakeoutState.DONE,
        )
        .options(undefer(Takeout.data))
    ).first()
    if found is None:
        raise NotFoundError
    return found
