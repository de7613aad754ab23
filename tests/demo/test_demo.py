"""`demo` as somebody types it who sees the product for the first time."""

from __future__ import annotations

import json
import re
import shutil
import signal
import sqlite3
import time
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.command import (
    alive,
    await_status,
    environment,
    family,
    free_port,
    get,
    run,
    running,
)

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

LINK = re.compile(r"/s/[A-Za-z0-9_-]{43}")
ENVIRONMENT = environment("sqlite:////nowhere/not-this-one.db", secret_key="not this one either")
"""What the person's own installation uses: the demo keeps away from it."""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder in which the demo's story was told, after a first run that was cut short."""
    folder = tmp_path_factory.mktemp("demo")
    arguments = ("demo", "--no-serve", "--folder", str(folder))
    with running(*arguments, log=folder / "log", env=ENVIRONMENT) as it:
        while not (folder / "demo" / "demo.db").exists():
            assert it.poll() is None
            time.sleep(0.02)
        it.kill()
    assert not (folder / "demo.json").exists()
    told = run(*arguments, database_url="")
    assert told.returncode == 0, told.stderr
    assert json.loads((folder / "demo.json").read_text())["people"], "an interrupted one is no demo"
    return folder


def sign_in(port: int, email: str, password: str) -> int:
    """Return the status of signing in."""
    client = HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        client.request(
            "POST",
            "/sign-in",
            urlencode({"email": email, "password": password}),
            {"Content-Type": "application/x-www-form-urlencoded"},
        )
        return client.getresponse().status
    finally:
        client.close()


def test_everybody_signs_in_and_ctrl_c_leaves_nothing(home: Path, tmp_path: Path) -> None:
    port, log = free_port(), tmp_path / "log"
    arguments = ["demo", "--folder", str(home), "--port", str(port)]
    secret = (home / "demo" / "secret").read_text()
    with running(*arguments, log=log, env=ENVIRONMENT) as it:
        await_status(it, port)
        told = json.loads((home / "demo.json").read_text())
        assert told["url"] == f"http://127.0.0.1:{port}"
        assert {"name", "organisation", "email", "password"} == set(told["people"][0])
        for person in told["people"]:
            assert sign_in(port, person["email"], person["password"]) == 303
        assert sign_in(port, told["people"][0]["email"], "iets anders") == 422
        assert get(port, "/demo/mail") == 200
        assert all(get(port, path) == 200 for path in _asked(home / "demo" / "mail"))
        pids = family(it.pid)
        assert len(pids) == 4
        _a_second_one_is_refused(home, port)
        it.send_signal(signal.SIGINT)
        assert it.wait(60) == 0
        assert not alive(pids)
    assert told["people"][0]["password"] in log.read_text()
    assert (home / "demo" / "secret").read_text() == secret


def _asked(mails: Path) -> list[str]:
    """Return the addresses of the questions to the twelve customers, once the worker sent them."""
    until = time.monotonic() + 60
    while True:
        texts = [mail.read_text("utf-8") for mail in mails.glob("*.eml")]
        found = {match[0] for text in texts if (match := LINK.search(text))}
        if len(found) == 12:
            return sorted(found)
        assert time.monotonic() < until, len(found)
        time.sleep(0.2)


def _a_second_one_is_refused(home: Path, port: int) -> None:
    told = run("demo", "--folder", str(home), "--port", str(free_port()), database_url="")
    assert (told.returncode, told.stderr.count("\n")) == (4, 1)
    assert "already" in told.stderr
    told = run("demo", "--folder", str(home / "other"), "--port", str(port), database_url="")
    assert (told.returncode, told.stderr.count("\n")) == (4, 1)
    assert f"port {port}" in told.stderr


def test_a_second_run_keeps_what_was_done_and_reset_does_not(home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(home, folder)
    made = run(
        *("user", "create", "--email", "ik@nieuw.example", "--name", "Ik"),
        *("--organisation", "nieuw"),
        database_url=f"sqlite:///{folder}/demo/demo.db",
    )
    assert made.returncode == 0
    before = json.loads((folder / "demo.json").read_text())["people"]
    assert run("demo", "--no-serve", "--folder", str(folder), database_url="").returncode == 0
    assert json.loads((folder / "demo.json").read_text())["people"] == before
    assert _has(folder, "nieuw")
    told = run("demo", "--no-serve", "--reset", "--folder", str(folder), database_url="")
    assert told.returncode == 0, told.stderr
    assert not _has(folder, "nieuw")
    after = json.loads((folder / "demo.json").read_text())["people"]
    assert after != before, "a new secret, a new password"


def _has(folder: Path, organisation: str) -> bool:
    with closing(sqlite3.connect(folder / "demo" / "demo.db")) as connection:
        query = "select count(*) from organisation where slug = ?"
        return bool(connection.execute(query, [organisation]).fetchone()[0])


def test_a_killed_demo_takes_its_processes_along(home: Path, tmp_path: Path) -> None:
    port = free_port()
    arguments = ["demo", "--folder", str(home), "--port", str(port)]
    with running(*arguments, log=tmp_path / "log", env=ENVIRONMENT) as it:
        await_status(it, port)
        pids = family(it.pid)
        it.kill()
        it.wait()
        until = time.monotonic() + 60
        while left := alive(pids):
            assert time.monotonic() < until, left
            time.sleep(0.1)
