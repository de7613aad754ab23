"""200 open maps and one change a second on two cores: asking every three seconds, or being told."""

from __future__ import annotations

import bisect
import heapq
import random
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import select

from partnerjourney.core.parties import Membership, Role, User
from partnerjourney.journeys.services import Base
from partnerjourney.touchpoints import services as touchpoints
from partnerjourney.touchpoints.models import Card
from tests.bench.conftest import Ground
from tests.bench.figures import Figures, short
from tests.bench.load import served
from tests.bench.test_map import _grow
from tests.command import family
from tests.maps.telenoord import AT, Telenoord
from tests.web_client import client_of, make_app, settings_for

pytestmark = pytest.mark.bench

MAPS = 200
EVERY = 3.0
SECONDS = 20
HANDS = 16  # threads that ask for the open maps, each in its turn


@dataclass
class Told:
    """What open maps were told: answers by status, how long each took, how long changes waited."""

    kinds: dict[str, int] = field(default_factory=dict)
    took: list[float] = field(default_factory=list)
    age: list[float] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, status: str, took: float, age: float | None) -> None:
        """Note one answer; `age` is that of the oldest change that it brought."""
        with self.lock:
            self.kinds[status] = self.kinds.get(status, 0) + 1
            self.took.append(took)
            if age is not None:
                self.age.append(age)


class Map:
    """One open map: its own person, signed in."""

    def __init__(self, path: str, cookie: str, port: int) -> None:
        self.path, self.cookie, self.port, self.tag = path, cookie, port, ""
        self.seen = time.perf_counter()

    def get(self, path: str = "", tag: str = "") -> tuple[str, bytes, dict[str, str]]:
        """Return status, body and headers of one request over a connection of its own."""
        head = f"GET {path or self.path + '?live=1'} HTTP/1.1\r\nHost: localhost\r\n"
        head += f"Cookie: pj_session={self.cookie}\r\nHX-Request: true\r\nConnection: close\r\n"
        head += f"If-None-Match: {tag}\r\n\r\n" if tag else "\r\n"
        with socket.create_connection(("127.0.0.1", self.port), timeout=60) as connection:
            connection.sendall(head.encode())
            data = b""
            while got := connection.recv(1 << 18):
                data += got
        top, _, body = data.partition(b"\r\n\r\n")
        first, *lines = top.decode().split("\r\n")
        headers = dict(line.split(": ", 1) for line in lines)
        return first.split()[1], body, headers

    def look(self, told: Told, changes: list[float]) -> None:
        """Ask once whether the map still stands; the oldest change that it brings had waited."""
        began = time.perf_counter()
        status, _, headers = self.get(tag=self.tag)
        now, waiting = time.perf_counter(), bisect.bisect(changes, self.seen)
        age = now - changes[waiting] if self.tag and waiting < len(changes) else None
        told.note(status, now - began, age if status == "200" else None)
        self.tag, self.seen = headers.get("ETag", self.tag), began


def _open(chain: Telenoord, ground: Ground, folder: Path, port: int, *, panels: bool) -> list[Map]:
    """Sign as many people in as there are maps, of three organisations in turn.

    All look at the map alone, or each with the panel of a card open: forty cards, in turn.
    """
    app = make_app(settings_for(ground.url, folder), ground.engine)
    names, maps = ("telenoord", "flevo", "snel"), []
    with chain.system() as session:
        for number in range(MAPS):
            user = User(email=f"{number}@example.org", name="x", language="nl", created_at=AT)
            session.add(user)
            session.flush()
            owner = chain.organisations[names[number % 3]]
            role = Membership(owner_id=owner, user_id=user.id, role=Role.EDITOR, created_at=AT)
            session.add(role)
    with chain.system() as session:
        found = session.execute(select(User.email, User.id).where(User.email.like("%@example.org")))
        users = dict(tuple(row) for row in found)
        cards = list(session.scalars(select(Card.id).where(Card.journey_id == chain.journey)))
    for number in range(MAPS):
        cookie = client_of(app, users[f"{number}@example.org"]).get_cookie("pj_session")
        assert cookie is not None
        there = f"cards/{cards[number % len(cards)]}" if panels else ""
        maps.append(Map(chain.at(names[number % 3], there), cookie.value, port))
    return maps


def _processor(pid: int) -> float:
    """Return the processor time that a process and its children took, in seconds."""
    ticks = 0
    for member in family(pid):
        fields = Path(f"/proc/{member}/stat").read_text().rsplit(") ", 1)[1].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / 100


def _changing(chain: Telenoord, stop: threading.Event, changes: list[float]) -> None:
    """Rename a card once a second, as the coordinator does."""
    number = 0
    while not stop.wait(1):
        number += 1
        with chain.acting("telenoord") as (session, actor, place):
            card = next(c for c in touchpoints.cards(session, place.id) if c.key == "nummer")
            base, name = Base(card.content.version), f"Nummer {number}"
            touchpoints.rename(session, actor, place, card, name=name, base=base, at=AT)
        changes.append(time.perf_counter())


def _asking(maps: list[Map], told: Told, changes: list[float], ends: float) -> None:
    due = [(time.perf_counter() + random.uniform(0, EVERY), n) for n in range(len(maps))]
    heapq.heapify(due)
    lock = threading.Lock()

    def work() -> None:
        while True:
            with lock:
                when, number = heapq.heappop(due)
            if when > ends:
                return
            time.sleep(max(0, when - time.perf_counter()))
            maps[number].look(told, changes)
            with lock:
                heapq.heappush(due, (time.perf_counter() + EVERY, number))

    _together([work] * HANDS)


def _listening(maps: list[Map], told: Told, changes: list[float], ends: float) -> None:
    def follow(one: Map) -> None:
        address = "/stream/" + one.path.removeprefix("/o/").replace("/journeys/", "/").rstrip("/")
        head = f"GET {address} HTTP/1.1\r\nHost: localhost\r\nCookie: pj_session={one.cookie}\r\n"
        with socket.create_connection(("127.0.0.1", one.port), timeout=60) as connection:
            connection.sendall(f"{head}\r\n".encode())
            while (left := ends - time.perf_counter()) > 0:
                connection.settimeout(left)
                try:
                    got = connection.recv(65536)
                except TimeoutError:
                    return
                if b"changed" in got:
                    one.look(told, changes)

    _together([lambda one=one: follow(one) for one in maps])  # type: ignore[misc]


def _together(works: list[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=work) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _most(ages: list[float]) -> str:
    if not ages:
        return "–"
    return f"{short(ages[int(len(ages) * 0.5)])}, 99 of 100 {short(ages[int(len(ages) * 0.99)])}"


ASKING = f"asking every {EVERY:.0f} s"
PANELS = f"{ASKING}, 40 panels open"


@pytest.mark.parametrize("way", [ASKING, PANELS, "told by a held connection"])
def test_live(ground: Ground, figures: Figures, tmp_path: Path, way: str) -> None:
    chain = _grow(ground, 40)
    ground.tidy()
    asking = way.startswith(ASKING)
    kind = "product" if asking else "stream"
    with served(kind, ground.url, tmp_path / "log") as (port, pid):
        maps = _open(chain, ground, tmp_path, port, panels=way == PANELS)
        told, stop, changes = Told(), threading.Event(), list[float]()
        changing = threading.Thread(target=_changing, args=(chain, stop, changes))
        before, began = _processor(pid), time.perf_counter()
        changing.start()
        (_asking if asking else _listening)(maps, told, changes, began + SECONDS)
        stop.set()
        taken, wall = _processor(pid) - before, time.perf_counter() - began
        changing.join()
    ages, took = sorted(told.age), sorted(told.took)
    answers = ", ".join(f"{number} × {status}" for status, number in sorted(told.kinds.items()))
    middle, late = (short(took[int(len(took) * part)]) for part in (0.5, 0.95))
    figures.add(
        ground.name,
        f"{MAPS} open maps, one change a second: {way}",
        f"{taken / wall / 2:.0%} of 2 cores",
        target="on the page ≤ 5 s",
        besides=f"{answers} in {wall:.0f} s; an answer {middle}, 95th {late};"
        f" a change was there after {_most(ages)};"
        f" {len(changes)} changes",
    )
