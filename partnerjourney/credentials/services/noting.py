"""What is told of a change in how a person proves itself: to its organisations, and by mail."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from partnerjourney.core import audit, border, jobs
from partnerjourney.core.parties import Membership
from partnerjourney.core.scopes import Member, Operator


class Change(StrEnum):
    """What changed; the verb of its audit row and the kind of its mail."""

    APP_ON = "second-step.app-on"
    APP_OFF = "second-step.app-off"
    PASSKEY_NEW = "second-step.passkey-new"
    PASSKEY_GONE = "second-step.passkey-gone"
    CODES_NEW = "second-step.codes-new"
    RECOVERY_USED = "second-step.recovery-used"
    LINKED = "second-step.linked"
    UNLINKED = "second-step.unlinked"
    GUESSED = "second-step.guessed"
    RESET = "second-step.reset"


def note(
    session: Session, user_id: uuid.UUID, change: Change, *, at: datetime, means: str = ""
) -> None:
    """Record a change in every organisation for which the person acts, and mail the person."""
    own = not isinstance(border.scope_of(session), Operator)
    for member in session.scalars(
        select(Membership)
        .where(Membership.user_id == user_id, Membership.ended_at.is_(None))
        .order_by(Membership.owner_id)
    ).all():
        who = Member(user_id, member.owner_id, member.role, means=means) if own else None
        audit.record(session, change, at=at, thing_id=user_id, owner_id=member.owner_id, by=who)
    jobs.enqueue(session, change, at=at, user_id=user_id)


def warn_of_guesses(session: Session, user_id: uuid.UUID, *, at: datetime) -> None:
    """Mail a person, at most once a day, that somebody with its password gave wrong codes."""
    key = f"{user_id.hex} {at.date()}"
    jobs.enqueue(session, Change.GUESSED, at=at, user_id=user_id, dedupe_key=key)
