"""Margins: published examples, properties, and what they cover."""

from __future__ import annotations

from math import comb, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnerjourney.measurement.rules import (
    NPS_METHODS,
    Histogram,
    Method,
    Metric,
    mean_answer,
    mean_interval,
    normal_quantile,
    nps_interval,
    nps_score,
    t_quantile,
    top_two_share,
    usual_method,
)

counts = st.one_of(st.integers(0, 12), st.integers(0, 5000))
samples = st.tuples(counts, counts, counts).filter(any)
methods = st.sampled_from([None, *NPS_METHODS])

PUBLISHED = [
    # Fagerland, Lydersen and Laake 2014, the data of Bentur.
    ((7, 13, 1), Method.WALD, -0.520, -0.052, 3),
    ((7, 13, 1), Method.BONETT_PRICE, -0.508, -0.013, 3),
    ((7, 13, 1), Method.TANGO, -0.517, -0.026, 3),
    # Tango 1998, Table VII.
    ((3, 20, 9), Method.TANGO, -0.027, 0.390, 3),
    # The R package statpsych, after Bonett and Price 2012.
    ((4, 18, 26), Method.BONETT_PRICE, 0.2548067, 0.6251933, 7),
    # The tests of the R package contingencytables.
    ((0, 0, 3), Method.TANGO, -0.1230, 1, 4),
    # AW(3,T), in −1…1.
    ((2, 3, 5), Method.AW3T, -0.191, 0.652, 3),
    ((20, 30, 50), Method.AW3T, 0.141, 0.442, 3),
    ((0, 0, 5), Method.AW3T, 0.175, 1, 3),
]


@pytest.mark.parametrize(("sample", "method", "low", "high", "digits"), PUBLISHED)
def test_published_examples_to_the_printed_digit(sample, method, low, high, digits):
    interval = nps_interval(*sample, method=method)
    assert interval is not None
    assert (round(interval.low, digits), round(interval.high, digits)) == (low, high)
    assert (interval.method, interval.confidence) == (method, 0.95)


def test_centre_and_standard_error_as_statpsych_prints_them():
    interval = nps_interval(4, 18, 26, method=Method.BONETT_PRICE)
    assert interval is not None
    assert (interval.centre, round(interval.standard_error, 8)) == (0.44, 0.09448809)


@pytest.mark.parametrize("sample", [(9, 0, 0), (0, 9, 0), (0, 0, 9)])
def test_tango_where_all_answers_are_alike(sample):
    # T(D) = z then has a closed form.
    z2, n = 1.959963984540054**2, 9
    expected = {
        (9, 0, 0): (-1, -(n - z2) / (n + z2)),
        (0, 9, 0): (-z2 / (n + z2), z2 / (n + z2)),
        (0, 0, 9): ((n - z2) / (n + z2), 1),
    }[sample]
    interval = nps_interval(*sample, method=Method.TANGO)
    assert interval is not None
    assert (interval.low, interval.high) == pytest.approx(expected, abs=1e-12)


def likeliest_detractors(sample: tuple[int, int, int], difference: float) -> float:
    """Search the share of detractors that makes the sample likeliest, given the score."""
    d, p, c = sample
    low, high = max(0.0, -difference), (1 - difference) / 2

    def slope(q: float) -> float:
        return d / q + c / (q + difference) - 2 * p / (1 - difference - 2 * q)

    for _ in range(200):
        middle = (low + high) / 2
        low, high = (middle, high) if slope(middle) > 0 else (low, middle)
    return (low + high) / 2


@given(st.tuples(*[st.integers(1, 300)] * 3), st.floats(0.5, 0.999))
def test_tango_limits_solve_the_equation_that_defines_them(sample, confidence):
    d, p, c = sample
    n = d + p + c
    interval = nps_interval(*sample, method=Method.TANGO, confidence=confidence)
    z = normal_quantile((1 + confidence) / 2)
    for limit, sign in ((interval.low, 1), (interval.high, -1)):
        q = likeliest_detractors(sample, limit)
        t = (c - d - n * limit) / sqrt(n * (2 * q + limit * (1 - limit)))
        assert t == pytest.approx(sign * z, rel=1e-6, abs=1e-6)


def test_the_rule_of_the_product_says_which_method_it_took():
    assert nps_interval(1, 2, 4).method is Method.TANGO
    assert nps_interval(1, 2, 5).method is Method.AW3T
    assert nps_interval(20, 30, 50, confidence=0.9).method is Method.TANGO
    assert nps_interval(20, 30, 50, confidence=0.99).method is Method.AW3T
    assert usual_method(8) is Method.AW3T


@pytest.mark.parametrize("method", NPS_METHODS)
def test_a_method_asked_for_is_obeyed(method):
    for sample in ((0, 0, 1), (2, 3, 5), (200, 300, 500)):
        assert nps_interval(*sample, method=method, confidence=0.8).method is method


def test_a_method_for_means_is_refused_for_an_nps():
    with pytest.raises(ValueError, match="no method for an NPS"):
        nps_interval(2, 3, 5, method=Method.ADJUSTED_T)


def test_no_answers_no_margin():
    assert nps_interval(0, 0, 0) is None
    assert nps_interval(0, 0, 0, method=Method.AW3T) is None
    assert top_two_share(Histogram.of(Metric.CSAT, {})) is None


@pytest.mark.parametrize("confidence", [0, 1, 95, -0.5, 1 - 1e-17, float("nan")])
def test_an_impossible_confidence_is_refused(confidence):
    with pytest.raises(ValueError, match="confidence lies between 0 and 1"):
        nps_interval(2, 3, 5, confidence=confidence)
    with pytest.raises(ValueError, match="confidence lies between 0 and 1"):
        mean_interval(Histogram.of(Metric.CSAT, {4: 9}), confidence=confidence)


@given(samples, methods, st.floats(0.5, 0.999))
def test_mirrored_answers_mirror_the_margin(sample, method, confidence):
    one = nps_interval(*sample, method=method, confidence=confidence)
    other = nps_interval(*sample[::-1], method=method, confidence=confidence)
    assert (one.low, one.high) == pytest.approx((-other.high, -other.low), abs=1e-12)


@given(samples, methods, st.floats(0.5, 0.999))
def test_a_margin_is_ordered_and_within_the_scale(sample, method, confidence):
    interval = nps_interval(*sample, method=method, confidence=confidence)
    assert -1 <= interval.low <= interval.high <= 1


@given(samples.filter(lambda sample: sum(sample) >= 2))
def test_a_margin_holds_the_raw_score_from_two_answers_on(sample):
    score = nps_score(*sample)
    for method in (None, *NPS_METHODS):
        interval = nps_interval(*sample, method=method)
        assert interval.low - 1e-12 <= score <= interval.high + 1e-12


@given(samples, methods, st.floats(0.5, 0.99), st.floats(0.001, 0.4))
def test_more_confidence_never_narrows_a_margin(sample, method, confidence, share):
    # The product's rule changes method at 95 %, so it is held to one here.
    method = method or usual_method(sum(sample), confidence)
    surer = confidence + share * (1 - confidence)
    one = nps_interval(*sample, method=method, confidence=confidence)
    other = nps_interval(*sample, method=method, confidence=surer)
    assert other.low <= one.low + 1e-12
    assert one.high <= other.high + 1e-12


@given(samples, st.sampled_from(NPS_METHODS), st.integers(2, 5))
def test_more_of_the_same_answers_never_widen_a_margin(sample, method, times):
    one = nps_interval(*sample, method=method)
    more = nps_interval(*(times * count for count in sample), method=method)
    assert more.high - more.low <= one.high - one.low + 1e-12


def coverage(n: int, method: Method) -> tuple[float, float]:
    """Mean and worst exact coverage at 95 % over populations in steps of 5 %."""
    pairs = [(d, c) for d in range(n + 1) for c in range(n + 1 - d)]
    margins = [nps_interval(d, n - d - c, c, method=method) for d, c in pairs]
    steps = 20
    powers = [[(k / steps) ** i for i in range(n + 1)] for k in range(steps + 1)]
    ways = [comb(n, d) * comb(n - d, c) for d, c in pairs]
    cells = [
        (way, d, n - d - c, c, interval.low - 1e-9, interval.high + 1e-9)
        for way, (d, c), interval in zip(ways, pairs, margins, strict=True)
    ]
    covered = {}
    for i in range(steps + 1):
        for k in range(i, steps + 1 - i):  # the other half is its mirror image
            low, middle, high = powers[i], powers[steps - i - k], powers[k]
            truth = (k - i) / steps
            covered[i, k] = sum(
                way * low[d] * middle[p] * high[c]
                for way, d, p, c, start, end in cells
                if start <= truth <= end
            )
    weights = {(i, k): 1 if i == k else 2 for i, k in covered}
    mean = sum(weights[key] * value for key, value in covered.items()) / sum(weights.values())
    return mean, min(covered.values())


@pytest.mark.parametrize(
    ("n", "mean", "worst"), [(3, 0.952, 0.729), (10, 0.952, 0.879), (60, 0.950, 0.928)]
)
def test_what_aw_covers_exactly(n, mean, worst):
    found_mean, found_worst = coverage(n, Method.AW3T)
    assert (round(found_mean, 3), round(found_worst, 3)) == (mean, worst)


def test_plain_wald_covers_far_too_little_with_three_answers():
    mean, _ = coverage(3, Method.WALD)
    assert mean == pytest.approx(0.640, abs=5e-4)


def csat(*cells: int) -> Histogram:
    return Histogram(Metric.CSAT, cells)


def test_the_margin_of_a_mean_by_hand():
    # 1, 3, 5, 5, 5 → −1, 0, 1, 1, 1; with the added answers N = 8, Σ = 2, Σx² = 5.5.
    variance = (5.5 / 8 - (2 / 8) ** 2) * 8 / 7
    reach = t_quantile(0.975, 7) * sqrt(variance / 8)
    interval = mean_interval(csat(1, 0, 1, 0, 3))
    assert interval is not None
    assert interval.low == pytest.approx(3 + 2 * (0.25 - reach), abs=1e-12)
    assert interval.high == pytest.approx(3 + 2 * (0.25 + reach), abs=1e-12)
    assert interval.centre == pytest.approx(3.5)
    assert interval.method is Method.ADJUSTED_T


def test_a_mean_has_no_margin_under_five_answers():
    assert mean_interval(csat(0, 0, 0, 0, 4)) is None
    assert mean_interval(csat(0, 0, 0, 0, 5)) is not None
    assert mean_interval(csat(0, 0, 0, 0, 0)) is None


@given(st.sampled_from([Metric.CSAT, Metric.CES]), st.data())
def test_the_margin_of_a_mean_holds_the_mean_and_stays_on_the_scale(metric, data):
    size = len(metric.values)
    cells = data.draw(st.lists(st.integers(0, 200), min_size=size, max_size=size))
    histogram = Histogram(metric, tuple(cells))
    mirrored = Histogram(metric, tuple(reversed(cells)))
    interval, other = mean_interval(histogram), mean_interval(mirrored)
    if histogram.n < 5:
        assert interval is None
        return
    mean = mean_answer(histogram)
    ends = metric.first + metric.last
    assert metric.first <= interval.low <= mean + 1e-9
    assert mean - 1e-9 <= interval.high <= metric.last
    assert (interval.low, interval.high) == pytest.approx((ends - other.high, ends - other.low))


def test_wilson_margin_of_the_top_two_share():
    # Newcombe 1998, Table I: 81 of 263 and 15 of 148.
    share = top_two_share(csat(0, 0, 182, 41, 40))
    assert share is not None
    assert (round(share.low, 4), round(share.high, 4)) == (0.2553, 0.3662)
    share = top_two_share(Histogram.of(Metric.CES, {3: 133, 6: 10, 7: 5}))
    assert share is not None
    assert (share.n, round(share.low, 4), round(share.high, 4)) == (148, 0.0624, 0.1605)


@given(st.integers(0, 300), st.integers(0, 300))
def test_the_margin_of_a_share_holds_it_and_stays_between_nought_and_one(rest, top):
    if rest + top:
        share = top_two_share(csat(0, 0, rest, top, 0))
        assert 0 <= share.low <= share.share <= share.high <= 1
        assert share.share == top / (rest + top)
