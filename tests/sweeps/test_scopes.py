"""One session serves one scope; the product's own work in between leaves no door open."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Engine, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from partnerjourney.core import border
from partnerjourney.core.border import BorderError
from partnerjourney.core.engine import new_engine
from partnerjourney.core.parties import Organisation, Participation, Party
from partnerjourney.core.scopes import Operator, System
from partnerjourney.surveys.models import Answer, Contact
from tests.databases import ROLES
from tests.world import World


def emails(session: Session) -> set[str]:
    """Return what a member sees of a private table."""
    return set(session.scalars(select(Contact.email)))


def narrowed(session: Session) -> bool:
    """Say whether a session reads nothing that is sealed, and one organisation's contacts."""
    scope: Any = border.scope_of(session)
    assert session.scalars(select(Answer)).all() == []
    owners = set(session.scalars(select(Contact.owner_id)))
    if session.get_bind().dialect.name == "postgresql":
        settings = "current_user, current_setting('app.scope'), current_setting('app.organisation')"
        found = border.run(session.connection(), text(f"select {settings}")).one()
        assert tuple(found) == (f"{ROLES}_app", "member", str(scope.organisation_id))
    return owners == {scope.organisation_id}


# --- no scope, two scopes -----------------------------------------------------------------------

WITHOUT: dict[str, Callable[[Session], Any]] = {
    "select": lambda s: s.scalars(select(Contact)).all(),
    "directory": lambda s: s.scalars(select(Organisation)).all(),
    "get": lambda s: s.get(Contact, ("a", "b")),
    "count": lambda s: s.query(Contact).count(),
    "update": lambda s: s.execute(update(Contact).values(name="x")),
    "add": lambda s: (s.add(Organisation(slug="x", name="x")), s.flush()),
    "text": lambda s: s.execute(text("select 1")),
    "connection": lambda s: s.connection(),
}


@pytest.mark.parametrize("what", WITHOUT)
def test_a_session_without_a_scope_says_so(engine: Engine, world: World, what: str) -> None:
    with Session(engine) as session, pytest.raises(BorderError, match="without a scope"):
        WITHOUT[what](session)


def test_a_raw_connection_says_nothing(engine: Engine, world: World) -> None:
    with engine.connect() as connection:
        for statement in (select(Contact), select(Contact.__table__), text("select 1")):
            with pytest.raises(BorderError):
                connection.execute(statement)
        with pytest.raises(BorderError):
            connection.exec_driver_sql("select * from contact")


def test_a_session_keeps_its_scope(engine: Engine, world: World) -> None:
    with border.open_session(engine, world.member("brand")) as session:
        assert narrowed(session)
        session.info["scope"] = world.member("warehouse")
        with pytest.raises(BorderError, match="one scope"):
            emails(session)
        session.rollback()
        with pytest.raises(BorderError, match="one scope"):
            emails(session)


def test_a_pooled_connection_keeps_nothing(engine: Engine, world: World) -> None:
    """Whoever gets the connection next gets neither the scope nor the right to write past it."""
    url = engine.url.render_as_string(hide_password=False)
    single = new_engine(url, roles=ROLES, pool_size=1)
    for scope in (world.member("brand"), System("before"), Operator("before")):
        with border.open_session(single, scope) as session:
            session.scalars(select(Contact)).all()
        with single.connect() as connection:
            assert "pj_session" not in connection.info
            with pytest.raises(BorderError):
                connection.execute(select(Contact.__table__))
            if single.dialect.name == "postgresql":
                found = border.run(
                    connection,
                    text("select current_user = session_user, current_setting('app.scope', true)"),
                )
                assert tuple(found.one()) in ((True, ""), (True, None))
                assert border.run(connection, text("select * from contact")).all() == []
        with border.open_session(single, world.member("warehouse")) as session:
            assert narrowed(session)
    single.dispose()


def test_a_flush_that_failed_or_did_nothing_opens_nothing(engine: Engine, world: World) -> None:
    for organisation in (Organisation(slug="x"), None):
        with border.open_session(engine, world.member("brand"), write=True) as session:
            if organisation is not None:
                session.add(organisation)
                with pytest.raises(BorderError):
                    session.flush()
                session.rollback()
            session.flush()
            with pytest.raises(BorderError):
                session.connection().execute(select(Contact.__table__))


# --- verbs --------------------------------------------------------------------------------------


def test_a_verb_sees_all_and_leaves_the_session_narrowed(engine: Engine, world: World) -> None:
    with border.open_session(engine, world.member("brand"), write=True) as session:
        with border.verb(session, "look") as system:
            answer = system.scalars(select(Answer)).first()
            assert answer is not None
            assert len(set(system.scalars(select(Contact.owner_id)))) > 1
        assert answer not in session
        assert narrowed(session)
        session.commit()
        assert narrowed(session)


class FailedError(Exception):
    """What a verb fails with."""


def fail() -> None:
    """Fail."""
    raise FailedError


@contextmanager
def failing(session: Session) -> Iterator[Session]:
    """Work in a verb that is to fail in the end."""
    with pytest.raises((FailedError, IntegrityError)), border.verb(session, "fail") as system:
        yield system


@pytest.mark.parametrize("when", ["inside", "at its end"])
def test_a_verb_that_fails_takes_everything_with_it(
    engine: Engine, world: World, when: str
) -> None:
    """Also when the caller swallows the error and commits."""
    with border.open_session(engine, world.member("brand"), write=True) as session:
        session.execute(update(Contact).values(name="before"))
        with failing(session) as system:
            system.execute(update(Contact).values(name="within"))
            if when == "inside":
                fail()
            system.add(Organisation(slug=None, name=None))
        assert narrowed(session)
        session.commit()
    with border.open_session(engine, System("look")) as session:
        assert not {"before", "within"} & set(session.scalars(select(Contact.name)))


def test_a_verb_that_fails_ends_a_transaction_block(engine: Engine, world: World) -> None:
    with border.open_session(engine, world.member("brand"), write=True) as session:
        block = session.begin()
        session.execute(update(Contact).values(name="before"))
        with failing(session):
            fail()
        assert not block.is_active
    with border.open_session(engine, System("look")) as session:
        assert "before" not in set(session.scalars(select(Contact.name)))


@pytest.mark.parametrize("end", ["release", "rollback", "fail"])
def test_a_verb_within_a_savepoint(engine: Engine, world: World, end: str) -> None:
    with border.open_session(engine, world.member("brand"), write=True) as session:
        assert narrowed(session)
        nested = session.begin_nested()
        if end == "fail":
            with failing(session) as system:
                system.execute(update(Contact).values(name="within"))
                fail()
        else:
            with border.verb(session, "look") as system:
                system.execute(update(Contact).values(name="within"))
            assert narrowed(session)
            nested.commit() if end == "release" else nested.rollback()
        assert narrowed(session)
        session.commit()
        assert narrowed(session)
    with border.open_session(engine, System("look")) as session:
        found = set(session.scalars(select(Contact.name)))
        assert found == ({"within"} if end == "release" else {""})


def test_a_verb_on_a_connection_leaves_nothing_in_the_pool(engine: Engine, world: World) -> None:
    url = engine.url.render_as_string(hide_password=False)
    single = new_engine(url, roles=ROLES, pool_size=1)
    for fails in (False, True):
        with border.open_session(single, world.member("brand")) as session:
            within = failing(session) if fails else border.verb(session, "look")
            with within as system:
                system.scalars(select(Answer)).all()
                if fails:
                    fail()
        with border.open_session(single, world.member("warehouse")) as session:
            assert narrowed(session)
    single.dispose()


def test_what_a_verb_gave_is_writable_at_once(engine: Engine, world: World) -> None:
    me = world.member("installer")
    with border.open_session(engine, me, write=True) as session, session.begin():
        assert session.scalars(select(Party)).all() == []
        with border.verb(session, "join") as system:
            system.add(
                Participation(
                    journey_id=world.journey,
                    party_id=world.parties["installer"],
                    organisation_id=me.organisation_id,
                    role="partner",
                    joined_at=_AT,
                )
            )
        party = session.get_one(Party, (world.journey, world.parties["installer"]))
        party.name = "We are here"


_AT = datetime(2026, 1, 1, tzinfo=UTC)
