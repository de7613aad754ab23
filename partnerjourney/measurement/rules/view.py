"""What page, PDF, API and export receive: a score that never travels without its company."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeAlias

from partnerjourney.measurement.rules.compare import Verdict
from partnerjourney.measurement.rules.intervals import (
    ORDINARY_CONFIDENCE,
    Interval,
    Method,
    mean_interval,
    nps_interval,
)
from partnerjourney.measurement.rules.score import (
    AnswerGroup,
    Histogram,
    answer_groups,
    count_answers,
    mean_answer,
    nps_counts,
    nps_score,
    nps_standard_error,
    nps_variance,
)
from partnerjourney.surveys.rules.kinds import Metric

FEW_ANSWERS = 30  # below it a page shows the answers themselves

# Low, high, confidence, method: all of them or none.
_Margin: TypeAlias = tuple[float | None, float | None, float | None, Method | None]


class Withheld(StrEnum):
    """Why figures are not shown."""

    NOT_RELEASED = "not_released"  # bundled answers whose batch has not been released
    NOT_SLICED = "not_sliced"  # bundled answers are not split, nor cut to a free period


@dataclass(frozen=True, slots=True)
class Remark:
    """What a party sets beside a number; it travels along."""

    party: str
    text: str


@dataclass(frozen=True, slots=True)
class ScoreView:
    """One score with n, margin and period, unrounded and in shown units.

    NPS: score, low and high × 100, no mean. CSAT and CES: mean, low and high on the scale, no
    score. Days are inclusive. Without a margin there is no confidence and no method either.
    """

    point: str
    group: str | None
    metric: Metric
    period_from: date | None
    period_to: date | None
    wave: str | None
    n: int | None = None
    score: float | None = None
    mean: float | None = None
    histogram: Histogram | None = None
    low: float | None = None
    high: float | None = None
    confidence: float | None = None
    method: Method | None = None
    withheld: Withheld | None = None
    verdict: Verdict | None = None
    remarks: tuple[Remark, ...] = ()

    @property
    def few(self) -> bool:
        """There are answers, but so few that pages show them instead of a score."""
        return self.n is not None and 0 < self.n < FEW_ANSWERS

    @property
    def groups(self) -> tuple[AnswerGroup, ...]:
        """The answers in three groups; none where they are withheld."""
        return () if self.histogram is None else answer_groups(self.histogram)


def score_view(
    histogram: Histogram,
    *,
    point: str,
    group: str | None = None,
    period: tuple[date | None, date | None] = (None, None),
    wave: str | None = None,
    confidence: float = ORDINARY_CONFIDENCE,
    withheld: Withheld | None = None,
    verdict: Verdict | None = None,
    remarks: tuple[Remark, ...] = (),
) -> ScoreView:
    """Make the view of a histogram; `withheld` leaves only where, when and why.

    `period` is the first and the last day. ValueError where it ends before it begins.
    """
    period_from, period_to = period
    if period_from is not None and period_to is not None and period_to < period_from:
        raise ValueError(f"the period ends on {period_to}, before it begins on {period_from}")
    place = (point, group, histogram.metric, period_from, period_to, wave)
    if withheld is not None:
        return ScoreView(*place, withheld=withheld, remarks=remarks)
    score, mean, margin = _figures(histogram, confidence)
    low, high, used, method = margin
    figures = (histogram.n, score, mean, histogram, low, high, used, method)
    return ScoreView(*(place + figures), None, verdict, remarks)


def nps_document(
    d: int,
    p: int,
    c: int,
    method: Method | str | None = None,
    confidence: float = ORDINARY_CONFIDENCE,
) -> dict[str, float | str | None]:
    """Score and margin of d detractors, p passives, c promoters in −1…1, as `nps` prints them.

    Null where the method has no such figure; without answers everything but n is null.
    ValueError for counts that cannot be, a confidence outside 0–1, a method of no NPS.
    """
    asked = None if method is None else Method(method)
    interval = nps_interval(d, p, c, method=asked, confidence=confidence)
    return {
        "n": count_answers(d, p, c),
        "score": nps_score(d, p, c),
        "variance": nps_variance(d, p, c),
        "standard_error": nps_standard_error(d, p, c),
        "centre": interval.centre if interval else None,
        "adjusted_standard_error": interval.standard_error if interval else None,
        "low": interval.low if interval else None,
        "high": interval.high if interval else None,
        "method": interval.method.value if interval else None,
        "confidence": interval.confidence if interval else None,
    }


def _figures(histogram: Histogram, confidence: float) -> tuple[float | None, float | None, _Margin]:
    """Return the score in points, the mean on the scale, and the margin as it is shown."""
    if histogram.metric is Metric.NPS:
        d, p, c = nps_counts(histogram)
        n = d + p + c
        # One division, so that a half is a half when it is rounded.
        score = 100 * (c - d) / n if n else None
        return score, None, _margin(nps_interval(d, p, c, confidence=confidence), 100.0)
    return None, mean_answer(histogram), _margin(mean_interval(histogram, confidence=confidence), 1)


def _margin(interval: Interval | None, factor: float) -> _Margin:
    if interval is None:
        return None, None, None, None
    low, high = interval.low * factor, interval.high * factor
    return low, high, interval.confidence, interval.method
