"""All scores of a journey for one reader: what the command line, the API and exports print."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from partnerjourney.core.errors import NotFoundError
from partnerjourney.events.rules import State
from partnerjourney.journeys.services import Place
from partnerjourney.measurement.models import Cell, StoredVerdict
from partnerjourney.measurement.queries.cells import Sums, sums_by
from partnerjourney.measurement.queries.points import MeasuredPoint, points
from partnerjourney.measurement.rules import Histogram, ScoreView, Verdict, score_view
from partnerjourney.surveys.models import Wave

STATES = (State.NONE, State.LATE, State.MISSING, State.FAILING, State.AD_HOC, State.UNKNOWN)
"""The groups of a split by deviation, in the order in which they are listed."""


class By(StrEnum):
    """What the scores of a point are split by."""

    POINT = "point"
    HANDOVER = "handover"
    DEVIATION = "deviation"
    ROLE = "role"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class Score:
    """One score and the point that it is about."""

    point: MeasuredPoint
    view: ScoreView


def scores(
    session: Session,
    place: Place,
    *,
    date_from: date | None = None,
    date_to: date | None = None,
    wave: str | None = None,
    by: By = By.POINT,
) -> list[Score]:
    """Return the scores of the points that the session's scope shares, in path order.

    Without a wave all answers of the period count, those outside any wave too; days are inclusive
    and a bound that was not asked for is the first or last day of an answer. A point without
    answers has n 0. Raises NotFoundError for a wave that there is not, ValueError for a period
    that ends before it begins.
    """
    if date_from and date_to and date_to < date_from:
        raise ValueError(f"the period ends on {date_to}, before it begins on {date_from}")
    found = points(session, place)
    waves = _waves(session, place, wave, found) if wave else {}
    split = {By.DEVIATION: (Cell.state,), By.ROLE: (Cell.role,), By.DAY: (Cell.day,)}.get(by, ())
    where = [*_days(date_from, date_to), *([Cell.wave_id.in_(waves)] if wave else [])]
    metrics = {point.id: point.metric for point in found}
    sums: dict[uuid.UUID, dict[tuple[Any, ...], Sums]] = defaultdict(dict)
    for key, part in sums_by(session, place.id, metrics, *split, where=where).items():
        sums[key[0]][key[1:]] = part
    said = {waves[wave_id]: word for wave_id, word in _verdicts(session, place, waves).items()}
    rows = []
    for point in found:
        for group, part in _groups(point, sums[point.id], by):
            day = date.fromisoformat(group) if by is By.DAY and group else None
            view = score_view(
                part.histogram,
                point=point.key,
                group=group,
                period=(day or date_from or part.first, day or date_to or part.last),
                wave=wave,
                verdict=said.get(point.id) if by in (By.POINT, By.HANDOVER) else None,
            )
            rows.append(Score(point, view))
    return rows


def score_document(score: Score) -> dict[str, Any]:
    """Return one row as machines read it: figures unrounded, an NPS and its margin times 100."""
    view = score.view
    return {
        "point": view.point,
        "handovers": [leg.key for leg in score.point.legs],
        "group": view.group,
        "metric": view.metric.value,
        "from": view.period_from,
        "to": view.period_to,
        "n": view.n,
        "score": view.score,
        "mean": view.mean,
        "low": view.low,
        "high": view.high,
        "confidence": view.confidence,
        "method": view.method.value if view.method else None,
        "histogram": view.histogram.by_value() if view.histogram else None,
        "verdict": view.verdict.value if view.verdict else None,
        "withheld": view.withheld.value if view.withheld else None,
    }


def _groups(
    point: MeasuredPoint, sums: dict[tuple[Any, ...], Sums], by: By
) -> Iterator[tuple[str | None, Sums]]:
    """Yield the groups of one point, in their order; one without answers where there are none."""
    nothing = Sums(Histogram.of(point.metric, {}))
    if by is By.DEVIATION:
        for state in STATES:
            yield state.value, sums.get((state,), nothing)
    elif by is By.HANDOVER:
        for leg in point.legs:
            yield leg.key, sums.get((), nothing)
    else:
        answered = {key: part for key, part in sums.items() if part.histogram.n or not key}
        for key, part in sorted(answered.items()) or [((), nothing)]:
            yield str(key[0]) if key else None, part


def _days(first: date | None, last: date | None) -> list[ColumnElement[bool]]:
    bounds = []
    if first is not None:
        bounds.append(Cell.day >= first)
    if last is not None:
        bounds.append(Cell.day <= last)
    return bounds


def _waves(
    session: Session, place: Place, key: str, found: list[MeasuredPoint]
) -> dict[uuid.UUID, uuid.UUID]:
    """Return wave → point of all waves with this key at points that the reader shares."""
    query = select(Wave.id, Wave.point_id).where(Wave.journey_id == place.id, Wave.key == key)
    shared = {point.id for point in found}
    waves = {wave: point for wave, point in session.execute(query) if point in shared}
    if not waves:
        raise NotFoundError(f"there is no wave {key!r}, or not for whom you act")
    return waves


def _verdicts(
    session: Session, place: Place, waves: dict[uuid.UUID, uuid.UUID]
) -> dict[uuid.UUID, Verdict]:
    if not waves:
        return {}
    query = select(StoredVerdict.wave_id, StoredVerdict.verdict).where(
        StoredVerdict.journey_id == place.id,
        StoredVerdict.wave_id.in_(waves),
        StoredVerdict.family == "primary",
    )
    return {wave_id: Verdict(word) for wave_id, word in session.execute(query)}
