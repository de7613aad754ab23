"""Row-level security by itself: statements that the ORM never saw, on PostgreSQL.

A random world is read three ways, by the ORM on SQLite, by the ORM on PostgreSQL and by raw SQL
on PostgreSQL, and each must show what a fourth, written down here in plain Python, expects.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, UniqueConstraint, and_, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from partnerjourney.core import border, predicates, rls
from partnerjourney.core.audit import APPEND_ONLY
from partnerjourney.core.links import Link
from partnerjourney.core.parties import Organisation, User
from partnerjourney.core.scopes import Member, Scope, Token, TokenPurpose
from partnerjourney.surveys.models import Invitation
from tests.databases import PostgresqlDatabase, sqlite_engine
from tests.factories import row, value
from tests.sweeps.probes import pk
from tests.sweeps.random_world import Random
from tests.sweeps.scoped import EVERY, SCOPED, WRITERS, all_rows, harmless, some
from tests.world import NAMES, World

POSTGRESQL = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@contextmanager
def raw(engine: Engine, scope: Scope) -> Iterator[Connection]:
    """Open a connection under a scope's role, with nothing between it and the database."""
    with engine.execution_options(**border.STAMP).connect() as connection:
        connection.exec_driver_sql(*border.settings(scope, rls.prefix_of(connection)))
        yield connection


@contextmanager
def permission_denied() -> Iterator[None]:
    """Expect that the database refuses the role what is tried in this block."""
    with pytest.raises(DBAPIError, match=r"permission denied|must be owner"):
        yield


def raw_keys(connection: Connection, table: type[Any]) -> set[tuple[Any, ...]]:
    """Return the keys that a plain SELECT shows."""
    return {tuple(found) for found in connection.execute(select(*table.__table__.primary_key))}


def where(table: type[Any], found: tuple[Any, ...]) -> Any:
    """Return the condition that a row of a plain table has this key."""
    columns = table.__table__.primary_key
    return and_(*(column == value for column, value in zip(columns, found, strict=True)))


@POSTGRESQL
@pytest.mark.parametrize("name", NAMES)
def test_a_raw_statement_shows_a_member_what_is_its_own(
    engine: Engine, world: World, name: str
) -> None:
    with raw(engine, world.member(name)) as connection:
        for table in SCOPED:
            assert raw_keys(connection, table) == world.seen(table, name), table.__name__


@POSTGRESQL
def test_a_raw_statement_shows_a_respondent_what_the_orm_shows(
    engine: Engine, world: World
) -> None:
    for place in ("journey", "elsewhere"):
        scope = world.respondent(place)
        with raw(engine, scope) as connection, border.open_session(engine, scope) as session:
            for table in EVERY:
                found = raw_keys(connection, table)
                if table is not Link:  # the ORM looks it up by a function
                    by_orm = {tuple(one) for one in session.execute(select(*pk(table)))}
                    assert found == by_orm, table.__name__
                if table not in predicates.RESPONDENT:
                    assert not found, table.__name__
            assert raw_keys(connection, Invitation) == {world.rows[Invitation, place]}


@POSTGRESQL
@pytest.mark.parametrize("role", ["", "_app"])
def test_nothing_is_shown_without_a_scope(engine: Engine, world: World, role: str) -> None:
    """Neither to the owner of the tables, nor in the application's role with nothing set."""
    with engine.execution_options(**border.STAMP).connect() as connection:
        if role:
            connection.execute(text(f'set local role "{rls.prefix_of(connection)}{role}"'))
        for table in EVERY:
            assert raw_keys(connection, table) == set(), table.__name__


def touched(connection: Connection, statement: Any) -> int:
    """Return how many rows a statement touched; none if the database refuses it."""
    try:
        return connection.execute(statement).rowcount
    except DBAPIError as error:
        if "row-level security" in str(error.orig) or "permission denied" in str(error.orig):
            connection.rollback()
            return 0
        raise


@POSTGRESQL
@pytest.mark.parametrize("name", WRITERS)
def test_raw_writes_reach_no_row_of_others(engine: Engine, world: World, name: str) -> None:
    for table in SCOPED:
        before = all_rows(engine, table)
        plain = table.__table__
        for found in some(set(before) - world.seen(table, name), 2):
            values = {**before[found], "id": uuid.uuid4()} if "id" in plain.c else before[found]
            attempts = [plain.delete().where(where(table, found)), plain.insert().values(values)]
            for column in [*plain.columns][:: max(1, len(plain.columns) // 4)]:
                same = {column.key: before[found][column.key]}
                attempts.append(plain.update().where(where(table, found)).values(same))
            for statement in attempts:
                with raw(engine, world.member(name)) as connection:
                    assert touched(connection, statement) == 0, statement
                    connection.commit()
        assert all_rows(engine, table) == before


@POSTGRESQL
@pytest.mark.parametrize("name", WRITERS)
def test_a_raw_write_of_all_rows_reaches_ones_own(engine: Engine, world: World, name: str) -> None:
    """Without a condition nothing is read, so that only the policies for writing count."""
    for table in SCOPED:
        own = len(world.seen(table, name))
        if issubclass(table, predicates.NOT_WRITTEN_BY_MEMBERS):
            own = 0
        plain = table.__table__
        if plain.name in APPEND_ONLY:
            continue
        free = [c for c in plain.columns if c.key not in predicates.fixed(table) and _free(c)]
        for column in free[:1]:
            statement = plain.update().values({column.key: value(column)})
            with raw(engine, world.member(name)) as connection:
                assert touched(connection, statement) == own, table.__name__
        with raw(engine, world.member(name)) as connection, suppress(IntegrityError):
            assert touched(connection, plain.delete()) <= own, table.__name__


def _free(column: Any) -> bool:
    """Whether all rows may hold the same value."""
    alone = [c for c in column.table.constraints if isinstance(c, UniqueConstraint)]
    return not column.foreign_keys and not any(column.key in c.columns for c in alone)


@POSTGRESQL
@pytest.mark.parametrize("name", WRITERS)
def test_raw_writes_move_no_row(engine: Engine, world: World, name: str) -> None:
    for table in SCOPED:
        for own in some(world.seen(table, name), 1):
            for column in predicates.fixed(table):
                statement = table.__table__.update().values({column: table.__table__.c[column]})
                statement = statement.where(where(table, own))
                with raw(engine, world.member(name)) as connection, permission_denied():
                    connection.execute(statement)


@POSTGRESQL
def test_raw_writes_at_home_work(engine: Engine, world: World) -> None:
    for name in WRITERS:
        for table in SCOPED:
            skipped = (*predicates.NOT_WRITTEN_BY_MEMBERS,)
            kept = harmless(table)
            if issubclass(table, skipped) or "audit" in table.__tablename__ or not kept:
                continue
            for own in some(world.seen(table, name), 1):
                with raw(engine, world.member(name)) as connection:
                    statement = table.__table__.update().values(kept)
                    assert connection.execute(statement.where(where(table, own))).rowcount == 1


@POSTGRESQL
def test_raw_writes_to_a_directory(engine: Engine, world: World) -> None:
    me = world.member("warehouse")
    with raw(engine, me) as connection:
        for table, own in ((Organisation, me.organisation_id), (User, me.user_id)):
            changed = connection.execute(table.__table__.update().values(name="Own"))
            assert changed.rowcount == 1
            assert connection.execute(select(table.name).where(table.id == own)).scalar() == "Own"
            assert connection.execute(table.__table__.delete()).rowcount == 0
            new = row(table, id=uuid.uuid4())
            values = {c.key: getattr(new, c.key) for c in table.__table__.columns}
            adding = table.__table__.insert().values({k: v for k, v in values.items() if v})
            with pytest.raises(DBAPIError, match="row-level"), connection.begin_nested():
                connection.execute(adding)


@POSTGRESQL
def test_tables_that_a_member_does_not_own_are_not_emptied(engine: Engine, world: World) -> None:
    for statement in ("truncate contact", "drop table contact", "alter table contact add x int"):
        with raw(engine, world.member("brand")) as connection, permission_denied():
            connection.execute(text(statement))


# --- is it effective? ---------------------------------------------------------------------------


@POSTGRESQL
@pytest.mark.parametrize(
    "harm",
    [
        "alter table contact no force row level security",
        "alter table contact disable row level security",
        "drop policy member_read on contact",
        "create policy all_of_it on contact using (true)",
        "comment on function pj_append_only() is 'another version'",
    ],
)
def test_it_is_noticed_when_row_level_security_is_not_effective(engine: Engine, harm: str) -> None:
    with engine.execution_options(**border.STAMP).connect() as connection:
        assert rls.effective(connection)
        connection.execute(text(harm))
        assert not rls.effective(connection)
        connection.rollback()


def test_it_is_effective_after_the_migrations(engine: Engine) -> None:
    with engine.connect() as connection:
        assert rls.effective(connection)


@pytest.mark.parametrize("seed", range(4))
def test_all_layers_show_the_same(
    postgresql_database: PostgresqlDatabase, sqlite_template: Path, tmp_path: Path, seed: int
) -> None:
    path = tmp_path / "random.db"
    path.write_bytes(sqlite_template.read_bytes())
    embedded = sqlite_engine(f"sqlite:///{path}")
    postgresql_database.empty()
    world, again = Random(seed), Random(seed)
    world.fill(embedded)
    again.fill(postgresql_database.engine)
    for me in world.organisations:
        scope = Member(None, me)
        assert _by_orm(embedded, scope) == world.sees(me)
        assert _by_orm(postgresql_database.engine, scope) == again.sees(me)
        with raw(postgresql_database.engine, scope) as connection:
            found = {(t.__tablename__, one) for t in SCOPED for one in raw_keys(connection, t)}
        assert found == again.sees(me)
        within = {journey.id for journey in world.journeys[:2]}
        key = Token(uuid.UUID(int=9), me, frozenset(within), frozenset(TokenPurpose))
        assert _by_orm(embedded, key) == world.sees(me, within)
        assert _by_orm(postgresql_database.engine, key) == again.sees(me, within)
        with raw(postgresql_database.engine, key) as connection:
            found = {(t.__tablename__, one) for t in SCOPED for one in raw_keys(connection, t)}
        assert found == again.sees(me, within)
    shared = {journey.id for journey in world.journeys}
    assert shared == {journey.id for journey in again.journeys}
    embedded.dispose()


def _by_orm(engine: Engine, scope: Scope) -> set[tuple[str, tuple[Any, ...]]]:
    with border.open_session(engine, scope) as session:
        return {
            (table.__tablename__, tuple(found))
            for table in SCOPED
            for found in session.execute(select(*pk(table)))
        }
