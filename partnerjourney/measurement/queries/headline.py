"""What a page says first, and what the map's pills say: data only, the words are made above."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.orm import Session

from partnerjourney.journeys.services import Place
from partnerjourney.measurement.queries.overview import Overview, Row, overview
from partnerjourney.measurement.rules import VERDICT_LEVEL, ScoreView, Verdict


class Headline(StrEnum):
    """What kind of sentence heads the page."""

    NO_POINTS = "no_points"  # nothing that the reader shares is measured
    NO_ANSWERS = "no_answers"
    FOUND = "found"  # some point is better or worse than its baseline
    NO_DIFFERENCE = "no_difference"
    UNDECIDED = "undecided"  # closed waves with too few answers
    BASELINE = "baseline"  # only a baseline so far
    RUNNING = "running"  # answers, and no verdict yet


@dataclass(frozen=True, slots=True)
class Finding:
    """The parts of the sentence: names of points in path order, and numbers."""

    kind: Headline
    points: int
    answers: int
    compared: int = 0
    better: tuple[str, ...] = ()
    worse: tuple[str, ...] = ()
    undecided: tuple[str, ...] = ()

    @property
    def by_chance(self) -> float:
        """How many of the comparisons chance alone would colour."""
        return self.compared * VERDICT_LEVEL


class PillKind(StrEnum):
    """What a pill shows: a score, the answers themselves, or nothing yet."""

    SCORE = "score"
    ANSWERS = "answers"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Pill:
    """The customer's judgement over a stretch, as the map shows it."""

    kind: PillKind
    view: ScoreView
    verdict: Verdict | None


def headline(seen: Overview) -> Finding:
    """Return what the page says of these rows: only what was judged once, at a close."""
    rows = seen.rows
    answers = sum(row.now.n or 0 for row in rows)
    if not rows:
        return Finding(Headline.NO_POINTS, 0, 0)
    given = [(row.point.name, row.verdict.word) for row in rows if row.verdict]
    better = tuple(name for name, word in given if word is Verdict.BETTER)
    worse = tuple(name for name, word in given if word is Verdict.WORSE)
    few = tuple(name for name, word in given if word is Verdict.TOO_FEW)
    compared = len(given) - len(few)
    kind = _kind(rows, answers, compared, given=bool(given), found=bool(better or worse))
    return Finding(kind, len(rows), answers, compared, better, worse, few)


def _kind(
    rows: Sequence[Row], answers: int, compared: int, *, given: bool, found: bool
) -> Headline:
    if not answers:
        return Headline.NO_ANSWERS
    if found:
        return Headline.FOUND
    if compared:
        return Headline.NO_DIFFERENCE
    if given:
        return Headline.UNDECIDED
    if all(row.is_baseline for row in rows if row.now.n):
        return Headline.BASELINE
    return Headline.RUNNING


def pills(session: Session, place: Place) -> dict[uuid.UUID, Pill]:
    """Return the pill of every measuring point that the reader shares; others have none."""
    return {row.point.id: pill(row) for row in overview(session, place).rows}


def pill(row: Row) -> Pill:
    """Return the pill of one point: under 30 answers the answers, else the score."""
    verdict = row.verdict.word if row.verdict else None
    if not row.now.n:
        return Pill(PillKind.NONE, row.now, verdict)
    return Pill(PillKind.ANSWERS if row.now.few else PillKind.SCORE, row.now, verdict)
