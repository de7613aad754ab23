"""The view that every page, file and interface receives, and what `nps` prints."""

from __future__ import annotations

import json
from dataclasses import FrozenInstanceError
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnerjourney.measurement.rules import (
    AnswerGroup,
    Histogram,
    Method,
    Metric,
    Remark,
    Verdict,
    Withheld,
    nps_document,
    score_view,
)

MARCH = (date(2026, 3, 1), date(2026, 3, 31))


def nps(d: int, p: int, c: int) -> Histogram:
    return Histogram.of(Metric.NPS, {3: d, 8: p, 10: c})


def test_a_score_travels_with_n_margin_and_period():
    remark = Remark("Koerier", "Staking in week 10.")
    view = score_view(
        nps(20, 30, 50),
        point="delivery",
        group="late",
        period=MARCH,
        wave="2026-q1",
        verdict=Verdict.BETTER,
        remarks=(remark,),
    )
    assert (view.point, view.group, view.wave) == ("delivery", "late", "2026-q1")
    assert (view.period_from, view.period_to) == MARCH
    assert (view.n, view.score, view.mean) == (100, 30.0, None)
    assert (round(view.low, 1), round(view.high, 1)) == (14.1, 44.2)
    assert (view.confidence, view.method) == (0.95, Method.AW3T)
    assert (view.verdict, view.withheld, view.remarks) == (Verdict.BETTER, None, (remark,))
    assert not view.few


def test_a_mean_is_shown_on_its_own_scale_and_never_as_a_score():
    view = score_view(Histogram.of(Metric.CSAT, {3: 2, 4: 4, 5: 4}), point="help")
    assert (view.n, view.score, view.mean) == (10, None, 4.2)
    assert 1 <= view.low < 4.2 < view.high <= 5
    assert view.method is Method.ADJUSTED_T


def test_a_mean_of_four_answers_has_no_margin():
    view = score_view(Histogram.of(Metric.CES, {6: 4}), point="help")
    assert (view.n, view.mean) == (4, 6.0)
    assert (view.low, view.high, view.confidence, view.method) == (None, None, None, None)


@pytest.mark.parametrize("metric", list(Metric))
def test_no_answers_no_number(metric):
    view = score_view(Histogram.of(metric, {}), point="help")
    assert view.n == 0
    assert (view.score, view.mean, view.low, view.high, view.method) == (None,) * 5
    assert not view.few


def test_what_is_withheld_shows_neither_figures_nor_n():
    view = score_view(
        nps(2, 3, 5),
        point="help",
        wave="2026-q1",
        verdict=Verdict.WORSE,
        withheld=Withheld.NOT_RELEASED,
    )
    assert view.withheld is Withheld.NOT_RELEASED
    assert (view.n, view.score, view.histogram, view.low, view.high) == (None,) * 5
    assert (view.method, view.verdict) == (None, None)
    assert view.groups == ()
    assert "10" not in repr(view).replace("2026", "")


def test_few_answers_are_shown_as_themselves():
    view = score_view(nps(2, 3, 4), point="help")
    assert view.few
    assert view.groups == (AnswerGroup(0, 6, 2), AnswerGroup(7, 8, 3), AnswerGroup(9, 10, 4))
    assert score_view(nps(9, 10, 10), point="help").few
    assert not score_view(nps(10, 10, 10), point="help").few


def test_a_period_runs_forward():
    with pytest.raises(ValueError, match="ends on 2026-03-01"):
        score_view(nps(1, 1, 1), point="help", period=MARCH[::-1])


def test_a_view_cannot_be_changed():
    view = score_view(nps(1, 1, 1), point="help")
    with pytest.raises(FrozenInstanceError):
        view.score = 100.0


@given(st.integers(0, 500), st.integers(0, 500), st.integers(0, 500))
def test_view_and_command_line_print_the_same_figures(d, p, c):
    view, document = score_view(nps(d, p, c), point="help"), nps_document(d, p, c)
    assert view.n == document["n"]
    for name in ("score", "low", "high"):
        shown, printed = getattr(view, name), document[name]
        assert (shown is None) == (printed is None)
        assert shown is None or shown == pytest.approx(100 * printed)
    assert view.method == document["method"]


def test_the_document_of_a_sample():
    document = nps_document(4, 18, 26, "bonett-price")
    assert list(document) == [
        *("n", "score", "variance", "standard_error"),
        *("centre", "adjusted_standard_error", "low", "high", "method", "confidence"),
    ]
    assert (document["n"], document["method"], document["confidence"]) == (48, "bonett-price", 0.95)
    assert document["score"] == pytest.approx(22 / 48)
    assert document["centre"] == 0.44
    assert round(document["adjusted_standard_error"], 8) == 0.09448809
    assert json.loads(json.dumps(document)) == document


def test_tango_has_no_centre_and_wald_keeps_that_of_the_sample():
    tango = nps_document(3, 20, 9, Method.TANGO)
    assert (tango["centre"], tango["adjusted_standard_error"]) == (None, None)
    wald = nps_document(1, 2, 3, "wald")
    assert wald["centre"] == pytest.approx(wald["score"], rel=1e-12)
    assert wald["adjusted_standard_error"] == pytest.approx(wald["standard_error"], rel=1e-12)


def test_the_document_without_answers_is_all_null_but_for_n():
    document = nps_document(0, 0, 0, "aw3t")
    assert document.pop("n") == 0
    assert set(document.values()) == {None}


@pytest.mark.parametrize("method", ["adjusted-t", "jeffreys", ""])
def test_an_unknown_method_is_refused(method):
    with pytest.raises(ValueError, match=r"method|Method"):
        nps_document(1, 2, 3, method)


@pytest.mark.parametrize("confidence", [0, 1, 95])
def test_an_impossible_confidence_is_refused(confidence):
    with pytest.raises(ValueError, match="confidence"):
        nps_document(0, 0, 0, confidence=confidence)
