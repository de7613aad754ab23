"""Migrations: one transaction under a lock, then row-level security and triggers brought along.

Alembic is imported where it migrates: serving and working ask for revisions alone, and 11 MiB a
process stay free.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, inspect, text

from partnerjourney.core import audit, border, rls, schema, watching
from partnerjourney.core.places import CONFIG, MIGRATIONS

if TYPE_CHECKING:
    from alembic.config import Config

_REVISION = re.compile(r"""^(revision|down_revision) = ["']([^"']+)""", re.MULTILINE)
_LOCK = 0x504A  # one migration at a time, on any number of machines


def _config(connection: Connection) -> Config:
    from alembic.config import Config

    config = Config(str(CONFIG / "alembic.ini"))
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


@cache
def head() -> str:
    """Return the newest revision: the one that no other stands on."""
    named: dict[str, set[str]] = {"revision": set(), "down_revision": set()}
    for path in (MIGRATIONS / "versions").glob("*.py"):
        for kind, revision in _REVISION.findall(path.read_text("utf-8")):
            named[kind].add(revision)
    (newest,) = named["revision"] - named["down_revision"]
    return newest


@contextmanager
def _migrating(engine: Engine) -> Iterator[Connection]:
    """Open the one connection that may say anything; batch mode rebuilds tables, so no cascades."""
    schema.load()
    raw = engine.execution_options(**border.STAMP, pj_write=True)
    sqlite = engine.dialect.name == "sqlite"
    with raw.connect() as connection:
        if sqlite:  # a pragma says nothing inside a transaction, so it precedes it
            connection.connection.cursor().execute("PRAGMA foreign_keys=OFF")
        try:
            with connection.begin():
                if not sqlite:
                    border.run(connection, text(f"select pg_advisory_xact_lock({_LOCK})"))
                yield connection
                if sqlite:
                    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
                    if broken:
                        raise RuntimeError(f"foreign keys broken by a migration: {broken[:5]}")
        finally:
            if sqlite:
                connection.connection.cursor().execute("PRAGMA foreign_keys=ON")


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the schema to a revision, forward."""
    from alembic import command

    with _migrating(engine) as connection:
        rls.lift(connection)
        watching.lift(connection)
        command.upgrade(_config(connection), revision)
        if revision == "head":
            prefix = rls.prefix_of(connection)
            rls.apply(connection, prefix=prefix, append_only=audit.APPEND_ONLY)
            watching.apply(connection, prefix=prefix)
        else:
            rls.close(connection)


def downgrade(engine: Engine, revision: str) -> None:
    """Bring the schema back to a revision, or to `base`."""
    from alembic import command

    with _migrating(engine) as connection:
        rls.lift(connection)
        watching.lift(connection)
        command.downgrade(_config(connection), revision)
        rls.close(connection)


def revise(engine: Engine, message: str) -> None:
    """Write a new migration from the difference between tables and database."""
    from alembic import command

    with _migrating(engine) as connection:
        command.revision(_config(connection), message, autogenerate=True)


def current(engine: Engine) -> str | None:
    """Return the revision of the database, or None for an empty one."""
    with engine.connect().execution_options(**border.STAMP) as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        revision = connection.scalar(text("select version_num from alembic_version"))
        return str(revision) if revision else None


def differences(engine: Engine) -> list[Any]:
    """Return what the tables say and the database does not, or the reverse."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    base = schema.load()
    with engine.connect().execution_options(**border.STAMP) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, base.metadata))
