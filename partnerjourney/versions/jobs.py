"""The worker's part: mailing who has yet to answer a version, with a link that answers it.

A mail holds no content: it says that something waits, before which day, and opens it once.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from partnerjourney.answering.services import Person as Asked
from partnerjourney.answering.services import make
from partnerjourney.core.jobs import Job
from partnerjourney.core.parties import User
from partnerjourney.notices.jobs import DueMail, climb, due
from partnerjourney.versions.models import Version, VersionAnswer
from partnerjourney.versions.rules import Answer, State
from partnerjourney.versions.services.timing import LADDER

KIND = "version"


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


def _asked(
    session: Session, answer_id: uuid.UUID
) -> tuple[uuid.UUID, tuple[uuid.UUID, ...]] | None:
    found = _waiting(session, answer_id)
    return (found.journey_id, (found.organisation_id,)) if found is not None else None


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
climb(LADDER, KIND, _asked)
