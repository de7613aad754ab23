"""The score of one point, week by week or month by month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from partnerjourney.journeys.services import Place
from partnerjourney.measurement.models import Cell
from partnerjourney.measurement.queries.cells import sums_by
from partnerjourney.measurement.queries.overview import Period, Row
from partnerjourney.measurement.rules import Histogram, ScoreView, score_view
from partnerjourney.measurement.rules.periods import Span, spans


@dataclass(frozen=True, slots=True)
class Stretch:
    """A week or month of a point with its score; without answers it has n 0."""

    span: Span
    view: ScoreView


def over_time(session: Session, place: Place, row: Row, period: Period) -> tuple[Stretch, ...]:
    """Return the score over all days on which was answered, or over those that were chosen."""
    point = row.point
    where: list[Any] = [Cell.point_id == point.id]
    where += [Cell.day >= period.first] if period.free and period.first else []
    where += [Cell.day <= period.last] if period.free and period.last else []
    sums = sums_by(session, place.id, {point.id: point.metric}, Cell.day, where=where)
    days: dict[date, Histogram] = {
        day: part.histogram for (_, day), part in sums.items() if part.histogram.n
    }
    if not days:
        return ()
    return tuple(
        Stretch(
            span,
            score_view(
                _together([held for day, held in days.items() if span.first <= day <= span.last],
                          point.metric),
                point=point.key,
                period=(span.first, span.last),
            ),
        )
        for span in spans(min(days), max(days))
    )  # fmt: skip


def _together(some: list[Histogram], metric: Any) -> Histogram:
    counts = [sum(values) for values in zip(*(one.counts for one in some), strict=True)]
    return Histogram(metric, tuple(counts)) if counts else Histogram.of(metric, {})
