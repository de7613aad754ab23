"""Two groups of answers: their difference, the verdict on it, and how many answers that takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import ceil, sqrt

from partnerjourney.measurement.rules.distributions import normal_quantile, t_quantile, t_two_sided
from partnerjourney.measurement.rules.intervals import (
    MEAN_NEEDS,
    ORDINARY_CONFIDENCE,
    Moments,
    adjusted_moments,
)
from partnerjourney.measurement.rules.score import Histogram, nps_counts
from partnerjourney.surveys.rules.kinds import Metric

VERDICT_NEEDS = 10  # answers in each group
VERDICT_RATIO = 20  # the larger group is at most so many times the smaller
VERDICT_LEVEL = 0.05  # two-sided, at one look
DIFFERENCE_THAT_MATTERS = 0.15  # in −1…1: 15 points of an NPS


class Verdict(StrEnum):
    """What a closed wave says beside the baseline."""

    BETTER = "better"
    WORSE = "worse"
    NO_DIFFERENCE = "no_difference"
    TOO_FEW = "too_few"


@dataclass(frozen=True, slots=True)
class Difference:
    """A later group minus an earlier one, in shown units: points of an NPS, steps of a scale.

    `difference` is that of the raw scores or means. The margin stands around the difference of
    the adjusted figures, on which t, df and p rest (`adjusted`, in −1…1): it leaves out 0 exactly
    where p is small enough, and always holds the raw difference.
    """

    metric: Metric
    n_before: int
    n_after: int
    difference: float | None = None
    low: float | None = None
    high: float | None = None
    confidence: float | None = None
    adjusted: float | None = None
    t: float | None = None
    df: float | None = None
    p: float | None = None


def compare(
    before: Histogram, after: Histogram, *, confidence: float = ORDINARY_CONFIDENCE
) -> Difference:
    """Difference `after` − `before` by Welch's t; no figures where a group has none.

    ValueError where the metrics differ or the confidence is not between 0 and 1.
    """
    metric = before.metric
    if after.metric is not metric:
        raise ValueError(f"{metric.value} cannot be compared with {after.metric.value}")
    if not 0 < confidence < 1:
        raise ValueError(f"confidence lies between 0 and 1, not {confidence!r}")
    n_before, n_after = before.n, after.n
    if not n_before or not n_after:
        return Difference(metric, n_before, n_after)
    raw = _raw_difference(before, after)
    if metric is not Metric.NPS and min(n_before, n_after) < MEAN_NEEDS:
        return Difference(metric, n_before, n_after, raw)
    adjusted, error, df = _welch(adjusted_moments(before), adjusted_moments(after))
    reach = t_quantile((1 + confidence) / 2, df) * error
    low, high = (metric.unit * max(-2.0, min(2.0, adjusted + side)) for side in (-reach, reach))
    t = adjusted / error
    return Difference(
        metric,
        n_before,
        n_after,
        raw,
        min(low, raw),
        max(high, raw),
        confidence,
        adjusted,
        t,
        df,
        t_two_sided(t, df),
    )


def judge(difference: Difference) -> Verdict:
    """Give the verdict: once, at the close of the wave, never at an earlier glance."""
    if difference.p is None or not enough(difference.n_before, difference.n_after):
        return Verdict.TOO_FEW
    return _word(difference, significant=difference.p < VERDICT_LEVEL)


def judge_family(differences: Sequence[Difference]) -> tuple[Verdict, ...]:
    """Judge the splits of one measuring point and wave together (Benjamini–Hochberg, 5 %).

    Give every split of the family as it was fixed when the wave opened: one with too few
    answers keeps its place in the count, so that the others' verdicts do not hang on it.
    """
    alone = [judge(difference) for difference in differences]
    chances = [
        1.0 if verdict is Verdict.TOO_FEW or difference.p is None else difference.p
        for verdict, difference in zip(alone, differences, strict=True)
    ]
    found = benjamini_hochberg(chances)
    return tuple(
        verdict if verdict is Verdict.TOO_FEW else _word(difference, significant=real)
        for verdict, difference, real in zip(alone, differences, found, strict=True)
    )


def benjamini_hochberg(
    p_values: Sequence[float], *, rate: float = VERDICT_LEVEL
) -> tuple[bool, ...]:
    """Tell per p-value whether it is a finding at this false discovery rate (1995)."""
    if not all(0 <= p <= 1 for p in p_values):
        raise ValueError("a p-value lies between 0 and 1")
    if not 0 < rate < 1:
        raise ValueError(f"the rate lies between 0 and 1, not {rate!r}")
    m = len(p_values)
    passing = [p for rank, p in enumerate(sorted(p_values), 1) if p <= rank * rate / m]
    return tuple(bool(passing) and p <= passing[-1] for p in p_values)


def enough(n_before: int, n_after: int) -> bool:
    """Tell whether two groups are large and alike enough in size for a verdict."""
    small, large = sorted((n_before, n_after))
    return small >= VERDICT_NEEDS and large <= VERDICT_RATIO * small


def answers_needed(
    baseline: Histogram, *, difference: float | None = None, power: float = 0.8
) -> int | None:
    """Answers a later wave needs to show `difference`; None: this baseline is too small for it.

    `difference` is in shown units, by default 15 points of an NPS and the like of a scale. It is
    the one that the parties agreed matters, never the one observed. Two-sided 5 %, the spread of
    the baseline taken for both.
    """
    unit = baseline.metric.unit
    wanted = DIFFERENCE_THAT_MATTERS if difference is None else difference / unit
    if not 0 < wanted <= 2:
        raise ValueError(f"a difference that matters lies between 0 and {2 * unit:g}")
    if not 0.5 <= power < 1:
        raise ValueError(f"power lies between a half and 1, not {power!r}")
    n = baseline.n
    if n < VERDICT_NEEDS:
        return None
    variance = adjusted_moments(baseline).variance
    distance = normal_quantile(1 - VERDICT_LEVEL / 2) + normal_quantile(power)
    left_over = (wanted / distance) ** 2 - variance / n
    if left_over <= 0:
        return None
    needed = max(ceil(variance / left_over), VERDICT_NEEDS, ceil(n / VERDICT_RATIO))
    return needed if needed <= VERDICT_RATIO * n else None


def _raw_difference(before: Histogram, after: Histogram) -> float:
    """Later minus earlier score (points) or mean (steps), in whole numbers until the division."""
    n_before, n_after = before.n, after.n
    if before.metric is Metric.NPS:
        d0, _, c0 = nps_counts(before)
        d1, _, c1 = nps_counts(after)
        sum_before, sum_after = 100 * (c0 - d0), 100 * (c1 - d1)
    else:
        sum_before, sum_after = before.total, after.total
    return (sum_after * n_before - sum_before * n_after) / (n_before * n_after)


def _welch(before: Moments, after: Moments) -> tuple[float, float, float]:
    """Difference, standard error, Welch–Satterthwaite degrees of freedom (N − 1 each)."""
    share_before = before.variance / before.weight
    share_after = after.variance / after.weight
    together = share_before + share_after
    df = together**2 / (share_before**2 / (before.weight - 1) + share_after**2 / (after.weight - 1))
    return after.centre - before.centre, sqrt(together), df


def _word(difference: Difference, *, significant: bool) -> Verdict:
    if not significant or difference.t is None:
        return Verdict.NO_DIFFERENCE
    return Verdict.BETTER if difference.t > 0 else Verdict.WORSE
