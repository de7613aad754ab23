"""An import of 100,000 answers, against a short script that loads the same tables.

And what somebody who opens a survey link and answers notices of it.
"""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from partnerjourney.surveys.models import Point, PointCircle, Wave
from tests.bench.conftest import Ground
from tests.bench.figures import Figures, short
from tests.bench.load import ROOT, respond, serving
from tests.bench.test_respondent import Links
from tests.events.scene import ANSWER_HEADER, Scene, play
from tests.surveys.story import tell

pytestmark = pytest.mark.bench

ANSWERS = int(os.environ.get("BENCH_ANSWERS", "100000"))


def _file(path: Path, prefix: str, number: int) -> None:
    """Write answers of a year, every third with a comment."""
    start = datetime.combine(date(2025, 3, 1), datetime.min.time())
    with path.open("w", encoding="utf-8", newline="") as stream:
        stream.write(ANSWER_HEADER)
        out = csv.writer(stream)
        for row in range(number):
            at = start + timedelta(minutes=5 * row % (365 * 1440), seconds=row % 60)
            if at.month in (3, 10):  # the hour that the clocks skip is another matter
                at += timedelta(days=40)
            said = "Netjes op tijd, vriendelijke bezorger" if row % 3 == 0 else ""
            out.writerow((f"{prefix}{row}", f"O{prefix}{row}", row * 7 % 11, said, at))


def _ids(scene: Scene) -> list[str]:
    """Return what the script must know: the ids of the point's place."""
    with scene.system() as session:
        point = session.scalars(select(Point)).one()
        wave = session.scalars(select(Wave)).one()
        circles = session.scalars(select(PointCircle)).all()
        found: dict[str, Any] = {
            "organisation": scene.organisations["brand"],
            "journey": scene.journey,
            "circle": next(row.circle_id for row in circles if not row.members),
            "point": point.id,
            "wave": wave.id,
            "question": wave.question_id,
        }
    return [f"{name}={value}" for name, value in found.items()]


def _start(kind: str, database: str, file: Path, ids: list[str]) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.bench.importing", kind, database, str(file), *ids]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=ROOT, stdout=pipe, stderr=pipe, text=True)


def _told(process: subprocess.Popen[str]) -> dict[str, float]:
    out, err = process.communicate()
    assert process.returncode == 0, err
    told: dict[str, float] = json.loads(out)
    assert told["accepted"] == ANSWERS
    return told


def _run(kind: str, database: str, file: Path, ids: list[str]) -> dict[str, float]:
    return _told(_start(kind, database, file, ids))


def test_import(ground: Ground, figures: Figures, tmp_path: Path) -> None:
    scene = play(ground.engine)
    scene.answers(f"{ANSWER_HEADER}0,A0,8,,2026-03-04 10:00:00\n")  # makes the wave
    files = {}
    for kind in ("script", "product"):
        files[kind] = tmp_path / f"{kind}.csv"
        _file(files[kind], kind[0], ANSWERS)
        _file(tmp_path / f"{kind}.csv.few", f"{kind[0]}few", 600)
    ids = _ids(scene)
    ground.engine.dispose()
    floor = _run("script", ground.raw_address, files["script"], ids)
    ours = _run("product", ground.url, files["product"], ids)
    assert scene.counted()
    figures.add(
        ground.name,
        f"import of {ANSWERS:,} answers",
        short(ours["seconds"]),
        floor=short(floor["seconds"]),
        ratio=ours["seconds"] / floor["seconds"],
        target="≤ 2.5",
        besides=f"of the CPU {ours['worked']:.1f} s against {floor['worked']:.1f} s,"
        f" memory {ours['memory']:.0f} MiB (≤ 64)",
    )


PAUSE = 0.02
"""Seconds between two respondents: so many come, however long each of them takes."""

ALONE = 200
"""Respondents before the import, and again after it; during it as many as there is time for."""


def _respond(port: int, tokens: Iterator[str]) -> float:
    """Let one respondent come; returns the seconds from opening the link to the thanks."""
    time.sleep(PAUSE)
    started = time.perf_counter()
    respond(port, next(tokens))
    return time.perf_counter() - started


def _p95(found: list[float]) -> float:
    return sorted(found)[int(len(found) * 0.95)]


def test_respondents_beside_an_import(ground: Ground, figures: Figures, tmp_path: Path) -> None:
    story = tell(ground.engine)
    tokens = iter(Links(story).add(20_000))
    ground.tidy()
    file = tmp_path / "product.csv"
    _file(file, "p", ANSWERS)
    _file(tmp_path / "product.csv.few", "few", 600)
    ids = [f"organisation={story.organisations['telenoord']}", f"journey={story.journey}"]
    ground.engine.dispose()
    with serving("product", ground.url, tmp_path / "server.log") as port:
        for _ in range(100):  # each thread's connection prepares its statements
            _respond(port, tokens)
        alone = [_respond(port, tokens) for _ in range(ALONE)]
        importing, during = _start("product", ground.url, file, ids), []
        try:
            while importing.poll() is None:
                during.append(_respond(port, tokens))
        finally:
            importing.kill()
        told = _told(importing)
        alone += [_respond(port, tokens) for _ in range(ALONE)]
    figures.add(
        ground.name,
        f"respondents during an import of {ANSWERS:,}, p95",
        short(_p95(during)),
        floor=short(_p95(alone)),
        ratio=_p95(during) / _p95(alone),
        target="≤ 3",
        besides=f"{len(during)} came, the slowest took {short(max(during))};"
        f" the import took {told['seconds']:.1f} s",
    )
