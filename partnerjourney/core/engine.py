"""Engines: SQLite embedded and durable, PostgreSQL for many machines; both behind the border."""

from __future__ import annotations

import math
import time
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DisconnectionError

from partnerjourney.core import border

IDLE = 1.0
"""After so many seconds in the pool a connection may have died unnoticed."""

_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA busy_timeout=10000",
    "PRAGMA foreign_keys=ON",
)


def new_engine(
    url: str | URL, *, roles: str | None = None, pooler: bool = False, pool_size: int = 10
) -> Engine:
    """Return a guarded engine.

    `roles` is the prefix of PostgreSQL's two roles (default: the database's name); `pooler` says
    that a transaction pooler stands before PostgreSQL, which rules out prepared statements.
    """
    url = make_url(url)
    if url.get_backend_name() == "sqlite":
        engine = _sqlite(url)
    else:
        from partnerjourney.core import prepared  # psycopg is an extra, and 6 MiB

        engine = create_engine(
            url.set(drivername="postgresql+psycopg"),
            pool_size=pool_size,
            pool_use_lifo=True,  # the connection that has its statements prepared
            max_overflow=pool_size,
            connect_args={"client_encoding": "utf8"}
            | ({"prepare_threshold": None} if pooler else {}),
            execution_options={"pj_roles": roles or url.database},
            hide_parameters=True,  # an error's text goes to the log
        )
        prepared.keep(engine)
        _ping_when_idle(engine)
    border.guard_engine(engine)
    return engine


def _ping_when_idle(engine: Engine) -> None:
    """Ask whether a connection still lives, but not while it is in use all the time."""

    @event.listens_for(engine, "checkin")
    def _note(_connection: Any, record: Any) -> None:
        record.info["idle since"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def _ping(connection: Any, record: Any, _proxy: Any) -> None:
        if time.monotonic() - record.info.get("idle since", math.inf) < IDLE:
            return
        try:
            alive = engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise DisconnectionError from error
        if not alive:
            raise DisconnectionError


def _sqlite(url: URL) -> Engine:
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, connect_args={"timeout": 10}, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # the begin event below says how to begin
        for pragma in _PRAGMAS:
            connection.execute(pragma)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        write = connection.get_execution_options().get("pj_write", True)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    return engine
