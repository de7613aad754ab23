"""The one look: at the close of a wave its score is compared with the baseline, once."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from partnerjourney.core import border, clock
from partnerjourney.events.rules import State
from partnerjourney.measurement.models import StoredVerdict
from partnerjourney.measurement.queries.cells import Sums, wave_sums
from partnerjourney.measurement.rules import (
    Difference,
    Histogram,
    Metric,
    Verdict,
    compare,
    judge,
    judge_family,
)
from partnerjourney.surveys.models import Point, PointCircle, Question, Wave
from partnerjourney.surveys.rules import WaveKind, WaveState
from partnerjourney.surveys.signals import wave_closed

DEVIATIONS = (State.LATE, State.MISSING, State.FAILING, State.AD_HOC)
"""The secondary comparisons of a wave, fixed before it opens: each against no deviation."""

_WORDING = ("language", "form_of_address", "text", "low_label", "high_label")


@wave_closed.connect
def _closed(session: Session, *, wave: Wave) -> None:
    give(session, wave, at=wave.closed_at or clock.now())


def give(session: Session, wave: Wave, *, at: datetime) -> Verdict | None:
    """Judge a closed wave against the baseline of its point; a second call changes nothing.

    Counts over all circles of the point, under the product's own scope. None for a wave that is
    open, the baseline itself or answers outside waves, and where there is no closed baseline.
    """
    if wave.kind is not WaveKind.REGULAR or wave.state is WaveState.OPEN:
        return None
    with border.verb(session, "the verdict of a closed wave") as system:
        there = system.scalar(
            select(StoredVerdict.verdict).where(
                StoredVerdict.journey_id == wave.journey_id,
                StoredVerdict.wave_id == wave.id,
                StoredVerdict.family == "primary",
            )
        )
        if there is not None:
            return Verdict(there)
        return _give(system, wave, at)


def _give(system: Session, wave: Wave, at: datetime) -> Verdict | None:
    point = system.scalars(
        select(Point).where(Point.journey_id == wave.journey_id, Point.id == wave.point_id)
    ).one()
    circle = point.base_circle_id or _base_circle(system, point)
    baseline = system.scalar(
        select(Wave)
        .where(
            Wave.journey_id == wave.journey_id,
            Wave.point_id == wave.point_id,
            Wave.kind == WaveKind.BASELINE,
            Wave.state != WaveState.OPEN,
        )
        .order_by(Wave.opened_at)
    )
    if baseline is None or circle is None:
        return None
    metric = point.metric
    sums = wave_sums(system, wave.journey_id, point.id, [baseline.id, wave.id], metric)
    before, after = _whole(sums[baseline.id], metric), _whole(sums[wave.id], metric)
    difference = compare(before, after)
    verdict = judge(difference)
    facts = {
        **_facts(difference, before, after),
        "reworded": _wording(system, baseline) != _wording(system, wave),
    }
    found = {"primary": (verdict, facts), **_deviations(sums[wave.id], metric)}
    for family, (word, stored) in found.items():
        system.add(
            StoredVerdict(
                journey_id=wave.journey_id,
                circle_id=circle,
                point_id=point.id,
                wave_id=wave.id,
                baseline_id=baseline.id,
                family=family,
                verdict=word.value,
                given_at=at,
                facts=stored,
            )
        )
    system.flush()
    return verdict


def _deviations(sums: Mapping[State, Sums], metric: Metric) -> dict[str, tuple[Verdict, Any]]:
    """Judge the deviations together; those without answers keep their place, not stored."""
    empty = Histogram.of(metric, {})
    groups = {state: sums[state].histogram if state in sums else empty for state in State}
    without = groups[State.NONE]
    differences = [compare(without, groups[state]) for state in DEVIATIONS]
    words = judge_family(differences)
    return {
        f"deviation:{state.value}": (word, _facts(difference, without, groups[state]))
        for state, difference, word in zip(DEVIATIONS, differences, words, strict=True)
        if groups[state].n
    }


def _facts(difference: Difference, before: Histogram, after: Histogram) -> dict[str, Any]:
    """On which numbers a verdict stands."""
    return {
        "metric": difference.metric.value,
        "before": {"n": before.n, "histogram": before.by_value()},
        "after": {"n": after.n, "histogram": after.by_value()},
        "difference": difference.difference,
        "low": difference.low,
        "high": difference.high,
        "confidence": difference.confidence,
        "t": difference.t,
        "df": difference.df,
        "p": difference.p,
    }


def _whole(sums: Mapping[State, Sums], metric: Metric) -> Histogram:
    whole = Histogram.of(metric, {})
    for part in sums.values():
        whole += part.histogram
    return whole


def _base_circle(system: Session, point: Point) -> uuid.UUID | None:
    rows = system.scalars(
        select(PointCircle).where(
            PointCircle.journey_id == point.journey_id, PointCircle.point_id == point.id
        )
    )
    return next((row.circle_id for row in rows if not row.members), None)


def _wording(system: Session, wave: Wave) -> list[str]:
    question = system.scalars(
        select(Question).where(
            Question.journey_id == wave.journey_id, Question.id == wave.question_id
        )
    ).one()
    return [getattr(question, name) for name in _WORDING]
