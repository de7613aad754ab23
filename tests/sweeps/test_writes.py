"""What an organisation or a respondent writes, tried in every way, against every table."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest
from sqlalchemy import Engine, delete, update
from sqlalchemy.orm import Session, make_transient
from sqlalchemy.orm.attributes import flag_modified

from partnerjourney.core import border, granted, predicates
from partnerjourney.core.border import BorderError
from partnerjourney.core.parties import Journey, Organisation, Setting, User
from partnerjourney.journeys.models import Phase, PhaseContent
from partnerjourney.surveys.models import Answer, Invitation
from tests.factories import row
from tests.sweeps.probes import is_row
from tests.sweeps.scoped import (
    EVERY,
    SAMPLE,
    SCOPED,
    WRITERS,
    all_rows,
    borrow,
    harmless,
    refused,
    some,
)
from tests.world import NAMES, World


def _foreign(
    world: World, rows: Iterable[tuple[Any, ...]], table: type[Any], name: str
) -> list[tuple[Any, ...]]:
    """Return some of the rows that somebody does not see."""
    return some(set(rows) - world.seen(table, name), 3)


@pytest.mark.parametrize("name", WRITERS)
@pytest.mark.parametrize("verb", ["update", "delete"])
def test_statements_change_no_row_of_others(
    engine: Engine, world: World, verb: str, name: str
) -> None:
    for table in SCOPED:
        before = all_rows(engine, table)
        for found in _foreign(world, before, table, name):
            with border.open_session(engine, world.member(name), write=True) as session:
                statement: Any = delete(table)
                if verb == "update":
                    statement = update(table).values(harmless(table))
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
    for table in SCOPED if how == "add" else SAMPLE:
        before = all_rows(engine, table)
        for found in _foreign(world, before, table, name):
            lent = borrow(engine, table, found)
            with border.open_session(engine, world.member(name), write=True) as session:
                with refused():
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
        attribute = next(iter(harmless(table)), None)
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
        before = all_rows(engine, table)
        for own in sorted(world.seen(table, name), key=str)[:1]:
            for other in _foreign(world, before, table, name)[:1]:
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
        attribute = next(iter(harmless(table)), None)
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
            with refused():
                session.flush()
    names = {found["name"] for found in all_rows(engine, Organisation).values()}
    assert names == {"Own name", *(n.title() for n in NAMES)} - {"Warehouse"}


def test_a_journey_is_made_for_oneself_with_what_is_in_it(engine: Engine, world: World) -> None:
    me = world.member("warehouse")
    with border.open_session(engine, me, write=True) as session, session.begin():
        own = row(Journey, organisation_id=me.organisation_id, customer_owner_id=me.organisation_id)
        session.add(own)
        session.flush()
        content = PhaseContent(name="Choose", position=0)
        session.add(Phase(journey_id=own.id, key="choose", content=content))
    with border.open_session(engine, world.member("courier_a"), write=True) as session:
        session.add(row(Journey, organisation_id=me.organisation_id, customer_owner_id=own.id))
        with refused():
            session.flush()


def test_a_respondent_changes_its_invitation_and_nothing_else(engine: Engine, world: World) -> None:
    mine, other = world.rows[Invitation, "journey"], world.rows[Invitation, "elsewhere"]
    with border.open_session(engine, world.respondent(), write=True) as session, session.begin():
        session.get_one(Invitation, mine).role = "buyer"
    before = all_rows(engine, Invitation)
    assert (before[mine]["role"], before[other]["role"]) == ("buyer", "")
    for table in EVERY:
        before = all_rows(engine, table)
        for found in some(before, 1):
            for how in ("add", "change", "delete"):
                lent = borrow(engine, table, found)
                opened = border.open_session(engine, world.respondent(), write=True)
                with opened as session, refused():
                    _write(session, lent, how, {})
                    session.commit()
        assert all_rows(engine, table) == before


def test_a_respondent_adds_no_answer_of_another(engine: Engine, world: World) -> None:
    """The grant stands in the statement that inserts: it is asked for the new row itself."""
    before = all_rows(engine, Answer)
    theirs = borrow(engine, Answer, world.rows[Answer, "elsewhere"])
    make_transient(theirs)
    theirs.id = None
    for scope in (world.respondent(), world.member("brand")):
        with border.open_session(engine, scope, write=True) as session, refused():
            granted.add(session, theirs)
            session.commit()
    assert all_rows(engine, Answer) == before
