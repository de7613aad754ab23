"""Rows for tests: what a test does not say is filled in, so that a new column breaks no test."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, TypeVar

from sqlalchemy import JSON, Boolean, Date, Enum, Integer, LargeBinary, String, Uuid
from sqlalchemy.orm import Session

from partnerjourney.core import ids, predicates, schema
from partnerjourney.core.db import UtcDateTime

MOMENT = datetime(2026, 3, 4, 9, 30, tzinfo=UTC)

Row = TypeVar("Row")
_numbers = itertools.count(1)


def row(table: type[Row], /, **given: Any) -> Row:
    """Return a row of a table; required columns without a default get some value."""
    columns = table.__table__.columns  # type: ignore[attr-defined]
    for column in columns:
        if column.key in given or column.nullable or column.default is not None:
            continue
        if column is table.__mapper__.version_id_col:  # type: ignore[attr-defined]
            continue
        given[column.key] = value(column)
    return table(**given)


def value(column: Any) -> Any:
    """Return some value that a column takes."""
    kind = column.type
    if isinstance(kind, Enum):
        return next(iter(kind.enum_class)) if kind.enum_class else kind.enums[0]
    if isinstance(kind, String):
        return f"{column.key} {next(_numbers)}"[-(kind.length or 40) :]
    if isinstance(kind, Uuid):
        return ids.new_v4()
    for found, some in (
        (UtcDateTime, MOMENT),
        (Date, date(2026, 3, 4)),
        (Boolean, False),
        (Integer, 1),
        (JSON, {}),
        (LargeBinary, b"bytes"),
    ):
        if isinstance(kind, found):
            return some
    raise TypeError(f"{column}: no value for {kind!r}")


def grow(
    session: Session, place: dict[str, Any], *, only: type[Any] | tuple[type[Any], ...] = object
) -> None:
    """Add one row to every table that has none in a place, tied to the rows that are there.

    `place` maps names of tables to their rows; tables whose parents it lacks are left out.
    """
    base = schema.load()
    classes = {mapper.local_table.name: mapper.class_ for mapper in base.registry.mappers}
    for table in base.metadata.sorted_tables:
        mapped = classes[table.name]
        if table.name in place or not issubclass(mapped, only):
            continue
        tied = ties(mapped, place)
        if tied is not None:
            place[table.name] = row(mapped, **tied)
            session.add(place[table.name])
            session.flush()


_SOFT = {
    "circle_id": "circle",
    "participation_id": "participation",
    "invitation_id": "invitation",
    "answer_id": "answer",
    "case_id": "journey_case",
    "handover_id": "handover",
    "question_id": "question",
}
"""Columns that name a row without a foreign key → its table."""


def ties(table: type[Any], place: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return what a row's foreign keys hold in a place, or None where a parent is missing."""
    tied: dict[str, Any] = {}
    for key in table.__table__.foreign_key_constraints:
        parent = place.get(key.referred_table.name)
        if parent is None:
            if all(element.parent.nullable for element in key.elements):
                continue
            return None
        for element in key.elements:
            tied[element.parent.key] = getattr(parent, element.column.key)
    for column, name in _SOFT.items():
        if column in table.__table__.columns and name in place:
            tied.setdefault(column, place[name].id)
    return tied


def key(row: Any) -> tuple[Any, ...]:
    """Return the primary key of a row."""
    return tuple(row.__mapper__.primary_key_from_instance(row))


def kinds() -> dict[type[Any], list[type[Any]]]:
    """Return the mapped classes by kind."""
    schema.load()
    found: dict[type[Any], list[type[Any]]] = {}
    for table in sorted(predicates.tables(), key=lambda table: str(table.__tablename__)):
        found.setdefault(predicates.kind_of(table), []).append(table)
    return found


def new_id() -> uuid.UUID:
    """Return an id that nothing has."""
    return uuid.uuid4()
