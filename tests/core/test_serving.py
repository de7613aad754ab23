"""`serve` as an operator runs it; how Ctrl+C ends it, tests/demo/test_demo.py."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.command import alive, await_status, environment, family, free_port, get, run, running

TOKEN = "Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5MGFiY2RlZmdoaWprbG0"

pytestmark = pytest.mark.slow


def test_serve_logs_no_token_ends_with_0_and_leaves_no_process(
    database_url: str, tmp_path: Path
) -> None:
    port, env, log = free_port(), environment(database_url), tmp_path / "log"
    paths = [f"/{kind}/{TOKEN}" for kind in ("s", "u", "a", "invitation", "reset", "%73", "S/../s")]
    with running("serve", "--port", str(port), "--workers", "2", log=log, env=env) as it:
        await_status(it, port)
        for path in paths:
            get(port, f"{path}?score=9&email=jan@example.org")
        while len(pids := family(it.pid)) < 3:  # the second one may come later
            time.sleep(0.05)
        it.terminate()
        assert it.wait(20) == 0
        assert not alive(pids)
    told = log.read_text()
    assert told.count("/s/***") == 3
    assert TOKEN not in told
    assert "example.org" not in told


def test_a_worker_of_a_killed_server_ends_too(sqlite_template: Path, tmp_path: Path) -> None:
    port, env = free_port(), environment(f"sqlite:///{sqlite_template}")
    with running(
        "serve", "--port", str(port), "--workers", "1", log=tmp_path / "log", env=env
    ) as it:
        await_status(it, port)
        pids = family(it.pid)
        os.kill(it.pid, signal.SIGKILL)
        it.wait(10)
        for _ in range(100):
            if not alive(pids):
                return
            time.sleep(0.1)
    raise AssertionError(alive(pids))


def test_what_only_some_need_is_not_loaded_by_all(tmp_path: Path) -> None:
    """psycopg is an extra, Alembic migrates, WeasyPrint is for a report's own process."""
    script = (
        "import sys; from partnerjourney import cli, create_app, features; features.employ();"
        " create_app(); print(sorted({'alembic', 'psycopg', 'weasyprint'} & sys.modules.keys()))"
    )
    told = subprocess.run(
        [sys.executable, "-c", script],
        env=environment(f"sqlite:///{tmp_path}/x.db"),
        check=True,
        capture_output=True,
        text=True,
    )
    assert told.stdout == "[]\n"


def test_a_busy_port_is_one_clear_line(sqlite_template: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        told = run("serve", "--port", port, database_url=f"sqlite:///{sqlite_template}")
    assert told.returncode == 4
    assert told.stderr.startswith(f"Error: port {port} of 127.0.0.1: something else listens")
    assert told.stderr.count("\n") == 1


def test_an_unmigrated_database_is_one_clear_line(tmp_path: Path) -> None:
    for command in ("serve", "worker"):
        told = run(
            command,
            *(["--port", str(free_port())] if command == "serve" else []),
            database_url=f"sqlite:///{tmp_path}/empty.db",
        )
        assert (told.returncode, told.stdout) == (4, "")
        assert told.stderr == (
            "Error: the database is not migrated: run `partnerjourney db upgrade`\n"
        )
