"""Jobs: one table as an outbox. A job is enqueued in the transaction that causes it.

Workers claim in batches under a lease; a job of a worker that died is claimed again when its
lease ends, and fencing by `worker` keeps the dead one from finishing it. After the last attempt a
job is dead and an operator sees it. A job holds ids, never content. A handler that writes does so
inside `context.closing(job)`: its effect and the job's end are one transaction, so it counts once.
"""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, cast

from sqlalchemy import CursorResult, Engine, Index, String, or_, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Mapped, Session, mapped_column

from partnerjourney.core import border, clock, ids, logs, mail, mail_hold
from partnerjourney.core.db import Base, Id, Sealed, choice
from partnerjourney.core.scopes import System

LEASE = timedelta(minutes=5)
BATCH = 20
MOST_ATTEMPTS = 8
MOST_CLAIMS = 40  # a job that takes its worker down has no error to count

log = logging.getLogger(__name__)


class JobState(StrEnum):
    """Where a job stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    DEAD = "dead"


class Job(Sealed, Base):
    """One thing to do, for whom, and about which object."""

    __tablename__ = "job"
    __table_args__ = (
        Index(
            "uq_job_kind_dedupe_key",
            "kind",
            "dedupe_key",
            unique=True,
            sqlite_where=text("dedupe_key IS NOT NULL"),
            postgresql_where=text("dedupe_key IS NOT NULL"),
        ),
        Index("ix_job_state_run_at", "state", "run_at"),
    )
    id: Mapped[Id]
    kind: Mapped[str] = mapped_column(String(60))
    dedupe_key: Mapped[str | None] = mapped_column(String(200))
    organisation_id: Mapped[uuid.UUID | None]
    user_id: Mapped[uuid.UUID | None]
    thing_id: Mapped[uuid.UUID | None]
    state: Mapped[JobState] = mapped_column(choice(JobState), default=JobState.WAITING)
    run_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    worker: Mapped[uuid.UUID | None]
    leased_until: Mapped[datetime | None]
    last_error: Mapped[str | None] = mapped_column(String(500))
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]


class LeaseLostError(Exception):
    """Another worker took the job over; what this one did to it is rolled back."""


@dataclass(frozen=True)
class Context:
    """What a handler gets: the engine, the installation's settings, and the moment of starting."""

    engine: Engine
    settings: Any
    at: datetime

    @contextmanager
    def closing(self, job: Job) -> Iterator[Session]:
        """Open the transaction in which the job's effect and its end are stored together."""
        with _writing(self.engine) as session:
            yield session
            if not _end(session, job, _DONE | {"done_at": clock.now()}):
                raise LeaseLostError(job.id)
        job.state = JobState.DONE


Handler = Callable[[Context, Job], None]
HANDLERS: dict[str, Handler] = {}
MAILING: set[str] = set()
"""Kinds that send mail: while it is held none is begun, so that nothing is noted as sent."""


def handler(kind: str, *, mails: bool = False) -> Callable[[Handler], Handler]:
    """Register the function that does jobs of one kind; `mails` says that it sends mail."""

    def register(function: Handler) -> Handler:
        HANDLERS[kind] = function
        if mails:
            MAILING.add(kind)
        return function

    return register


def enqueue(
    session: Session,
    kind: str,
    *,
    at: datetime,
    run_at: datetime | None = None,
    dedupe_key: str | None = None,
    thing_id: uuid.UUID | None = None,
    organisation_id: uuid.UUID | None = None,
    user_id: uuid.UUID | None = None,
) -> None:
    """Add a job to this transaction; a second one with the same dedupe key is not added."""
    values = {
        "kind": kind,
        "dedupe_key": dedupe_key,
        "thing_id": thing_id,
        "organisation_id": organisation_id,
        "user_id": user_id,
        "run_at": run_at or at,
        "created_at": at,
    }
    if border.lifted(session):
        _add(session, values)
        return
    with border.verb(session, f"enqueue {kind}") as system:
        _add(system, values)


def _add(session: Session, values: dict[str, Any]) -> None:
    """Insert a job unless its dedupe key is there: also when another transaction is adding it."""
    sqlite_here = session.get_bind().dialect.name == "sqlite"
    insert = sqlite.insert if sqlite_here else postgresql.insert
    session.execute(
        insert(Job)
        .values(values)
        .on_conflict_do_nothing(
            index_elements=["kind", "dedupe_key"], index_where=text("dedupe_key IS NOT NULL")
        )
    )


@contextmanager
def _writing(engine: Engine) -> Iterator[Session]:
    with border.open_session(engine, System("worker"), write=True) as session, session.begin():
        yield session


def claim(
    engine: Engine,
    worker: uuid.UUID,
    *,
    at: datetime,
    limit: int = BATCH,
    without: Collection[str] = (),
) -> list[Job]:
    """Lease the next jobs that are due to one worker and return them; `without` some kinds."""
    due = or_(
        (Job.state == JobState.WAITING) & (Job.run_at <= at),
        (Job.state == JobState.RUNNING) & (Job.leased_until < at),
    )
    query = select(Job).where(due).order_by(Job.run_at, Job.id).limit(limit)
    if without:
        query = query.where(Job.kind.not_in(without))
    with _writing(engine) as session:
        jobs = list(session.scalars(query.with_for_update(skip_locked=True)))
        for job in jobs:
            if job.attempts >= MOST_CLAIMS:
                job.state, job.last_error = JobState.DEAD, "its worker ended, every time"
                job.run_at = at  # kept from now on, for an operator to see
                continue
            job.state, job.worker, job.leased_until = JobState.RUNNING, worker, at + LEASE
            job.attempts += 1
    return [job for job in jobs if job.state is JobState.RUNNING]


def backoff(attempts: int) -> timedelta:
    """Return how long to wait after so many failed attempts: 10 s, doubling, at most 6 hours."""
    return min(timedelta(seconds=10 * 2 ** min(attempts - 1, 12)), timedelta(hours=6))


_FREE: dict[str, Any] = {"worker": None, "leased_until": None}
_DONE: dict[str, Any] = {**_FREE, "state": JobState.DONE, "last_error": None}


def _end(session: Session, job: Job, values: dict[str, Any]) -> bool:
    """Change a job that is still this worker's; say whether it was."""
    result = session.execute(
        update(Job)
        .where(Job.id == job.id, Job.worker == job.worker, Job.state == JobState.RUNNING)
        .values(values)
    )
    return cast("CursorResult[Any]", result).rowcount == 1


def _failed(job: Job, error: str, at: datetime) -> dict[str, Any]:
    dead = job.attempts >= MOST_ATTEMPTS
    return {
        **_FREE,
        "state": JobState.DEAD if dead else JobState.WAITING,
        "run_at": at + backoff(job.attempts),
        "last_error": error[:500],
    }


def _put_back(engine: Engine, jobs: Sequence[Job]) -> None:
    """Give back what was claimed but not tried: it costs no attempt."""
    with _writing(engine) as session:
        for job in jobs:
            _end(session, job, {**_FREE, "state": JobState.WAITING, "attempts": job.attempts - 1})


def _renew(engine: Engine, job: Job) -> bool:
    """Lease a job that waited long in its batch anew; say whether it is still this worker's."""
    now = clock.now()
    if job.leased_until is not None and job.leased_until - now > LEASE / 2:
        return True
    with _writing(engine) as session:
        return _end(session, job, {"leased_until": now + LEASE})


def _run(engine: Engine, settings: Any, job: Job) -> None:
    values: dict[str, Any] = {}
    try:
        HANDLERS[job.kind](Context(engine, settings, clock.now()), job)
    except mail.MailHeldError:
        MAILING.add(job.kind)
        _put_back(engine, [job])
        return
    except LeaseLostError:
        log.warning("job %s %s was taken over", job.kind, job.id)
        return
    except Exception as caught:  # a job must not take the worker down: it is retried
        log.exception("job %s %s failed", job.kind, job.id)
        values = _failed(job, logs.told(caught), clock.now())
    else:
        if job.state is JobState.DONE:
            return
        values = _DONE | {"done_at": clock.now()}
    with _writing(engine) as session:
        _end(session, job, values)


def run_due(
    engine: Engine,
    settings: Any,
    worker: uuid.UUID,
    *,
    stop: threading.Event | None = None,
) -> int:
    """Do the jobs that are due now, once each, while mail is held without it; return how many."""
    held = mail_hold.since(engine) is not None
    jobs = claim(engine, worker, at=clock.now(), without=MAILING if held else ())
    token = mail.held.set(held)
    try:
        for number, job in enumerate(jobs):
            if stop is not None and stop.is_set():
                _put_back(engine, jobs[number:])
                return number
            if _renew(engine, job):
                _run(engine, settings, job)
    finally:
        mail.held.reset(token)
    return len(jobs)


def work(engine: Engine, settings: Any, *, stop: threading.Event, once: bool = False) -> None:
    """Work until `stop` is set; with `once` until nothing is due. Outlives a database's restart."""
    worker = ids.new_v4()
    while not stop.is_set():
        try:
            if run_due(engine, settings, worker, stop=stop):
                continue
        except DBAPIError as error:
            if once:
                raise
            log.warning("the database does not answer: %s", error.orig)
            stop.wait(4.0)
        if once:
            return
        stop.wait(1.0)
