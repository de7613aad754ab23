"""What the tests of answers share: a browser's post, what was stored, what the cells were told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select

from partnerjourney.core import clock
from partnerjourney.events.rules import State
from partnerjourney.surveys import signals
from partnerjourney.surveys.models import Answer
from tests.surveys.story import AT, Story


@contextmanager
def cells() -> Iterator[Callable[[], dict[str, int]]]:
    """Add up what the cells are told."""
    counts: dict[tuple[str, State, date], int] = {}

    def add(_session: object, *, deltas: list[signals.CellDelta]) -> None:
        for delta in deltas:
            place = (delta.field, delta.state, delta.day)
            counts[place] = counts.get(place, 0) + delta.by

    with signals.cells_changed.connected_to(add):
        yield lambda: {field: n for (field, *_), n in counts.items() if n}


def send(client: FlaskClient, token: str, at: datetime = AT, **data: object) -> Any:
    with clock.at(at):
        return client.post(f"/s/{token}", data=data)


def answers(story: Story) -> list[tuple[int | None, str | None]]:
    with story.system() as session:
        rows = session.execute(select(Answer.score, Answer.comment).order_by(Answer.answered_at))
        return [tuple(found) for found in rows]
