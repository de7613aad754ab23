"""What an organisation reads and writes, tried in every way, against every table."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection
from typing import Any

import pytest
from sqlalchemy import Engine, delete, insert, inspect, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.orm import Session, make_transient, make_transient_to_detached
from sqlalchemy.orm.attributes import flag_modified
from sqlalchemy.orm.exc import StaleDataError

from partnerjourney.core import border, predicates
from partnerjourney.core.border import BorderError
from partnerjourney.core.db import Directory
from partnerjourney.core.parties import (
    Journey,
    Organisation,
    Participation,
    ParticipationState,
    Party,
    Setting,
    User,
)
from partnerjourney.core.scopes import System
from partnerjourney.measurement.models import Cell
from partnerjourney.surveys.models import Contact, Invitation
from tests.factories import kinds, row
from tests.sweeps.probes import BY_KEY, READS, is_row
from tests.world import NAMES, World

SCOPED = [table for kind, tables in kinds().items() if kind is not Directory for table in tables]
WRITERS = ("brand", "warehouse", "courier_a", "outsider")
EVERY = [*SCOPED, Organisation, User]  # everybody reads the installation's own settings


def all_rows(engine: Engine, table: type[Any]) -> dict[tuple[Any, ...], dict[str, Any]]:
    """Return every row of a table as the product itself reads it."""
    with border.open_session(engine, System("look")) as session:
        rows = session.execute(select(*table.__table__.columns)).mappings().all()
        names = [column.key for column in table.__table__.primary_key]
        return {tuple(row[name] for name in names): dict(row) for row in rows}


def borrow(engine: Engine, table: type[Any], found: tuple[Any, ...]) -> Any:
    """Return a row as the product itself read it, of no session any more."""
    with border.open_session(engine, System("lend")) as session:
        lent: Any = session.get_one(table, found)
        session.expunge_all()
        return lent


def some(rows: Collection[tuple[Any, ...]], number: int) -> list[tuple[Any, ...]]:
    """Return a few keys from both ends: those of different journeys and owners lie apart."""
    ordered = sorted(rows, key=str)
    return ordered[: number - number // 2] + ordered[len(ordered) - number // 2 :]


# --- reading ------------------------------------------------------------------------------------


@pytest.mark.parametrize("probe", READS)
def test_a_member_reads_its_own_rows_and_no_other(
    engine: Engine, world: World, probe: str
) -> None:
    everything = {table: set(all_rows(engine, table)) for table in SCOPED}
    for name in WRITERS if probe in BY_KEY else NAMES:
        with border.open_session(engine, world.member(name)) as session:
            for table, rows in everything.items():
                seen = world.seen(table, name)
                assert seen < rows, f"{name} is not to see all of {table.__name__}"
                if probe in BY_KEY:
                    rows = {*some(seen, 1), *some(rows - seen, 2)}
                found = READS[probe](session, table, rows)
                assert found == seen & rows, f"{name}, {table.__name__}"


@pytest.mark.parametrize("probe", READS)
def test_a_respondent_reads_one_invitation(engine: Engine, world: World, probe: str) -> None:
    with border.open_session(engine, world.respondent()) as session:
        for table in EVERY:
            rows = set(all_rows(engine, table))
            found = READS[probe](session, table, rows)
            if table is Organisation:
                assert found == rows
            elif table in predicates.RESPONDENT:
                assert found < rows, f"a respondent is not to see all of {table.__name__}"
                theirs = world.rows.get((table, "elsewhere"))
                assert theirs not in found, f"a respondent reads another's {table.__name__}"
            else:
                assert not found, f"a respondent reads {table.__name__}"
            if table is Invitation:
                assert found == {world.rows[Invitation, "journey"]}


def test_a_link_of_another_purpose_opens_nothing(engine: Engine, world: World) -> None:
    with border.open_session(engine, System("change"), write=True) as session, session.begin():
        session.execute(text("update link set purpose = 'unsubscribe'"))
    with border.open_session(engine, world.respondent()) as session:
        assert session.scalars(select(Invitation)).all() == []


def test_what_came_from_another_session_is_not_read_again(engine: Engine, world: World) -> None:
    """An object of another scope, put into this session, brings nothing along."""
    lent = borrow(engine, Contact, world.rows[Contact, "brand"])
    forged = Contact(**dict(zip(("owner_id", "id"), world.rows[Contact, "brand"], strict=True)))
    make_transient_to_detached(forged)
    for row_of_others in (lent, forged):
        for put in (Session.add, Session.delete):
            with border.open_session(engine, world.member("warehouse")) as session:
                with pytest.raises(BorderError, match="another session"):
                    put(session, row_of_others)
    with border.open_session(engine, world.member("warehouse")) as session:
        assert session.merge(lent, load=True) in session.new


def test_what_was_lost_since_it_was_read_is_lost(engine: Engine, world: World) -> None:
    """Rows read before a participation ended are neither read anew nor written after."""
    with border.open_session(engine, world.member("courier_a"), write=True) as session:
        party = session.get_one(Party, (world.journey, world.parties["warehouse"]))
        cell = session.scalars(select(Cell)).first()
        assert cell is not None
        session.commit()
        with border.open_session(engine, System("end"), write=True) as system, system.begin():
            system.execute(
                update(Participation)
                .where(Participation.id == world.participations["courier_a"])
                .values(state=ParticipationState.LEFT)
            )
        for mine, column in ((party, "name"), (cell, "role")):
            setattr(mine, column, "changed")
            with pytest.raises((BorderError, StaleDataError, InvalidRequestError)):
                session.flush()
            session.rollback()
            with pytest.raises(InvalidRequestError):
                session.refresh(mine)


Ask = Callable[[Session], Any]
_name = Contact.__table__.c.email
REFUSED: dict[str, Ask] = {
    "text": lambda s: s.execute(text("select email from contact")),
    "text in where": lambda s: s.execute(
        select(Organisation.id).where(text("exists (select 1 from contact)"))
    ),
    "text as columns": lambda s: s.execute(select(text("(select email from contact limit 1)"))),
    "text with columns": lambda s: s.execute(text("select email from contact").columns(_name)),
    "text as subquery": lambda s: s.execute(
        select(text("select email from contact").columns(_name).subquery())
    ),
    "literal": lambda s: s.execute(select(Organisation.id, _literal())),
    "prefix": lambda s: s.execute(
        select(Organisation.id).prefix_with("(select email from contact),")
    ),
    "from_statement of text": lambda s: s.execute(
        select(Contact).from_statement(text("select * from contact"))
    ),
    "from_statement of a select": lambda s: s.execute(
        select(Contact).from_statement(select(Contact.__table__))
    ),
    "connection": lambda s: s.connection().execute(select(Contact.__table__)),
    "connection with text": lambda s: s.connection().execute(text("select email from contact")),
    "connection with ORM": lambda s: s.connection().execute(select(Contact)),
    "driver": lambda s: s.connection().exec_driver_sql("select email from contact"),
    "driver behind a savepoint": lambda s: s.connection().exec_driver_sql(
        "SAVEPOINT x; select email from contact"
    ),
    "insert": lambda s: s.execute(insert(Contact).values(_contact(s))),
    "insert many": lambda s: s.execute(insert(Contact), [_contact(s)]),
    "insert into Core": lambda s: s.execute(insert(Contact.__table__).values(_contact(s))),
    "insert from select": lambda s: s.execute(
        insert(Contact).from_select(["email"], select(Contact.email))
    ),
    "on conflict, SQLite": lambda s: s.execute(
        sqlite.insert(Contact).values(_contact(s)).on_conflict_do_nothing()
    ),
    "on conflict, PostgreSQL": lambda s: s.execute(
        postgresql.insert(Contact).values(_contact(s)).on_conflict_do_nothing()
    ),
    "update of Core": lambda s: s.execute(update(Contact.__table__).values(name="x")),
    "delete of Core": lambda s: s.execute(delete(Contact.__table__)),
    "update by key": lambda s: s.execute(update(Contact), [{**_contact(s), "name": "x"}]),
    "update within": lambda s: s.execute(
        select(Organisation.id).add_cte(update(Contact).values(name="x").cte("changed"))
    ),
    "bulk insert mappings": lambda s: s.bulk_insert_mappings(inspect(Contact), [_contact(s)]),
    "bulk update mappings": lambda s: s.bulk_update_mappings(inspect(Contact), [_contact(s)]),
    "bulk save objects": lambda s: s.bulk_save_objects([Contact(**_contact(s))]),
    "update of a sealed table": lambda s: s.execute(update(Invitation).values(role="x")),
    "update of a directory": lambda s: s.execute(update(Organisation).values(name="x")),
    "delete of a directory": lambda s: s.execute(delete(User)),
}
"""What is refused outright, on both engines, whoever asks but the product itself."""


def _literal() -> Any:
    from sqlalchemy import literal_column

    return literal_column("(select email from contact limit 1)")


def _contact(session: Session) -> dict[str, Any]:
    contact = row(Contact, owner_id=getattr(border.scope_of(session), "organisation_id", _ID))
    found = {c.key: getattr(contact, c.key) for c in Contact.__table__.columns}
    return {**{k: v for k, v in found.items() if v is not None}, "id": contact.id or _ID}


_ID = uuid.UUID(int=7)


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_narrowed_is_refused(engine: Engine, world: World, what: str) -> None:
    before = all_rows(engine, Contact)
    for scope in (world.member("brand"), world.respondent()):
        with border.open_session(engine, scope, write=True) as session:
            with pytest.raises(BorderError):
                REFUSED[what](session)
                session.commit()
    assert all_rows(engine, Contact) == before


# --- writing ------------------------------------------------------------------------------------


def _harmless(table: type[Any]) -> dict[str, Any]:
    """Return a column that says nothing of place, with a value, as an attacker would set it."""
    for column in table.__table__.columns:
        if column.key not in predicates.fixed(table) and not column.foreign_keys:
            return {column.key: column}
    return {}


def _foreign(world: World, engine: Engine, table: type[Any], name: str) -> list[tuple[Any, ...]]:
    return some(set(all_rows(engine, table)) - world.seen(table, name), 3)


@pytest.mark.parametrize("name", WRITERS)
@pytest.mark.parametrize("verb", ["update", "delete"])
def test_statements_change_no_row_of_others(
    engine: Engine, world: World, verb: str, name: str
) -> None:
    for table in SCOPED:
        before = all_rows(engine, table)
        for found in _foreign(world, engine, table, name):
            with border.open_session(engine, world.member(name), write=True) as session:
                statement: Any = delete(table)
                if verb == "update":
                    statement = update(table).values(_harmless(table))
                try:
                    result: Any = session.execute(statement.where(is_row(table, found)))
                    assert result.rowcount == 0, f"{name} {verb}d {table.__name__}"
                except BorderError:
                    continue
                session.commit()
        assert all_rows(engine, table) == before


@pytest.mark.parametrize("name", WRITERS)
@pytest.mark.parametrize("how", ["add", "merge", "bulk", "change", "delete"])
def test_no_row_is_written_in_the_name_of_others(
    engine: Engine, world: World, how: str, name: str
) -> None:
    for table in SCOPED:
        before = all_rows(engine, table)
        for found in _foreign(world, engine, table, name):
            lent = borrow(engine, table, found)
            with border.open_session(engine, world.member(name), write=True) as session:
                with pytest.raises(BorderError):
                    _write(session, lent, how, before[found])
                    session.commit()
                session.rollback()
        assert all_rows(engine, table) == before


def _write(session: Session, lent: Any, how: str, values: dict[str, Any]) -> None:
    """Try to write a row of others that came from elsewhere, or one like it."""
    table = type(lent)
    if how == "bulk":
        border.bulk_insert(session, table, [values])
    elif how == "change":
        session.add(lent)
        attribute = next(iter(_harmless(table)), None)
        if attribute is None:  # nothing but its place
            raise BorderError("there is nothing to change")
        setattr(lent, attribute, getattr(lent, attribute))
        flag_modified(lent, attribute)
    elif how == "delete":
        session.delete(lent)
    else:
        make_transient(lent)
        (session.merge if how == "merge" else session.add)(lent)
        session.flush()


@pytest.mark.parametrize("name", ["brand", "courier_a"])
def test_no_row_moves_to_others(engine: Engine, world: World, name: str) -> None:
    """Neither by an attribute, nor by a statement, nor by its parameters."""
    written = [t for t in SCOPED if not issubclass(t, predicates.NOT_WRITTEN_BY_MEMBERS)]
    for table in written:
        for own in sorted(world.seen(table, name), key=str)[:1]:
            for other in _foreign(world, engine, table, name)[:1]:
                before = all_rows(engine, table)
                theirs = before[other]
                for column in predicates.fixed(table):
                    if theirs[column] == before[own][column]:
                        continue
                    with border.open_session(engine, world.member(name), write=True) as session:
                        values = {column: theirs[column]}
                        with pytest.raises(BorderError, match="moved"):
                            session.execute(update(table).where(is_row(table, own)).values(values))
                        with pytest.raises(BorderError, match="moved"):
                            session.execute(update(table).where(is_row(table, own)), values)
                        with pytest.raises(BorderError, match="moved"):
                            session.execute(
                                update(table)
                                .where(is_row(table, own))
                                .ordered_values(*values.items())
                            )
                        mine: Any = session.get_one(table, own)
                        session.expire(mine)
                        setattr(mine, column, theirs[column])
                        with pytest.raises(BorderError, match="moved"):
                            session.flush()
                assert all_rows(engine, table) == before


@pytest.mark.parametrize("name", WRITERS)
def test_members_write_their_own_rows(engine: Engine, world: World, name: str) -> None:
    """The border is no wall: what is refused to others works at home."""
    for table in SCOPED:
        if issubclass(table, predicates.NOT_WRITTEN_BY_MEMBERS) or "audit" in table.__tablename__:
            continue
        attribute = next(iter(_harmless(table)), None)
        for own in sorted(world.seen(table, name), key=str)[:1]:
            with border.open_session(engine, world.member(name), write=True) as session:
                if attribute is None:
                    continue
                kept: Any = getattr(table, attribute)
                statement = update(table).values({attribute: kept}).where(is_row(table, own))
                result: Any = session.execute(statement)
                assert result.rowcount == 1, table.__name__
                session.commit()


def test_a_directory_is_changed_by_its_own_subject_only(engine: Engine, world: World) -> None:
    me = world.member("warehouse")
    with border.open_session(engine, me, write=True) as session, session.begin():
        session.get_one(Organisation, me.organisation_id).name = "Own name"
        session.get_one(User, me.user_id).name = "Own name"
    for change in (
        lambda s: setattr(s.get_one(Organisation, world.organisations["brand"]), "name", "x"),
        lambda s: setattr(s.get_one(User, world.users["brand"]), "email", "x@example.org"),
        lambda s: s.add(row(Organisation)),
        lambda s: s.add(row(User)),
        lambda s: s.add(row(Setting)),
        lambda s: s.delete(s.get_one(Organisation, me.organisation_id)),
        lambda s: s.delete(s.get_one(User, me.user_id)),
    ):
        with border.open_session(engine, me, write=True) as session:
            change(session)
            with pytest.raises(BorderError):
                session.flush()
    names = {found["name"] for found in all_rows(engine, Organisation).values()}
    assert names == {"Own name", *(n.title() for n in NAMES)} - {"Warehouse"}


def test_a_journey_is_made_for_oneself_with_what_is_in_it(engine: Engine, world: World) -> None:
    from partnerjourney.journeys.models import Phase, PhaseContent

    me = world.member("warehouse")
    with border.open_session(engine, me, write=True) as session, session.begin():
        own = row(Journey, organisation_id=me.organisation_id, customer_owner_id=me.organisation_id)
        session.add(own)
        session.flush()
        content = PhaseContent(name="Choose", position=0)
        session.add(Phase(journey_id=own.id, key="choose", content=content))
    with border.open_session(engine, world.member("courier_a"), write=True) as session:
        session.add(row(Journey, organisation_id=me.organisation_id, customer_owner_id=own.id))
        with pytest.raises(BorderError):
            session.flush()


def test_a_respondent_changes_its_invitation_and_nothing_else(
    engine: Engine, world: World
) -> None:
    mine, other = world.rows[Invitation, "journey"], world.rows[Invitation, "elsewhere"]
    with border.open_session(engine, world.respondent(), write=True) as session, session.begin():
        session.get_one(Invitation, mine).role = "buyer"
    before = all_rows(engine, Invitation)
    assert (before[mine]["role"], before[other]["role"]) == ("buyer", "")
    for table in EVERY:
        if table in predicates.RESPONDENT and table not in (Organisation, Setting):
            continue
        for found in all_rows(engine, table):
            for how in ("add", "change", "delete"):
                lent = borrow(engine, table, found)
                with border.open_session(engine, world.respondent(), write=True) as session:
                    with pytest.raises(BorderError):
                        _write(session, lent, how, {})
                        session.commit()
            break
