"""An access key reads and writes what its organisation does, within its journeys and no further."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from sqlalchemy import Engine, delete, func, select, text, update
from sqlalchemy.orm import make_transient

from partnerjourney.core import border, predicates, rls
from partnerjourney.core.audit import JourneyAct, record
from partnerjourney.core.border import BorderError
from partnerjourney.core.db import CircleScoped, Directory, JourneyScoped
from partnerjourney.core.parties import Journey, Membership, Organisation, Party, User
from partnerjourney.core.policy import POLICY, TOKENS, Permission, Standing, allows
from partnerjourney.core.scopes import Token, TokenPurpose
from partnerjourney.measurement.models import Cell
from partnerjourney.surveys.models import Contact
from tests.databases import PostgresqlDatabase
from tests.factories import MOMENT, row
from tests.sweeps.probes import READS, is_row
from tests.sweeps.scoped import PLAIN, SAMPLE, SCOPED, all_rows, borrow, harmless, refused, some
from tests.sweeps.test_lookups import LOOKUPS, found, open_policies
from tests.sweeps.test_rls import POSTGRESQL, raw, raw_keys, touched, where
from tests.world import NAMES, World

PLACES: tuple[tuple[str, ...], ...] = (("journey",), ("elsewhere",), ("journey", "elsewhere"), ())


@pytest.mark.parametrize("probe", READS)
def test_a_key_reads_what_is_its_organisations_within_its_journeys(
    engine: Engine, world: World, probe: str
) -> None:
    tables = SCOPED if probe in PLAIN else SAMPLE
    everything = {table: set(all_rows(engine, table)) for table in tables}
    for name, places in (("brand", PLACES[0]), ("courier_a", PLACES[2]), ("brand", PLACES[1])):
        with border.open_session(engine, world.token(name, *places)) as session:
            for table, rows in everything.items():
                seen = world.seen_by_token(table, name, *places)
                asked = {*some(seen, 1), *some(rows - seen, 2)}
                shown = READS[probe](session, table, asked) & asked
                assert shown == seen & asked, f"{name}, {places}, {table.__name__}"


@POSTGRESQL
@pytest.mark.parametrize("name", NAMES)
def test_raw_statements_of_a_key_show_the_same(engine: Engine, world: World, name: str) -> None:
    for places in PLACES:
        with raw(engine, world.token(name, *places)) as connection:
            for table in SCOPED:
                seen = world.seen_by_token(table, name, *places)
                assert raw_keys(connection, table) == seen, f"{places}, {table.__name__}"


@POSTGRESQL
def test_the_orm_keeps_a_key_in_without_row_level_security(
    engine: Engine, world: World, postgresql_database: PostgresqlDatabase
) -> None:
    with open_policies(postgresql_database):
        for places in PLACES:
            with border.open_session(engine, world.token("warehouse", *places)) as session:
                for table in SCOPED:
                    seen = world.seen_by_token(table, "warehouse", *places)
                    assert READS["columns"](session, table, set()) == seen, table.__name__


@POSTGRESQL
def test_lookups_know_the_journeys_of_the_transactions_key_alone(
    engine: Engine, world: World
) -> None:
    me = world.organisations["brand"]
    with raw(engine, world.token("brand", "journey")) as connection:
        assert found(connection, "journeys", me) == [world.journey]
        asked = f"select pj_journeys('{me}', array['{world.elsewhere}', '{world.journey}']::uuid[])"
        assert connection.execute(text(asked)).scalar() is None
    with raw(engine, world.token("brand")) as connection:
        assert all(found(connection, name, me) == [] for name in LOOKUPS)
    with raw(engine, world.member("brand")) as connection:
        asked = f"select pj_journeys('{me}', array['{world.journey}']::uuid[])"
        assert connection.execute(text(asked)).scalar() is None


def test_a_statement_that_is_kept_shows_each_key_its_own(engine: Engine, world: World) -> None:
    """The same statement for members and keys in turn, by its cache and by prepared statements."""
    everything = all_rows(engine, Cell)
    cells = select(func.count()).select_from(Cell)
    for _ in range(7):
        for name in NAMES:
            with border.open_session(engine, world.member(name)) as session:
                assert session.scalar(cells) == len(world.seen(Cell, name))
            for places in PLACES:
                with border.open_session(engine, world.token(name, *places)) as session:
                    assert session.scalar(cells) == len(world.seen_by_token(Cell, name, *places))
    assert everything


# --- writing ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["brand", "courier_a"])
def test_a_key_writes_nothing_beyond_its_journeys(engine: Engine, world: World, name: str) -> None:
    places = ("elsewhere",) if name == "brand" else ("journey",)
    for table in SCOPED:
        before = all_rows(engine, table)
        beyond = set(before) - world.seen_by_token(table, name, *places)
        if issubclass(table, Membership):
            beyond = set(before)  # read, and never written
        for foreign in some(beyond, 2):
            lent = borrow(engine, table, foreign)
            with border.open_session(engine, world.token(name, *places), write=True) as session:
                for statement in (delete(table), update(table).values(harmless(table))):
                    narrowed: Any = statement.where(is_row(table, foreign))
                    try:
                        result: Any = session.execute(narrowed)
                        assert result.rowcount == 0, table.__name__
                    except BorderError:
                        continue
                with refused():
                    make_transient(lent)
                    session.add(lent)
                    session.commit()
        assert all_rows(engine, table) == before


@POSTGRESQL
def test_raw_statements_of_a_key_write_nothing_beyond_its_journeys(
    engine: Engine, world: World
) -> None:
    key = world.token("brand", "elsewhere")
    for table in SCOPED:
        before = all_rows(engine, table)
        plain = table.__table__
        for foreign in some(set(before), 2):
            values = {**before[foreign], "id": uuid.uuid4()} if "id" in plain.c else before[foreign]
            for statement in (
                plain.delete().where(where(table, foreign)),
                plain.update().where(where(table, foreign)).values(harmless(table) or values),
                plain.insert().values(values),
            ):
                with raw(engine, key) as connection:
                    assert touched(connection, statement) == 0, statement
                    connection.commit()
        assert all_rows(engine, table) == before


def test_a_key_writes_its_organisations_rows_of_its_journeys(engine: Engine, world: World) -> None:
    """The border is no wall: shared rows can be changed; private ones and names never."""
    with border.open_session(engine, world.token("brand", "journey"), write=True) as session:
        for table in SCOPED:
            mine = issubclass(table, JourneyScoped | CircleScoped | Journey)
            kept = harmless(table)
            if issubclass(table, predicates.NOT_WRITTEN_BY_MEMBERS) or not kept:
                continue
            if "audit" in table.__tablename__:
                continue
            statement = update(table).values(kept)
            for own in some(world.seen_by_token(table, "brand", "journey"), 1):
                if mine:
                    result: Any = session.execute(statement.where(is_row(table, own)))
                    assert result.rowcount == 1, table.__name__
                else:
                    with refused():
                        session.execute(statement.where(is_row(table, own)))
    for add in (row(Organisation), row(User), row(Contact, owner_id=world.organisations["brand"])):
        with border.open_session(engine, world.token("brand", "journey"), write=True) as session:
            session.add(add)
            with refused():
                session.flush()


def test_no_key_makes_a_journey(engine: Engine, world: World) -> None:
    me = world.organisations["brand"]
    made = row(Journey, organisation_id=me, customer_owner_id=me, slug="new")
    with border.open_session(engine, world.token("brand", "journey"), write=True) as session:
        session.add(made)
        with refused():
            session.flush()


def test_a_key_that_only_reads_writes_nothing(engine: Engine, world: World) -> None:
    key = world.token("brand", "journey")
    key = Token(key.token_id, key.organisation_id, key.journeys, frozenset({TokenPurpose.READ}))
    with border.open_session(engine, key, write=True) as session:
        party = session.get_one(Party, (world.journey, world.parties["warehouse"]))
        party.name = "changed"
        with refused():
            session.flush()
    if engine.dialect.name == "postgresql":
        with border.open_session(engine, key, write=True) as session:
            said = border.run(session.connection(), text("show transaction_read_only")).scalar()
            assert said == "on"


def test_what_a_key_did_is_written_down_as_its_organisations(engine: Engine, world: World) -> None:
    with border.open_session(engine, world.token("brand", "journey"), write=True) as session:
        record(session, "party.change", at=MOMENT, journey_id=world.journey)
        session.commit()
    with border.open_session(engine, world.member("warehouse")) as session:
        act = session.scalars(select(JourneyAct).where(JourneyAct.verb == "party.change")).one()
        assert act.organisation_id == world.organisations["brand"]
        assert (act.user_id, act.means) == (None, f"key {uuid.UUID(int=9)}")


# --- the policy ---------------------------------------------------------------------------------

BINDS = {
    Permission.EMERGENCY_CHANGE,
    Permission.MANDATE_GIVE,
    Permission.PROPOSAL_ANSWER,
    Permission.SILENCE_SWITCH,
    Permission.PARTY_CONFIRM,
    Permission.PARTY_INVITE,
    Permission.MEMBER_MANAGE,
    Permission.TOKEN_MANAGE,
    Permission.RESPONDENT_MANAGE,
    Permission.JOURNEY_CREATE,
    Permission.ORGANISATION_EDIT,
}


class _Everything:
    """A thing at which the organisation stands in every way."""

    def __init__(self, me: uuid.UUID) -> None:
        own = frozenset({me})
        self.id = self.party_id = self.from_party_id = self.to_party_id = me
        self.organisation_id = me
        self.standing = Standing(me, me, own, orchestrates=True, group_ids=own)


def test_no_key_signs_invites_or_makes_keys(world: World) -> None:
    assert not BINDS & set(TOKENS)
    me = world.organisations["brand"]
    for permission in POLICY:
        for purpose in TokenPurpose:
            key = Token(uuid.UUID(int=9), me, frozenset({world.journey}), frozenset({purpose}))
            granted = allows(key, permission, _Everything(me))
            found_by_all = permission is Permission.JOURNEY_READ
            assert granted == (found_by_all or TOKENS.get(permission) is purpose), permission
        key = Token(uuid.UUID(int=9), me, frozenset({world.journey}), frozenset())
        assert not allows(key, permission, _Everything(me))


def test_every_private_table_is_closed_to_keys_but_by_a_journey_or_by_name() -> None:
    opened = {table.__tablename__ for table in predicates.read_by_tokens()}
    for table in SCOPED:
        policies = {name for of, name, _ in _policies() if of == table.__tablename__}
        assert ("token_read" in policies) == (table.__tablename__ in opened)
    assert "membership" in opened
    assert not {"api_token", "member_invitation", "join_request"} & opened
    assert not any(issubclass(table, Directory) for table in predicates.read_by_tokens())


def _policies() -> list[tuple[str, str, str]]:
    return list(rls._policies("x", rls.lookups.Opened()))
