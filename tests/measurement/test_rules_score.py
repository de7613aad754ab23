"""The score of a sample, its histogram, and how it is shown."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnerjourney.measurement.rules import (
    AnswerGroup,
    Histogram,
    Metric,
    answer_groups,
    mean_answer,
    nps_counts,
    nps_score,
    nps_standard_error,
    nps_variance,
    rounded,
    signed,
)

counts = st.integers(0, 10_000)


@pytest.mark.parametrize(
    ("sample", "variance"),
    [((1, 2, 3), 5 / 9), ((1, 0, 1), 1), ((0, 1, 1), 0.25), ((1, 1, 1), 2 / 3)],
)
def test_variance_as_in_the_tests_of_the_r_package_nps(sample, variance):
    assert nps_variance(*sample) == pytest.approx(variance, rel=1e-15)


def test_score_and_standard_error_as_in_the_tests_of_the_r_package_nps():
    assert nps_score(1, 2, 3) == pytest.approx(1 / 3, rel=1e-15)
    error = nps_standard_error(1, 2, 3)
    assert error is not None
    assert round(error, 3) == 0.304


def test_no_answers_give_no_score_rather_than_nought():
    assert nps_score(0, 0, 0) is None
    assert nps_variance(0, 0, 0) is None
    assert nps_standard_error(0, 0, 0) is None
    assert mean_answer(Histogram.of(Metric.CSAT, {})) is None


@pytest.mark.parametrize("sample", [(-1, 2, 3), (1, 2.0, 3), (1, 2, True), (1, None, 3)])
def test_impossible_counts_are_refused(sample):
    with pytest.raises(ValueError, match="whole number of 0 or more"):
        nps_score(*sample)


@given(d=counts, p=counts, c=counts)
def test_mirrored_answers_mirror_the_score_and_keep_the_spread(d, p, c):
    score, mirrored = nps_score(d, p, c), nps_score(c, p, d)
    assert (score is None and mirrored is None) or score == -mirrored
    assert nps_variance(d, p, c) == nps_variance(c, p, d)


@given(st.lists(st.integers(0, 1000), min_size=11, max_size=11))
def test_a_histogram_falls_apart_into_detractors_passives_promoters(cells):
    histogram = Histogram(Metric.NPS, tuple(cells))
    d, p, c = nps_counts(histogram)
    assert (d, p, c) == (sum(cells[:7]), sum(cells[7:9]), sum(cells[9:]))
    assert d + p + c == histogram.n
    assert [group.count for group in answer_groups(histogram)] == [d, p, c]


def test_nine_answers_in_their_groups():
    histogram = Histogram.of(Metric.NPS, {3: 1, 6: 1, 7: 2, 8: 1, 9: 3, 10: 1})
    assert answer_groups(histogram) == (
        AnswerGroup(0, 6, 2),
        AnswerGroup(7, 8, 3),
        AnswerGroup(9, 10, 4),
    )


@pytest.mark.parametrize("metric", list(Metric))
def test_groups_cover_the_scale_and_end_with_the_best_two(metric):
    histogram = Histogram.of(metric, dict.fromkeys(metric.values, 1))
    groups = answer_groups(histogram)
    covered = [value for group in groups for value in range(group.low, group.high + 1)]
    assert covered == list(metric.values)
    assert groups[-1].high - groups[-1].low == 1
    assert sum(group.count for group in groups) == histogram.n


def test_a_histogram_knows_every_value_of_its_scale():
    histogram = Histogram.of(Metric.CSAT, {5: 2, 1: 1})
    assert histogram.by_value() == {"1": 1, "2": 0, "3": 0, "4": 0, "5": 2}
    assert mean_answer(histogram) == pytest.approx(11 / 3)


def test_histograms_of_two_circles_add_up():
    both = Histogram.of(Metric.CES, {7: 2}) + Histogram.of(Metric.CES, {7: 1, 1: 4})
    assert both == Histogram.of(Metric.CES, {7: 3, 1: 4})
    with pytest.raises(ValueError, match="cannot be added"):
        both + Histogram.of(Metric.CSAT, {5: 1})


@pytest.mark.parametrize("answer", [None, "skipped", 11, -1, 7.5, True])
def test_a_skip_or_a_value_off_the_scale_is_no_answer(answer):
    with pytest.raises(ValueError, match="is no answer"):
        Histogram.of(Metric.NPS, {8: 3, answer: 2})


@pytest.mark.parametrize("cells", [(1,) * 10, (1,) * 12, ()])
def test_a_histogram_of_another_scale_is_refused(cells):
    with pytest.raises(ValueError, match="counts the values 0 to 10"):
        Histogram(Metric.NPS, cells)


@pytest.mark.parametrize("count", [-1, 2.0, None, True])
def test_a_histogram_with_an_impossible_count_is_refused(count):
    with pytest.raises(ValueError, match="the answer 8 must be a whole number"):
        Histogram.of(Metric.NPS, {8: count})


def test_only_an_nps_question_has_a_net_promoter_score():
    with pytest.raises(ValueError, match="no net promoter score"):
        nps_counts(Histogram.of(Metric.CSAT, {5: 3}))


@pytest.mark.parametrize(
    ("points", "text"),
    [
        *[(30.0, "+30"), (-19.1, "−19"), (100.0, "+100"), (-100.0, "−100")],
        *[(0.0, "0"), (-0.0, "0"), (-0.4, "0"), (0.4, "0")],
        *[(12.5, "+13"), (-12.5, "−13"), (0.5, "+1"), (-0.5, "−1")],
    ],
)
def test_points_are_shown_with_their_sign(points, text):
    assert signed(points) == text


@given(d=counts, p=counts, c=counts)
def test_rounding_is_exact_and_alike_on_both_sides(d, p, c):
    n = d + p + c
    if not n:
        return
    exact = Fraction(100 * (c - d), n)
    whole = int(abs(exact) + Fraction(1, 2)) * (1 if exact >= 0 else -1)
    assert rounded(100 * (c - d) / n) == whole == -rounded(100 * (d - c) / n)


@pytest.mark.parametrize("figure", [float("nan"), float("inf")])
def test_what_is_no_number_is_not_shown(figure):
    with pytest.raises(ValueError, match="cannot be shown"):
        signed(figure)
