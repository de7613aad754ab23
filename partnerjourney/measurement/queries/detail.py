"""One measuring point from near: what happened to those who answered, and who answered at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from partnerjourney.core import border
from partnerjourney.events.rules import State
from partnerjourney.journeys.services import Place
from partnerjourney.measurement.models import Cell
from partnerjourney.measurement.queries.cells import sums_by
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
from partnerjourney.surveys.models import Invitation, PermittedComment, PointCircle, Question
from partnerjourney.surveys.rules import WaveKind

SUPPRESSED_SHOWN_FROM = 5
"""Fewer suppressed invitations than this are not counted out: it would point at people."""
COMMENTS_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Suppressed:
    """How many were not asked and why; None: between 1 and 4, which is not told."""

    total: int | None
    reasons: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Comment:
    """What a customer let this organisation read."""

    text: str
    score: int | None
    day: date


@dataclass(frozen=True, slots=True)
class Detail:
    """One row from near; states without answers are left out, but for the usual three."""

    row: Row
    question: str
    states: tuple[ScoreView, ...]
    late: Difference
    suppressed: Suppressed | None
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
    sums = sums_by(session, place.id, {point.id: point.metric}, Cell.state, where=where)
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
        suppressed=_suppressed(session, place, row),
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


def _suppressed(session: Session, place: Place, row: Row) -> Suppressed | None:
    """Count who was not asked, over the circles that the reader shares; only of a wave."""
    if row.wave is None or row.wave.kind is WaveKind.OUTSIDE:
        return None
    circles = session.scalars(
        select(PointCircle.circle_id).where(
            PointCircle.journey_id == place.id, PointCircle.point_id == row.point.id
        )
    ).all()
    with border.verb(session, "count who was not asked") as system:
        found: dict[str, int] = dict(
            system.execute(
                select(Invitation.suppressed, func.count())
                .where(
                    Invitation.journey_id == place.id,
                    Invitation.wave_id == row.wave.id,
                    Invitation.suppressed.is_not(None),
                    Invitation.circle_id.in_(circles),
                )
                .group_by(Invitation.suppressed)
            ).all()  # type: ignore[arg-type]
        )
    total = sum(found.values())
    if 0 < total < SUPPRESSED_SHOWN_FROM:
        return Suppressed(None, {})
    if any(number < SUPPRESSED_SHOWN_FROM for number in found.values()):
        return Suppressed(total, {})
    return Suppressed(total, {reason or "": number for reason, number in sorted(found.items())})


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
            func.count().over(),
        )
        .where(*own)
        .order_by(PermittedComment.day.desc(), PermittedComment.id)
        .limit(COMMENTS_SHOWN)
    ).all()
    more = rows[0][3] - len(rows) if rows else 0
    return tuple(Comment(row[0], row[1], row[2]) for row in rows), more
