"""Counts that are added up where they stand: the histogram cells. Passes the border."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from functools import cache
from types import SimpleNamespace
from typing import Any, cast

from sqlalchemy import bindparam, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from partnerjourney.core import border, predicates
from partnerjourney.core.granted import _lookups as lookups
from partnerjourney.core.scopes import Respondent


def upsert(
    session: Session, table: type[Any], key: Sequence[str], rows: Sequence[Mapping[str, Any]]
) -> None:
    """Add counts to the rows that `key` names, made where missing, in one statement.

    `rows` hold the key and the counts, all of one shape and in the same order in every
    transaction, or two of them wait for each other. A respondent's rows go one by one, each with
    its grant in the statement. Raises BorderError for a member, and for a row that the survey link
    does not open.
    """
    if not rows:
        return
    scope = border.scope_of(session)
    grant = predicates.RESPONDENT.get(table)
    writes = isinstance(scope, Respondent) and grant is not None and grant.add
    if not writes and not border.lifted(session):
        raise border.BorderError(f"{table.__name__} is counted by the product itself")
    session.flush()
    connection, made = session.connection(), cast(Hashable, table)
    dialect = connection.dialect.name
    if not isinstance(scope, Respondent):
        statement = _adding(made, dialect, tuple(key), tuple(rows[0]))
        connection.execute(statement, list(rows), execution_options={**border.STAMP})
        return
    statement = _adding(made, dialect, tuple(key), tuple(rows[0]), granted=True)
    for row in rows:
        done = connection.execute(
            statement,
            {**row, "pj_token": scope.token_hash},
            execution_options={**border.STAMP, "preserve_rowcount": True},
        )
        if done.rowcount != 1:
            raise border.BorderError(f"a respondent does not write this {table.__name__}")


@cache
def _adding(
    table: Any,
    dialect: str,
    key: tuple[str, ...],
    names: tuple[str, ...],
    *,
    granted: bool = False,
) -> Any:
    """Insert, and where the key is there already add each count to what stands there."""
    made = table.__table__
    insert: Any = sqlite.insert if dialect == "sqlite" else postgresql.insert
    statement = insert(made)
    if granted:
        statement = statement.from_select(list(names), _granted(table, dialect, names))
    counts = [name for name in names if name not in key and not made.c[name].primary_key]
    return statement.on_conflict_do_update(
        index_elements=list(key),
        set_={name: made.c[name] + statement.excluded[name] for name in counts},
    )


def _granted(table: type[Any], dialect: str, names: tuple[str, ...]) -> Any:
    """Select one row of parameters if the respondent's grant holds for it."""
    columns = table.__table__.c
    given = {name: bindparam(name, type_=columns[name].type) for name in names}
    rule = predicates.RESPONDENT[table].read(SimpleNamespace(**given), lookups(dialect))
    return select(*(value.label(name) for name, value in given.items())).where(rule)
