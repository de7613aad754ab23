"""What an organisation or a respondent reads, asked in every way, of every table."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine, delete, insert, inspect, literal_column, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.orm import Session, make_transient_to_detached
from sqlalchemy.orm.exc import StaleDataError

from partnerjourney.core import border, predicates
from partnerjourney.core.border import BorderError
from partnerjourney.core.parties import (
    Organisation,
    Participation,
    ParticipationState,
    Party,
    User,
)
from partnerjourney.core.scopes import System
from partnerjourney.measurement.models import Cell
from partnerjourney.surveys.models import Contact, Invitation
from tests.factories import row
from tests.sweeps.probes import BY_KEY, READS
from tests.sweeps.scoped import (
    EVERY,
    PLAIN,
    SAMPLE,
    SCOPED,
    WRITERS,
    all_rows,
    borrow,
    refused,
    some,
)
from tests.world import NAMES, World


@pytest.mark.parametrize("probe", READS)
def test_a_member_reads_its_own_rows_and_no_other(engine: Engine, world: World, probe: str) -> None:
    tables = SCOPED if probe in PLAIN else SAMPLE
    everything = {table: set(all_rows(engine, table)) for table in tables}
    for name in WRITERS if probe in BY_KEY else NAMES:
        with border.open_session(engine, world.member(name)) as session:
            for table, rows in everything.items():
                seen = world.seen(table, name)
                assert seen < rows, f"{name} is not to see all of {table.__name__}"
                asked = rows
                if probe in BY_KEY:
                    asked = {*some(seen, 1), *some(rows - seen, 2)}
                found = READS[probe](session, table, asked)
                assert found == seen & asked, f"{name}, {table.__name__}"


@pytest.mark.parametrize("probe", READS)
def test_a_respondent_reads_one_invitation(engine: Engine, world: World, probe: str) -> None:
    with border.open_session(engine, world.respondent()) as session:
        for table in EVERY if probe in PLAIN else [*SAMPLE, Invitation, Organisation, User]:
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
            with border.open_session(engine, world.member("warehouse")) as session, refused():
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
            with pytest.raises((BorderError, StaleDataError, InvalidRequestError)):
                change(session, mine, column)
            session.rollback()
            with pytest.raises(InvalidRequestError):
                session.refresh(mine)


def change(session: Session, row_of_others: Any, column: str) -> None:
    """Change a row and store it."""
    setattr(row_of_others, column, "changed")
    session.flush()


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
    "literal": lambda s: s.execute(
        select(Organisation.id, literal_column("(select email from contact limit 1)"))
    ),
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


def _contact(session: Session) -> dict[str, Any]:
    contact = row(Contact, owner_id=getattr(border.scope_of(session), "organisation_id", _ID))
    found = {c.key: getattr(contact, c.key) for c in Contact.__table__.columns}
    return {**{k: v for k, v in found.items() if v is not None}, "id": contact.id or _ID}


_ID = uuid.UUID(int=7)


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_narrowed_is_refused(engine: Engine, world: World, what: str) -> None:
    before = all_rows(engine, Contact)
    for scope in (world.member("brand"), world.respondent()):
        with border.open_session(engine, scope, write=True) as session, refused():
            REFUSED[what](session)
            session.commit()
    assert all_rows(engine, Contact) == before
