"""Running through a file: chunks of at most 500 rows, each its own transaction, then a report.

A run that was cut short is taken up by running it again: what is stored is a duplicate.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from partnerjourney.core import border
from partnerjourney.core.scopes import Scope
from partnerjourney.core.tabular import Table
from partnerjourney.events.rules.rows import Fault, Report
from partnerjourney.events.services.record import Result, Status, differs

CHUNK = 500
_ATTEMPTS = 4
_AGAIN = frozenset({"40001", "40P01", "23505", "23503"})

Row = TypeVar("Row")
Value = TypeVar("Value")


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
    return state in _AGAIN or "database is locked" in str(error.orig)


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
        read: Callable[[int, Sequence[str]], Iterable[Row | Fault]],
        work: Callable[[Session, list[Row]], list[Result]],
        key: Callable[[Row], tuple[str, str, int]],
    ) -> Report:
        """Read every record, store its rows in chunks and return what became of them.

        `key` gives a row's key, digest and line.
        """
        with closing(Seen()) as seen:

            def store(rows: list[Row]) -> list[Result]:
                results = in_transaction(
                    self.engine, self.scope, lambda s: work(s, rows), write=not self.dry_run
                )
                if not self.dry_run:
                    return results
                known = [key(row) for row in rows]
                return seen.judge(known, results, at=self.at, correct=self.correct)

            return _through(table, read, store)


def _through(
    table: Table,
    read: Callable[[int, Sequence[str]], Iterable[Row | Fault]],
    store: Callable[[list[Row]], list[Result]],
) -> Report:
    report = Report()
    waiting: list[Row | Fault] = []
    for record in table:
        report.read += 1
        if record.fault is not None:
            found: list[Row | Fault] = [Fault(record.line, None, record.fault)]
        else:
            found = list(read(record.line, record.cells))
        if len(waiting) + len(found) > CHUNK:
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
