"""One row of a file → the events that it says, or what is wrong with it; and the report of a run.

An empty time cell (for `expected` an empty promise) is no event. What is wrong with the row itself
is wrong with each of its events.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from partnerjourney.events.rules import times
from partnerjourney.events.rules.kinds import EventKind
from partnerjourney.events.rules.mapping import END_OF_DAY, EventColumns, Source
from partnerjourney.events.rules.mapping import Mapping as FileMapping
from partnerjourney.events.rules.promises import end_of_day

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_BETWEEN = "\x1f"
MOST_KEY, MOST_REFERENCE, MOST_REASON = 200, 120, 200


@dataclass(frozen=True, slots=True)
class Fault:
    """Why something of a row was rejected; `field` is the field of the mapping, if it is one."""

    line: int
    field: str | None
    message: str


@dataclass(frozen=True, slots=True)
class Flag:
    """Something odd about an accepted row."""

    line: int
    rule: str
    message: str


class RowError(ValueError):
    """A cell cannot be taken; carries the field and the message."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(message)
        self.field = name


@dataclass(slots=True)
class NewEvent:
    """An event as a sender says it; `member` names a group's member by its organisation's slug."""

    line: int
    handover: str
    kind: EventKind
    row_key: str
    references: tuple[tuple[str, str], ...]
    at: datetime | None
    promised_at: datetime | None
    member: str = ""
    reason: str | None = None
    flags: list[Flag] = field(default_factory=list)

    def digest(self) -> str:
        """Return the SHA-256 of what it says, but its own key."""
        return digest(self.references, self.at, self.promised_at, self.member, self.reason)


def digest(*said: object) -> str:
    """Return the SHA-256 of what a row says: the same for the same content."""
    return hashlib.sha256(repr(said).encode()).hexdigest()


def clean(name: str, text: str, most: int) -> str:
    """Return a short text without surrounding blanks; raises RowError for what is no such text."""
    text = text.strip()
    if len(text) > most:
        raise RowError(name, f"longer than {most} characters")
    if not text.isprintable() and _CONTROL.search(text):
        raise RowError(name, "has a control character")
    return text


class RowReader:
    """What events and answers share: key, references, translated cells and times of a row."""

    def __init__(self, mapping: FileMapping, columns: Mapping[str, int], zone: ZoneInfo) -> None:
        source: Source = mapping.source
        self._columns, self.zone = columns, zone
        self.file_zone = ZoneInfo(source.time_zone) if source.time_zone else zone
        self._values = mapping.values
        self._id = [columns[name] for name in source.id]
        self._references = [
            (kind, "case", self.cell("case", name))
            if name == source.case
            else (kind, f"references.{kind}", self.cell(None, name))
            for kind, name in source.reference_columns.items()
        ]
        self._time = times.reader(source.time_format)
        self._day = times.day_reader(source.time_format)

    def cell(self, name: str | None, column: str | None) -> Callable[[Sequence[str]], str]:
        """Return a function of a row that gives the text of a field, "" where it has no column.

        The words that the mapping has for the field are translated.
        """
        if column is None:
            return lambda cells: ""
        index, words = self._columns[column], self._values.get(name or "")
        if not words:
            return lambda cells: cells[index].strip()

        def translated(cells: Sequence[str]) -> str:
            text = cells[index].strip()
            return words.get(text, text)

        return translated

    def key(self, cells: Sequence[str]) -> str:
        """Return what makes the row unique for its sender; raises RowError."""
        parts = [clean("id", cells[index], MOST_KEY) for index in self._id]
        if not all(parts):
            raise RowError("id", "is empty")
        key = _BETWEEN.join(parts)
        if len(key) > MOST_KEY:
            raise RowError("id", f"longer than {MOST_KEY} characters")
        return key

    def references(
        self, cells: Sequence[str], *, needed: bool = False
    ) -> tuple[tuple[str, str], ...]:
        """Return (kind, value) of every reference that the row has; raises RowError."""
        found = []
        for kind, name, text in self._references:
            if value := clean(name, text(cells), MOST_REFERENCE):
                found.append((kind, value))
        if needed and not found:
            raise RowError("case", "is empty")
        return tuple(found)

    def moment(self, name: str, text: str) -> tuple[datetime, bool]:
        """Return a time in UTC and whether the clock skipped it; raises RowError."""
        try:
            return times.moment(self._time(text), self.file_zone)
        except (ValueError, OverflowError):
            raise RowError(name, f"{_shown(text)} is not a time as the mapping writes it") from None

    def promise(self, text: str, promise_is: str) -> datetime:
        """Return until when was promised, in UTC: an instant, or the end of a day; RowError."""
        if promise_is != END_OF_DAY:
            return self.moment("promise", text)[0]
        try:
            return end_of_day(self._day(text), self.zone)
        except (ValueError, OverflowError):
            raise RowError("promise", f"{_shown(text)} is not a day") from None


def _shown(text: str) -> str:
    return repr(text[:40])


def event_reader(
    mapping: FileMapping, columns: Mapping[str, int], zone: ZoneInfo
) -> Callable[[int, Sequence[str]], list[NewEvent | Fault]]:
    """Return a function of a line number and its cells that gives events and faults.

    `zone` is the journey's: promised days end there, and it is the file's unless that has one.
    """
    rows = RowReader(mapping, columns, zone)
    readers = [_EventReader(rows, spec) for spec in mapping.events]

    def read(line: int, cells: Sequence[str]) -> list[NewEvent | Fault]:
        said = [(reader, text) for reader in readers if (text := reader.deciding(cells))]
        if not said:
            return []
        try:
            key, references = rows.key(cells), rows.references(cells, needed=True)
        except RowError as error:
            return [Fault(line, error.field, str(error)) for _ in said]
        return [reader.read(line, cells, text, key, references) for reader, text in said]

    return read


class _EventReader:
    """Reads one kind of event from a row."""

    def __init__(self, rows: RowReader, spec: EventColumns) -> None:
        self._rows, self._spec = rows, spec
        self._promise = rows.cell("promise", spec.promise)
        self._reason = rows.cell("reason", spec.reason)
        self._member = rows.cell("member", spec.member)
        self.deciding = self._promise if spec.time is None else rows.cell("time", spec.time)

    def read(
        self,
        line: int,
        cells: Sequence[str],
        text: str,
        key: str,
        references: tuple[tuple[str, str], ...],
    ) -> NewEvent | Fault:
        """Return the event whose deciding cell is `text`, or what is wrong with it."""
        rows, spec = self._rows, self._spec
        try:
            at, skipped = (None, False) if spec.time is None else rows.moment("time", text)
            promise = self._promise(cells)
            reason = clean("reason", self._reason(cells), MOST_REASON)
            return NewEvent(
                line=line,
                handover=spec.handover,
                kind=spec.kind,
                row_key=key,
                references=references,
                at=at,
                promised_at=rows.promise(promise, spec.promise_is) if promise else None,
                member=clean("member", self._member(cells), MOST_REFERENCE),
                reason=reason or None,
                flags=[skipped_flag(line)] if skipped else [],
            )
        except RowError as error:
            return Fault(line, error.field, str(error))


def skipped_flag(line: int) -> Flag:
    """Return the flag of a time that does not exist because the clock was put forward."""
    return Flag(line, times.CLOCK_CHANGE, "the clock skipped this time; read as before the change")


# --- the report of a run -------------------------------------------------------------------------

MOST_SHOWN = 10_000
"""So many errors and flags a report holds; beyond them it only counts, so that memory is flat."""


@dataclass
class Report:
    """What an import did. `accepted + duplicates + rejected` is `candidates`."""

    read: int = 0
    accepted: int = 0
    duplicates: int = 0
    rejected: int = 0
    errors: list[Fault] = field(default_factory=list)
    flags: list[Flag] = field(default_factory=list)
    flagged: int = 0

    def reject(self, fault: Fault) -> None:
        """Count a rejected candidate."""
        self.rejected += 1
        if len(self.errors) < MOST_SHOWN:
            self.errors.append(fault)

    def flag(self, flag: Flag) -> None:
        """Count something odd about an accepted row."""
        self.flagged += 1
        if len(self.flags) < MOST_SHOWN:
            self.flags.append(flag)

    def document(self) -> dict[str, Any]:
        """Return the report as JSON types; `…_left_out` only where a list was cut."""
        found: dict[str, Any] = {
            "read": self.read,
            "candidates": self.accepted + self.duplicates + self.rejected,
            "accepted": self.accepted,
            "duplicates": self.duplicates,
            "rejected": self.rejected,
            "errors": [
                {"line": fault.line, "field": fault.field, "message": fault.message}
                for fault in self.errors
            ],
            "flags": [
                {"line": flag.line, "rule": flag.rule, "message": flag.message}
                for flag in self.flags
            ],
        }
        if self.rejected > len(self.errors):
            found["errors_left_out"] = self.rejected - len(self.errors)
        if self.flagged > len(self.flags):
            found["flags_left_out"] = self.flagged - len(self.flags)
        return found
