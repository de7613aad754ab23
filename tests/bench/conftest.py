"""What benchmarks share: durable databases on both engines, and the table that is printed."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from sqlalchemy import Engine

from partnerjourney.core import audit, migrate
from partnerjourney.core.engine import _PRAGMAS, new_engine
from tests.bench.figures import Figures
from tests.databases import ROLES, SECRET
from tests.postgres import PostgresqlServer, Unavailable, running_server

DURABLE = {"listen_addresses": "", "timezone": "UTC"}
"""PostgreSQL as it comes, which waits for the disk, in the tests' time zone."""


@dataclass(frozen=True)
class Ground:
    """A migrated durable database: the product's engine, and how a floor opens it."""

    name: str
    url: str
    engine: Engine
    raw_address: str

    @property
    def postgresql(self) -> bool:
        """Whether this is PostgreSQL."""
        return self.name == "PostgreSQL"

    def raw(self) -> Any:
        """Open a connection of the driver, beside the border, that commits each statement."""
        return raw_connection(self.raw_address)

    def tidy(self) -> None:
        """Do what PostgreSQL does by itself in time: sweep, and look at rows for the planner."""
        if self.postgresql:
            with self.raw() as connection:
                connection.execute("vacuum analyze")


def raw_connection(address: str) -> Any:
    """Open a database with the driver alone, as durably as the product does."""
    if not address.startswith("sqlite:"):
        return psycopg.connect(address, autocommit=True)
    path = address.removeprefix("sqlite:")
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    for pragma in _PRAGMAS:
        connection.execute(pragma)
    return connection


@pytest.fixture(scope="session")
def figures() -> Iterator[Figures]:
    """Collect figures; print them when all is measured."""
    found = Figures()
    yield found
    print(found)


@pytest.fixture(scope="session")
def durable_server() -> Iterator[PostgresqlServer]:
    """Give a PostgreSQL that waits for the disk, with a migrated database `template`."""
    context = running_server(DURABLE)
    try:
        server = context.__enter__()
    except Unavailable as reason:
        (pytest.fail if os.environ.get("REQUIRE_PG") == "1" else pytest.skip)(str(reason))
    try:
        engine = new_engine(server.create_database("template"), roles=ROLES)
        migrate.upgrade(engine)
        engine.dispose()
        yield server
    finally:
        context.__exit__(None, None, None)


@pytest.fixture(params=["sqlite", "postgresql"])
def ground(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Ground]:
    """Give a durable database without rows, on each engine in turn."""
    if request.param == "sqlite":
        path = tmp_path / "bench.db"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
        url, raw, name = f"sqlite:///{path}", f"sqlite:{path}", "SQLite"
    else:
        server: PostgresqlServer = request.getfixturevalue("durable_server")
        server.drop_database("bench")
        url = server.create_database("bench", template="template")
        raw, name = make_conninfo(server.superuser, dbname="bench"), "PostgreSQL"
    engine = new_engine(url, roles=ROLES)
    audit.use_key(engine, SECRET)
    yield Ground(name, url, engine, raw)
    engine.dispose()
