"""Dead letters: jobs that were given up, for an operator to read and to try again."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import Engine, select

from partnerjourney.core import border
from partnerjourney.core.errors import NotFoundError
from partnerjourney.core.jobs import Job, JobState
from partnerjourney.core.scopes import System


def dead(engine: Engine) -> list[Job]:
    """Return the jobs that were given up, oldest first."""
    with border.open_session(engine, System("dead jobs")) as session:
        query = select(Job).where(Job.state == JobState.DEAD).order_by(Job.run_at, Job.id)
        return list(session.scalars(query))


def retry(engine: Engine, job_id: uuid.UUID, *, at: datetime) -> None:
    """Give a dead job all its attempts again; raises NotFoundError when it is not dead."""
    with border.open_session(engine, System("retry a job"), write=True) as session:
        job = session.scalar(select(Job).where(Job.id == job_id).with_for_update())
        if job is None or job.state is not JobState.DEAD:
            raise NotFoundError(f"there is no dead job {job_id}")
        job.state, job.attempts, job.run_at = JobState.WAITING, 0, at
        session.commit()
