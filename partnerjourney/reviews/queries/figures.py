"""Figures of the measurement, as a report keeps them: plain values that stay what they are."""

from __future__ import annotations

from partnerjourney.measurement.rules import Difference, ScoreView
from partnerjourney.reviews.rules import AnswerGroup, Gap, Scale, Score


def score_of(view: ScoreView) -> Score:
    """Return a score as a report keeps it."""
    return Score(
        group=view.group,
        metric=Scale(view.metric),
        period_from=view.period_from,
        period_to=view.period_to,
        wave=view.wave,
        n=view.n,
        value=view.score if view.mean is None else view.mean,
        low=view.low,
        high=view.high,
        confidence=view.confidence,
        method=view.method.value if view.method else None,
        histogram=view.histogram.by_value() if view.histogram else {},
        groups=tuple(AnswerGroup(g.low, g.high, g.count) for g in view.groups),
        few=view.few,
        withheld=view.withheld.value if view.withheld else None,
    )


def gap_of(found: Difference) -> Gap:
    """Return a difference as a report keeps it."""
    return Gap(
        Scale(found.metric),
        found.n_before,
        found.n_after,
        found.difference,
        found.low,
        found.high,
    )
