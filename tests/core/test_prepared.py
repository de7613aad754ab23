"""Reading ends by rolling back, and PostgreSQL need not plan everything anew after that."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import DBAPIError, OperationalError

from partnerjourney.core import border
from partnerjourney.core.engine import new_engine
from partnerjourney.core.errors import NotFoundError
from partnerjourney.core.parties import Organisation
from partnerjourney.core.scopes import Respondent, System
from partnerjourney.surveys.services import opening
from tests.factories import MOMENT

POSTGRESQL = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
_NAMES = text("select count(*) from pg_prepared_statements where statement like '%FROM organ%'")


def _read(engine: Engine, times: int) -> None:
    for _ in range(times):
        with border.open_session(engine, System("read")) as session:
            session.execute(select(Organisation.name)).all()


def _kept(engine: Engine) -> int:
    with border.open_session(engine, System("look")) as session:
        return int(session.execute(_NAMES).scalar_one())


@POSTGRESQL
def test_what_is_read_often_stays_prepared(engine: Engine) -> None:
    engine.dispose()
    _read(engine, 8)
    assert _kept(engine) == 1


@POSTGRESQL
def test_after_an_error_nothing_stays_prepared(engine: Engine) -> None:
    """What was prepared may be what went wrong."""
    engine.dispose()
    _read(engine, 8)
    with (
        border.open_session(engine, System("fail")) as session,
        pytest.raises(DBAPIError, match="division"),
    ):
        session.execute(text("select 1 / 0"))
    assert _kept(engine) == 0


def test_what_was_written_is_rolled_back(engine: Engine) -> None:
    for _ in range(2):
        with border.open_session(engine, System("write"), write=True) as session:
            session.add(Organisation(slug="x", name="x", created_at=MOMENT))
            session.flush()
    with border.open_session(engine, System("read")) as session:
        assert session.scalars(select(Organisation)).all() == []


@POSTGRESQL
def test_a_table_that_changed_is_read_as_it_is(engine: Engine) -> None:
    """PostgreSQL plans a prepared statement again when what it stands on has changed."""
    engine.dispose()
    _read(engine, 8)
    with border.open_session(engine, System("change"), write=True) as session:
        session.connection().execute(text("reset role"), execution_options={**border.STAMP})
        session.execute(text("alter table organisation add column more int"))
        _read_in(session)
        session.rollback()
    _read(engine, 8)


def _read_in(session: object) -> None:
    """Read in a transaction that has changed the table."""
    assert session.execute(select(Organisation.name)).all() == []  # type: ignore[attr-defined]


@POSTGRESQL
def test_a_link_is_asked_again_after_all_that_was_prepared_is_gone(engine: Engine) -> None:
    scope = Respondent("0" * 64)
    for _ in range(2):
        with pytest.raises(NotFoundError):
            opening.find(engine, scope, at=MOMENT)
        _read(engine, 8)
        with (
            border.open_session(engine, System("fail")) as session,
            pytest.raises(DBAPIError, match="division"),
        ):
            session.execute(text("select 1 / 0"))


@pytest.mark.parametrize("url", ["postgresql://x@127.0.0.1:1/x", "sqlite:////proc/x.db"])
def test_a_database_that_is_not_there_is_told_in_one_way(url: str) -> None:
    engine = new_engine(url)
    with pytest.raises(OperationalError):
        opening.find(engine, Respondent("0" * 64), at=MOMENT)
