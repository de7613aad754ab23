"""kill -9 of the web server while customers answer: what was acknowledged is there, counted once.

PARTNERJOURNEY_TEST_KILLS says how often (default 20; 1000 takes about ten minutes per engine).
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlencode
from uuid import UUID

import pytest
from sqlalchemy import Engine, func, select

from partnerjourney.core.ids import token_hash
from partnerjourney.core.links import Link
from partnerjourney.measurement import services as measurement
from partnerjourney.measurement.models import Cell
from partnerjourney.surveys.models import Answer
from tests.command import environment
from tests.core.test_crash import KILLS, ROOT
from tests.surveys.story import Story, tell

TRIES = 10 * KILLS
"""So many servers are killed at most to hit so many (KILLS) while they answer somebody."""
CUSTOMERS = 50 + 4 * KILLS
AT_ONCE = 4
MOST_POSTS = 12
"""So often one customer thinks again: less than a link allows in an hour."""


@dataclass
class Customer:
    """Somebody with a link: what was acknowledged last, and what has no answer yet."""

    token: str
    acknowledged: int | None = None
    doubtful: set[int] = field(default_factory=set)
    posts: int = 0


class Crowd:
    """Customers who answer, one after another, and try again what was cut off."""

    def __init__(self, port: int, customers: list[Customer]) -> None:
        self.port, self.customers = port, customers
        self.stop, self.lock = threading.Event(), threading.Lock()
        self.answered = self.cut = 0
        self.strange: list[object] = []

    def post(self, customer: Customer, score: int) -> int:
        """Post a score and return the status; OSError or HTTPException when it was cut off."""
        client = HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            headers = {
                "Content-Type": "application/x-www-form-urlencoded",
                "Sec-Fetch-Site": "same-origin",
            }
            client.request("POST", f"/s/{customer.token}", urlencode({"score": score}), headers)
            answer = client.getresponse()
            answer.read()
            return answer.status
        finally:
            client.close()

    def answer(self, customer: Customer, score: int) -> None:
        """Post a score and note what became of it."""
        with self.lock:
            customer.doubtful.add(score)
        try:
            status = self.post(customer, score)
        except (OSError, HTTPException):
            self.cut += 1
            time.sleep(0.005)
            return
        if status != 200:
            self.strange.append(status)
            return
        with self.lock:
            customer.acknowledged, customer.posts = score, customer.posts + 1
            customer.doubtful.clear()
            self.answered += 1

    def work(self, mine: list[Customer], chance: random.Random) -> None:
        """Answer in the names of some customers until it is enough."""
        while not self.stop.is_set():
            customer = chance.choice(mine)
            if customer.posts < MOST_POSTS:
                self.answer(customer, chance.randrange(11))

    @contextmanager
    def working(self) -> Iterator[None]:
        """Let everybody answer for the length of a block; nobody shares a customer."""
        threads = [
            threading.Thread(
                target=self.work, args=(self.customers[n::AT_ONCE], random.Random(20261103 + n))
            )
            for n in range(AT_ONCE)
        ]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self.stop.set()
            for thread in threads:
                thread.join()


@contextmanager
def nursery(url: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Run what starts servers, one at a time, each within a moment; gives it and its port."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.core.crash_server"],
        cwd=ROOT,
        env=environment(url),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        yield process, int(told(process))
    finally:
        process.stdin.close()  # type: ignore[union-attr]
        process.wait(20)
        process.stdout.close()  # type: ignore[union-attr]


def told(process: subprocess.Popen[str]) -> str:
    """Return the next thing it says."""
    assert process.stdout is not None
    return process.stdout.readline().strip()


def start(process: subprocess.Popen[str]) -> int:
    """Start a server and return its process id, which is that of its group."""
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()
    return int(told(process))


def stored(story: Story) -> dict[str, list[int]]:
    """Return every answer by the hash of its link."""
    found: dict[str, list[int]] = {}
    with story.system() as session:
        rows = session.execute(
            select(Link.token_hash, Answer.score).join(
                Answer, Answer.invitation_id == Link.thing_id
            )
        )
        for token, score in rows:
            found.setdefault(token, []).append(score)
    return found


def check(story: Story, crowd: Crowd) -> None:
    """What was acknowledged is there, unless a later post that was cut off took its place."""
    with crowd.lock:
        wanted = {
            token_hash(one.token): {one.acknowledged, *one.doubtful}
            for one in crowd.customers
            if one.acknowledged is not None
        }
        found = stored(story)
    lost = {token for token, scores in wanted.items() if {*found.get(token, [None])} - scores}
    assert not lost
    assert all(len(scores) == 1 for scores in found.values())


def invite(engine: Engine) -> tuple[Story, UUID, list[Customer]]:
    """Ask customers at a point of a new journey."""
    story = tell(engine)
    wave = story.open_wave(close_on=date(2100, 1, 1))
    return story, wave, [Customer(story.invite(wave)) for _ in range(CUSTOMERS)]


@pytest.mark.slow
@pytest.mark.timeout(120 + 3 * KILLS)
def test_a_killed_server_loses_nothing_that_it_acknowledged(
    engine: Engine, database_url: str
) -> None:
    story, wave, customers = invite(engine)
    chance, hits, tries = random.Random(20261103), 0, 0
    with nursery(database_url) as (process, port):
        crowd = Crowd(port, customers)
        with crowd.working():
            while hits < KILLS:
                tries += 1
                assert tries <= TRIES, "it was killed while nobody answered"
                pid, before = start(process), crowd.answered
                while crowd.answered == before:
                    assert not crowd.strange
                    time.sleep(0.002)
                time.sleep(chance.uniform(0.0, 0.04))
                cut = crowd.cut
                os.killpg(pid, signal.SIGKILL)
                assert told(process) == str(-signal.SIGKILL)
                check(story, crowd)
                hits += crowd.cut > cut
        pid = start(process)
        for customer in customers:
            score = chance.randrange(11)
            while customer.doubtful or customer.acknowledged is None:
                crowd.answer(customer, score)
        os.kill(pid, signal.SIGTERM)
        assert told(process) == "0"
    assert crowd.strange == []
    check(story, crowd)
    assert len(stored(story)) == len(customers)
    with story.system() as session:
        scores = [func.sum(getattr(Cell, f"s{score}")) for score in range(11)]
        counted = session.execute(select(*scores).where(Cell.wave_id == wave)).one()
        expected = [sum(c.acknowledged == score for c in customers) for score in range(11)]
        assert [number or 0 for number in counted] == expected
        raw = measurement.recount(session, story.journey)
        assert sum(cell[f"s{n}"] for cell in raw.values() for n in range(11)) == len(customers)
