"""Jobs: each is done once, whatever becomes of the workers."""

from __future__ import annotations

import threading
import uuid
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select

from partnerjourney.core import border, clock, ids, jobs
from partnerjourney.core.jobs import LEASE, MOST_ATTEMPTS, Job, JobState
from partnerjourney.core.scopes import System
from tests.factories import MOMENT
from tests.world import World

A, B = uuid.UUID(int=1), uuid.UUID(int=2)


@pytest.fixture(autouse=True)
def handlers(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let a test register handlers of its own."""
    monkeypatch.setattr(jobs, "HANDLERS", {})
    with clock.at(MOMENT):
        yield


def add(engine: Engine, kind: str = "try", **more: Any) -> None:
    """Enqueue one job as the product itself."""
    with border.open_session(engine, System("enqueue"), write=True) as session, session.begin():
        jobs.enqueue(session, kind, at=MOMENT, **more)


def stored(engine: Engine) -> list[Job]:
    """Return all jobs as they stand."""
    with border.open_session(engine, System("look")) as session:
        return list(session.scalars(select(Job).order_by(Job.created_at, Job.id)))


def test_a_job_is_done_once(engine: Engine) -> None:
    done = []
    jobs.HANDLERS["try"] = lambda context, job: done.append(job.thing_id)
    add(engine, thing_id=A)
    assert jobs.run_due(engine, None, A) == 1
    assert jobs.run_due(engine, None, A) == 0
    assert done == [A]
    (job,) = stored(engine)
    assert (job.state, job.worker, job.leased_until, job.done_at) == (
        JobState.DONE,
        None,
        None,
        MOMENT,
    )


def test_a_job_waits_for_its_time(engine: Engine) -> None:
    add(engine, run_at=MOMENT + timedelta(hours=1))
    assert jobs.claim(engine, A, at=MOMENT + timedelta(minutes=59)) == []
    assert len(jobs.claim(engine, A, at=MOMENT + timedelta(hours=1))) == 1


def test_a_job_is_enqueued_with_what_causes_it_or_not_at_all(engine: Engine, world: World) -> None:
    before = len(stored(engine))
    for commits in (False, True):
        with border.open_session(engine, world.member("brand"), write=True) as session:
            jobs.enqueue(session, "try", at=MOMENT)
            assert session.scalars(select(Job)).all() == [], "a member reads no job"
            if commits:
                session.commit()
        assert len(stored(engine)) == before + commits


def test_a_dedupe_key_is_taken_once_for_good(engine: Engine) -> None:
    jobs.HANDLERS["try"] = lambda context, job: None
    for _ in range(2):
        add(engine, dedupe_key="2026-03-04")
    add(engine, dedupe_key="2026-03-05")
    add(engine, kind="other", dedupe_key="2026-03-04")
    add(engine)
    add(engine)
    assert len(stored(engine)) == 5
    jobs.run_due(engine, None, A)
    add(engine, dedupe_key="2026-03-04")
    assert len(stored(engine)) == 5


def test_two_who_enqueue_the_same_at_once_both_succeed(engine: Engine) -> None:
    errors: list[BaseException] = []
    ready = threading.Barrier(2)

    def enqueue() -> None:
        try:
            for number in range(20):
                ready.wait()
                add(engine, dedupe_key=str(number))
        except BaseException as error:  # noqa: BLE001 - told to the test
            errors.append(error)

    run_together(enqueue, enqueue)
    assert errors == []
    assert len(stored(engine)) == 20


def test_a_claimed_job_is_another_workers_only_after_its_lease(engine: Engine) -> None:
    """A worker that was killed says nothing; its lease ends, and the job is taken over."""
    add(engine)
    (lost,) = jobs.claim(engine, A, at=MOMENT)
    assert jobs.claim(engine, B, at=MOMENT + LEASE) == []
    (taken,) = jobs.claim(engine, B, at=MOMENT + LEASE + timedelta(seconds=1))
    assert (taken.id, taken.worker, taken.attempts) == (lost.id, B, 2)


def test_a_worker_that_lost_its_lease_finishes_nothing(engine: Engine) -> None:
    done = []

    def slow(context: jobs.Context, job: Job) -> None:
        late = MOMENT + LEASE + timedelta(seconds=1)
        assert jobs.claim(engine, B, at=late)[0].id == job.id
        done.append(job.id)

    jobs.HANDLERS["try"] = slow
    add(engine)
    jobs.run_due(engine, None, A)
    (job,) = stored(engine)
    assert (job.state, job.worker) == (JobState.RUNNING, B)


def test_what_a_worker_did_after_it_lost_its_lease_is_rolled_back(
    engine: Engine, world: World
) -> None:
    from partnerjourney.core.parties import Organisation

    def slow(context: jobs.Context, job: Job) -> None:
        with context.closing(job) as session:
            session.get_one(Organisation, world.organisations["brand"]).name = "Too late"
            session.flush()
            taken.set()

    taken = threading.Event()
    jobs.HANDLERS["try"] = slow
    add(engine)
    (job,) = [one for one in jobs.claim(engine, A, at=MOMENT) if one.kind == "try"]
    jobs.claim(engine, B, at=MOMENT + LEASE + timedelta(seconds=1))
    with pytest.raises(jobs.LeaseLostError):
        slow(jobs.Context(engine, None, MOMENT), job)
    with border.open_session(engine, System("look")) as session:
        assert session.get_one(Organisation, world.organisations["brand"]).name == "Brand"


def test_a_failure_is_tried_again_later_and_later(engine: Engine) -> None:
    def fail(context: jobs.Context, job: Job) -> None:
        raise OSError("the mail server is away")

    jobs.HANDLERS["try"] = fail
    add(engine)
    waits = []
    at = MOMENT
    for _ in range(MOST_ATTEMPTS):
        with clock.at(at):
            assert jobs.run_due(engine, None, A) == 1
        (job,) = stored(engine)
        waits.append((job.run_at - at).total_seconds())
        with clock.at(job.run_at - timedelta(seconds=1)):
            assert jobs.run_due(engine, None, A) == 0
        at = job.run_at
    assert waits == [10, 20, 40, 80, 160, 320, 640, 1280]
    assert (job.state, job.attempts) == (JobState.DEAD, MOST_ATTEMPTS)
    assert job.last_error == "OSError: the mail server is away"
    with clock.at(at + timedelta(days=1)):
        assert jobs.run_due(engine, None, A) == 0


def test_waiting_has_an_end() -> None:
    assert jobs.backoff(1) == timedelta(seconds=10)
    assert jobs.backoff(60) == timedelta(hours=6)


def test_a_job_of_an_unknown_kind_is_kept_for_an_operator(engine: Engine) -> None:
    add(engine, kind="from a newer version")
    jobs.run_due(engine, None, A)
    (job,) = stored(engine)
    assert job.state is JobState.WAITING
    assert "KeyError" in (job.last_error or "")


def test_one_bad_job_does_not_stop_the_others(engine: Engine) -> None:
    done = []

    def handle(context: jobs.Context, job: Job) -> None:
        if job.thing_id == A:
            raise ValueError("bad")
        done.append(job.thing_id)

    jobs.HANDLERS["try"] = handle
    for thing in (A, B):
        add(engine, thing_id=thing)
    jobs.run_due(engine, None, A)
    assert done == [B]


def test_two_workers_at_once_do_each_job_once(engine: Engine) -> None:
    done: Counter[uuid.UUID | None] = Counter()
    lock = threading.Lock()

    def handle(context: jobs.Context, job: Job) -> None:
        with lock:
            done[job.thing_id] += 1

    jobs.HANDLERS["try"] = handle
    things = [uuid.uuid4() for _ in range(60)]
    with border.open_session(engine, System("enqueue"), write=True) as session, session.begin():
        for thing in things:
            jobs.enqueue(session, "try", at=MOMENT, thing_id=thing)

    def work() -> None:
        with clock.at(MOMENT):
            worker = ids.new_v4()
            while jobs.run_due(engine, None, worker):
                pass

    run_together(work, work)
    assert done == Counter(things)
    assert {job.state for job in stored(engine)} == {JobState.DONE}


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_worker_does_not_wait_for_what_another_is_claiming(engine: Engine) -> None:
    """On SQLite workers take turns: each takes the write lock at its start."""
    add(engine, thing_id=A)
    add(engine, thing_id=B)
    found: list[uuid.UUID | None] = []
    with border.open_session(engine, System("claim"), write=True) as session:
        session.scalars(select(Job).where(Job.thing_id == A).with_for_update()).one()
        other = threading.Thread(
            target=lambda: found.extend(job.thing_id for job in jobs.claim(engine, B, at=MOMENT))
        )
        other.start()
        other.join(timeout=5)
        waited = other.is_alive()
    other.join()
    assert (found, waited) == ([B], False)


def run_together(*functions: Any) -> None:
    """Run functions in threads of their own and wait for all."""
    threads = [threading.Thread(target=function) for function in functions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
