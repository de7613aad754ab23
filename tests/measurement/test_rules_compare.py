"""Differences, verdicts, families of splits, the answers a difference takes, and the mix."""

from __future__ import annotations

from math import isclose

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from partnerjourney.measurement.rules import (
    Histogram,
    Metric,
    Verdict,
    answers_needed,
    benjamini_hochberg,
    compare,
    judge,
    judge_family,
    kitagawa,
    t_two_sided,
)

OPPOSITE = {
    Verdict.BETTER: Verdict.WORSE,
    Verdict.WORSE: Verdict.BETTER,
    Verdict.NO_DIFFERENCE: Verdict.NO_DIFFERENCE,
    Verdict.TOO_FEW: Verdict.TOO_FEW,
}


def nps(d: int, p: int, c: int) -> Histogram:
    return Histogram.of(Metric.NPS, {3: d, 8: p, 10: c})


def mirrored(histogram: Histogram) -> Histogram:
    if histogram.metric is Metric.NPS:
        cells = histogram.counts
        return nps(cells[9] + cells[10], cells[7] + cells[8], sum(cells[:7]))
    return Histogram(histogram.metric, histogram.counts[::-1])


@st.composite
def pairs(draw: st.DrawFn, smallest: int = 0) -> tuple[Histogram, Histogram]:
    metric = draw(st.sampled_from(Metric))
    size = len(metric.values)
    cell = st.one_of(st.just(0), st.integers(0, 8), st.integers(0, 400))
    group = st.lists(cell, min_size=size, max_size=size).filter(lambda c: sum(c) >= smallest)
    return Histogram(metric, tuple(draw(group))), Histogram(metric, tuple(draw(group)))


def test_the_published_difference():
    difference = compare(nps(20, 30, 50), nps(10, 30, 60))
    assert difference.difference == 20
    assert round(difference.adjusted, 4) == 0.1942
    assert round(difference.t, 3) == 1.907
    assert round(t_two_sided(difference.t, 1e12), 4) == 0.0565
    # With Welch's degrees of freedom instead of the normal distribution.
    assert round(difference.df) == 200
    assert round(difference.p, 4) == 0.0580
    assert judge(difference) is Verdict.NO_DIFFERENCE


def test_the_raw_difference_is_shown_with_a_margin_that_decides():
    difference = compare(nps(20, 30, 50), nps(10, 30, 60))
    assert (round(difference.low, 1), round(difference.high, 1)) == (-0.7, 39.5)
    better = compare(nps(20, 30, 50), nps(10, 25, 65))
    assert better.difference == 25
    assert better.low > 0
    assert judge(better) is Verdict.BETTER


def test_a_difference_of_means_is_in_steps_of_the_scale():
    before = Histogram.of(Metric.CSAT, {2: 20, 3: 20})
    after = Histogram.of(Metric.CSAT, {4: 20, 5: 20})
    difference = compare(before, after)
    assert difference.difference == 2.0
    assert difference.low < 2 < difference.high
    assert judge(difference) is Verdict.BETTER
    assert judge(compare(after, before)) is Verdict.WORSE


def test_welch_on_a_mapped_scale_by_hand():
    # 1…7 → −1…1. Before: 20 × 4; after: 20 × 6. N = 23, df = 22 each.
    difference = compare(Histogram.of(Metric.CES, {4: 20}), Histogram.of(Metric.CES, {6: 20}))
    v0 = (1.5 / 23) * 23 / 22
    mean = 20 * (2 / 3) / 23
    v1 = ((20 * 4 / 9 + 1.5) / 23 - mean**2) * 23 / 22
    t = mean / ((v0 + v1) / 23) ** 0.5
    assert difference.t == pytest.approx(t, rel=1e-12)
    assert difference.df == pytest.approx((v0 + v1) ** 2 / ((v0**2 + v1**2) / 22), rel=1e-12)


@pytest.mark.parametrize(
    ("before", "after", "enough"),
    [
        *[(10, 10, True), (10, 200, True), (200, 10, True)],
        *[(9, 50, False), (50, 9, False), (10, 201, False), (201, 10, False), (0, 100, False)],
    ],
)
def test_a_verdict_needs_ten_answers_in_each_group_and_a_ratio_of_twenty(before, after, enough):
    verdict = judge(compare(nps(before, 0, 0), nps(0, 0, after)))
    assert verdict is (Verdict.BETTER if enough else Verdict.TOO_FEW)


def test_no_answers_give_no_difference():
    difference = compare(nps(0, 0, 0), nps(1, 2, 3))
    assert (difference.difference, difference.low, difference.p) == (None, None, None)
    assert judge(difference) is Verdict.TOO_FEW


def test_under_five_answers_a_difference_of_means_has_no_margin():
    few = Histogram.of(Metric.CSAT, {5: 4})
    difference = compare(Histogram.of(Metric.CSAT, {3: 40}), few)
    assert (difference.difference, difference.low, difference.high) == (2.0, None, None)


def test_different_metrics_are_never_compared():
    with pytest.raises(ValueError, match="cannot be compared"):
        compare(nps(1, 2, 3), Histogram.of(Metric.CSAT, {5: 6}))


@pytest.mark.parametrize("confidence", [0, 1, 95, float("nan")])
def test_an_impossible_confidence_is_refused(confidence):
    with pytest.raises(ValueError, match="confidence"):
        compare(nps(1, 2, 3), nps(1, 2, 3), confidence=confidence)


@given(pairs(smallest=1))
def test_swapping_the_groups_turns_the_difference_round(pair):
    one, other = compare(*pair), compare(*pair[::-1])
    assert one.difference == -other.difference
    assert judge(one) is OPPOSITE[judge(other)]
    if one.low is not None:
        assert (one.low, one.high) == pytest.approx((-other.high, -other.low), abs=1e-9)
        assert isclose(one.p, other.p, abs_tol=1e-12)


@given(pairs(smallest=1))
def test_mirrored_answers_turn_the_verdict_round(pair):
    one = compare(*pair)
    other = compare(mirrored(pair[0]), mirrored(pair[1]))
    assert one.difference == -other.difference
    assert judge(one) is OPPOSITE[judge(other)]


@given(pairs(smallest=10))
@example((nps(0, 0, 10), nps(0, 1, 200)))
@example((nps(10, 0, 0), nps(0, 0, 10)))
@example((nps(0, 0, 10), nps(10, 0, 0)))
def test_verdict_margin_and_raw_difference_never_contradict_each_other(pair):
    difference = compare(*pair)
    assert difference.low <= difference.difference <= difference.high
    if abs(difference.p - 0.05) > 1e-9:
        assert (difference.low > 0 or difference.high < 0) == (difference.p < 0.05)
    if judge(difference) is Verdict.BETTER:
        assert difference.difference > 0
    if judge(difference) is Verdict.WORSE:
        assert difference.difference < 0


@given(pairs(smallest=10), st.floats(0.5, 0.9), st.floats(0.91, 0.999))
def test_more_confidence_never_narrows_the_margin_of_a_difference(pair, less, more):
    one, other = compare(*pair, confidence=less), compare(*pair, confidence=more)
    assert other.low <= one.low + 1e-9
    assert one.high <= other.high + 1e-9


def test_benjamini_and_hochbergs_own_example():
    # Benjamini and Hochberg 1995, section 3.2: four of fifteen at 5 %.
    p_values = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344]
    p_values += [0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000]
    assert benjamini_hochberg(p_values) == (True,) * 4 + (False,) * 11


def naive_findings(p_values: list[float], rate: float) -> list[bool]:
    """Adjust every p-value to the smallest m·p/rank at or above it, straight from the text."""
    m = len(p_values)
    findings = []
    for p in p_values:
        above = [q for q in p_values if q >= p]
        ranks = [(q, sum(other <= q for other in p_values)) for q in above]
        findings.append(any(q <= rank * rate / m for q, rank in ranks))
    return findings


@given(st.lists(st.one_of(st.floats(0, 1), st.floats(0, 0.06)), max_size=25), st.floats(0.01, 0.5))
def test_benjamini_hochberg_against_a_naive_version(p_values, rate):
    assert list(benjamini_hochberg(p_values, rate=rate)) == naive_findings(p_values, rate)


@pytest.mark.parametrize("p_values", [[0.5, -0.1], [1.1], [float("nan")]])
def test_what_is_no_p_value_is_refused(p_values):
    with pytest.raises(ValueError, match="p-value"):
        benjamini_hochberg(p_values)
    with pytest.raises(ValueError, match="rate"):
        benjamini_hochberg([0.5], rate=0)


def test_a_family_is_judged_more_strictly_than_a_split_alone():
    near = compare(nps(20, 30, 50), nps(10, 28, 62))
    same = compare(nps(20, 30, 50), nps(20, 30, 50))
    assert judge(near) is Verdict.BETTER
    assert judge_family([near]) == (Verdict.BETTER,)
    assert judge_family([near, same, same]) == (Verdict.NO_DIFFERENCE,) * 3


def test_a_split_with_too_few_answers_keeps_its_place_in_the_family():
    near = compare(nps(20, 30, 50), nps(10, 28, 62))
    few = compare(nps(20, 30, 50), nps(0, 0, 9))
    assert judge_family([near, few, few]) == (
        Verdict.NO_DIFFERENCE,
        Verdict.TOO_FEW,
        Verdict.TOO_FEW,
    )
    clear = compare(nps(90, 5, 5), nps(5, 5, 90))
    assert judge_family([few, clear]) == (Verdict.TOO_FEW, Verdict.BETTER)
    assert judge_family([]) == ()


def test_answers_needed_by_hand():
    # The distance is z(.975) + z(.8) = 2.801585.
    baseline = nps(100, 150, 250)
    d, c, weight = 100.75, 250.75, 503
    variance = (d + c) / weight - ((c - d) / weight) ** 2
    exact = variance / ((0.15 / 2.801585218) ** 2 - variance / 500)
    assert answers_needed(baseline) == int(exact) + 1 == 371


def test_a_baseline_can_be_too_small_for_the_difference_that_matters():
    assert answers_needed(nps(24, 36, 60)) is None
    assert answers_needed(nps(24, 36, 60), difference=30) is not None
    assert answers_needed(nps(0, 0, 9), difference=200) is None
    assert answers_needed(nps(0, 0, 0)) is None


def test_a_verdict_asks_for_ten_answers_and_a_ratio_of_twenty_of_the_later_wave_too():
    assert answers_needed(nps(20, 30, 50), difference=150) == 10
    assert answers_needed(nps(800, 1200, 2000), difference=150) == 200


def test_the_difference_that_matters_is_in_the_units_shown():
    baseline = Histogram.of(Metric.CSAT, {2: 100, 3: 100, 4: 150, 5: 150})
    assert answers_needed(baseline) == answers_needed(baseline, difference=0.3)
    assert answers_needed(nps(100, 150, 250)) == answers_needed(nps(100, 150, 250), difference=15)


@given(
    st.tuples(*[st.integers(0, 2000)] * 3), st.floats(5, 60), st.floats(0.5, 0.95), st.floats(1, 2)
)
def test_a_smaller_difference_or_more_power_never_needs_fewer_answers(
    sample, difference, power, times
):
    baseline = nps(*sample)
    assume(baseline.n >= 10)
    needed = answers_needed(baseline, difference=difference, power=power)
    easier = answers_needed(baseline, difference=difference * times, power=power)
    if needed is not None:
        assert easier is not None
        assert easier <= needed
        assert 10 <= needed <= 20 * baseline.n


@pytest.mark.parametrize("difference", [0, -15, 201, float("nan")])
def test_a_difference_that_cannot_be_is_refused(difference):
    with pytest.raises(ValueError, match="difference that matters"):
        answers_needed(nps(20, 30, 50), difference=difference)


@pytest.mark.parametrize("power", [0.4, 1, float("nan")])
def test_a_power_that_cannot_be_is_refused(power):
    with pytest.raises(ValueError, match="power"):
        answers_needed(nps(20, 30, 50), power=power)


def test_a_pooled_score_falls_though_every_score_rose():
    found = kitagawa((0.5, 0.3, 0.2), (60, 40, -10), (0.2, 0.3, 0.5), (65, 45, -5))
    assert (found.before, found.after) == pytest.approx((40, 24))
    assert (round(found.rate, 1), round(found.mix, 1)) == (5.0, -21.0)


groups = st.lists(
    st.tuples(st.integers(1, 900), st.floats(-100, 100), st.integers(1, 900), st.floats(-100, 100)),
    min_size=1,
    max_size=8,
)


@given(groups)
def test_rate_and_mix_add_up_to_the_change(rows):
    found = kitagawa(*zip(*rows, strict=True))
    assert found.after - found.before == pytest.approx(found.rate + found.mix, abs=1e-9)
    w0, s0, w1, s1 = zip(*rows, strict=True)
    back = kitagawa(w1, s1, w0, s0)
    assert (back.rate, back.mix) == pytest.approx((-found.rate, -found.mix), abs=1e-9)
    assert kitagawa(w0, s0, w0, s1).mix == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize(
    "periods",
    [
        ((1,), (1, 2), (1, 1), (1, 2)),
        ((0, 0), (1, 2), (1, 1), (1, 2)),
        ((1, -1), (1, 2), (1, 1), (1, 2)),
        ((1, 1), (1, float("nan")), (1, 1), (1, 2)),
        ((), (), (), ()),
    ],
)
def test_a_decomposition_needs_a_weight_and_a_score_per_group(periods):
    with pytest.raises(ValueError, match=r"weight|score"):
        kitagawa(*periods)
