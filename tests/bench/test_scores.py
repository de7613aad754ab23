"""All scores of a journey from its cells, against raw SQL over the same cells."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from partnerjourney.core.staging import insert_rows
from partnerjourney.measurement.models import Cell
from partnerjourney.measurement.queries.scores import STATES, By, scores
from partnerjourney.surveys.rules import Metric
from tests.bench.conftest import Ground
from tests.bench.figures import Figures, in_turns, short
from tests.measurement.scene import DAY, POINTS, Scene, make

pytestmark = pytest.mark.bench

DAYS, ROLES = 365, ("", "buyer")
COUNTS = tuple(f"s{score}" for score in range(11))
WARM = 12  # after so many turns a connection has its statements prepared, as one that serves has
SPLITS = {By.POINT: "", By.DEVIATION: ", state", By.DAY: ", day"}


def _cells(scene: Scene, session: Session, answers: int) -> int:
    """Store the cells that so many answers make: every day, state, role and circle has some."""
    slices = [
        (circle, point, state, role)
        for (point, _), circle in scene.circles.items()
        for state in STATES
        for role in ROLES
    ]
    each, draw = answers // (len(slices) * DAYS), random.Random(7)
    first = DAY - timedelta(days=DAYS)
    for point in POINTS:
        scene.wave(session, point, "year", opened_at=scene.moment(first))
    columns = ("circle_id", "point_id", "wave_id", "question_id", "state", "role", "day", *COUNTS)
    for circle, point, state, role in slices:
        scale = range(1, 6) if POINTS[point][0] is Metric.CSAT else range(11)
        rows = []
        for day in range(DAYS):
            given = dict.fromkeys(COUNTS, 0)
            for score in draw.choices(scale, k=10):
                given[f"s{score}"] += each // 10
            ids = (circle, scene.points[point], scene.waves[point, "year"], scene.questions[point])
            rows.append((*ids, state, role, first + timedelta(days=day), *given.values()))
        same = {"journey_id": scene.journey_id, "skipped": 0, "invited": 0, "delivered": 0}
        insert_rows(session, Cell, columns, rows, same=same)
    return len(slices) * DAYS


def _ours(scene: Scene, by: By) -> Callable[[], object]:
    def work() -> object:
        with scene.open_as("brand") as session:
            return scores(session, scene.place(session, "brand"), by=by)

    return work


def _floor(connection: Any, ground: Ground, scene: Scene, split: str) -> Callable[[], object]:
    mark = "%s" if ground.postgresql else "?"
    sums = ", ".join(f"sum({name})" for name in (*COUNTS, "skipped", "invited", "delivered"))
    statement = (
        f"select point_id{split}, {sums}, min(day), max(day) from cell"
        f" where journey_id = {mark} group by point_id{split}"
    )
    journey = scene.journey_id if ground.postgresql else scene.journey_id.hex

    def work() -> object:
        return connection.execute(statement, (journey,)).fetchall()

    return work


@pytest.fixture
def raw(ground: Ground) -> Iterator[Any]:
    """Give a connection of the driver."""
    connection = ground.raw()
    yield connection
    connection.close()


def test_scores(ground: Ground, raw: Any, figures: Figures) -> None:
    scene = make(ground.engine)
    with scene.system() as session:
        number = _cells(scene, session, 1_000_000)
        session.commit()
    taken: dict[int, float] = {}
    for answers in (1_000_000, 10_000_000):
        if answers > 1_000_000:
            raw.execute("update cell set " + ", ".join(f"{n} = {n} * 10" for n in COUNTS))
        ground.tidy()
        for by, split in SPLITS.items():
            if by is not By.POINT and answers == 1_000_000:
                continue
            work = _ours(scene, by)
            for _ in range(WARM):
                work()
            ours, floor = in_turns(work, _floor(raw, ground, scene, split))
            if by is By.POINT:
                taken[answers] = ours
            figures.add(
                ground.name,
                f"scores by {by}, {answers // 1_000_000}M answers",
                short(ours),
                floor=short(floor),
                ratio=ours / floor,
                target="≤ 2" if by is By.POINT else "",
                besides=f"{number:,} cells",
            )
    few, many = taken.values()
    figures.add(
        ground.name,
        "scores, 10M against 1M answers",
        short(many),
        floor=short(few),
        ratio=many / few,
        target="≤ 1.25",
    )
