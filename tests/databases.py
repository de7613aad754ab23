"""Databases for tests: migrated once, empty for each test, on SQLite and on PostgreSQL.

Tests commit for real. SQLite gets a copy of a template file; on PostgreSQL each worker has one
database, which a superuser empties (row-level security and triggers do not bind it). All else runs
as the unprivileged owner.
"""

from __future__ import annotations

import itertools
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import psycopg
import pytest
from sqlalchemy import Connection, Engine, event

from partnerjourney.core import audit, direct, migrate, schema
from partnerjourney.core.engine import new_engine
from tests import copies, memory
from tests.postgres import PostgresqlServer
from tests.world import World, build

ROLES = "partnerjourney_test"
"""The prefix of PostgreSQL's two roles in all test databases: setting `database_roles`."""

SECRET = "a secret of the tests"
USER = "user_account"

_numbers = itertools.count(1)

_UNCOUNTED = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "select set_config('role'")


def tables() -> list[str]:
    """Return the names of all tables, children first."""
    return [table.name for table in reversed(schema.load().metadata.sorted_tables)]


@dataclass
class PostgresqlDatabase:
    """The database of one worker, its engine, and a superuser's connection that may do anything."""

    url: str
    engine: Engine
    superuser: psycopg.Connection[Any]

    def __post_init__(self) -> None:
        """Make what empties all tables: a function, which plans each statement once."""
        statements = " ".join(f"delete from {name};" for name in tables())
        self.superuser.execute(
            "create function pg_temp.empty_all() returns void language plpgsql"
            f" as $$ begin {statements} end $$"
        )

    def empty(self) -> None:
        """Delete every row; raises if a test left a transaction open."""
        self.superuser.execute("select pg_temp.empty_all()")

    def reset(self) -> None:
        """Close what a test left open, so that the next one does not wait for it."""
        if self.engine.pool.checkedout():  # type: ignore[attr-defined]
            self.engine.dispose()
            self.superuser.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where datname = current_database() and pid <> pg_backend_pid()"
            )

    def is_empty(self) -> bool:
        """Say whether nobody has put anything into it."""
        asked = f"select not exists (select from organisation) and not exists (select from {USER})"
        return bool(self.superuser.execute(asked).fetchone()[0])  # type: ignore[index]

    def dump(self) -> str:
        """Remember the rows of every table that has any; return what brings them back."""
        number = next(_numbers)
        found = []
        for name in reversed(tables()):
            if self.superuser.execute(f"select from {name} limit 1").rowcount:
                kept = f"copy_{number}_{name}"
                self.superuser.execute(f"create temporary table {kept} as table {name}")
                found.append(f"insert into {name} table {kept}")
        return ";".join(found)

    def restore(self, rows: str) -> None:
        """Bring rows back."""
        self.superuser.execute(rows)


@dataclass
class SqliteDatabase:
    """The database of one worker in a file, and its engine."""

    path: Path
    engine: Engine

    def is_empty(self) -> bool:
        """Say whether nobody has put anything into it."""
        asked = (
            f"select not exists (select 1 from organisation) and not exists (select 1 from {USER})"
        )
        with closing(sqlite3.connect(self.path)) as connection:
            return bool(connection.execute(asked).fetchone()[0])

    def dump(self) -> Path:
        """Remember the file."""
        self.engine.dispose()  # the last connection brings what stands beside the file into it
        return Path(shutil.copyfile(self.path, self.path.with_name(f"copy-{next(_numbers)}.db")))

    def restore(self, rows: Path) -> None:
        """Bring a file back."""
        self.engine.dispose()
        shutil.copyfile(rows, self.path)


@pytest.fixture(scope="session")
def sqlite_template() -> Iterator[Path]:
    """Give a migrated database file without rows; copy it, never open it."""
    with TemporaryDirectory(
        prefix="sqlite", dir=memory.folder()
    ) as folder:  # others may empty pytest's own
        path = Path(folder) / "template.db"
        engine = new_engine(f"sqlite:///{path}")
        migrate.upgrade(engine)
        engine.dispose()
        yield path


@pytest.fixture(scope="session")
def postgresql_database(
    postgresql_server: PostgresqlServer, worker_id: str
) -> Iterator[PostgresqlDatabase]:
    """Give this worker's migrated database; skips without a PostgreSQL."""
    name = f"partnerjourney_{worker_id}"
    postgresql_server.drop_database(name)
    url = postgresql_server.create_database(name)
    engine = new_engine(url, roles=ROLES)
    audit.use_key(engine, SECRET)
    with psycopg.connect(postgresql_server.superuser) as lock:  # the roles are shared by all
        lock.execute("select pg_advisory_xact_lock(2)")
        migrate.upgrade(engine)
    with psycopg.connect(postgresql_server.superuser, dbname=name, autocommit=True) as superuser:
        superuser.execute("set session_replication_role = replica")  # no triggers, no keys
        superuser.execute("set lock_timeout = '5s'")
        database = PostgresqlDatabase(url, engine, superuser)
        copies.remember(database)
        yield database
    engine.dispose()
    postgresql_server.drop_database(name)


@pytest.fixture(scope="session")
def sqlite_database(sqlite_template: Path) -> Iterator[Engine]:
    """Give this worker's engine on SQLite, whose file `database_url` makes anew for each test."""
    path = sqlite_template.with_name("test.db")
    made = sqlite_engine(f"sqlite:///{path}")
    copies.remember(SqliteDatabase(path, made))
    yield made
    made.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """Give the URL of a migrated database without rows, on each engine in turn."""
    if request.param == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")
        database: Engine = request.getfixturevalue("sqlite_database")
        path = template.with_name("test.db")
        shutil.copyfile(template, path)
        yield f"sqlite:///{path}"
        database.dispose()
        for left in path.parent.glob(f"{path.name}*"):  # a new file for the next test
            left.unlink(missing_ok=True)
        return
    guarded: PostgresqlDatabase = request.getfixturevalue("postgresql_database")
    guarded.empty()
    yield guarded.url
    guarded.reset()


@pytest.fixture
def engine(database_url: str, request: pytest.FixtureRequest) -> Iterator[Engine]:
    """Give a guarded engine on a migrated database without rows, on each engine in turn."""
    if database_url.startswith("postgresql"):
        database: PostgresqlDatabase = request.getfixturevalue("postgresql_database")
        yield database.engine
        return
    found: Engine = request.getfixturevalue("sqlite_database")
    assert database_url == str(found.url)
    yield found
    found.dispose()


def sqlite_engine(url: str) -> Engine:
    """Return a guarded engine that does not wait for the disk."""
    made = new_engine(url)
    audit.use_key(made, SECRET)

    @event.listens_for(made, "connect")
    def _connect(connection: Any, _record: object) -> None:
        connection.execute("PRAGMA synchronous=OFF")

    return made


@dataclass
class Statements:
    """What was sent to the database within a block, but transactions, scopes and ledger writes."""

    texts: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.texts)


@contextmanager
def counted(engine: Engine) -> Iterator[Statements]:
    """Count the statements that this engine sends within the block."""
    found = Statements()

    def count(connection: Connection, _c: Any, statement: str, *_: Any) -> None:
        session = connection.info.get("pj_session", lambda: None)()
        ledger = session is not None and session.info.get("ledger")
        if not ledger and not statement.startswith(_UNCOUNTED):
            found.texts.append(statement)

    def ask(asked: Engine, name: str, *given: Any) -> Any:
        if asked is engine:
            found.texts.append(name)
        return really(asked, name, *given)

    really = direct.ask
    event.listen(engine, "before_cursor_execute", count)
    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(direct, "ask", ask)
            yield found
    finally:
        event.remove(engine, "before_cursor_execute", count)


@pytest.fixture
def statements(engine: Engine) -> Iterator[Statements]:
    """Count the statements of this test; `counted` does so for a block."""
    with counted(engine) as found:
        yield found


@pytest.fixture
def world(engine: Engine) -> World:
    """Give a world (tests/world.py) on each engine in turn; the same every time."""
    return build(engine)
