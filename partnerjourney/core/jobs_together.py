"""Jobs that one act does together: a job takes others along, and they are done when it is."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Engine, or_, select, update
from sqlalchemy.orm import Session

from partnerjourney.core import border, clock
from partnerjourney.core.jobs import LEASE, Job, JobState
from partnerjourney.core.scopes import System


def take_along(
    session: Session, job: Job, *, kinds: Collection[str], until: datetime, at: datetime
) -> list[Job] | None:
    """Lease what is due `until` then for the same person to the worker of `job`, and return it.

    Works under System, in a transaction that is committed before anything is done. None says that
    another took `job` itself along. What is not `done_with` in the end is done by itself later.
    """
    mine = select(Job.state).where(Job.id == job.id, Job.worker == job.worker)
    if session.scalar(mine) is not JobState.RUNNING:
        return None
    due = or_(
        (Job.state == JobState.WAITING) & (Job.run_at <= until),
        (Job.state == JobState.RUNNING) & (Job.worker == job.worker),
    )
    found = session.scalars(
        select(Job)
        .where(
            Job.id != job.id,
            Job.kind.in_(kinds),
            Job.organisation_id == job.organisation_id,
            Job.user_id == job.user_id,
            due,
        )
        .order_by(Job.run_at, Job.id)
        .with_for_update(skip_locked=True)
    ).all()
    for one in found:
        if one.state is JobState.WAITING:
            one.attempts += 1
        one.state, one.worker, one.leased_until = JobState.RUNNING, job.worker, at + LEASE
    session.flush()
    return list(found)


def done_with(engine: Engine, some: Sequence[Job]) -> None:
    """Note that these are done, unless another worker has them by now."""
    with border.open_session(engine, System("worker"), write=True) as session, session.begin():
        for one in some:
            session.execute(
                update(Job)
                .where(Job.id == one.id, Job.worker == one.worker, Job.state == JobState.RUNNING)
                .values(
                    state=JobState.DONE,
                    worker=None,
                    leased_until=None,
                    last_error=None,
                    done_at=clock.now(),
                )
            )
