"""The border: no row crosses it. Every statement is narrowed to the session's scope, or refused.

A session without a scope reads nothing and says so. One session serves one scope; `verb` opens
the product's own scope inside the same transaction, for the few acts that need it. Reads are
narrowed where SQL is written (core/narrowing.py), writes are checked row by row. What has not
passed here (text, bulk mappings) is refused by the engine hook, on both engines; only
core/direct.py asks below it, for what one link or sign-in opens. PostgreSQL has row-level security
with the same predicates besides.
"""

from __future__ import annotations

import re
import weakref
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, cast

from sqlalchemy import Connection, Engine, Executable, event, insert, inspect
from sqlalchemy.orm import Mapper, ORMExecuteState, Session, object_session
from sqlalchemy.orm.context import FromStatement

from partnerjourney.core import having, predicates, written
from partnerjourney.core.acting import settings
from partnerjourney.core.db import Directory
from partnerjourney.core.narrowing import (
    PASSED,
    STAMP,
    BorderError,
    Narrowed,
    Trusted,
    narrowing,
)
from partnerjourney.core.scopes import Operator, Respondent, Scope, System, Token

__all__ = ["STAMP", "BorderError", "settings"]

_OF_PLACE = ("owner_id", "organisation_id", "journey_id", "circle_id")
_CONTROL = re.compile(r"BEGIN( IMMEDIATE)?|(SAVEPOINT|RELEASE SAVEPOINT|ROLLBACK TO SAVEPOINT) \w+")


class _Session(Session):
    """A session that knows when it writes its own rows, and whether it may."""

    def flush(self, objects: Sequence[Any] | None = None) -> None:
        if self._is_clean():
            return
        if self.info.get("reads only"):
            raise BorderError("nothing changes on a GET")
        self.info["flushing"] = True
        try:
            super().flush(objects)
        finally:
            self.info["flushing"] = False


def open_session(
    engine: Engine, scope: Scope, *, write: bool = False, read_only: bool = False
) -> Session:
    """Open a session for one scope; `write` takes SQLite's write lock at the start.

    With `read_only` the session refuses to write, and so does PostgreSQL; so it is for a token that
    only reads.
    """
    read_only = read_only or (isinstance(scope, Token) and not scope.writes)
    info = {"scope": scope, "reads only": read_only}
    return _Session(_bound(engine, write=write), expire_on_commit=False, info=info)


def _bound(engine: Engine, *, write: bool) -> Engine:
    """Return the engine with this option; the same one each time."""
    made: dict[bool, Engine] = engine.__dict__.setdefault("pj_bound", {})
    if write not in made:
        made[write] = engine.execution_options(pj_write=write)
    return made[write]


def scope_of(session: Session) -> Scope:
    """Return on whose behalf this session works; raises BorderError when nobody said."""
    scope: Scope | None = session.info.get("scope")
    if scope is None:
        raise BorderError("a session without a scope")
    if session.info.setdefault("entered", scope) is not scope:
        raise BorderError("one session serves one scope")
    return cast(Scope, scope)


def lifted(session: Session) -> bool:
    """Say whether this session works for the product itself or an operator."""
    return isinstance(session.info.get("scope"), System | Operator)


@contextmanager
def verb(session: Session, reason: str) -> Iterator[Session]:
    """Work as the product itself inside the session's own transaction, then return to its scope.

    What fails in here takes the whole transaction with it.
    """
    session.flush()
    connection = session.connection()
    inner = _Session(
        connection,
        expire_on_commit=False,
        join_transaction_mode="rollback_only",
        info={"scope": System(reason), "reads only": session.info.get("reads only")},
    )
    try:
        yield inner
        inner.commit()
    except BaseException:
        inner.close()
        if connection.in_transaction():
            session.rollback()
        else:  # a flush in here failed, and has rolled back already
            session.close()
        raise
    inner.close()
    _enter(session, connection)


def bulk_insert(session: Session, table: type[Any], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert many rows in one statement; raises BorderError for a row that is not the scope's."""
    if not rows:
        return
    connection = session.connection()
    if not lifted(session):  # rows of one place are alike to the check
        alike = {tuple(row.get(name) for name in _OF_PLACE): row for row in rows}
        for row in alike.values():
            written.check(session, scope_of(session), connection, table(**row))
    options = {**STAMP, "render_nulls": True}  # else one statement per set of empty columns
    session.execute(insert(table), list(rows), execution_options=options)


# --- reading ------------------------------------------------------------------------------------


@event.listens_for(Session, "do_orm_execute")
def _narrow(state: ORMExecuteState) -> None:
    scope = scope_of(state.session)
    if isinstance(scope, System | Operator):
        state.update_execution_options(**STAMP)
        return
    if state.is_insert:
        if state.execution_options.get("pj_border") is not PASSED:
            raise BorderError("an insert by statement: add the object, or use bulk_insert")
        return
    narrowed: Narrowed | None = state.session.info.get("narrowed")
    if narrowed is None:
        narrowed = state.session.info["narrowed"] = Narrowed(scope)
    if state.is_update or state.is_delete:
        _narrow_write(state, scope, narrowed)
    elif not state.is_select or isinstance(state.statement, FromStatement):
        raise BorderError("text cannot be narrowed: use the ORM")
    state.statement = narrowed.onto(state.statement)
    state.update_execution_options(pj_border=narrowed)


def _narrow_write(state: ORMExecuteState, scope: Scope, narrowed: Narrowed) -> None:
    mapper = state.bind_mapper
    if mapper is None or not state.is_orm_statement:
        raise BorderError("a Core statement writes nothing: use the ORM")
    table = mapper.class_
    if not written.by_statement(scope, table):
        raise BorderError(f"{table.__name__} is not written by statements of this scope")
    if isinstance(state.parameters, list):
        raise BorderError("a bulk update by primary key cannot be narrowed")
    statement: Any = state.statement
    named = [*(getattr(statement, "_values", None) or ()), *(state.parameters or ())]
    named += [column for column, _ in getattr(statement, "_ordered_values", None) or ()]
    moved = {getattr(column, "key", column) for column in named} & predicates.fixed(table)
    if moved:
        raise BorderError(f"a row cannot be moved to another {', '.join(sorted(moved))}")
    rule = predicates.MEMBER[predicates.kind_of(table)]
    see = having.orm_lookups(narrowed.me, narrowed.within)
    if state.session.get_bind().dialect.name == "postgresql" and narrowed.within is not None:
        see = having.function_lookups(narrowed.me, narrowed.within)
    state.statement = statement.where(Trusted(rule(table, see)))


# --- writing ------------------------------------------------------------------------------------


@event.listens_for(Session, "before_attach")
def _attaching(session: Session, row: Any) -> None:
    if inspect(row).key is not None and not lifted(session):
        raise BorderError(f"a {type(row).__name__} that another session read")


@event.listens_for(Mapper, "before_insert")
def _adding(_mapper: Mapper[Any], connection: Connection, row: Any) -> None:
    session = _session_of(row)
    written.check(session, scope_of(session), connection, row)


@event.listens_for(Mapper, "before_update")
def _changing(_mapper: Mapper[Any], connection: Connection, row: Any) -> None:
    session = _session_of(row)
    if lifted(session) or not session.is_modified(row, include_collections=False):
        return
    if moved := written.moved(row):
        raise BorderError(f"a {type(row).__name__} was moved to another {', '.join(moved)}")
    written.check(session, scope_of(session), connection, row)


@event.listens_for(Mapper, "before_delete")
def _deleting(_mapper: Mapper[Any], connection: Connection, row: Any) -> None:
    session = _session_of(row)
    if isinstance(row, Directory) and not lifted(session):
        raise BorderError(f"a {type(row).__name__} is not deleted")
    grant = predicates.RESPONDENT.get(type(row))
    if isinstance(scope_of(session), Respondent) and (grant is None or not grant.add):
        raise BorderError(f"a respondent does not remove a {type(row).__name__}")
    written.check(session, scope_of(session), connection, row)


def _session_of(row: Any) -> Session:
    session = object_session(row)
    if session is None:
        raise BorderError("a row without a session")
    scope_of(session)
    return session


# --- the engine ---------------------------------------------------------------------------------


@event.listens_for(Session, "after_begin")
def _begun(session: Session, transaction: Any, connection: Connection) -> None:
    scope_of(session)
    if not transaction.nested:
        session.info.pop("own journey", None)
        session.info.pop("own circle", None)
        _enter(session, connection)


def _enter(session: Session, connection: Connection) -> None:
    connection.info["pj_session"] = weakref.ref(session)
    if connection.dialect.name == "postgresql":
        given = connection.get_execution_options().get("pj_roles")
        prefix = str(given or connection.engine.url.database)
        from partnerjourney.core import prepared

        statement, values = settings(scope_of(session), prefix)
        read_only = bool(session.info.get("reads only"))
        if not prepared.begin(connection, statement, values, read_only=read_only):
            connection.exec_driver_sql(statement, values, execution_options={**STAMP})


def guard_engine(engine: Engine) -> None:
    """Refuse on this engine every statement that has not passed the border; narrow the others."""
    engine.dialect.statement_compiler = narrowing(engine.dialect.statement_compiler)

    @event.listens_for(engine, "before_cursor_execute")
    def _refuse(
        connection: Connection, _cursor: Any, statement: str, _p: Any, context: Any, *_: Any
    ) -> None:
        stamp = context and context.execution_options.get("pj_border")
        if stamp is PASSED:
            return
        if isinstance(stamp, Narrowed):
            if not stamp.served_by(context):
                raise BorderError(f"this was narrowed for another scope: {statement[:80]}")
            return
        session = connection.info.get("pj_session", lambda: None)()
        if session is not None and session.info.get("flushing"):
            return
        if not _CONTROL.fullmatch(statement):
            raise BorderError(f"this has not passed the border: {statement[:80]}")

    @event.listens_for(engine, "checkin")
    def _forget(_connection: Any, record: Any) -> None:
        record.info.pop("pj_session", None)


def run(connection: Connection, statement: Executable, parameters: Any = None) -> Any:
    """Execute a statement of the product itself on a raw connection: migrations and health."""
    return connection.execute(statement, parameters, execution_options={**STAMP})
