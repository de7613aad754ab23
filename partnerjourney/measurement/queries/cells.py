"""Sums over the cells that a session sees: histograms per point and whatever they are split by."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, bindparam, func, literal_column, or_, select
from sqlalchemy.orm import Session

from partnerjourney.events.rules import State
from partnerjourney.measurement.models import Cell
from partnerjourney.measurement.rules import Histogram, Metric

_SCORES = tuple(getattr(Cell, f"s{score}") for score in range(11))
_SUMS = tuple(func.sum(column) for column in _SCORES)
_REACH = tuple(func.sum(column) for column in (Cell.skipped, Cell.invited, Cell.delivered))
_NONE = literal_column("0", Integer())  # a parameter would be sent and bound for each column
_ANSWERED = or_(*(_SCORES[score] > _NONE for score in (8, 5, 9, 10, 4, 7, 6, 3, 2, 1, 0)))
"""Whether a cell counts an answer: the commonest on each scale are looked at first."""
_DAYS = func.min(Cell.day).filter(_ANSWERED), func.max(Cell.day).filter(_ANSWERED)


@dataclass(frozen=True, slots=True)
class Sums:
    """What the cells of one group hold together; first and last day on which was answered.

    How many were asked is None unless that was wanted.
    """

    histogram: Histogram
    first: date | None = None
    last: date | None = None
    skipped: int | None = None
    invited: int | None = None
    delivered: int | None = None


def sums_by(
    session: Session,
    journey_id: uuid.UUID,
    metrics: Mapping[uuid.UUID, Metric],
    *by: Any,
    where: Sequence[ColumnElement[bool]] = (),
    reach: bool = False,
) -> dict[tuple[Any, ...], Sums]:
    """Add up the cells of points, in one statement; keys are (point, value of each of `by`).

    `metrics` names the points that are wanted, `reach` wants to know how many were asked. The
    sums go over the circles that the session's scope sees, and over all versions of the question.
    """
    query = _summed(tuple(column.key for column in by), reach=reach)
    rows = session.execute(query.where(*where) if where else query, {"journey": journey_id})
    width = 1 + len(by)
    return {
        row[:width]: _sums(metrics[row[0]], row[width:])
        for row in map(tuple, rows)
        if row[0] in metrics
    }


@cache
def _summed(by: tuple[str, ...], *, reach: bool) -> Select[Any]:
    """Select a journey's sums per point and these columns; made once, for that takes its time."""
    split = [getattr(Cell, name) for name in by]
    sums = (*_SUMS, *_DAYS, *(_REACH if reach else ()))
    here = Cell.journey_id == bindparam("journey")
    return select(Cell.point_id, *split, *sums).where(here).group_by(Cell.point_id, *split)


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
    """Make the sums of one row: scores, and perhaps days and reach."""
    histogram = Histogram(metric, tuple(row[metric.first : metric.last + 1]))
    return Sums(histogram, *row[11:])
