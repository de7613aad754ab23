"""The worker's part: mailing who has yet to answer a version, with a link that answers it.

A mail holds no content: it says that something waits, before which day, and opens it once.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from partnerjourney.answering.services import Person as Asked
from partnerjourney.answering.services import make
from partnerjourney.core.jobs import Context, Job, handler
from partnerjourney.core.parties import User
from partnerjourney.notices.jobs import DueMail, due
from partnerjourney.notices.queries import Person, deputy_of, escalation_of, first_of
from partnerjourney.notices.services import send_due
from partnerjourney.versions.models import Version, VersionAnswer
from partnerjourney.versions.rules import Answer, State
from partnerjourney.versions.services.timing import DEPUTY, ESCALATE, NUDGE, REMIND

KIND = "version"
Whom = Callable[[Session, uuid.UUID, uuid.UUID | None, datetime], list[Person]]


def _waiting(session: Session, answer_id: uuid.UUID | None) -> VersionAnswer | None:
    """Return an answer that is waited for still."""
    return session.scalar(
        select(VersionAnswer)
        .join(
            Version,
            (Version.journey_id == VersionAnswer.journey_id)
            & (Version.id == VersionAnswer.version_id)
            & (Version.state == State.ALIGNMENT),
        )
        .where(VersionAnswer.id == answer_id, VersionAnswer.state == Answer.WAITING)
    )


def _mail(context: Context, job: Job, whom: Whom) -> None:
    with context.closing(job) as session:
        found = _waiting(session, job.thing_id)
        if found is None:
            return
        for person in whom(session, found.organisation_id, found.journey_id, context.at):
            send_due(
                session,
                organisation_id=found.organisation_id,
                user_id=person.user_id,
                kind=KIND,
                thing_id=found.id,
                key=f"{job.kind} {job.dedupe_key}",
                at=context.at,
            )


@handler(REMIND)
def remind(context: Context, job: Job) -> None:
    """Mail the first contact on the third day."""
    _mail(context, job, first_of)


@handler(NUDGE)
def nudge(context: Context, job: Job) -> None:
    """Mail the first contact because the coordinator asked for it."""
    _mail(context, job, first_of)


@handler(DEPUTY)
def deputy(context: Context, job: Job) -> None:
    """Mail the deputy on the fourth day."""
    _mail(context, job, deputy_of)


@handler(ESCALATE)
def escalate(context: Context, job: Job) -> None:
    """Mail the escalation contact on the last day."""
    _mail(context, job, escalation_of)


def _prepare(session: Session, job: Job, at: datetime) -> DueMail | None:
    """Make the link by which one person answers, unless somebody has by now."""
    found = _waiting(session, job.thing_id)
    if found is None or job.user_id is None or job.organisation_id != found.organisation_id:
        return None
    user = session.get_one(User, job.user_id)
    person = Asked(user.name, user.email, user.language, user.id, job.organisation_id)
    version = session.get_one(Version, (found.journey_id, found.version_id))
    link = make(
        session,
        KIND,
        version.id,
        person,
        journey_id=found.journey_id,
        shown=version.sha256,
        at=at,
    )
    return DueMail(found.due_at.date(), link, reminder=True)


due(KIND, _prepare)
