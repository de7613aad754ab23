"""What a member has is looked up when it is asked: in its own name, and as it is by then."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Engine, func, select, text, update

from partnerjourney.core import border
from partnerjourney.core.parties import Organisation, Participation, ParticipationState
from partnerjourney.core.scopes import Member, Scope, System
from partnerjourney.measurement.models import Cell
from tests.databases import PostgresqlDatabase
from tests.sweeps.probes import READS, pk
from tests.sweeps.random_world import Random
from tests.sweeps.scoped import SCOPED, all_rows
from tests.sweeps.test_rls import POSTGRESQL, raw, raw_keys
from tests.world import NAMES, World

LOOKUPS = ("journeys", "orchestrated", "near", "few_circles", "many_circles")


def found(connection: Any, name: str, me: uuid.UUID) -> list[Any]:
    """Return what a lookup of PostgreSQL finds, array or rows."""
    rows = connection.execute(text(f"select pj_{name}('{me}')")).scalars().all()
    return [one for row in rows for one in (row if isinstance(row, list) else [row]) if one]


@POSTGRESQL
def test_a_lookup_finds_nothing_in_the_name_of_another(engine: Engine, world: World) -> None:
    scopes: list[Scope] = [world.member("warehouse"), world.respondent(), System("look")]
    brand = world.organisations["brand"]
    with raw(engine, world.member("brand")) as connection:
        assert all(found(connection, name, brand) for name in LOOKUPS if name != "many_circles")
    for scope in scopes:
        with raw(engine, scope) as connection:
            for name in LOOKUPS:
                assert found(connection, name, brand) == [], f"{scope}, {name}"


@contextmanager
def open_policies(database: PostgresqlDatabase) -> Iterator[None]:
    """Take row-level security's power away: every role sees every row."""
    for table in SCOPED:
        database.superuser.execute(f"create policy open on {table.__tablename__} using (true)")
    try:
        yield
    finally:
        for table in SCOPED:
            database.superuser.execute(f"drop policy open on {table.__tablename__}")


@POSTGRESQL
@pytest.mark.parametrize("name", NAMES)
def test_narrowing_keeps_rows_in_without_row_level_security(
    engine: Engine, world: World, postgresql_database: PostgresqlDatabase, name: str
) -> None:
    everything = {table: set(all_rows(engine, table)) for table in SCOPED}
    with open_policies(postgresql_database):
        with raw(engine, world.member(name)) as connection:
            number = connection.execute(select(func.count()).select_from(Cell)).scalar()
            assert number == len(everything[Cell])
        with border.open_session(engine, world.member(name)) as session:
            for table in SCOPED:
                for probe in ("columns", "alias", "of_one_journey", "correlated"):
                    seen = READS[probe](session, table, everything[table])
                    assert seen == world.seen(table, name), f"{probe}, {table.__name__}"


@POSTGRESQL
def test_an_organisation_with_many_circles_reads_its_own(
    engine: Engine, postgresql_database: PostgresqlDatabase
) -> None:
    world = Random(3)
    world.fill(engine)
    numbers = set()
    for me in world.organisations:
        scope, own = Member(None, me), world.sees(me)
        with raw(engine, scope) as connection:
            numbers.add(bool(found(connection, "many_circles", me)))
        with border.open_session(engine, scope) as session:
            seen = {
                (table.__tablename__, tuple(one))
                for table in SCOPED
                for journey in world.journeys
                if in_a_journey(table)
                for one in session.execute(select(*pk(table)).where(table.journey_id == journey.id))
            }
        assert seen == {
            (table.__tablename__, one)
            for table in SCOPED
            if in_a_journey(table)
            for name, one in own
            if name == table.__tablename__
        }
    assert numbers == {True, False}


def in_a_journey(table: Any) -> bool:
    """Say whether each row of a table belongs to one journey."""
    found = table.__table__.c.get("journey_id")
    return found is not None and not found.nullable


def _leave(session: Any, world: World, name: str) -> None:
    session.execute(
        update(Participation)
        .where(Participation.id == world.participations[name])
        .values(state=ParticipationState.LEFT)
    )


def test_who_leaves_reads_nothing_more_in_the_same_transaction(
    engine: Engine, world: World
) -> None:
    with border.open_session(engine, world.member("warehouse"), write=True) as session:
        assert session.execute(select(*pk(Cell))).all()
        with border.verb(session, "leave") as system:
            _leave(system, world, "warehouse")
        assert session.execute(select(*pk(Cell))).all() == []
        assert session.execute(select(Cell.day).where(Cell.journey_id == world.journey)).all() == []
        session.rollback()
        assert session.execute(select(*pk(Cell))).all()


@POSTGRESQL
def test_who_left_meanwhile_reads_nothing_more(engine: Engine, world: World) -> None:
    """PostgreSQL looks up what a member has for each statement, not for each transaction."""
    with border.open_session(engine, world.member("warehouse")) as session:
        assert session.execute(select(*pk(Cell))).all()
        with border.open_session(engine, System("end"), write=True) as system, system.begin():
            _leave(system, world, "warehouse")
        assert session.execute(select(*pk(Cell))).all() == []


@POSTGRESQL
def test_a_prepared_statement_shows_each_its_own(engine: Engine, world: World) -> None:
    """One connection, one text, many scopes in turn, until PostgreSQL no longer plans it anew."""
    scopes: dict[str, Scope] = {name: world.member(name) for name in NAMES}
    scopes |= {"link": world.respondent(), "system": System("look")}
    everything = all_rows(engine, Cell)
    for _ in range(12):
        for name, scope in scopes.items():
            with border.open_session(engine, scope) as session:
                seen = {tuple(one) for one in session.execute(select(*pk(Cell)))}
                assert session.scalar(select(func.count()).select_from(Organisation)) == len(NAMES)
            if name in NAMES:
                assert seen == world.seen(Cell, name)
            else:
                assert (seen == set(everything)) == (name == "system")
    for name in ("brand", "outsider") * 12:
        with raw(engine, world.member(name)) as connection:
            assert raw_keys(connection, Cell) == world.seen(Cell, name)
    plans = text("select sum(generic_plans) from pg_prepared_statements")
    with raw(engine, System("look")) as connection:
        assert connection.execute(plans).scalar() > 0
