"""Lines over time, with a band where a party announced something, and the announcements listed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from markupsafe import Markup

from partnerjourney.announcements import words as said
from partnerjourney.announcements.rules import Kind
from partnerjourney.measurement.rules.periods import Span, place_on
from partnerjourney.measurement.rules.view import FEW_ANSWERS
from partnerjourney.reviews.paper.sheets import StateBlock
from partnerjourney.reviews.rules import Facts, PointFact, Scale, shortened
from partnerjourney.reviews.rules.facts import Announced, Stretch
from partnerjourney.web import charts, numbers
from partnerjourney.web.texts import gettext as _

FULL, HIGH = 640, 150
NAME, TEXT = 40, 160
_DAY = timedelta(days=1)


def lines(facts: Facts, accent: str) -> tuple[StateBlock, ...]:
    """Each point that was answered often enough, in more than one week or month."""
    return tuple(
        _block(point, facts.announced, accent)
        for point in facts.points
        if sum(bool(one.n) for one in point.over_time) > 1
        and sum(one.n for one in point.over_time) >= FEW_ANSWERS
    )


def listed(facts: Facts) -> tuple[tuple[str, str], ...]:
    """What parties announced, by day: who and when, and the text."""
    return tuple(
        (f"{shortened(_title(one), NAME)}, {_days(one)}", shortened(one.text, TEXT))
        for one in facts.announced
    )


def _title(one: Announced) -> str:
    return f"{one.by}: {said.kind(Kind(one.kind)).lower()}"


def _days(one: Announced) -> str:
    if one.last is None:
        return _("from %(day)s", day=numbers.day(one.first))
    return numbers.period(one.first, one.last)


def _figure(point: PointFact, one: Stretch) -> str:
    return "" if one.value is None else numbers.figure(point.metric.value, one.value)


def _block(point: PointFact, announced: Sequence[Announced], accent: str) -> StateBlock:
    some = point.over_time
    spans = [Span(one.first, one.last) for one in some]
    points = [
        charts.TrendPoint(
            numbers.day(one.first, year=False)
            if span.days == 7
            else numbers.months(one.first, one.last),
            charts.Estimate(one.value, one.low, one.high) if one.value is not None else None,
            f"{_figure(point, one)} ({numbers.count(one.n)})" if one.value is not None else "",
        )
        for one, span in zip(some, spans, strict=True)
    ]
    shown = [
        one
        for one in announced
        if one.first <= some[-1].last and (one.last is None or one.last >= some[0].first)
    ]
    told = [f"{p.label} {p.text}" for p in points if p.text]
    told += [f"{_title(one)}, {_days(one)}" for one in shown]
    nps = point.metric is Scale.NPS
    svg = charts.trend(
        points,
        axis=charts.close_axis([p.shown for p in points], point.metric.value),
        number=numbers.points if nps else numbers.decimal,
        title=f"{point.name}: {'; '.join(told)}",
        width=FULL,
        height=HIGH,
        marks=[
            charts.TrendMark(
                place_on(spans, one.first),
                len(spans) - 0.5 if one.last is None else place_on(spans, one.last + _DAY),
                _title(one),
            )
            for one in shown
        ],
    )
    return StateBlock(
        title=f"M{point.number} {point.name}",
        sub=_("Score, with the number of answers in brackets and its margin as a band"),
        chart=Markup(charts.in_brand(svg, accent)),  # noqa: S704 - charts escape every text
    )
