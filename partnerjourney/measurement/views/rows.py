"""The table of all measuring points, in words and charts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from markupsafe import Markup

from partnerjourney.measurement.queries import Explanation, Overview, Row
from partnerjourney.measurement.rules import Metric, Verdict
from partnerjourney.measurement.views import explaining, heads
from partnerjourney.measurement.views.choosing import Here
from partnerjourney.measurement.views.words import (
    Chip,
    Days,
    axis_number,
    chip,
    estimate,
    figure,
    margin,
    svg,
    usual_period,
)
from partnerjourney.web import charts, numbers
from partnerjourney.web.texts import gettext as _

WIDE, NARROW = 424, 326
"""Widths of the charts in px: beside the figures, and on a phone."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row: all of it texts and pictures in the reader's language."""

    name: str
    href: str
    selected: bool
    numbers: tuple[int, ...]
    path: tuple[str, ...]
    cases: str
    period: str
    wide: Markup
    narrow: Markup
    score: str
    scale: str
    few: bool
    answers: str
    margin: str
    baseline: str
    baseline_margin: str
    chip: Chip
    explained: str


@dataclass(frozen=True, slots=True)
class Table:
    """The rows, the axis above them and what stands below."""

    lines: tuple[Line, ...]
    axis: Markup
    judged: str
    note: str


def table(
    seen: Overview, here: Here, selected: Row | None, said: Mapping[UUID, Sequence[Explanation]]
) -> Table:
    """Return the table of all points that the reader shares, in path order."""
    axes = {metric: _axis(seen.rows, metric) for metric in Metric}
    shown = [row for row in seen.rows if row.now.n and not row.now.few]
    main = shown[0].point.metric if shown else None
    common = usual_period(seen.rows)
    lines = tuple(
        replace(
            _line(row, here, axes[row.point.metric], main, selected, common),
            explained=explaining.names(said.get(row.point.id, ())),
        )
        for row in seen.rows
    )
    return Table(lines, _head(seen, axes, main), heads.judged(seen), heads.note(seen))


def telling(rows: Sequence[Row]) -> Row | None:
    """The row that is shown from near when nobody chose: a changed one, else the fullest."""
    answered = [row for row in rows if row.now.n]
    changed = [row for row in answered if row.now.verdict in (Verdict.BETTER, Verdict.WORSE)]
    return max(changed or answered, key=lambda row: row.now.n or 0, default=None)


def _line(
    row: Row,
    here: Here,
    axis: charts.Axis,
    main: Metric | None,
    selected: Row | None,
    common: Days,
) -> Line:
    own = (row.now.period_from, row.now.period_to)
    period = numbers.period(*own) if row.now.n and own != common else ""
    states = {state.value: number for state, number in row.facts.by_state.items()}
    baseline = row.baseline
    told = f"{figure(baseline)} · {numbers.count(baseline.n or 0)}" if baseline else ""
    return Line(
        name=row.point.name,
        href=here.near(row.point.id),
        selected=selected is not None and selected.point.id == row.point.id,
        numbers=tuple(leg.number for leg in row.point.legs),
        path=row.point.path,
        cases=numbers.cases(states),
        period=period,
        wide=_chart(row, axis, WIDE, own_axis=main is not None and row.point.metric is not main),
        narrow=_chart(row, axis, NARROW, own_axis=True),
        score=figure(row.now),
        scale=_scale(row.point.metric) if row.now.n else "",
        few=row.now.few,
        answers=numbers.count(row.now.n) if row.now.n else "",
        margin=margin(row.now),
        baseline=told,
        baseline_margin=margin(baseline),
        chip=chip(row, Overview(here.period, (), ())),
        explained="",
    )


def _chart(row: Row, axis: charts.Axis, width: int, *, own_axis: bool) -> Markup:
    """Dots with whiskers; under 30 answers the answers; without any the reason in words."""
    title = _title(row)
    if not row.now.n:
        return svg(charts.empty_row(_("no answers yet"), title=title, width=width, height=40))
    if row.now.few:
        groups = [
            charts.AnswerGroup(
                g.count, f"{numbers.count(g.count)} × {numbers.group(g.low, g.high)}"
            )
            for g in row.now.groups
        ]
        lead = numbers.answers(row.now.n)
        return svg(charts.answers_strip(groups, lead=lead, title=title, width=width))
    verdict = row.now.verdict.value if row.now.verdict else ""
    drawn = charts.dots_row(
        estimate(row.now),
        estimate(row.baseline),
        axis=axis,
        title=title,
        width=width,
        verdict=verdict,
    )
    if own_axis:
        number = axis_number(row.point.metric)
        text = _("Axis from %(low)s to %(high)s", low=number(axis.low), high=number(axis.high))
        drawn += charts.dots_axis(axis, number=number, title=text, width=width)
    return svg(drawn)


def _title(row: Row) -> str:
    """The row as alternative text: score, margin, answers and period of now and of the baseline."""
    parts = [row.point.name]
    for view, name in ((row.now, ""), (row.baseline, _("baseline"))):
        if view is None or not view.n:
            continue
        spread = margin(view)
        words = [
            f"{name} {figure(view)}".strip(),
            _("margin %(margin)s", margin=spread) if spread else "",
            numbers.answers(view.n),
            numbers.period(view.period_from, view.period_to),
        ]
        parts.append(", ".join(word for word in words if word))
    if not row.now.n:
        parts.append(_("no answers yet"))
    return ": ".join([parts[0], "; ".join(parts[1:])])


def _axis(rows: Sequence[Row], metric: Metric) -> charts.Axis:
    own = [row for row in rows if row.point.metric is metric and not row.now.few]
    found = [estimate(view) for row in own for view in (row.now, row.baseline)]
    return charts.axis_for(found, metric.value)


def _scale(metric: Metric) -> str:
    """On which scale a mean stands; an NPS has the axis above."""
    if metric is Metric.NPS:
        return ""
    return _("on %(scale)s", scale=numbers.group(metric.first, metric.last))


def _head(seen: Overview, axes: dict[Metric, charts.Axis], main: Metric | None) -> Markup:
    if main is None:
        return Markup("")
    before = {
        (r.baseline.period_from, r.baseline.period_to)
        for r in seen.rows
        if r.baseline and not r.now.few
    }
    names = charts.Names(
        now=numbers.months(*usual_period(seen.rows)),
        baseline=_baseline_name(before),
    )
    drawn = charts.dots_axis(
        axes[main],
        number=axis_number(main),
        title=_("What the marks mean, and the axis"),
        width=WIDE,
        names=names,
    )
    return svg(drawn)


def _baseline_name(periods: set[tuple[date | None, date | None]]) -> str:
    if not periods:
        return ""
    if len(periods) > 1:
        return _("baseline")
    return _("baseline %(months)s", months=numbers.months(*next(iter(periods))))
