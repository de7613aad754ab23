"""Points over time and what was announced meanwhile, as facts: what the measurement page shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from sqlalchemy.orm import Session

from partnerjourney.announcements.queries import told
from partnerjourney.announcements.rules import within
from partnerjourney.journeys.services import Place
from partnerjourney.measurement.queries import Period, Row
from partnerjourney.measurement.queries.over_time import over_time
from partnerjourney.reviews.queries.figures import score_of
from partnerjourney.reviews.rules.facts import Announced, PointFact, Stretch


def with_lines(
    session: Session,
    place: Place,
    rows: Sequence[Row],
    points: Sequence[PointFact],
    period: Period,
) -> tuple[PointFact, ...]:
    """Return the points, each with its score week by week or month by month."""
    by_number = dict(enumerate(rows, 1))
    return tuple(
        replace(point, over_time=_stretches(session, place, by_number[point.number], period))
        for point in points
    )


def _stretches(session: Session, place: Place, row: Row, period: Period) -> tuple[Stretch, ...]:
    found = []
    for one in over_time(session, place, row, period):
        score = score_of(one.view)
        found.append(
            Stretch(one.span.first, one.span.last, score.n or 0, score.value, score.low, score.high)
        )
    return tuple(found)


def announced(
    session: Session,
    place: Place,
    points: Sequence[PointFact],
    days: tuple[date | None, date | None],
) -> tuple[Announced, ...]:
    """Return what parties announced in the days of the report, or of its lines over time."""
    firsts = [one.first for point in points for one in point.over_time[:1]]
    first = min([*firsts, *([days[0]] if days[0] else [])], default=None)
    return tuple(
        Announced(one.by, one.kind.value, one.text, one.first_day, one.last_day)
        for one in within(told(session, [place.id]), first, days[1])
    )
