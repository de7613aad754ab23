"""One row of a file → an answer that was given elsewhere, or what is wrong with it.

An empty time cell is no answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache, partial
from zoneinfo import ZoneInfo

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
) -> Callable[[int, Sequence[str]], list[NewAnswer | Fault]]:
    """Return a function of a line number and its cells that gives an answer or its fault."""
    rows, spec = RowReader(mapping, columns, zone), mapping.answer
    assert spec is not None
    time_of, score_of = rows.cell("time", spec.time), rows.cell("score", spec.score)
    comment_of, member_of = rows.cell("comment", spec.comment), rows.cell("member", spec.member)
    scored = lru_cache(maxsize=64)(partial(_score, metric))

    def read(line: int, cells: Sequence[str]) -> list[NewAnswer | Fault]:
        time = time_of(cells)
        if not time:
            return []
        try:
            at, skipped = rows.moment("time", time)
            answer = NewAnswer(
                line=line,
                at=at,
                score=scored(score_of(cells)),
                comment=_comment(comment_of(cells)),
                row_key=rows.key(cells),
                references=rows.references(cells),
                member=clean("member", member_of(cells), MOST_REFERENCE),
                skipped_time=skipped,
            )
        except RowError as error:
            return [Fault(line, error.field, str(error))]
        return [answer]

    return read


def _score(metric: Metric, said: str) -> int:
    score = parse_score(said, metric)
    if score is None:
        shown = f"{said[:40]!r} is not on the scale of {metric}" if said else "is empty"
        raise RowError("score", shown)
    return score


def _comment(text: str) -> str:
    if not text.isprintable():  # most are, and have no line breaks either
        text = _HIDDEN.sub("", text.replace("\r\n", "\n"))
    if len(text) > LONGEST_COMMENT:
        raise RowError("comment", f"longer than {LONGEST_COMMENT} characters")
    return text.strip()


def columns_of(mapping: FileMapping) -> list[str]:
    """Return every column that the answers of a mapping are read from."""
    source, answer = mapping.source, mapping.answer
    assert answer is not None
    named = (answer.score, answer.time, answer.comment, answer.member)
    return [*source.id, *source.reference_columns.values(), *filter(None, named)]
