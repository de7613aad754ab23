"""Sums over the cells that a session sees: histograms per point and whatever they are split by."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from partnerjourney.events.rules import State
from partnerjourney.measurement.models import Cell
from partnerjourney.measurement.rules import Histogram, Metric

_SCORES = tuple(getattr(Cell, f"s{score}") for score in range(11))
_SUMS = tuple(func.sum(column) for column in (*_SCORES, Cell.skipped, Cell.invited, Cell.delivered))


@dataclass(frozen=True, slots=True)
class Sums:
    """What the cells of one group hold together; first and last day on which was answered."""

    histogram: Histogram
    skipped: int = 0
    invited: int = 0
    delivered: int = 0
    first: date | None = None
    last: date | None = None


def sums_by(
    session: Session,
    journey_id: uuid.UUID,
    metrics: Mapping[uuid.UUID, Metric],
    *by: Any,
    where: Sequence[ColumnElement[bool]] = (),
) -> dict[tuple[Any, ...], Sums]:
    """Add up the cells of points, in one statement; keys are (point, value of each of `by`).

    `metrics` names the points that are wanted. The sums go over the circles that the session's
    scope sees, and over all versions of the question.
    """
    answered = or_(*(column > 0 for column in reversed(_SCORES)))  # the commonest first
    days = func.min(Cell.day).filter(answered), func.max(Cell.day).filter(answered)
    query: Select[Any] = (
        select(Cell.point_id, *by, *_SUMS, *days)
        .where(Cell.journey_id == journey_id, *where)
        .group_by(Cell.point_id, *by)
    )
    width, found = 1 + len(by), {}
    for row in session.execute(query):
        if row[0] in metrics:
            found[tuple(row[:width])] = _sums(metrics[row[0]], row[width:])
    return found


def wave_sums(
    session: Session,
    journey_id: uuid.UUID,
    point_id: uuid.UUID,
    wave_ids: Sequence[uuid.UUID],
    metric: Metric,
) -> dict[uuid.UUID, dict[State, Sums]]:
    """Add up the cells of waves of one point per state; a wave without cells has none."""
    query: Select[Any] = (
        select(Cell.wave_id, Cell.state, *_SUMS)
        .where(
            Cell.journey_id == journey_id,
            Cell.point_id == point_id,
            Cell.wave_id.in_(wave_ids),
        )
        .group_by(Cell.wave_id, Cell.state)
    )
    found: dict[uuid.UUID, dict[State, Sums]] = defaultdict(dict)
    for wave_id, state, *numbers in session.execute(query):
        found[wave_id][state] = _sums(metric, numbers)
    return found


def _sums(metric: Metric, row: Sequence[Any]) -> Sums:
    """Make the sums of one row; PostgreSQL gives them as Decimal."""
    counts = {value: int(row[value]) for value in metric.values}
    skipped, invited, delivered = (int(number) for number in row[11:14])
    return Sums(Histogram.of(metric, counts), skipped, invited, delivered, *row[14:16])
