"""Row-level security by itself: statements that the ORM never saw, on PostgreSQL.

A random world is read three ways, by the ORM on SQLite, by the ORM on PostgreSQL and by raw SQL
on PostgreSQL, and each must show what a fourth, written down here in plain Python, expects.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, select, text
from sqlalchemy.exc import DBAPIError

from partnerjourney.core import border, predicates, rls
from partnerjourney.core.db import CircleScoped, Directory, JourneyScoped, OrganisationPrivate
from partnerjourney.core.parties import (
    Circle,
    CircleSeat,
    Journey,
    Organisation,
    Participation,
    ParticipationRole,
    ParticipationState,
    Party,
    PartyKind,
    User,
)
from partnerjourney.core.scopes import Member, Scope, System
from partnerjourney.core.links import Link
from partnerjourney.surveys.models import Invitation
from tests.databases import PostgresqlDatabase, sqlite_engine
from tests.factories import grow, key, row, ties
from tests.sweeps.probes import pk
from tests.sweeps.test_border import EVERY, SCOPED, WRITERS, _harmless, all_rows, some
from tests.world import NAMES, World

POSTGRESQL = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@contextmanager
def raw(engine: Engine, scope: Scope) -> Iterator[Connection]:
    """Open a connection under a scope's role, with nothing between it and the database."""
    with engine.execution_options(**border.STAMP).connect() as connection:
        role, values = border._settings(scope)
        prefix = rls.prefix_of(connection)
        connection.execute(border._SET_SCOPE, {"role": f"{prefix}_{role}", **values})
        yield connection


def raw_keys(connection: Connection, table: type[Any]) -> set[tuple[Any, ...]]:
    """Return the keys that a plain SELECT shows."""
    return {tuple(found) for found in connection.execute(select(*table.__table__.primary_key))}


def where(table: type[Any], found: tuple[Any, ...]) -> Any:
    """Return the condition that a row of a plain table has this key."""
    from sqlalchemy import and_

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


@POSTGRESQL
@pytest.mark.parametrize("name", WRITERS)
def test_raw_writes_reach_no_row_of_others(engine: Engine, world: World, name: str) -> None:
    for table in SCOPED:
        before = all_rows(engine, table)
        plain = table.__table__
        for found in some(set(before) - world.seen(table, name), 3):
            values = {**before[found], "id": uuid.uuid4()} if "id" in plain.c else before[found]
            attempts = [plain.delete().where(where(table, found)), plain.insert().values(values)]
            for column in plain.columns:
                same = {column.key: before[found][column.key]}
                attempts.append(plain.update().where(where(table, found)).values(same))
            for statement in attempts:
                with raw(engine, world.member(name)) as connection:
                    try:
                        assert connection.execute(statement).rowcount == 0, statement
                    except DBAPIError as error:
                        refused = ("row-level security", "permission denied")
                        assert any(why in str(error.orig) for why in refused), error.orig
                        continue
                    connection.commit()
        assert all_rows(engine, table) == before


@POSTGRESQL
@pytest.mark.parametrize("name", WRITERS)
def test_raw_writes_move_no_row(engine: Engine, world: World, name: str) -> None:
    for table in SCOPED:
        for own in some(world.seen(table, name), 1):
            for column in predicates.fixed(table):
                statement = table.__table__.update().values({column: uuid.uuid4()})
                with raw(engine, world.member(name)) as connection:
                    with pytest.raises(DBAPIError, match="permission denied"):
                        connection.execute(statement.where(where(table, own)))


@POSTGRESQL
def test_raw_writes_at_home_work(engine: Engine, world: World) -> None:
    for name in WRITERS:
        for table in SCOPED:
            skipped = (*predicates.NOT_WRITTEN_BY_MEMBERS,)
            harmless = _harmless(table)
            if issubclass(table, skipped) or "audit" in table.__tablename__ or not harmless:
                continue
            for own in some(world.seen(table, name), 1):
                with raw(engine, world.member(name)) as connection:
                    statement = table.__table__.update().values(harmless)
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
            with pytest.raises(DBAPIError), connection.begin_nested():
                new = row(table, id=uuid.uuid4())
                values = {c.key: getattr(new, c.key) for c in table.__table__.columns}
                connection.execute(
                    table.__table__.insert().values({k: v for k, v in values.items() if v})
                )


@POSTGRESQL
def test_tables_that_a_member_does_not_own_are_not_emptied(engine: Engine, world: World) -> None:
    for statement in ("truncate contact", "drop table contact", "alter table contact add x int"):
        with raw(engine, world.member("brand")) as connection:
            with pytest.raises(DBAPIError, match="permission denied|must be owner"):
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


# --- a random world -----------------------------------------------------------------------------


class Random:
    """Organisations that take part in this and that; who sees what, said in plain Python."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.organisations = [self._id() for _ in range(6)]
        self.journeys: list[Any] = []
        self.participations: list[Any] = []
        self.seats: list[Any] = []
        self.rows: list[Any] = []

    def _id(self) -> uuid.UUID:
        return uuid.UUID(int=self.random.getrandbits(128))

    def fill(self, engine: Engine) -> None:
        """Write the world; the same seed writes the same one."""
        with border.open_session(engine, System("random"), write=True) as session, session.begin():
            owned = {}
            for number, organisation_id in enumerate(self.organisations):
                owned[organisation_id] = {
                    "organisation": row(Organisation, id=organisation_id, slug=f"o{number}"),
                    "user_account": row(User, id=self._id(), email=f"o{number}@example.org"),
                }
                session.add_all(owned[organisation_id].values())
            session.flush()
            for _ in range(4):
                self._journey(session, owned)
            for place in owned.values():
                before = set(place)
                grow(session, place, only=OrganisationPrivate)
                self.rows += [found for name, found in place.items() if name not in before]

    def _journey(self, session: Any, owned: dict[uuid.UUID, dict[str, Any]]) -> None:
        leader = self.random.choice(self.organisations)
        tied = {"organisation_id": leader, "customer_owner_id": leader}
        journey = row(Journey, id=self._id(), slug=self._id().hex, **tied)
        session.add(journey)
        session.flush()
        self.journeys.append(journey)
        parties = [
            row(Party, id=self._id(), journey_id=journey.id, kind=kind, position=0, key=kind)
            for kind in PartyKind
        ]
        session.add_all(parties)
        session.flush()
        taken = []
        for organisation in self.random.sample(self.organisations, 4):
            taken.append(
                row(
                    Participation,
                    id=self._id(),
                    journey_id=journey.id,
                    party_id=self.random.choice(parties).id,
                    organisation_id=organisation,
                    role=self.random.choice(list(ParticipationRole)),
                    state=self.random.choice(list(ParticipationState)),
                    discreet=self.random.random() < 0.5,
                )
            )
        session.add_all(taken)
        session.flush()
        self.participations += taken
        place = {"journey": journey, "party": parties[0], **owned[leader]}
        grow(session, place, only=JourneyScoped)
        self.rows += [*parties, *(r for r in place.values() if isinstance(r, JourneyScoped))]
        for _ in range(4):
            self._circle(session, journey, parties, taken, place)

    def _circle(self, session: Any, journey: Any, parties: Any, taken: Any, place: Any) -> None:
        circle = row(Circle, id=self._id(), journey_id=journey.id, key=self._id().hex)
        session.add(circle)
        session.flush()
        seats = []
        for party in self.random.sample(parties, 3):
            fills = [one.id for one in taken if one.party_id == party.id] or [None]
            seats.append(
                CircleSeat(
                    journey_id=journey.id,
                    circle_id=circle.id,
                    party_id=party.id,
                    participation_id=self.random.choice([*fills, None]),
                )
            )
        session.add_all(seats)
        session.flush()
        within = {**place, "circle": circle}
        for table in SCOPED:
            if issubclass(table, CircleScoped) and (tied := ties(table, within)) is not None:
                found = row(table, **tied)
                session.add(found)
                self.rows.append(found)
        session.flush()
        self.seats += seats
        self.rows.append(circle)

    def sees(self, me: uuid.UUID) -> set[tuple[str, tuple[Any, ...]]]:
        """Return table and key of all that an organisation reads."""
        mine = [p for p in self.participations if p.organisation_id == me and p.state == "active"]
        made = {j.id for j in self.journeys if j.organisation_id == me}
        journeys = made | {p.journey_id for p in mine}
        led = made | {p.journey_id for p in mine if p.role == "orchestrator"}
        own = {p.id for p in mine}
        circles = {s.circle_id for s in self.seats if s.participation_id in own}
        near = {s.participation_id for s in self.seats if s.circle_id in circles}
        seen = [j for j in self.journeys if j.id in journeys]
        seen += [s for s in self.seats if s.circle_id in circles]
        for p in self.participations:
            open_to_all = p.journey_id in journeys and not p.discreet
            if p.organisation_id == me or open_to_all or p.journey_id in led or p.id in near:
                seen.append(p)
        for found in self.rows:
            if isinstance(found, Circle):
                shown = found.id in circles
            elif isinstance(found, CircleScoped):
                shown = found.circle_id in circles
            elif isinstance(found, JourneyScoped):
                shown = found.journey_id in journeys
            else:
                shown = found.owner_id == me
            if shown:
                seen.append(found)
        return {(found.__tablename__, key(found)) for found in seen}


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
            tables = [table for table in SCOPED if predicates.kind_of(table) is not Directory]
            found = {(t.__tablename__, one) for t in tables for one in raw_keys(connection, t)}
        assert found == again.sees(me)
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
