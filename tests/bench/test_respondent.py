"""One respondent opens the link and submits, against bare Flask with the same two requests."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from partnerjourney.core import ids
from partnerjourney.core.db import Base
from partnerjourney.core.links import Link, Purpose
from partnerjourney.core.staging import insert_rows
from partnerjourney.events.rules import State
from partnerjourney.surveys.models import Answer, Invitation, Wave
from tests.bench.conftest import Ground
from tests.bench.figures import Figures
from tests.bench.load import rate, serving
from tests.bench.serving import TABLE
from tests.databases import counted
from tests.surveys.story import Story, tell
from tests.web_client import browser, make_app, settings_for

CLIENTS = [int(number) for number in os.environ.get("BENCH_CLIENTS", "1,32").split(",")]
"""How many come at once; BENCH_CLIENTS=1,8 says otherwise."""

STORED = (1_000, int(os.environ.get("BENCH_STORED", "100000")))
"""How many answers are stored already; BENCH_STORED=1000000 takes a few minutes more."""
FRESH = 8_000
ROUNDS, SECONDS = 3, 0.8

pytestmark = pytest.mark.bench


class Links:
    """Invitations of one wave in great number, with or without an answer."""

    def __init__(self, story: Story) -> None:
        self._story = story
        wave = story.open_wave(close_on=date(2099, 1, 1))
        story.invite(wave)
        with story.system() as session:
            self._sample = session.scalars(select(Invitation)).one()

    def add(self, number: int, *, answered: bool = False) -> list[str]:
        """Store so many invitations and links; returns the tokens."""
        tokens = [ids.new_token() for _ in range(number)]
        keys = [uuid.uuid4() for _ in tokens]
        at = datetime.now(UTC)
        self._insert(Invitation, ("id",), [(key,) for key in keys], self._invitation())
        hashes = [(ids.token_hash(token), key) for token, key in zip(tokens, keys, strict=True)]
        self._insert(
            Link, ("token_hash", "thing_id"), hashes, {"purpose": Purpose.SURVEY, "created_at": at}
        )
        if answered:
            rows = [(uuid.uuid4(), key, number % 11) for number, key in enumerate(keys)]
            self._insert(Answer, ("id", "invitation_id", "score"), rows, self._answer(at))
        return tokens

    def _insert(
        self, table: type[Base], columns: tuple[str, ...], rows: list[Any], same: dict[str, Any]
    ) -> None:
        with self._story.system() as session:
            for first in range(0, len(rows), 10_000):
                insert_rows(session, table, columns, rows[first : first + 10_000], same=same)

    def _invitation(self) -> dict[str, Any]:
        found, one = Invitation.__table__.columns, self._sample
        return {
            column.key: getattr(one, column.key)
            for column in found
            if column.key not in ("id", "contact_id") and getattr(one, column.key) is not None
        }

    def _answer(self, at: datetime) -> dict[str, Any]:
        one = self._sample
        with self._story.system() as session:
            question = session.get_one(Wave, (one.journey_id, one.wave_id)).question_id
        return {
            "journey_id": one.journey_id,
            "circle_id": one.circle_id,
            "point_id": one.point_id,
            "wave_id": one.wave_id,
            "question_id": question,
            "skipped": False,
            "role": "",
            "state": State.UNKNOWN,
            "day": at.date(),
            "answered_at": at,
        }


def _statements(ground: Ground, token: Iterator[str], folder: Path) -> int:
    app = make_app(settings_for(ground.url, folder), ground.engine)
    client = browser(app)

    def both() -> int:
        address = f"/s/{next(token)}"
        with counted(ground.engine) as found:
            assert client.get(address).status_code == 200
            assert client.post(address, data={"score": "8"}).status_code == 200
        return len(found)

    both()  # warms up
    return both()


def test_respondent(ground: Ground, figures: Figures, tmp_path: Path) -> None:
    links = Links(tell(ground.engine))
    fresh, bare = iter(links.add(FRESH)), iter(ids.new_token() for _ in range(10**6))
    connection = ground.raw()
    connection.execute(TABLE)
    connection.close()
    share: dict[int, float] = {}
    with ExitStack() as stack:
        ours = stack.enter_context(serving("product", ground.url, tmp_path / "product.log"))
        floor = stack.enter_context(serving("bare", ground.raw_address, tmp_path / "bare.log"))
        stored = 0
        for wanted in STORED:
            links.add(wanted - stored, answered=True)
            stored = wanted
            ground.tidy()
            for clients in CLIENTS:
                both = [(ours, fresh), (floor, bare)]
                for port, tokens in both:  # each thread's connection prepares its statements
                    rate(port, tokens, clients=clients, seconds=0.5 if clients == 1 else 1.5)
                rounds = [
                    [rate(port, t, clients=clients, seconds=SECONDS) for port, t in both]
                    for _ in range(ROUNDS)
                ]
                mine, its = (max(column) for column in zip(*rounds, strict=True))
                share.setdefault(stored, mine / its)
                figures.add(
                    ground.name,
                    f"respondent, {clients} at once, {stored:,} stored",
                    f"{mine:.0f}/s",
                    floor=f"{its:.0f}/s",
                    ratio=mine / its,
                    target="≥ 0.5",
                )
    few, many = (share[number] for number in STORED)
    figures.add(
        ground.name,
        f"respondent, {STORED[1]:,} against {STORED[0]:,} stored, as shares of the floor",
        f"{many:.2f}",
        floor=f"{few:.2f}",
        ratio=few / many,
        target="≤ 1.2",
        besides=f"statements for both requests: {_statements(ground, fresh, tmp_path)} (≤ 8)",
    )
