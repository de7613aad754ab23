"""The throw-away PostgreSQL: its databases belong to a login that row-level security binds."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from sqlalchemy import create_engine, text

from tests.postgres import PostgresqlServer


@pytest.fixture
def url(postgresql_server: PostgresqlServer, worker_id: str) -> Iterator[str]:
    """Return the URL of a database of this test's own."""
    name = f"try_{worker_id}"
    yield postgresql_server.create_database(name)
    postgresql_server.drop_database(name)


def test_owner_has_no_power_over_row_level_security(url: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        powers = "rolsuper, rolbypassrls, rolcreatedb, rolcreaterole"
        row = connection.execute(
            text(f"select {powers} from pg_roles where rolname = current_user")
        ).one()
        assert tuple(row) == (False, False, False, True)
        connection.execute(text("create table kept (n int)"))
        connection.execute(text("create policy none on kept using (false)"))
        connection.execute(
            text("alter table kept enable row level security, force row level security")
        )
        with pytest.raises(Exception, match="row-level security"):
            connection.execute(text("insert into kept values (1)"))
    engine.dispose()


def test_a_database_can_be_copied_from_a_template(
    postgresql_server: PostgresqlServer, url: str, worker_id: str
) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("create table copied (n int)"))
    engine.dispose()
    name = f"copy_{worker_id}"
    copy = create_engine(postgresql_server.create_database(name, template=f"try_{worker_id}"))
    with copy.connect() as connection:
        assert connection.execute(text("select count(*) from copied")).scalar_one() == 0
    copy.dispose()
    postgresql_server.drop_database(name)
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        psycopg.connect(postgresql_server.superuser.replace("/postgres?", f"/{name}?"))
