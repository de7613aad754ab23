"""Heads: a change moves the versions of exactly those who may read it, whatever wrote it."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from sqlalchemy import Engine, delete, select, text, update

from partnerjourney.core import audit, border, clock, heads, ids, logins, predicates, watching
from partnerjourney.core.db import Directory
from partnerjourney.core.parties import Organisation, Participation, ParticipationState, User
from partnerjourney.core.scopes import System
from partnerjourney.measurement.models import Cell
from tests.factories import MOMENT
from tests.sweeps.scoped import EVERY, harmless, some
from tests.world import NAMES, World

WATCHED = [table for table in EVERY if watching.places(table)]


class Readers:
    """Everybody of the world, signed in."""

    def __init__(self, engine: Engine, world: World) -> None:
        self._engine, self._world = engine, world
        self._tokens = {}
        with border.open_session(engine, System("sign in"), write=True) as session:
            for name in NAMES:
                user = session.get_one(User, world.users[name])
                self._tokens[name] = logins.start(session, user, browser="", at=MOMENT)
            session.commit()

    def see(self, name: str, journey: uuid.UUID) -> heads.Seen | None:
        """Return what one of them asks before a page."""
        return heads.see(
            self._engine,
            token_hash=ids.token_hash(self._tokens[name]),
            slug=name,
            journey=journey,
        )

    def versions(self) -> dict[str, str]:
        """Return everybody's versions of the journey and of the one elsewhere."""
        found = {}
        for name in NAMES:
            both = [self.see(name, j) for j in (self._world.journey, self._world.elsewhere)]
            found[name] = "|".join(seen.versions for seen in both if seen)
        return found

    def write(self, statement: Any) -> set[str]:
        """Write as the product itself; return whose versions moved."""
        before = self.versions()
        with border.open_session(self._engine, System("write"), write=True) as session:
            session.execute(statement)
            session.commit()
        after = self.versions()
        return {name for name in NAMES if before[name] != after[name]}


@pytest.fixture
def readers(engine: Engine, world: World) -> Readers:
    """Give everybody, signed in."""
    return Readers(engine, world)


def _one(table: type[Any], key: tuple[Any, ...]) -> Any:
    columns = zip(table.__table__.primary_key, key, strict=True)
    return [column == value for column, value in columns]


@pytest.mark.parametrize("table", WATCHED, ids=lambda table: table.__tablename__)
def test_a_change_is_noticed_by_those_who_read_it(
    readers: Readers, world: World, table: type[Any]
) -> None:
    for key in some(world.all(table), 6):
        first = next(iter(table.__table__.primary_key))
        same = harmless(table) or {first.key: first}
        changed = update(table).where(*_one(table, key)).values(same)
        moved = readers.write(changed)
        read = {name for name in NAMES if key in world.seen(table, name)}
        if predicates.kind_of(table) is Directory:
            read = set(NAMES)
        # Those who coordinate may hear more often than they must; peers never do.
        assert read <= moved <= read | {"brand"}, key


def test_every_watched_row_of_the_world_was_there(world: World) -> None:
    assert {table for table in WATCHED if not world.all(table)} == set()


def test_rows_that_come_and_go_are_noticed(readers: Readers, world: World) -> None:
    key = world.rows[Cell, "brand courier_a"]
    assert readers.write(delete(Cell).where(*_one(Cell, key))) == {"brand", "courier_a"}


def test_who_is_suspended_reads_other_versions(readers: Readers, world: World) -> None:
    me = Participation.id == world.participations["warehouse"]
    moved = readers.write(
        update(Participation).where(me).values(state=ParticipationState.SUSPENDED)
    )
    assert "warehouse" in moved


def test_a_stranger_and_an_ended_sign_in_see_nothing(
    engine: Engine, readers: Readers, world: World
) -> None:
    assert readers.see("brand", world.journey) is not None
    assert heads.see(engine, token_hash="0" * 64, slug="brand", journey=world.journey) is None
    with border.open_session(engine, System("sign out"), write=True) as session:
        logins.end(session, world.users["brand"], at=clock.now())
        session.commit()
    assert readers.see("brand", world.journey) is None


def test_what_is_rolled_back_moves_nothing(engine: Engine, readers: Readers, world: World) -> None:
    before = readers.versions()
    with border.open_session(engine, System("write"), write=True) as session:
        session.execute(update(Organisation).values(name="Other"))
        session.rollback()
    assert readers.versions() == before


def test_what_is_unwatched_is_no_table_that_has_gone() -> None:
    names = {table.__tablename__ for table in EVERY}
    assert names >= watching.UNWATCHED
    assert set(audit.APPEND_ONLY) & watching.UNWATCHED


def test_missing_triggers_are_noticed(engine: Engine) -> None:
    drop = "drop trigger head on cell"
    if engine.dialect.name == "sqlite":
        drop = "drop trigger head_cell_update"
    with engine.connect() as connection:
        assert watching.effective(connection)
        border.run(connection, text(drop))
        assert not watching.effective(connection)
        connection.rollback()


def test_one_head_for_each_place(engine: Engine, world: World) -> None:
    with border.open_session(engine, System("look")) as session:
        found = set(session.scalars(select(heads.Head.id)))
    assert {world.journey, *world.circles.values(), heads.DIRECTORY} <= found
