"""PostgreSQL's two roles may be made by an administrator: the owner then needs no CREATEROLE."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import URL, make_url

from partnerjourney.core import migrate, rls
from partnerjourney.core.engine import new_engine
from tests.postgres import PostgresqlServer

ADMIN = """
create role {owner} login password 'plain' nocreaterole;
create role {app} nologin;
create role {system} nologin;
"""


@pytest.fixture
def plain(postgresql_server: PostgresqlServer, worker_id: str) -> Iterator[URL]:
    """Give an empty database of a login that may not make roles, and its two roles."""
    name = f"plain_{worker_id}"
    parts = {"owner": name, "app": f"{name}_app", "system": f"{name}_system"}
    roles = {key: sql.Identifier(value) for key, value in parts.items()}
    with psycopg.connect(postgresql_server.superuser, autocommit=True) as admin:
        admin.execute(sql.SQL(ADMIN).format(**roles))
        version = admin.info.server_version
        how = " with inherit false, set true" if version >= 160000 else ""
        grant = f"grant {{app}}, {{system}} to {{owner}}{how}"
        admin.execute(sql.SQL(grant).format(**roles))  # as docs/operations.md says
        url = make_url(postgresql_server.create_database(name))
        admin.execute(sql.SQL("alter database {owner} owner to {owner}").format(**roles))
        yield url.set(username=name, password="plain")
        postgresql_server.drop_database(name)
        admin.execute(sql.SQL("drop role {owner}, {app}, {system}").format(**roles))


def test_an_owner_without_createrole_migrates_and_is_guarded(plain: URL) -> None:
    engine = new_engine(plain)
    migrate.upgrade(engine)
    with engine.connect() as connection:
        assert rls.effective(connection)
    engine.dispose()
