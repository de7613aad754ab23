"""Normal and Student t distributions on the standard library alone, accurate to 1e-9."""

from __future__ import annotations

from functools import lru_cache
from math import exp, isnan, lgamma, log, log1p, pi, sqrt, tan
from statistics import NormalDist

_NORMAL = NormalDist()
_LARGE_DF = 1e6  # from here on Wallace's normal equivalent is exact to 1e-11
_STIRLING_FROM = 50.0


@lru_cache(maxsize=64)
def normal_quantile(probability: float) -> float:
    """Return the z below which `probability` of a standard normal lies; ValueError outside 0–1."""
    _check_probability(probability)
    return _NORMAL.inv_cdf(probability)


def t_cdf(t: float, df: float) -> float:
    """Return P(T <= t) for Student's t with `df` >= 1 degrees of freedom, whole or not."""
    tail = t_two_sided(t, df) / 2
    return tail if t < 0 else 1 - tail


def t_two_sided(t: float, df: float) -> float:
    """Return P(|T| >= |t|), the two-sided p-value: I_x(df/2, 1/2) with x = df/(df + t²)."""
    _check_df(df)
    if isnan(t):
        raise ValueError("t must be a number")
    ratio = t * t / df
    if df > _LARGE_DF:
        z = (8 * df + 1) / (8 * df + 3) * sqrt(df * log1p(ratio))  # Wallace 1959
        return 2 * _NORMAL.cdf(-z)
    a, x = df / 2, 1 / (1 + ratio)
    if ratio == 0 or x == 0:
        return float(x > 0)
    # x^a (1 − x)^½ / B(a, ½), in logs: log1p keeps the digits where t² is small beside df.
    front = exp(_log_gamma_step(a) - log(pi) / 2 - a * log1p(ratio) + log(ratio * x) / 2)
    if x < (a + 1) / (a + 2.5):
        return front * _beta_fraction(a, 0.5, x) / a
    return 1 - front * _beta_fraction(0.5, a, ratio * x) * 2


@lru_cache(maxsize=4096)
def t_quantile(probability: float, df: float) -> float:
    """Return the t below which `probability` of Student's t lies, `df` >= 1; else ValueError."""
    _check_probability(probability)
    _check_df(df)
    if probability == 0.5:
        return 0.0
    if probability < 0.5:
        return -t_quantile(1 - probability, df)
    both_tails = 2 * (1 - probability)
    if df == 1:
        return 1 / tan(pi * both_tails / 2)
    if df == 2:
        return sqrt(2 / (both_tails * (2 - both_tails)) - 2)
    t = _hill_guess(both_tails, df)
    for _ in range(40):
        slope = -2 * _t_density(t, df)
        newton = (t_two_sided(t, df) - both_tails) / slope
        bend = -(df + 1) * t / (df + t * t)
        step = newton / max(0.5, 1 - newton * bend / 2)  # Halley's, kept from overshooting
        t -= step
        if abs(step) <= 1e-5 * t:  # cubic convergence: what remains is of the order of 1e-15
            break
    return t


def _check_probability(probability: float) -> None:
    if not 0 < probability < 1:
        raise ValueError(f"a probability lies between 0 and 1, not {probability!r}")


def _check_df(df: float) -> None:
    if not df >= 1:
        raise ValueError(f"degrees of freedom must be 1 or more, not {df!r}")


def _log_gamma_step(a: float) -> float:
    """Return ln Γ(a + ½) − ln Γ(a); for large a by its series, where lgamma would cancel."""
    if a < _STIRLING_FROM:
        return lgamma(a + 0.5) - lgamma(a)
    return log(a) / 2 - 1 / (8 * a) + 1 / (192 * a**3) - 1 / (640 * a**5)


def _t_density(t: float, df: float) -> float:
    a = df / 2
    return exp(_log_gamma_step(a) - log(pi * df) / 2 - (a + 0.5) * log1p(t * t / df))


def _beta_fraction(a: float, b: float, x: float) -> float:
    """Return the continued fraction of the incomplete beta (DLMF 8.17.22) by Lentz's method."""
    c, d = 1.0, 1 / (1 - (a + b) * x / (a + 1))
    value = d
    for m in range(1, 1000):
        term = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        d = 1 / (1 + term * d)
        c = 1 + term / c
        value *= c * d
        term = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        d = 1 / (1 + term * d)
        c = 1 + term / c
        value *= c * d
        if abs(c * d - 1) < 1e-15:
            break
    return value


def _hill_guess(both_tails: float, df: float) -> float:
    """Return a t that leaves about `both_tails` outside ±t: normal quantile plus Fisher's terms."""
    z = -_NORMAL.inv_cdf(both_tails / 2)
    if df < 4:
        return z  # the expansion fails in heavy tails; left of the root any start is safe
    square = z * z
    first = (square + 1) / 4
    second = ((5 * square + 16) * square + 3) / 96
    return z * (1 + first / df + second / (df * df))
