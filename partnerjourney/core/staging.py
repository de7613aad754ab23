"""Inserting many rows of the product's own tables, with as little as possible done per value.

SQLite gets the rows as they are, PostgreSQL one JSON parameter that it takes apart itself: both
several times faster than rows that SQLAlchemy handles one by one. Only for the System scope: a
member's rows go through `border.bulk_insert`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    JSON,
    ColumnElement,
    Date,
    Text,
    Uuid,
    bindparam,
    cast,
    func,
    insert,
    literal,
    select,
)
from sqlalchemy.orm import Session

from partnerjourney.core import border
from partnerjourney.core.db import UtcDateTime


def insert_rows(
    system: Session,
    table: type[Any],
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
    *,
    same: Mapping[str, Any],
) -> None:
    """Insert rows whose values stand in the order of `columns`; `same` holds for all of them.

    Values are UUIDs, moments (aware), days, texts, whole numbers, None, and lists for documents.
    Raises BorderError under any other scope than the product's own.
    """
    if not border.lifted(system):
        raise border.BorderError("only the product itself stages rows")
    if not rows:
        return
    made: Any = table.__table__
    if system.get_bind().dialect.name == "sqlite":
        _insert_plain(system, made, columns, rows, same)
    else:
        _insert_document(system, made, columns, rows, same)


def among(system: Session, column: Any, values: Collection[str]) -> ColumnElement[bool]:
    """Say that a column of texts holds one of many values.

    PostgreSQL gets them as rows, so that it hashes them or looks each up: with a parameter for
    each a prepared statement compares every row of the table with every value.
    """
    wanted = sorted(values)
    if system.get_bind().dialect.name == "sqlite":
        return column.in_(wanted)  # type: ignore[no-any-return]
    given = bindparam("among", wanted, type_=ARRAY(Text()), unique=True)
    return column.in_(select(func.unnest(given)))  # type: ignore[no-any-return]


# --- SQLite --------------------------------------------------------------------------------------


def _insert_plain(
    system: Session,
    made: Any,
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
    same: Mapping[str, Any],
) -> None:
    names = [*same, *columns]
    places = ", ".join("?" * len(names))
    statement = f"INSERT INTO {made.name} ({', '.join(names)}) VALUES ({places})"  # noqa: S608
    fixed = tuple(
        value if write is None or value is None else write(value)
        for write, value in zip(_writers(made, [*same]), same.values(), strict=True)
    )
    writers = _writers(made, columns)
    system.flush()
    system.connection().exec_driver_sql(
        statement,
        [
            (
                *fixed,
                *(
                    value if write is None or value is None else write(value)
                    for write, value in zip(writers, row, strict=True)
                ),
            )
            for row in rows
        ],
        execution_options={**border.STAMP},
    )


def _writers(made: Any, columns: Sequence[str]) -> list[Callable[[Any], Any] | None]:
    return [_writer(made.c[name].type) for name in columns]


def _writer(kind: Any) -> Callable[[Any], Any] | None:
    """Return how SQLite stores a value of this type, None where as it is."""
    if isinstance(kind, Uuid):
        return lambda value: value.hex
    if isinstance(kind, UtcDateTime):
        return _moment
    if isinstance(kind, Date):
        return date.isoformat
    return json.dumps if isinstance(kind, JSON) else None


def _moment(value: datetime) -> str:
    if value.tzinfo is None:
        raise ValueError("a moment without a time zone")
    return value.astimezone(UTC).isoformat(" ", "microseconds").removesuffix("+00:00")


# --- PostgreSQL ----------------------------------------------------------------------------------


def _insert_document(
    system: Session,
    made: Any,
    columns: Sequence[str],
    rows: Sequence[Sequence[Any]],
    same: Mapping[str, Any],
) -> None:
    text = json.dumps(rows, ensure_ascii=False, default=str)
    given = cast(bindparam("rows", text, type_=Text), JSON)
    staged = func.json_array_elements(given).table_valued("value", name="staged").c.value
    values = [cast(staged.op("->>")(n), made.c[name].type) for n, name in enumerate(columns)]
    fixed = [literal(value, made.c[name].type) for name, value in same.items()]
    system.execute(insert(made).from_select([*same, *columns], select(*fixed, *values)))
