"""Student's t and the normal distribution against tables and closed forms."""

from __future__ import annotations

from math import acos, atan, cos, pi, sqrt, tan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnerjourney.measurement.rules import normal_quantile, t_cdf, t_quantile, t_two_sided

# Percentage points of Student's t as printed in textbooks: df, probability, quantile.
TABLE = [
    (1, 0.95, 6.314), (1, 0.975, 12.706), (1, 0.995, 63.657),
    (2, 0.95, 2.920), (2, 0.975, 4.303), (2, 0.995, 9.925),
    (3, 0.90, 1.638), (3, 0.975, 3.182), (3, 0.9995, 12.924),
    (4, 0.975, 2.776), (5, 0.975, 2.571), (5, 0.995, 4.032),
    (7, 0.975, 2.365), (10, 0.90, 1.372), (10, 0.975, 2.228), (10, 0.9995, 4.587),
    (20, 0.975, 2.086), (30, 0.975, 2.042), (60, 0.975, 2.000),
    (120, 0.975, 1.980), (120, 0.9995, 3.373), (1000, 0.975, 1.962),
]  # fmt: skip

degrees = st.floats(1, 1e8)


@pytest.mark.parametrize(("df", "probability", "printed"), TABLE)
def test_quantiles_agree_with_the_printed_table(df, probability, printed):
    assert round(t_quantile(probability, df), 3) == printed


@pytest.mark.parametrize("t", [-40.0, -3.0, -0.2, 0.0, 1e-9, 0.5, 1.96, 6.0, 300.0])
def test_the_distribution_agrees_with_its_closed_forms(t):
    closed = {
        1: 0.5 + atan(t) / pi,
        2: 0.5 + t / (2 * sqrt(2 + t * t)),
        3: 0.5 + (t / sqrt(3) / (1 + t * t / 3) + atan(t / sqrt(3))) / pi,
        4: 0.5 + t * (t * t + 6) / (2 * (t * t + 4) ** 1.5),
    }
    for df, expected in closed.items():
        assert t_cdf(t, df) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("probability", [0.500001, 0.6, 0.9, 0.975, 0.9995, 0.9999999])
def test_quantiles_agree_with_their_closed_forms(probability):
    spread = 4 * probability * (1 - probability)
    fourth = cos(acos(sqrt(spread)) / 3) / sqrt(spread)
    closed = {
        1: tan(pi * (probability - 0.5)),
        2: (2 * probability - 1) * sqrt(2 / spread),
        4: 2 * sqrt(fourth - 1),
    }
    for df, expected in closed.items():
        # Near one half the closed form of 4 degrees loses digits itself.
        assert t_quantile(probability, df) == pytest.approx(expected, rel=1e-9, abs=1e-9)


def test_many_degrees_of_freedom_are_the_normal_distribution():
    assert t_quantile(0.975, 1e12) == pytest.approx(1.959963984540054, abs=1e-9)
    assert normal_quantile(0.975) == pytest.approx(1.959963984540054, abs=1e-12)
    assert t_two_sided(1.907, 1e12) == pytest.approx(0.0565, abs=5e-5)


@given(df=degrees, probability=st.floats(1e-6, 1 - 1e-6))
def test_quantile_and_distribution_undo_each_other(df, probability):
    assert t_cdf(t_quantile(probability, df), df) == pytest.approx(probability, abs=1e-9)


@given(df=degrees, t=st.floats(-1e6, 1e6))
def test_the_distribution_is_symmetric_and_a_probability(df, t):
    assert 0 <= t_two_sided(t, df) <= 1
    assert t_cdf(t, df) + t_cdf(-t, df) == pytest.approx(1, abs=1e-12)


def test_the_two_ways_of_computing_meet_where_they_change_over():
    for t in (0.3, 1.5, 1.96, 3.0):
        assert t_two_sided(t, 999_999.5) == pytest.approx(t_two_sided(t, 1_000_000.5), abs=1e-9)
        assert t_two_sided(t, 99.99999) == pytest.approx(t_two_sided(t, 100.00001), abs=1e-9)


@pytest.mark.parametrize("probability", [0, 1, -0.1, 1.1, float("nan")])
def test_what_is_no_probability_has_no_quantile(probability):
    with pytest.raises(ValueError, match="between 0 and 1"):
        t_quantile(probability, 5)
    with pytest.raises(ValueError, match="between 0 and 1"):
        normal_quantile(probability)


@pytest.mark.parametrize("df", [0, -1, 0.5, float("nan")])
def test_less_than_one_degree_of_freedom_is_refused(df):
    with pytest.raises(ValueError, match="degrees of freedom"):
        t_two_sided(1, df)
    with pytest.raises(ValueError, match="degrees of freedom"):
        t_quantile(0.975, df)


def test_t_must_be_a_number():
    with pytest.raises(ValueError, match="must be a number"):
        t_cdf(float("nan"), 5)
