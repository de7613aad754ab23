"""A mapping: how the columns of a sender's file become events or answers. Read from TOML.

Every fault is found at once and named by its path; a key that is not known is a fault, so that a
slip of the pen does not silently leave a promise out.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping as MappingType
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from partnerjourney.events.rules.kinds import EventKind
from partnerjourney.events.rules.times import reader

INSTANT, END_OF_DAY = "instant", "end_of_day"
TRANSLATED = ("case", "comment", "member", "promise", "reason", "score", "time")
"""The fields for which a `[values.<field>]` table may translate the file's words."""

_KEY, _NAME = 60, 40
_KINDS = sorted((kind.value for kind in EventKind), key=lambda kind: kind != EventKind.COMPLETED)


class MappingError(ValueError):
    """The mapping has faults; `faults` is a list of one line each."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Source:
    """The file: who speaks, how it is written, which columns name the case and the row."""

    name: str
    id: tuple[str, ...]
    case: str | None
    references: MappingType[str, str]
    delimiter: str = ","
    encoding: str = "utf-8"
    time_format: str | None = None
    time_zone: str | None = None

    @property
    def reference_columns(self) -> dict[str, str]:
        """Kind of reference → column; the case's own column has the kind `case` unless named."""
        named = dict(self.references)
        if self.case is not None and self.case not in named.values():
            named = {"case": self.case, **named}
        return named


@dataclass(frozen=True, slots=True)
class EventColumns:
    """From which columns one event of a row comes."""

    handover: str
    kind: EventKind
    time: str | None
    promise: str | None = None
    promise_is: str = INSTANT
    member: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class AnswerColumns:
    """From which columns an answer comes; `wave` is the key of an open wave."""

    point: str
    metric: str
    score: str
    time: str
    comment: str | None = None
    member: str | None = None
    wave: str | None = None


@dataclass(frozen=True, slots=True)
class Mapping:
    """A whole mapping."""

    source: Source
    events: tuple[EventColumns, ...]
    answer: AnswerColumns | None
    values: MappingType[str, MappingType[str, str]]


def read(data: bytes) -> Mapping:
    """Read a mapping; raises MappingError with every fault."""
    try:
        document = tomllib.loads(data.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise MappingError([f"not a TOML file: {error}"]) from error
    found = _Reader()
    mapping = found.mapping(document)
    if found.faults or mapping is None:
        raise MappingError(found.faults)
    return mapping


@dataclass
class _Reader:
    faults: list[str] = field(default_factory=list)

    def fault(self, path: str, message: str) -> None:
        self.faults.append(f"{path}: {message}")

    def mapping(self, document: dict[str, Any]) -> Mapping | None:
        self.known("", document, {"source", "event", "answer", "values"})
        source = self.source(self.table("source", document.get("source")))
        rows = document.get("event", [])
        if not isinstance(rows, list):
            self.fault("event", "write [[event]], with two brackets")
            rows = []
        events = [self.event(f"event {n}", row) for n, row in enumerate(rows, 1)]
        said = [(event.handover, event.kind) for event in events]
        for handover, kind in {pair for pair in said if said.count(pair) > 1}:
            self.fault("event", f"{handover} has {kind} twice")
        answer = self.answer(document["answer"]) if "answer" in document else None
        if not events and answer is None:
            self.fault("mapping", "needs an [[event]] or an [answer]")
        if events and source.case is None and not source.references:
            self.fault("source.case", "events need the column that names the case")
        return Mapping(source, tuple(events), answer, self.values(document.get("values", {})))

    def source(self, given: dict[str, Any]) -> Source:
        fields = {
            "name", "delimiter", "encoding", "time_format", "time_zone", "case", "references", "id"
        }  # fmt: skip
        self.known("source", given, fields)
        delimiter = self.text("source.delimiter", given.get("delimiter", ","))
        if len(delimiter) != 1 or delimiter in '"\r\n\0':
            self.fault("source.delimiter", "must be one character, such as , or ;")
        return Source(
            name=self.text("source.name", given.get("name"), most=_KEY),
            id=self.columns("source.id", given.get("id")),
            case=self.optional("source.case", given.get("case")),
            references=self.references(given.get("references", {})),
            delimiter=delimiter,
            encoding=self.encoding(given.get("encoding", "utf-8")),
            time_format=self.time_format(given.get("time_format")),
            time_zone=self.time_zone(given.get("time_zone")),
        )

    def event(self, path: str, given: Any) -> EventColumns:
        given = self.table(path, given)
        fields = {"handover", "kind", "time", "promise", "promise_is", "member", "reason"}
        self.known(path, given, fields)
        kind = EventKind(self.one_of(f"{path}.kind", given.get("kind"), _KINDS))
        expected = kind is EventKind.EXPECTED
        if expected and "time" in given:
            self.fault(f"{path}.time", "an expected event has a promise and no time")
        needed = "promise" if expected else "time"
        if needed not in given:
            self.fault(f"{path}.{needed}", "is missing")
        promise_is = given.get("promise_is", INSTANT)
        return EventColumns(
            handover=self.text(f"{path}.handover", given.get("handover"), most=_KEY),
            kind=kind,
            time=self.optional(f"{path}.time", given.get("time")),
            promise=self.optional(f"{path}.promise", given.get("promise")),
            promise_is=self.one_of(f"{path}.promise_is", promise_is, [INSTANT, END_OF_DAY]),
            member=self.optional(f"{path}.member", given.get("member")),
            reason=self.optional(f"{path}.reason", given.get("reason")),
        )

    def answer(self, given: Any) -> AnswerColumns:
        given = self.table("answer", given)
        self.known(
            "answer", given, {"point", "metric", "score", "time", "comment", "member", "wave"}
        )
        metric = self.one_of("answer.metric", given.get("metric"), ["nps", "csat", "ces"])
        return AnswerColumns(
            point=self.text("answer.point", given.get("point"), most=_KEY),
            metric=metric,
            score=self.text("answer.score", given.get("score")),
            time=self.text("answer.time", given.get("time")),
            comment=self.optional("answer.comment", given.get("comment")),
            member=self.optional("answer.member", given.get("member")),
            wave=self.optional("answer.wave", given.get("wave")),
        )

    def values(self, given: Any) -> dict[str, dict[str, str]]:
        given = self.table("values", given)
        self.known("values", given, set(TRANSLATED))
        found: dict[str, dict[str, str]] = {}
        for name, table in given.items():
            path = f"values.{name}"
            rows = self.table(path, table)
            for word, meaning in rows.items():
                if not isinstance(meaning, str | int) or isinstance(meaning, bool):
                    self.fault(f"{path}.{word}", "must be a text or a whole number")
            found[name] = {word: str(meaning) for word, meaning in rows.items()}
        return found

    # --- single values

    def known(self, path: str, given: dict[str, Any], names: set[str]) -> None:
        for name in given:
            if name not in names:
                self.fault(f"{path}.{name}".lstrip("."), f"unknown; known: {_list(names)}")

    def table(self, path: str, given: Any) -> dict[str, Any]:
        if isinstance(given, dict):
            return given
        self.fault(path, "is missing" if given is None else "must be a table")
        return {}

    def text(self, path: str, given: Any, *, most: int = 200) -> str:
        if given is None:
            self.fault(path, "is missing")
        elif not isinstance(given, str) or not given.strip():
            self.fault(path, "must be a text")
        elif len(given) > most:
            self.fault(path, f"longer than {most} characters")
        else:
            return given if len(given) == 1 else given.strip()
        return "?"

    def optional(self, path: str, given: Any) -> str | None:
        return None if given is None else self.text(path, given)

    def one_of(self, path: str, given: Any, choices: list[str]) -> str:
        if given in choices:
            return str(given)
        self.fault(path, f"must be one of {', '.join(choices)}")
        return choices[0]

    def columns(self, path: str, given: Any) -> tuple[str, ...]:
        names = given if isinstance(given, list) else [given]
        if not names:
            self.fault(path, "names no column")
        return tuple(self.text(path, name) for name in names)

    def references(self, given: Any) -> dict[str, str]:
        rows = self.table("source.references", given)
        for kind in rows:
            if not kind or len(kind) > _NAME:
                self.fault(f"source.references.{kind}", f"1 to {_NAME} characters")
        return {kind: self.text(f"source.references.{kind}", c) for kind, c in rows.items()}

    def encoding(self, given: Any) -> str:
        name = self.text("source.encoding", given)
        try:
            "".encode(name).decode(name)
        except LookupError:
            self.fault("source.encoding", f"there is no text encoding {name!r}")
        return name

    def time_format(self, given: Any) -> str | None:
        time_format = self.optional("source.time_format", given)
        if time_format is not None:
            try:
                reader(time_format)("")
            except ValueError as error:
                if "does not match" not in str(error):
                    self.fault("source.time_format", str(error))
        return time_format

    def time_zone(self, given: Any) -> str | None:
        name = self.optional("source.time_zone", given)
        if name is not None:
            try:
                ZoneInfo(name)
            except (ZoneInfoNotFoundError, ValueError, OSError):
                self.fault("source.time_zone", f"there is no time zone {name!r}")
        return name


def _list(names: set[str]) -> str:
    return ", ".join(sorted(names))
