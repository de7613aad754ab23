"""Questions that a secret alone answers, asked in one step: no scope, no transaction around them.

A question finds its rows by the hash of a link or of a sign-in, and opens nothing else. On
PostgreSQL it is a function of the system role; on SQLite the driver asks the statement itself.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Engine, Enum, Select, Text, TypeDecorator, cast, select
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import OperationalError

_SQLITE = sqlite.dialect()
_UNPREPARED = b"26000"


def ask(engine: Engine, name: str, sql: str, values: Sequence[str]) -> list[Sequence[Any]]:
    """Return the rows that PostgreSQL's function `name` finds, or `sql` on SQLite.

    What PostgreSQL answers is text. Raises OperationalError where the database does not answer.
    """
    failure = engine.dialect.loaded_dbapi.Error
    try:
        raw = engine.raw_connection()
    except failure as error:
        raise OperationalError(name, None, error) from error
    try:
        driver: Any = raw.driver_connection
        if engine.dialect.name == "sqlite":
            found: list[Sequence[Any]] = driver.execute(sql, values).fetchall()
            return found
        return _asked(driver, raw.info, name, values)
    except failure as error:
        raw.invalidate()
        raise OperationalError(name, None, error) from error
    finally:
        raw.close()


def _asked(
    driver: Any, prepared: dict[Any, Any], name: str, values: Sequence[str]
) -> list[Sequence[Any]]:
    """Ask PostgreSQL by libpq; a pooler in between keeps no prepared statements."""
    from psycopg.errors import error_from_result  # an extra, needed on PostgreSQL alone
    from psycopg.pq import DiagnosticField, ExecStatus

    libpq, given = driver.pgconn, [value.encode() for value in values]
    marks = ", ".join(f"${number + 1}" for number in range(len(values)))
    question = f"select * from {name}({marks})".encode()  # noqa: S608 - names of ours
    key = name.encode()
    if name not in prepared:
        may = driver.prepare_threshold is not None
        prepared[name] = may and libpq.prepare(key, question).status == ExecStatus.COMMAND_OK
    if prepared[name]:
        result = libpq.exec_prepared(key, given)
    else:
        result = libpq.exec_params(question, given)
    if result.error_field(DiagnosticField.SQLSTATE) == _UNPREPARED:
        del prepared[name]  # psycopg lets all of them go after an error; next time it is made anew
        result = libpq.exec_params(question, given)
    if result.status != ExecStatus.TUPLES_OK:
        raise error_from_result(result)
    columns = range(result.nfields)
    return [[_text(result.get_value(row, c)) for c in columns] for row in range(result.ntuples)]


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode()


QUESTIONS: list[Question] = []
"""All that PostgreSQL needs a function for (core/lookups.py)."""


class Question:
    """A select whose one parameter, `token`, finds its rows: asked as function `name`."""

    def __init__(self, name: str, query: Select[Any]) -> None:
        self.name, self.query = name, query
        self.columns = tuple(query.selected_columns)
        compiled = query.compile(dialect=_SQLITE)
        self._sql = str(compiled)
        self._given = [
            None if one == "token" else compiled.params[one] for one in compiled.positiontup or ()
        ]
        self._read = [reader(column.type) for column in self.columns]
        QUESTIONS.append(self)

    def as_text(self) -> Any:
        """Return the select with every column as text, for the body of PostgreSQL's function."""
        found = self.query.subquery()
        return select(*(cast(one, Text).label(f"column_{n}") for n, one in enumerate(found.c)))

    def ask(self, engine: Engine, token: str) -> list[Sequence[Any]]:
        """Return what the driver found; `values` makes Python's own of it."""
        given = [token]
        if engine.dialect.name == "sqlite":
            given = [token if one is None else one for one in self._given]
        return ask(engine, self.name, self._sql, given)

    def values(self, row: Sequence[Any], first: int = 0) -> list[Any]:
        """Return the values of a row from column number `first` on."""
        return [
            None if value is None else read(value)
            for read, value in zip(self._read[first:], row[first:], strict=True)
        ]


def reader(kind: Any) -> Callable[[Any], Any]:
    """Return what makes Python's value of what a driver answers, text on PostgreSQL."""
    if isinstance(kind, Enum):
        values: type[StrEnum] = kind.enum_class  # type: ignore[assignment]
        return values
    if isinstance(kind, TypeDecorator):
        kind = kind.impl_instance
    return _READERS.get(kind.python_type, lambda value: value)


def moment(value: str) -> datetime:
    """Return an aware moment in UTC from the text of either engine."""
    found = datetime.fromisoformat(value)
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


_READERS: dict[type[Any], Callable[[Any], Any]] = {
    uuid.UUID: uuid.UUID,
    datetime: moment,
    date: date.fromisoformat,
    bool: lambda value: value in (1, "true"),
    int: int,
}
