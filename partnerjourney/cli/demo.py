"""`demo`: a database, a secret and a mailbox of its own, the story, the server and the worker."""

from __future__ import annotations

import ctypes
import fcntl
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

import click

from partnerjourney.cli.running import stopping
from partnerjourney.core import commandline, migrate
from partnerjourney.core.commandline import Failure
from partnerjourney.core.places import var_folder
from partnerjourney.core.settings import PREFIX, Settings

HOST = "127.0.0.1"
UNTOLD = "untold"
"""The file that stands beside the database until the story is told to its end."""

PATIENCE = 30.0
"""Seconds that a process gets to end before it is killed."""

_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


@click.command()
@click.option("--no-serve", is_flag=True, help="Make everything, then end.")
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
@click.option("--reset", is_flag=True, help="Start the story afresh.")
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where it keeps its data (default: var).",
)
def demo(*, no_serve: bool, port: int, reset: bool, folder: Path | None) -> None:
    """Tell a fictitious story and serve it; what you do in it is kept until --reset."""
    from partnerjourney.web import server

    home = (folder or var_folder()).resolve()
    home.mkdir(parents=True, exist_ok=True)
    with _alone(home / "demo.lock"):
        if not no_serve:
            try:
                server.listen(HOST, port).close()
            except server.PortBusyError as error:
                raise Failure(str(error)) from error
        if reset or (home / "demo" / UNTOLD).exists():
            shutil.rmtree(home / "demo", ignore_errors=True)
        settings = _settings(home / "demo", port)
        told = _prepare(home, settings)
        if no_serve:
            click.echo(_how_to_sign_in(told))
            return
        _run(settings, port, _how_to_sign_in(told))


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Hold the demo's lock, so that no second demo works on the same data."""
    with lock.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Failure(f"a demo runs on {lock.parent} already; stop it first") from None
        yield


def _settings(folder: Path, port: int) -> Settings:
    if not folder.is_dir():
        folder.mkdir()
        (folder / UNTOLD).touch()
    return Settings(
        database_url=f"sqlite:///{folder}/demo.db",
        secret_key=_kept(folder / "secret", secrets.token_hex(32)),
        base_url=f"http://{HOST}:{port}",
        mail_url=f"file:{folder}/mail",
        mail_sender="noreply@partnerjourney.example",
        workers=1,
        demo=True,
    )


def _kept(path: Path, new: str) -> str:
    """Return what a private file holds, made with `new` on the first run."""
    if not path.is_file():
        with open(path, "w", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
            file.write(new)
    return path.read_text("utf-8").strip()


def _prepare(home: Path, settings: Settings) -> dict[str, Any]:
    """Bring database and story up to date, write demo.json and return what is in it."""
    from partnerjourney.demo import story

    folder = home / "demo"
    (folder / "mail").mkdir(exist_ok=True)
    password = _kept(folder / "password", f"klantreis-{secrets.token_hex(4)}")
    installation = commandline.installation()
    installation.use(settings)
    migrate.upgrade(installation.engine)
    told = story.tell(installation.app, password=password, folder=folder)
    (folder / UNTOLD).unlink(missing_ok=True)
    document = {
        "url": settings.base_url,
        "people": [
            {
                "name": person.name,
                "organisation": company.name,
                "email": person.email,
                "password": password,
            }
            for company in told.companies
            for person in company.people
        ],
        "report_pdf": str(told.report_pdf) if told.report_pdf else None,
    }
    partial = home / ".demo.json.part"
    partial.write_text(json.dumps(document, ensure_ascii=False, indent=2) + "\n", "utf-8")
    partial.replace(home / "demo.json")
    installation.close()
    return document


def _how_to_sign_in(told: dict[str, Any]) -> str:
    people = told["people"]
    wide = max(len(person["organisation"]) for person in people)
    lines = [
        f"  {person['organisation']:<{wide}}  {person['email']:<26}  {person['name']}"
        for person in people
    ]
    return "\n".join(
        [
            "",
            f"PartnerJourney, the demo (fictitious): {told['url']}/sign-in",
            f"Mail that it sends: {told['url']}/demo/mail",
            f"Everybody's password: {people[0]['password']}",
            "",
            *lines,
            "",
        ]
    )


# --- two processes ------------------------------------------------------------------------------


def _run(settings: Settings, port: int, words: str) -> None:
    stop = stopping()
    environment = {k: v for k, v in os.environ.items() if not k.startswith(PREFIX)}
    environment |= {PREFIX + k.upper(): str(v) for k, v in asdict(settings).items()}
    commands = {"web server": ["serve", "--port", str(port)], "worker": ["worker"]}
    children = {name: _start(command, environment) for name, command in commands.items()}
    try:
        if _await_ready(port, children.values(), stop):
            click.echo(f"{words}Stop with Ctrl-C.\n")
        while not stop.wait(0.3):
            for name, child in children.items():
                if child.poll() is not None:
                    raise Failure(f"the {name} ended by itself")
    finally:
        _stop(children.values())


def _start(command: list[str], environment: dict[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "partnerjourney.cli", *command],
        env=environment,
        stdin=subprocess.DEVNULL,
        process_group=0,  # Ctrl-C reaches this process, which ends them in order
        preexec_fn=_end_with_parent,  # noqa: PLW1509 - there are no threads here
    )


def _end_with_parent() -> None:
    """Have the kernel end a child when the demo is killed (Linux)."""
    if _LIBC is not None:
        _LIBC.prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


def _await_ready(
    port: int, children: Iterable[subprocess.Popen[bytes]], stop: threading.Event
) -> bool:
    """Wait until the server is ready; say whether it is."""
    while not stop.is_set() and all(child.poll() is None for child in children):
        client = HTTPConnection(HOST, port, timeout=5)
        try:
            client.request("GET", "/readyz")
            if client.getresponse().status == 200:
                return True
        except (OSError, HTTPException):
            pass
        finally:
            client.close()
        stop.wait(0.1)
    return False


def _stop(children: Iterable[subprocess.Popen[bytes]]) -> None:
    for child in children:
        if child.poll() is None:
            child.terminate()
    deadline = time.monotonic() + PATIENCE
    for child in children:
        try:
            child.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()
