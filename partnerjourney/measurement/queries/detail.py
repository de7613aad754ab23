"""One measuring point from near: what happened to those who answered, and who answered at all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from partnerjourney.core import border
from partnerjourney.events.rules import State
from partnerjourney.journeys.services import Place
from partnerjourney.measurement.models import Cell
from partnerjourney.measurement.queries.cells import Sums, sums_by
from partnerjourney.measurement.queries.overview import Period, Row
from partnerjourney.measurement.queries.scores import STATES
from partnerjourney.measurement.rules import (
    Difference,
    Histogram,
    ScoreView,
    answers_needed,
    compare,
    score_view,
)
from partnerjourney.surveys.models import PermittedComment, Question
from partnerjourney.surveys.queries import not_sent
from partnerjourney.surveys.rules import WaveKind
from partnerjourney.surveys.rules.asking import Reach, reach

COMMENTS_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Comment:
    """What a customer let this organisation read, with the name where that was ticked too."""

    text: str
    score: int | None
    day: date
    name: str


@dataclass(frozen=True, slots=True)
class Detail:
    """One row from near; states without answers are left out, but for the usual three.

    `reach` says how many were asked, as it may be told; None for days and outside any wave.
    """

    row: Row
    question: str
    states: tuple[ScoreView, ...]
    late: Difference
    reach: Reach | None
    comments: tuple[Comment, ...]
    more_comments: int
    needed: int | None


def detail(session: Session, place: Place, row: Row, period: Period) -> Detail:
    """Return one point from near, in the period in which its row stands."""
    point, wave = row.point, row.wave
    where = [Cell.point_id == point.id]
    if wave is not None:
        where.append(Cell.wave_id == wave.id)
    where += [Cell.day >= period.first] if period.free and period.first else []
    where += [Cell.day <= period.last] if period.free and period.last else []
    metrics = {point.id: point.metric}
    sums = sums_by(session, place.id, metrics, Cell.state, where=where, reach=True)
    empty = Histogram.of(point.metric, {})
    parts = {
        state: sums[point.id, state].histogram if (point.id, state) in sums else empty
        for state in STATES
    }
    usual = (State.LATE, State.NONE, State.UNKNOWN)
    shown = [*usual[:2], *(s for s in STATES if s not in usual and parts[s].n), usual[2]]
    comments, more = _comments(session, place, row)
    return Detail(
        row=row,
        question=_question(session, place, row),
        states=tuple(
            score_view(
                parts[state],
                point=point.key,
                group=state.value,
                period=(row.now.period_from, row.now.period_to),
                wave=row.now.wave,
            )
            for state in shown
        ),
        late=compare(parts[State.NONE], parts[State.LATE]),
        reach=None if period.free else _reach(session, place, row, sums.values()),
        comments=comments,
        more_comments=more,
        needed=answers_needed(row.baseline.histogram)
        if row.baseline and row.baseline.histogram
        else None,
    )


def _question(session: Session, place: Place, row: Row) -> str:
    """The latest wording of the point."""
    found = session.scalar(
        select(Question.text)
        .where(Question.journey_id == place.id, Question.point_id == row.point.id)
        .order_by(Question.number.desc())
        .limit(1)
    )
    return found or ""


def _reach(session: Session, place: Place, row: Row, sums: Iterable[Sums]) -> Reach | None:
    """How many were asked in a wave, over the circles that the reader shares."""
    wave, counted = row.wave, list(sums)
    if wave is None or wave.kind is WaveKind.OUTSIDE:
        return None
    told = reach(
        sent=sum(part.invited or 0 for part in counted),
        delivered=sum(part.delivered or 0 for part in counted),
        not_about_me=sum(part.skipped or 0 for part in counted),
        kept=not_sent(session, place.id, row.point.id, wave.id),
        closed=not wave.open,
    )
    return told if told.listed else None


def _comments(session: Session, place: Place, row: Row) -> tuple[tuple[Comment, ...], int]:
    """The comments that the acting organisation may read in the row's days, latest first."""
    own: list[Any] = [
        PermittedComment.journey_id == place.id,
        PermittedComment.point_id == row.point.id,
    ]
    if row.now.period_from:
        own.append(PermittedComment.day >= row.now.period_from)
    if row.now.period_to:
        own.append(PermittedComment.day <= row.now.period_to)
    if border.lifted(session):
        own.append(PermittedComment.owner_id == place.standing.organisation_id)
    rows = session.execute(
        select(
            PermittedComment.comment,
            PermittedComment.score,
            PermittedComment.day,
            PermittedComment.name,
            func.count().over(),
        )
        .where(*own)
        .order_by(PermittedComment.day.desc(), PermittedComment.id)
        .limit(COMMENTS_SHOWN)
    ).all()
    more = rows[0][4] - len(rows) if rows else 0
    return tuple(Comment(*row[:4]) for row in rows), more
