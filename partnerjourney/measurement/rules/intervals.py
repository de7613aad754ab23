"""Margins of a score, of a mean and of a share: which values the customers at large may hold."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from math import sqrt

from partnerjourney.measurement.rules.distributions import normal_quantile, t_quantile
from partnerjourney.measurement.rules.score import Histogram, count_answers, nps_counts
from partnerjourney.surveys.rules.kinds import Metric

TANGO_BELOW = 8  # answers; from here on the pseudo-counts of AW(3,T) hold
ORDINARY_CONFIDENCE = 0.95
MEAN_NEEDS = 5  # answers; below it the answers themselves are shown


class Method(StrEnum):
    """How a margin was computed."""

    AW3T = "aw3t"
    WALD = "wald"
    AGRESTI_MIN = "agresti-min"
    BONETT_PRICE = "bonett-price"
    TANGO = "tango"
    ADJUSTED_T = "adjusted-t"  # of a mean; the others are of an NPS


# Answers added to detractors, passives and promoters.
_PSEUDO_COUNTS: dict[Method, tuple[float, float, float]] = {
    Method.AW3T: (0.75, 1.5, 0.75),  # Rocks 2016
    Method.WALD: (0.0, 0.0, 0.0),
    Method.AGRESTI_MIN: (0.5, 1.0, 0.5),  # Agresti and Min 2005
    Method.BONETT_PRICE: (1.0, 0.0, 1.0),  # Bonett and Price 2012
}
NPS_METHODS: tuple[Method, ...] = (*_PSEUDO_COUNTS, Method.TANGO)


@dataclass(frozen=True, slots=True)
class Interval:
    """A margin and how it came about; centre and standard error only where the method has them."""

    low: float
    high: float
    method: Method
    confidence: float
    centre: float | None = None
    standard_error: float | None = None


@dataclass(frozen=True, slots=True)
class Share:
    """A share of the answers, 0…1, with its margin."""

    n: int
    share: float
    low: float
    high: float
    confidence: float


@dataclass(frozen=True, slots=True)
class Moments:
    """Mean and variance in units of −1…1 with ¾, 1½ and ¾ answers added at −1, 0 and 1."""

    weight: float
    centre: float
    variance: float


def nps_interval(
    d: int,
    p: int,
    c: int,
    *,
    method: Method | None = None,
    confidence: float = ORDINARY_CONFIDENCE,
) -> Interval | None:
    """Margin of an NPS in −1…1 by the method asked for, else by the rule; None without answers."""
    z = _critical_z(confidence)
    n = count_answers(d, p, c)
    if n == 0:
        return None
    if method is None:
        method = usual_method(n, confidence)
    if method is Method.TANGO:
        low, high = _tango_low(d, p, c, z), -_tango_low(c, p, d, z)
        return Interval(low, high, method, confidence)
    if method not in _PSEUDO_COUNTS:
        raise ValueError(f"{method.value} is no method for an NPS")
    weight, centre, variance = _with_pseudo_counts(d, n, c, _PSEUDO_COUNTS[method])
    error = sqrt(variance / weight)
    low, high = max(-1.0, centre - z * error), min(1.0, centre + z * error)
    return Interval(low, high, method, confidence, centre, error)


def usual_method(n: int, confidence: float = ORDINARY_CONFIDENCE) -> Method:
    """Return the product's rule: Tango for few answers or low confidence, else AW(3,T)."""
    few = n < TANGO_BELOW or confidence < ORDINARY_CONFIDENCE
    return Method.TANGO if few else Method.AW3T


def mean_interval(
    histogram: Histogram, *, confidence: float = ORDINARY_CONFIDENCE
) -> Interval | None:
    """Margin of a mean in steps of its scale (pseudo-counts and t); None under five answers."""
    _check_confidence(confidence)
    if histogram.n < MEAN_NEEDS:
        return None
    moments = adjusted_moments(histogram)
    unit = histogram.metric.unit
    middle = (histogram.metric.first + histogram.metric.last) / 2
    error = sqrt(moments.variance / moments.weight)
    reach = t_quantile((1 + confidence) / 2, moments.weight - 1) * error
    return Interval(
        middle + unit * max(-1.0, moments.centre - reach),
        middle + unit * min(1.0, moments.centre + reach),
        Method.ADJUSTED_T,
        confidence,
        middle + unit * moments.centre,
        unit * error,
    )


def adjusted_moments(histogram: Histogram) -> Moments:
    """Mean and variance as margins and comparisons use them, in −1…1.

    An NPS answer counts as −1, 0 or 1 and its variance is divided by N; a CSAT or CES scale is
    mapped to −1…1 and its variance divided by N − 1.
    """
    if histogram.metric is Metric.NPS:
        d, p, c = nps_counts(histogram)
        return Moments(*_with_pseudo_counts(d, d + p + c, c, _PSEUDO_COUNTS[Method.AW3T]))
    unit = histogram.metric.unit
    middle = (histogram.metric.first + histogram.metric.last) / 2
    weight, total, squares = 3.0, 0.0, 1.5
    for value, count in enumerate(histogram.counts, histogram.metric.first):
        x = (value - middle) / unit
        weight += count
        total += count * x
        squares += count * x * x
    centre = total / weight
    return Moments(weight, centre, (squares / weight - centre * centre) * weight / (weight - 1))


def top_two_share(histogram: Histogram, *, confidence: float = ORDINARY_CONFIDENCE) -> Share | None:
    """Share of the two best answers with its Wilson 1927 margin; None without answers."""
    z, n = _critical_z(confidence), histogram.n
    if n == 0:
        return None
    share = sum(histogram.counts[-2:]) / n
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    reach = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    # At 0 and 1 the limit equals the share; rounding must not put it a hair beyond.
    low, high = min(share, centre - reach), max(share, centre + reach)
    return Share(n, share, max(0.0, low), min(1.0, high), confidence)


def _with_pseudo_counts(
    d: int, n: int, c: int, added: tuple[float, float, float]
) -> tuple[float, float, float]:
    """Return N, centre and variance (c' + d')/N − centre² of a sample with answers added."""
    weight = n + added[0] + added[1] + added[2]
    low, high = d + added[0], c + added[2]
    centre = (high - low) / weight
    variance = ((high + low) * weight - (high - low) ** 2) / (weight * weight)
    return weight, centre, variance


@lru_cache(maxsize=4096)
def _tango_low(d: int, p: int, c: int, z: float) -> float:
    """Lower limit of Tango's 1998 score interval: the D below the score with T(D) = z.

    Solved as T²/(n + T²) = z²/(n + z²): bounded, and straight where all answers are alike.
    """
    n = d + p + c
    if d == n:
        return -1.0
    goal = z * z / (n + z * z)
    left, above = -1.0, 1 - goal
    right, below = (c - d) / n, -goal
    guess = right
    for _ in range(100):
        previous, guess = guess, (left * below - right * above) / (below - above)
        value = _tango_ratio(d, n, c, guess) - goal
        if value == 0 or abs(guess - previous) <= 1e-15:
            break
        # Regula falsi after Anderson and Björck 1973: the end that stays is weighed down.
        if value > 0:
            below *= _damping(value, above) if previous == left else 1.0
            left, above = guess, value
        else:
            above *= _damping(value, below) if previous == right else 1.0
            right, below = guess, value
    return guess


def _damping(value: float, replaced: float) -> float:
    factor = 1 - value / replaced
    return factor if factor > 0 else 0.5


def _tango_ratio(d: int, n: int, c: int, difference: float) -> float:
    """T²/(n + T²), where q is the likeliest share of detractors if the score were `difference`."""
    b = (2 * n - c + d) * difference - d - c
    product = -d * difference * (1 - difference)
    root = sqrt(max(0.0, b * b - 8 * n * product))
    # Two forms of one root; each where it does not cancel.
    q = (root - b) / (4 * n) if b <= 0 else -2 * product / (root + b)
    gap = (c - d - n * difference) ** 2
    spread = n * n * max(0.0, 2 * q + difference * (1 - difference))
    return gap / (gap + spread) if gap else 0.0


def _critical_z(confidence: float) -> float:
    _check_confidence(confidence)
    return normal_quantile((1 + confidence) / 2)


def _check_confidence(confidence: float) -> None:
    if not 0 < confidence < 1 or (1 + confidence) / 2 == 1:
        raise ValueError(f"confidence lies between 0 and 1, not {confidence!r}")
