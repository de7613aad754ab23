"""One row of a file → an answer that was given elsewhere, or what is wrong with it.

An empty time cell is no answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from partnerjourney.events.rules.mapping import AnswerColumns
from partnerjourney.events.rules.mapping import Mapping as FileMapping
from partnerjourney.events.rules.rows import (
    MOST_REFERENCE,
    Fault,
    RowError,
    RowReader,
    clean,
    digest,
)
from partnerjourney.surveys.rules.kinds import Metric, parse_score

LONGEST_COMMENT = 4000
_HIDDEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


@dataclass(slots=True)
class NewAnswer:
    """One answer of a file; `member` names a group's member by its organisation's slug."""

    line: int
    row_key: str
    references: tuple[tuple[str, str], ...]
    at: datetime
    score: int
    comment: str
    member: str
    skipped_time: bool

    def digest(self) -> str:
        """Return the SHA-256 of what it says, but its own key."""
        return digest(self.references, self.at, self.score, self.comment, self.member)


def answer_reader(
    mapping: FileMapping, columns: Mapping[str, int], zone: ZoneInfo, metric: Metric
) -> Callable[[int, Sequence[str]], Iterator[NewAnswer | Fault]]:
    """Return a function of a line number and its cells that yields an answer or its fault."""
    rows, spec = RowReader(mapping, columns, zone), mapping.answer
    assert spec is not None

    def read(line: int, cells: Sequence[str]) -> Iterator[NewAnswer | Fault]:
        time = rows.cell(cells, "time", spec.time)
        if not time:
            return
        try:
            yield _answer(rows, spec, line, cells, time, metric)
        except RowError as error:
            yield Fault(line, error.field, str(error))

    return read


def _answer(
    rows: RowReader,
    spec: AnswerColumns,
    line: int,
    cells: Sequence[str],
    time: str,
    metric: Metric,
) -> NewAnswer:
    at, skipped = rows.moment("time", time)
    said = rows.cell(cells, "score", spec.score)
    score = parse_score(said, metric)
    if score is None:
        shown = f"{said[:40]!r} is not on the scale of {metric}" if said else "is empty"
        raise RowError("score", shown)
    comment = _HIDDEN.sub("", rows.cell(cells, "comment", spec.comment).replace("\r\n", "\n"))
    if len(comment) > LONGEST_COMMENT:
        raise RowError("comment", f"longer than {LONGEST_COMMENT} characters")
    return NewAnswer(
        line=line,
        row_key=rows.key(cells),
        references=rows.references(cells),
        at=at,
        score=score,
        comment=comment.strip(),
        member=clean("member", rows.cell(cells, "member", spec.member), MOST_REFERENCE),
        skipped_time=skipped,
    )


def columns_of(mapping: FileMapping) -> list[str]:
    """Return every column that the answers of a mapping are read from."""
    source, answer = mapping.source, mapping.answer
    assert answer is not None
    named = (answer.score, answer.time, answer.comment, answer.member)
    return [*source.id, *source.reference_columns.values(), *filter(None, named)]
