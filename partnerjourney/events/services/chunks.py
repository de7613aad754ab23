"""Running through a file: chunks of rows, each its own transaction, then a report.

A run that was cut short is taken up by running it again: what is stored is a duplicate.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any, TypeVar

from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from partnerjourney.core import border
from partnerjourney.core.scopes import Scope
from partnerjourney.core.staging import tell_planner
from partnerjourney.core.tabular import Table
from partnerjourney.events.rules.rows import Fault, Report
from partnerjourney.events.services.record import Result, Status, differs
from partnerjourney.events.services.turns import Turns

CHUNK = 500
"""So many rows a transaction has at most, unless a feature says otherwise."""

SHORT = 150
"""So many rows it has at most while others wait for SQLite's one write lock."""

_ATTEMPTS = 4
_AGAIN = frozenset({"40001", "40P01", "23505", "23503"})
_AGAIN_SQLITE = (
    "SQLITE_BUSY",
    "SQLITE_CONSTRAINT_FOREIGNKEY",
    "SQLITE_CONSTRAINT_PRIMARYKEY",
    "SQLITE_CONSTRAINT_UNIQUE",
)

Row = TypeVar("Row")
Value = TypeVar("Value")
Ready = TypeVar("Ready")
Grow = Sequence[type[Any]]


class Seen:
    """What a dry run has met, since nothing of it is stored: a table on disk, not in memory."""

    def __init__(self) -> None:
        self._table = sqlite3.connect("", isolation_level=None)
        self._table.execute("create table seen (key text primary key, digest text) without rowid")

    def judge(
        self,
        rows: Sequence[tuple[str, str, int]],
        results: Sequence[Result],
        *,
        at: datetime,
        correct: bool,
    ) -> list[Result]:
        """Find what the file itself says twice, chunks apart; `rows` are (key, digest, line)."""
        return [
            self._judge(*row, result, at, correct=correct) if _accepted(result) else result
            for row, result in zip(rows, results, strict=True)
        ]

    def _judge(
        self, key: str, digest: str, line: int, result: Result, at: datetime, *, correct: bool
    ) -> Result:
        found = self._table.execute("select digest from seen where key = ?", (key,)).fetchone()
        if found is not None and found[0] == digest:
            return Result(Status.DUPLICATE)
        if found is not None and not correct:
            return Result(Status.REJECTED, fault=differs(line, at))
        self._table.execute("insert or replace into seen values (?, ?)", (key, digest))
        return result

    def close(self) -> None:
        """Drop it."""
        self._table.close()


def _accepted(result: Result) -> bool:
    return result.status is Status.ACCEPTED


def in_transaction(
    engine: Engine, scope: Scope, work: Callable[[Session], Value], *, write: bool
) -> Value:
    """Run `work` in a transaction of its own; again where another one was in the way."""
    for left in reversed(range(_ATTEMPTS)):
        try:
            with border.open_session(engine, scope, write=write) as session:
                value = work(session)
                if write:
                    session.commit()
                return value
        except (IntegrityError, OperationalError) as error:
            if not left or not _retryable(error):
                raise
    raise AssertionError("the last attempt returns or raises")


def _retryable(error: IntegrityError | OperationalError) -> bool:
    state = getattr(error.orig, "sqlstate", None)
    name = getattr(error.orig, "sqlite_errorname", "")
    return state in _AGAIN or name.startswith(_AGAIN_SQLITE)


@dataclass(frozen=True)
class Run:
    """One run through a file: for whom, when, and whether it corrects or stores nothing."""

    engine: Engine
    scope: Scope
    at: datetime
    correct: bool = field(kw_only=True)
    dry_run: bool = field(kw_only=True)

    def look(self, work: Callable[[Session], Value]) -> Value:
        """Read something in a transaction of its own."""
        return in_transaction(self.engine, self.scope, work, write=False)

    def write(self, work: Callable[[Session], Value]) -> Value:
        """Write something in a transaction of its own."""
        return in_transaction(self.engine, self.scope, work, write=True)

    def through(
        self,
        table: Table,
        read: Callable[[int, Sequence[str]], Sequence[Row | Fault]],
        work: Callable[[Session, list[Row], Ready | None], list[Result]],
        key: Callable[[Row], tuple[str, str, int]],
        get_ready: Callable[[Session, list[Row]], Ready | None] | None = None,
        *,
        grow: Grow,
        chunk: int = CHUNK,
    ) -> Report:
        """Read every record, store its rows in chunks and return what became of them.

        `key` gives a row's key, digest and line. `get_ready` does before SQLite's one write lock
        is taken what can be done before: `work` gets what it gives, and looks whether it holds.
        `grow` are the tables that get many rows.
        """
        if not self.dry_run and self.engine.dialect.name == "sqlite":
            turns = Turns(self.look)
            store = self._in_turns(turns, work, get_ready)
            return _through(table, read, store, lambda: SHORT if turns.others else chunk)
        if not self.dry_run:
            return _through(table, read, self._telling(work, grow), lambda: chunk)
        with closing(Seen()) as seen:

            def foresee(rows: list[Row]) -> list[Result]:
                results = self.look(lambda session: work(session, rows, None))
                known = [key(row) for row in rows]
                return seen.judge(known, results, at=self.at, correct=self.correct)

            return _through(table, read, foresee, lambda: chunk)

    def _telling(
        self, work: Callable[[Session, list[Row], Ready | None], list[Result]], grow: Grow
    ) -> Callable[[list[Row]], list[Result]]:
        """Return what stores a chunk; before the second one it tells PostgreSQL's planner."""
        turn = count(1)

        def store(rows: list[Row]) -> list[Result]:
            if next(turn) == 2:
                tell_planner(self.engine, grow)
            return self.write(lambda session: work(session, rows, None))

        return store

    def _in_turns(
        self,
        turns: Turns,
        work: Callable[[Session, list[Row], Ready | None], list[Result]],
        get_ready: Callable[[Session, list[Row]], Ready | None] | None,
    ) -> Callable[[list[Row]], list[Result]]:
        """Return what stores a chunk with SQLite's lock held only shortly."""

        def store(rows: list[Row]) -> list[Result]:
            ready = []  # for the first attempt; another one does all under the lock
            if get_ready is not None:
                ready.append(self.look(lambda session: get_ready(session, rows)))
            started = time.monotonic()
            done = self.write(lambda session: work(session, rows, ready.pop() if ready else None))
            turns.leave(time.monotonic() - started)
            return done

        return store


def _through(
    table: Table,
    read: Callable[[int, Sequence[str]], Sequence[Row | Fault]],
    store: Callable[[list[Row]], list[Result]],
    most: Callable[[], int],
) -> Report:
    report = Report()
    waiting: list[Row | Fault] = []
    for line, cells, fault in table:
        report.read += 1
        found = read(line, cells) if fault is None else [Fault(line, None, fault)]
        if len(waiting) + len(found) > most():
            _store(waiting, store, report)
            waiting = []
        waiting += found
    _store(waiting, store, report)
    return report


def _store(
    waiting: list[Row | Fault], store: Callable[[list[Row]], list[Result]], report: Report
) -> None:
    rows = [item for item in waiting if not isinstance(item, Fault)]
    results = iter(store(rows) if rows else ())
    for item in waiting:
        if isinstance(item, Fault):
            report.reject(item)
            continue
        result = next(results)
        if result.status is Status.ACCEPTED:
            report.accepted += 1
            for flag in result.flags:
                report.flag(flag)
        elif result.status is Status.DUPLICATE:
            report.duplicates += 1
        else:
            assert result.fault is not None
            report.reject(result.fault)
