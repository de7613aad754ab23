"""Rows that a respondent adds or changes: the grant of the link stands in the statement itself.

PostgreSQL checks it once more by row-level security; on SQLite this is what checks it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, partial
from types import MappingProxyType, SimpleNamespace
from typing import Any

from sqlalchemy import String, bindparam, insert, inspect, select, update
from sqlalchemy.orm import Session

from partnerjourney.core import border, having, predicates
from partnerjourney.core.errors import StaleVersionError
from partnerjourney.core.links import Link, Purpose
from partnerjourney.core.scopes import Respondent


def add(session: Session, row: Any) -> None:
    """Insert one new row in a respondent's name; `row` stays outside the session.

    Raises BorderError for a table that the link does not write, or a row that is not its own.
    """
    table: Any = type(row)
    grant = predicates.RESPONDENT.get(table)
    if grant is None or not grant.add:
        raise border.BorderError(f"a respondent does not add {table.__name__}")
    values = {f"v_{name}": value for name, value in _values(row).items()}
    if not _write(session, table, _adding, values):
        raise border.BorderError(f"a respondent does not write this {table.__name__}")


def change(
    session: Session,
    table: Any,
    row: Any,
    *,
    if_still: Mapping[str, Any] = MappingProxyType({}),
    **values: Any,
) -> None:
    """Change columns of one row that a respondent read, in one statement.

    `row` is anything that holds the table's key. Raises BorderError for a table that the link does
    not write, a row that is not its own, and a column that says whose row it is. With `if_still`,
    columns and what must stand in them, it raises StaleVersionError where something else does, or
    where there is no such row any more: nothing is written then either.
    """
    grant = predicates.RESPONDENT.get(table)
    if grant is None or not grant.write or predicates.fixed(table) & values.keys():
        raise border.BorderError(f"a respondent does not change {table.__name__}")
    keys = {f"k_{column.key}": getattr(row, column.key) for column in inspect(table).primary_key}
    given = {f"v_{name}": value for name, value in values.items()}
    given |= {f"s_{name}": value for name, value in if_still.items()}
    make = partial(_changing, tuple(values), tuple(if_still))
    if not _write(session, table, make, {**keys, **given}):
        if if_still:
            raise StaleVersionError
        raise border.BorderError(f"a respondent does not write this {table.__name__}")


def _write(
    session: Session, table: Any, make: Callable[[Any, str], Any], values: dict[str, Any]
) -> bool:
    """Write one row and say whether there was one to write."""
    scope = border.scope_of(session)
    if not isinstance(scope, Respondent):
        raise border.BorderError("this writes in a respondent's name")
    session.flush()
    connection = session.connection()
    done = connection.execute(
        make(table, connection.dialect.name),
        {**values, "pj_token": scope.token_hash},
        execution_options={**border.STAMP, "preserve_rowcount": True},
    )
    return bool(done.rowcount == 1)


@cache
def _changing(names: tuple[str, ...], still: tuple[str, ...], table: Any, dialect: str) -> Any:
    """Change the named columns of one row where the grant holds for it, and these stand still."""
    columns = table.__table__.c
    key = [c == bindparam(f"k_{c.key}", type_=c.type) for c in inspect(table).primary_key]
    rule = predicates.RESPONDENT[table].read(columns, _lookups(dialect))
    same = [columns[name] == bindparam(f"s_{name}", type_=columns[name].type) for name in still]
    values = {name: bindparam(f"v_{name}", type_=columns[name].type) for name in names}
    return update(table.__table__).where(*key, *same, rule).values(values)


@cache
def _adding(table: Any, dialect: str) -> Any:
    """Insert one row of parameters where the grant holds for it."""
    columns = {attribute.columns[0] for attribute in inspect(table).column_attrs}
    given = {
        c.key: bindparam(f"v_{c.key}", type_=c.type) for c in table.__table__.c if c in columns
    }
    rule = predicates.RESPONDENT[table].read(SimpleNamespace(**given), _lookups(dialect))
    own = select(*(value.label(name) for name, value in given.items())).where(rule)
    return insert(table.__table__).from_select(list(given), own, include_defaults=False)


def _values(row: Any) -> dict[str, Any]:
    """Return column → value, with the defaults of columns that were not set."""
    found: dict[str, Any] = {}
    for attribute in inspect(type(row)).column_attrs:
        column = attribute.columns[0]
        value = getattr(row, attribute.key)
        if value is None and column.default is not None:
            default = column.default
            value = default.arg(None) if default.is_callable else default.arg
            setattr(row, attribute.key, value)
        found[column.key] = value
    return found


def _lookups(dialect: str) -> having.Lookups:
    """PostgreSQL asks its own function, since a respondent reads no links there."""
    if dialect == "postgresql":
        return having.rls_lookups()
    link = Link.__table__.alias()
    mine = select(link.c.thing_id).where(
        link.c.token_hash == bindparam("pj_token", type_=String()),
        link.c.purpose == Purpose.SURVEY,
    )
    return having.Lookups(None, None, None, None, None, mine.scalar_subquery())
