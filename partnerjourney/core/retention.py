"""Retention: what goes once it is older than its setting says, a registry that features fill.

A rule removes rows of its own feature, batch after batch: each batch is a transaction of its own,
so that nobody waits long and a worker that dies loses nothing. core/clearing.py runs them.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, Engine, Select, delete, inspect, select, tuple_
from sqlalchemy.orm import Session

from partnerjourney.core import border
from partnerjourney.core.scopes import System

PAGE = 5000
"""Keys found at a time, by reading: a long search holds no lock."""
BATCH = 500
"""Rows removed in one transaction."""

Clear = Callable[[Engine, Any, datetime], Iterator[int]]
"""Takes engine, settings and a moment; removes what is older, and yields how much after each
transaction."""


@dataclass(frozen=True)
class Rule:
    """What goes after the time that a setting gives, in days or months as its name ends."""

    what: str
    setting: str
    clear: Clear

    def before(self, settings: Any, at: datetime) -> datetime:
        """Return the moment before which everything of this kind may go."""
        length: int = getattr(settings, self.setting)
        if self.setting.endswith("_months"):
            return months_before(at, length)
        return at - timedelta(days=length)


RULES: dict[str, Rule] = {}


def rule(what: str, *, setting: str) -> Callable[[Clear], Clear]:
    """Register what is removed when it is older than a setting says."""

    def register(clear: Clear) -> Clear:
        RULES[what] = Rule(what, setting, clear)
        return clear

    return register


def months_before(at: datetime, months: int) -> datetime:
    """Return the same moment so many months earlier, or the last day of a shorter month."""
    year, month = divmod(at.year * 12 + at.month - 1 - months, 12)
    day = min(at.day, calendar.monthrange(year, month + 1)[1])
    return at.replace(year=year, month=month + 1, day=day)


def delete_rows(engine: Engine, table: type[Any], old: ColumnElement[bool]) -> Iterator[int]:
    """Delete the rows of a table that are old; one that is so no more at its turn stays."""
    columns = inspect(table).primary_key
    key: Any = columns[0] if len(columns) == 1 else tuple_(*columns)

    def clear(session: Session, found: Sequence[Any]) -> int:
        keys = [row[0] if len(columns) == 1 else tuple(row) for row in found]
        gone = session.execute(
            delete(table).where(key.in_(keys), old).execution_options(synchronize_session=False)
        )
        return cast("CursorResult[Any]", gone).rowcount

    yield from batches(engine, select(*columns).where(old), clear)


def batches(
    engine: Engine, find: Select[*tuple[Any, ...]], clear: Callable[[Session, Sequence[Any]], int]
) -> Iterator[int]:
    """Find rows and let `clear` remove them, so many at a time; yields how many it removed."""
    while True:
        with border.open_session(engine, System("retention")) as session:
            found = session.execute(find.limit(PAGE)).all()
        removed = 0
        for start in range(0, len(found), BATCH):
            with (
                border.open_session(engine, System("retention"), write=True) as session,
                session.begin(),
            ):
                number = clear(session, found[start : start + BATCH])
            removed += number
            yield number
        if len(found) < PAGE or not removed:
            return
