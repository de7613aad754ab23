"""An import of 100,000 answers, against a short script that loads the same tables."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from partnerjourney.surveys.models import Point, PointCircle, Wave
from tests.bench.conftest import Ground
from tests.bench.figures import Figures, short
from tests.bench.load import ROOT
from tests.events.scene import ANSWER_HEADER, Scene, play

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


def _run(kind: str, database: str, file: Path, ids: list[str]) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.bench.importing", kind, database, str(file), *ids]
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    told: dict[str, float] = json.loads(done.stdout)
    assert told["accepted"] == ANSWERS
    return told


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
