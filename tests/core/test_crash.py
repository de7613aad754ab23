"""kill -9 of a worker in the middle of its jobs: nothing is lost, every effect counts once.

PARTNERJOURNEY_TEST_KILLS says how often (default 20; 1000 takes a few minutes).
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from partnerjourney.core import border, clock, ids
from partnerjourney.core.jobs import Job, JobState
from partnerjourney.core.parties import Setting
from partnerjourney.core.scopes import System

ROOT = Path(__file__).parents[2]
KILLS = int(os.environ.get("PARTNERJOURNEY_TEST_KILLS", "20"))
ALWAYS_WAITING = 200
"""Jobs at the start of each worker, so that it dies at work."""


class Nursery:
    """Starts workers, one at a time, each ready within milliseconds."""

    def __init__(self, url: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.core.crash_worker", url],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.line() == "ready"

    def line(self) -> str:
        """Return the next thing it says."""
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def start(self) -> int:
        """Start a worker and return its process id."""
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return int(self.line())

    def end(self, pid: int, number: int) -> int:
        """Send a signal and return how the worker ended."""
        os.kill(pid, number)
        return int(self.line())


@pytest.fixture
def nursery(database_url: str) -> Iterator[Nursery]:
    """Give a nursery on the test's database."""
    made = Nursery(database_url)
    yield made
    assert made.process.stdin is not None
    made.process.stdin.close()
    made.process.wait(10)
    made.process.stdout.close()  # type: ignore[union-attr]


def enqueue(engine: Engine, kind: str, number: int) -> None:
    """Add so many jobs."""
    at = clock.now()
    with border.open_session(engine, System("test"), write=True) as session:
        given = {"kind": kind, "run_at": at, "created_at": at}
        rows = [{**given, "thing_id": ids.new_v4()} for _ in range(number)]
        border.bulk_insert(session, Job, rows)
        session.commit()


def states(engine: Engine) -> Counter[JobState]:
    """Count the jobs by state."""
    with border.open_session(engine, System("test")) as session:
        found = session.execute(select(Job.state, func.count()).group_by(Job.state))
        return Counter(dict(found.all()))


def effects(engine: Engine) -> dict[str, int]:
    """Return how often each job took effect."""
    with border.open_session(engine, System("test")) as session:
        found = session.scalars(select(Setting).where(Setting.key.startswith("counted ")))
        return {row.key: row.value["times"] for row in found}


@pytest.mark.slow
@pytest.mark.timeout(60 + 3 * KILLS)
def test_killed_workers_lose_nothing_and_count_nothing_twice(
    engine: Engine, nursery: Nursery
) -> None:
    chance = random.Random(20261103)
    number = hits = 0
    for _ in range(KILLS):
        missing = max(0, ALWAYS_WAITING - states(engine)[JobState.WAITING])
        enqueue(engine, "crash.count", missing)
        number += missing
        done = states(engine)[JobState.DONE]
        pid = nursery.start()
        while states(engine)[JobState.DONE] == done:
            time.sleep(0.002)
        time.sleep(chance.uniform(0.0, 0.03))
        assert nursery.end(pid, signal.SIGKILL) == -signal.SIGKILL
        hits += states(engine)[JobState.RUNNING] > 0
    assert hits > KILLS / 2, "they were killed while they did nothing"
    pid = nursery.start()
    while states(engine) != {JobState.DONE: number}:
        assert not states(engine)[JobState.DEAD]
        time.sleep(0.1)
    assert nursery.end(pid, signal.SIGTERM) == 0
    assert Counter(effects(engine).values()) == {1: number}


def test_a_worker_that_is_asked_to_end_finishes_its_job_and_gives_back_the_rest(
    engine: Engine, nursery: Nursery
) -> None:
    enqueue(engine, "crash.slow", 3)
    pid = nursery.start()
    started = datetime.now(UTC)
    while not _begun(engine):
        assert (datetime.now(UTC) - started).seconds < 30
        time.sleep(0.02)
    assert nursery.end(pid, signal.SIGTERM) == 0
    assert states(engine) == {JobState.DONE: 1, JobState.WAITING: 2}
    with border.open_session(engine, System("test")) as session:
        assert set(session.scalars(select(Job.attempts))) == {0, 1}
        assert set(session.scalars(select(Job.worker))) == {None}


def _begun(engine: Engine) -> bool:
    with border.open_session(engine, System("test")) as session:
        return session.get(Setting, "slow") is not None
