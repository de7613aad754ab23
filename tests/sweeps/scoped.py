"""Tables by whose rows they hold, and what tests of the border do with them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Engine, select

from partnerjourney.core import border, predicates
from partnerjourney.core.border import BorderError
from partnerjourney.core.db import Directory
from partnerjourney.core.parties import Organisation, User
from partnerjourney.core.scopes import System
from tests.factories import kinds

SCOPED = [table for kind, tables in kinds().items() if kind is not Directory for table in tables]
SAMPLE = [
    table for kind, tables in kinds().items() if kind is not Directory for table in tables[:2]
]
"""Two tables of each kind, for the many ways of asking; the plain ways go through all tables."""

PLAIN = {"entity", "columns", "core_table"}
WRITERS = ("brand", "warehouse", "courier_a", "outsider")
EVERY = [*SCOPED, Organisation, User]  # everybody reads the installation's own settings


def all_rows(engine: Engine, table: type[Any]) -> dict[tuple[Any, ...], dict[str, Any]]:
    """Return every row of a table as the product itself reads it."""
    with border.open_session(engine, System("look")) as session:
        rows = session.execute(select(*table.__table__.columns)).mappings().all()
        names = [column.key for column in table.__table__.primary_key]
        return {tuple(row[name] for name in names): dict(row) for row in rows}


def borrow(engine: Engine, table: type[Any], found: tuple[Any, ...]) -> Any:
    """Return a row as the product itself read it, of no session any more."""
    with border.open_session(engine, System("lend")) as session:
        lent: Any = session.get_one(table, found)
        session.expunge_all()
        return lent


@contextmanager
def refused() -> Iterator[None]:
    """Expect that the border refuses something in this block."""
    with pytest.raises(BorderError):
        yield


def some(rows: Collection[tuple[Any, ...]], number: int) -> list[tuple[Any, ...]]:
    """Return a few keys from both ends: those of different journeys and owners lie apart."""
    ordered = sorted(rows, key=str)
    return ordered[: number - number // 2] + ordered[len(ordered) - number // 2 :]


def harmless(table: type[Any]) -> dict[str, Any]:
    """Return a column that says nothing of place, with a value, as an attacker would set it."""
    for column in table.__table__.columns:
        if column.key not in predicates.fixed(table) and not column.foreign_keys:
            return {column.key: column}
    return {}
