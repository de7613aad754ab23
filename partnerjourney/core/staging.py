"""Inserting many rows of the product's own tables, with as little as possible done per value.

Both engines get columns of values as they store or read them, without SQLAlchemy in between:
SQLite row by row through the driver, PostgreSQL one text for each column that it takes apart. Only
for the System scope: a member's rows go through `border.bulk_insert`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from itertools import repeat
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    JSON,
    ColumnElement,
    Date,
    Engine,
    Enum,
    String,
    Text,
    Uuid,
    bindparam,
    cast,
    func,
    insert,
    literal,
    select,
    text,
)
from sqlalchemy.orm import Session

from partnerjourney.core import border
from partnerjourney.core.db import UtcDateTime

_BETWEEN, _NOTHING = "\x1e", "\x1d"


def insert_rows(
    system: Session,
    table: type[Any],
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
    *,
    same: Mapping[str, Any],
) -> None:
    """Insert rows whose values stand in the order of `columns`; `same` holds for all of them.

    Raises BorderError under any other scope than the product's own.
    """
    Staged(system, table, columns, rows, same=same).insert(system)


class Staged:
    """Rows that are ready to be inserted, so that nothing is left to do while a lock is held.

    Values are UUIDs, moments (aware), days, texts, whole numbers, None, and lists for documents.
    PostgreSQL takes no text with U+001D or U+001E: ValueError.
    """

    def __init__(
        self,
        session: Session,
        table: type[Any],
        columns: Sequence[str],
        rows: Sequence[Sequence[Any]],
        *,
        same: Mapping[str, Any],
    ) -> None:
        self._statement: Any = None
        self._rows: list[tuple[Any, ...]] = []
        if not rows:
            return
        if session.get_bind().dialect.name == "sqlite":
            self._statement = _plain(table.__table__, [*same, *columns])
            self._rows = _plain_rows(table.__table__, columns, rows, same)
        else:
            self._statement = _arrays(table.__table__, columns, rows, same)

    def insert(self, system: Session) -> None:
        """Insert the rows; raises BorderError under any other scope than the product's own."""
        if not border.lifted(system):
            raise border.BorderError("only the product itself stages rows")
        if self._rows:
            system.flush()
            system.connection().exec_driver_sql(
                self._statement, self._rows, execution_options={**border.STAMP}
            )
        elif self._statement is not None:
            system.execute(self._statement)


def among(system: Session, column: Any, values: Collection[Any]) -> ColumnElement[bool]:
    """Say that a column of texts or ids holds one of many values, given as one parameter.

    With a parameter for each, PostgreSQL's prepared statements compare every row of the table
    with every value, SQLite takes a limited number of them, and both read a long text.
    """
    if system.get_bind().dialect.name == "sqlite":
        listed = json.dumps(_written(column.type, values, sqlite=True))
        each = func.json_each(bindparam("among", listed, type_=Text(), unique=True))
        return column.in_(select(each.table_valued("value").c.value))  # type: ignore[no-any-return]
    kind = Uuid() if isinstance(column.type, Uuid) else Text()
    given = bindparam("among", list(values), type_=ARRAY(kind), unique=True)
    return column.in_(select(func.unnest(given)))  # type: ignore[no-any-return]


def tell_planner(engine: Engine, tables: Iterable[type[Any]]) -> None:
    """Let PostgreSQL look at tables that many rows of one journey are coming into.

    It looks by itself within minutes. Until then plans, also those that other connections keep,
    are made for an empty table or a journey without rows, and read all of them for each.
    """
    if engine.dialect.name == "sqlite":
        return
    with engine.begin() as connection:
        for table in sorted(table.__tablename__ for table in tables):
            border.run(connection, text(f"analyze {table}"))


# --- values as an engine reads them --------------------------------------------------------------


def _written(kind: Any, values: Iterable[Any], *, sqlite: bool) -> list[Any]:
    """Return values of a column as SQLite stores them, or as texts that PostgreSQL reads."""
    write = _writer(kind, sqlite=sqlite)
    if write is None:
        return list(values)
    return [None if value is None else write(value) for value in values]


def _writer(kind: Any, *, sqlite: bool) -> Callable[[Any], Any] | None:
    """Return how a value of this type is written, None where as it is."""
    if isinstance(kind, Uuid):
        return _hex
    if isinstance(kind, UtcDateTime):
        return _plain_moment if sqlite else _moment
    if isinstance(kind, Date):
        return date.isoformat
    if isinstance(kind, JSON):
        return json.dumps
    if isinstance(kind, Enum):
        return str
    return None if sqlite or isinstance(kind, String) else str


def _hex(value: UUID) -> str:
    return f"{value.int:032x}"


def _moment(value: datetime) -> str:
    """Return a moment with its offset; raises ValueError for one that has none."""
    if value.tzinfo is not UTC:
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone")
        value = value.astimezone(UTC)
    return value.isoformat(" ", "microseconds")


def _plain_moment(value: datetime) -> str:
    return _moment(value)[:26]


def _joined(texts: Sequence[str | None]) -> str:
    """Return texts as one, which the driver sends as it is: lists it writes value by value."""
    joined = _BETWEEN.join([_NOTHING if text is None else text for text in texts])
    if joined.count(_BETWEEN) >= len(texts) or joined.count(_NOTHING) > texts.count(None):
        raise ValueError("a separator inside a text")
    return joined


# --- engines -------------------------------------------------------------------------------------


def _plain(made: Any, names: Sequence[str]) -> str:
    places = ", ".join("?" * len(names))
    return f"INSERT INTO {made.name} ({', '.join(names)}) VALUES ({places})"  # noqa: S608


def _plain_rows(
    made: Any, columns: Sequence[str], rows: Sequence[Sequence[Any]], same: Mapping[str, Any]
) -> list[tuple[Any, ...]]:
    fixed = [
        repeat(_written(made.c[name].type, [value], sqlite=True)[0], len(rows))
        for name, value in same.items()
    ]
    given = [
        _written(made.c[name].type, column, sqlite=True)
        for name, column in zip(columns, zip(*rows, strict=True), strict=True)
    ]
    return list(zip(*fixed, *given, strict=True))


def _arrays(
    made: Any, columns: Sequence[str], rows: Sequence[Sequence[Any]], same: Mapping[str, Any]
) -> Any:
    given = []
    for name, column in zip(columns, zip(*rows, strict=True), strict=True):
        joined = _joined(_written(made.c[name].type, column, sqlite=False))
        every = bindparam(f"every_{name}", joined, type_=Text())
        given.append(func.string_to_array(every, _BETWEEN, _NOTHING, type_=ARRAY(Text())))
    staged = func.unnest(*given).table_valued(*columns, name="staged").render_derived()
    values = [cast(staged.c[name], made.c[name].type) for name in columns]
    fixed = [literal(value, made.c[name].type) for name, value in same.items()]
    return insert(made).from_select([*same, *columns], select(*fixed, *values))
