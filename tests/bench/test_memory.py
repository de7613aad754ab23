"""Memory of one web and one job worker that idle, beside an empty Flask application's."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.bench.conftest import Ground
from tests.bench.figures import Figures
from tests.command import await_status, environment, family, free_port, get, running

pytestmark = pytest.mark.bench

TARGET = 150
"""MiB of one web and one job worker together."""
_BARE = "import flask, time; flask.Flask('x'); print(flush=True); time.sleep(60)"


def pss(pid: int) -> float:
    """Return the proportional set size of a process in MiB: what is shared counts by its share."""
    told = Path(f"/proc/{pid}/smaps_rollup").read_text()
    found = re.search(r"^Pss:\s+(\d+) kB", told, re.MULTILINE)
    assert found is not None
    return int(found[1]) / 1024


def weasyprint(pids: set[int]) -> set[int]:
    """Return which processes have loaded what draws a PDF: only a report's child may."""
    return {pid for pid in pids if "libpango" in Path(f"/proc/{pid}/maps").read_text()}


def bare() -> float:
    """Return what an application without anything takes."""
    with subprocess.Popen([sys.executable, "-c", _BARE], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        found = pss(process.pid)
        process.kill()
    return found


def test_memory_of_two_idle_workers(ground: Ground, figures: Figures, tmp_path: Path) -> None:
    port, env = free_port(), environment(ground.url)
    command = ("serve", "--port", str(port), "--workers", "1")
    with (
        running(*command, log=tmp_path / "serve", env=env) as serve,
        running("worker", log=tmp_path / "worker", env=env) as worker,
    ):
        await_status(serve, port)
        get(port, "/sign-in")
        time.sleep(3)  # the worker has done what is due
        web, jobs = family(serve.pid), family(worker.pid)
        found = {"web": sum(map(pss, web)), "jobs": sum(map(pss, jobs))}
        assert not weasyprint(web | jobs)
    whole, floor = sum(found.values()), bare()
    figures.add(
        ground.name,
        "idle memory, one web and one job worker (PSS)",
        f"{whole:.0f} MiB",
        floor=f"{floor:.0f} MiB",
        ratio=whole / floor,
        target=f"≤ {TARGET} MiB",
        besides=", ".join(f"{name} {size:.0f} MiB" for name, size in found.items()),
    )
