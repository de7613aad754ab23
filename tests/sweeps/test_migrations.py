"""Migrations: forward, back and forward again on both engines, and work on rows within them."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import DBAPIError

from partnerjourney.core import audit, border, migrate, rls, schema, watching
from partnerjourney.core.engine import new_engine
from partnerjourney.core.parties import Organisation
from partnerjourney.core.scopes import System
from partnerjourney.surveys.models import Contact
from tests.databases import ROLES, SECRET
from tests.factories import row
from tests.world import build


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path, worker_id: str) -> Iterator[Engine]:
    """Give an engine on a database without tables."""
    if request.param == "sqlite":
        made = new_engine(f"sqlite:///{tmp_path}/empty.db")
        yield made
        made.dispose()
        return
    server = request.getfixturevalue("postgresql_server")
    name = f"empty_{worker_id}"
    server.drop_database(name)
    made = new_engine(server.create_database(name), roles=ROLES)
    yield made
    made.dispose()
    server.drop_database(name)


def triggers(engine: Engine) -> set[str]:
    """Return the tables that refuse changes."""
    query = (
        "select distinct tbl_name from sqlite_master where type = 'trigger' and name like 'app%'"
    )
    if engine.dialect.name == "postgresql":
        query = (
            "select distinct tgrelid::regclass::text from pg_trigger where tgname = 'append_only'"
        )
    with engine.connect() as connection:
        return set(border.run(connection, text(query.replace(":", "\\:"))).scalars())


def test_up_and_down_and_up(empty: Engine) -> None:
    assert migrate.current(empty) is None
    for _ in range(2):
        migrate.upgrade(empty)
        assert migrate.current(empty) == migrate.head()
        assert migrate.differences(empty) == []
        assert triggers(empty) == set(audit.APPEND_ONLY)
        with empty.connect() as connection:
            assert rls.effective(connection)
            assert watching.effective(connection)
        migrate.upgrade(empty)  # once more changes nothing
        migrate.downgrade(empty, "base")
        with empty.execution_options(**border.STAMP).connect() as connection:
            left = set(inspect(connection).get_table_names())
        assert not left & set(schema.load().metadata.tables)


def test_opening_hours_go_down_beside_the_contact_and_up_again(empty: Engine) -> None:
    """Nothing of what hours say is cut off on the way up, and little is lost on the way down."""
    migrate.upgrade(empty)
    audit.use_key(empty, SECRET)
    build(empty)
    long = "Ma–vr " * 30

    def run(statement: str, **given: Any) -> list[Any]:
        with border.open_session(empty, System("a test"), write=True) as session:
            found: Any = session.execute(text(statement), given)
            rows = [row[0] for row in found] if found.returns_rows else []
            session.commit()
            return rows

    run(f"update library_item set kind = 'hours', fields = '{{\"contact_hours\"\\: \"{long}\"}}'")
    run("update library_use set spot = 'hours'")
    run("update handover_terms set contact_reach = 'a@b.nl', contact_hours = 'Ma–vr 9–17'")
    used = len(run("select id from library_use"))
    assert used
    migrate.downgrade(empty, "0021")
    migrate.upgrade(empty)
    assert set(run("select contact_reach from handover_terms")) == {"a@b.nl · Ma–vr 9–17"}
    kept = run("select cast(fields as text) from library_item")
    assert {json.loads(one)["contact_hours"] for one in kept} == {long}
    assert len(run("select id from library_use where spot = 'hours'")) == used


def test_a_difference_is_seen(empty: Engine) -> None:
    migrate.upgrade(empty)
    with empty.execution_options(**border.STAMP).begin() as connection:
        connection.execute(text("alter table contact add column more integer"))
    assert [found[0] for found in migrate.differences(empty)] == ["remove_column"]


@pytest.fixture
def more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a folder with the product's migrations, to which a test adds."""
    folder = tmp_path / "migrations"
    shutil.copytree(migrate.MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(migrate, "MIGRATIONS", folder)
    return folder


def add(folder: Path, body: str) -> None:
    """Write a migration that follows the newest one."""
    before = migrate.head()
    script = f"""
        from alembic import op
        import sqlalchemy as sa

        revision, down_revision, branch_labels, depends_on = "added", "{before}", None, None

        def downgrade() -> None:
            op.drop_column("contact", "more")

        def upgrade() -> None:
    """
    path = folder / "versions" / "20990101_0000_added.py"
    path.write_text(dedent(script).rstrip() + "\n" + body)


CHANGE = """
    changed = op.get_bind().execute(sa.text("update contact set name = 'changed'"))
    assert changed.rowcount == 1
    op.add_column("contact", sa.Column("more", sa.Integer()))
"""


def test_a_migration_changes_rows_and_tables(empty: Engine, more: Path) -> None:
    """Row-level security binds the owner too, and is lifted for as long as it migrates."""
    migrate.upgrade(empty)
    with border.open_session(empty, System("fill"), write=True) as session, session.begin():
        owner = row(Organisation)
        session.add(owner)
        session.flush()
        session.add(row(Contact, owner_id=owner.id))
    add(more, CHANGE)
    migrate.upgrade(empty)
    with border.open_session(empty, System("look")) as session:
        assert session.execute(text("select name from contact")).scalar_one() == "changed"
    assert migrate.current(empty) == "added"


def test_the_owner_changes_nothing_after_it(empty: Engine, more: Path) -> None:
    """Nor does anybody in a schema that is not the one of this program."""
    if empty.dialect.name == "sqlite":  # where the engine's hook says no
        return
    test_a_migration_changes_rows_and_tables(empty, more)
    assert effective_and_closed(empty)
    migrate.downgrade(empty, "-1")
    assert not effective_and_closed(empty)
    migrate.upgrade(empty)
    assert effective_and_closed(empty)


def effective_and_closed(engine: Engine) -> bool:
    """Say whether row-level security is effective; in any case the owner must change nothing."""
    with engine.execution_options(**border.STAMP).connect() as connection:
        assert connection.execute(text("update contact set name = 'owner'")).rowcount == 0
        return rls.effective(connection)


def test_writing_a_migration_leaves_row_level_security_alone(empty: Engine, more: Path) -> None:
    migrate.upgrade(empty)
    migrate.revise(empty, "nothing")
    with empty.connect() as connection:
        assert rls.effective(connection)


def test_rows_are_changed_in_a_new_database_too(empty: Engine, more: Path) -> None:
    """All migrations run at once there, before any policy exists."""
    add(more, CHANGE.replace("== 1", "== 0"))
    migrate.upgrade(empty)
    assert migrate.current(empty) == "added"


def test_a_migration_that_fails_leaves_nothing_behind(empty: Engine, more: Path) -> None:
    migrate.upgrade(empty)
    before = migrate.current(empty)
    add(more, '    op.drop_table("contact")\n    op.execute("select nonsense from nowhere")\n')
    with pytest.raises(DBAPIError):
        migrate.upgrade(empty)
    assert migrate.current(empty) == before
    assert "contact" in _names(empty)


def test_a_migration_that_breaks_a_foreign_key_fails(empty: Engine, more: Path) -> None:
    if empty.dialect.name == "postgresql":  # which never lets it
        return
    migrate.upgrade(empty)
    add(
        more,
        """    op.execute("insert into membership (owner_id, id, user_id, role, signatory,"
        " created_at) values ('a', 'b', 'c', 'admin', 0, '2026-01-01')")
""",
    )
    with pytest.raises(RuntimeError, match="foreign keys"):
        migrate.upgrade(empty)
    assert migrate.current(empty) != "added"
    with empty.connect() as connection:
        assert connection.connection.cursor().execute("PRAGMA foreign_keys").fetchone() == (1,)


def _names(engine: Engine) -> set[str]:
    with engine.execution_options(**border.STAMP).connect() as connection:
        return set(inspect(connection).get_table_names())


def test_two_at_once_take_turns(empty: Engine) -> None:
    errors: list[BaseException] = []

    def up() -> None:
        try:
            migrate.upgrade(empty)
        except BaseException as error:  # noqa: BLE001 - told to the test
            errors.append(error)

    threads = [threading.Thread(target=up) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert migrate.current(empty) == migrate.head()
