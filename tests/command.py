"""The console command on a database of the test's, as a process of its own or inside this one."""

from __future__ import annotations

import logging
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine

from partnerjourney.cli import main
from partnerjourney.core import commandline
from partnerjourney.core.engine import new_engine
from tests.databases import ROLES


@pytest.fixture
def disposed(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Close the connections of commands that ran in this process."""
    made: list[Engine] = []

    def opened(*given: Any, **options: Any) -> Engine:
        made.append(new_engine(*given, **options))
        return made[-1]

    monkeypatch.setattr(commandline, "new_engine", opened)
    yield
    for each in made:
        each.dispose()


COMMAND = Path(sys.executable).with_name("partnerjourney")


def environment(database_url: str, **settings: str) -> dict[str, str]:
    """Return an environment that names this database and nothing else of ours."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith("PARTNERJOURNEY_")}
    given = {"database_url": database_url, **settings}
    if database_url.startswith("postgresql"):
        given["database_roles"] = ROLES
    return clean | {f"PARTNERJOURNEY_{k.upper()}": v for k, v in given.items()}


def run(
    *arguments: str, database_url: str, stdin: str = "", **settings: str
) -> subprocess.CompletedProcess[str]:
    """Run the command to its end."""
    return subprocess.run(
        [COMMAND, *arguments],
        env=environment(database_url, **settings),
        input=stdin,
        check=False,
        capture_output=True,
        text=True,
        timeout=120,
    )


def call(*arguments: str, database_url: str, stdin: str = "", **settings: str) -> Result:
    """Run the command inside this process: a second quicker, the same answers and exit codes."""
    clean = {k: None for k in os.environ if k.startswith("PARTNERJOURNEY_")}
    named = environment(database_url, **settings).items()
    given = {k: v for k, v in named if k.startswith("PARTNERJOURNEY_")}
    log = logging.getLogger()
    handlers, level = list(log.handlers), log.level
    try:
        return CliRunner().invoke(main, arguments, input=stdin, env=clean | given)
    finally:
        log.handlers[:] = handlers
        log.setLevel(level)


def free_port() -> int:
    """Return a port on which nobody listens."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def get(port: int, path: str) -> int:
    """Return the status of a page."""
    client = HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        client.request("GET", path)
        return client.getresponse().status
    finally:
        client.close()


@contextmanager
def running(*arguments: str, log: Path, env: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """Run the command beside the test, in a process group of its own; nothing of it stays."""
    with log.open("wb") as out:
        process = subprocess.Popen(
            [COMMAND, *arguments],
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
            process_group=0,
        )
        try:
            yield process
        finally:
            process.kill()
            process.wait()


def await_status(process: subprocess.Popen[bytes], port: int, path: str = "/readyz") -> None:
    """Return when a page of the process is there."""
    for _ in range(600):
        assert process.poll() is None, "it ended"
        try:
            if get(port, path) == 200:
                return
        except (OSError, HTTPException):
            pass
        time.sleep(0.1)
    raise AssertionError(f"{path} is not there")


def alive(pids: set[int]) -> set[int]:
    """Return which of these processes still run."""
    return {
        pid
        for pid in pids
        if (stat := Path(f"/proc/{pid}/stat")).exists() and stat.read_text().split()[2] != "Z"
    }


def family(pid: int) -> set[int]:
    """Return a process and all that it started, and what those started."""
    found = {pid}
    for children in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in children.read_text().split():
            found |= family(int(child))
    return found
