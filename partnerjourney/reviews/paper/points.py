"""Measuring points on paper: rows with dots, tables of figures, scores by what happened."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from partnerjourney.core.text_width import text_width
from partnerjourney.reviews.paper import words
from partnerjourney.reviews.paper.sheets import (
    Explained,
    FigureRow,
    FigureTable,
    Point,
    StateBlock,
)
from partnerjourney.reviews.rules import Explanation, Facts, PointFact, Scale, Score
from partnerjourney.reviews.rules.texts import shortened
from partnerjourney.web import charts, numbers
from partnerjourney.web.charts.scales import Number
from partnerjourney.web.texts import gettext as _

NARROW, WIDE, FULL = 230.0, 350.0, 656.0
"""Widths of the charts in px: on the one page, among the figures, over the whole page."""
NAME = 60
"""Signs of a name above what its party says."""
BY, ONE_LINE = 34, 80
"""Signs of one name and of all of them that have room in a line on the one page."""


def rows(points: Sequence[PointFact], facts: Facts, accent: str) -> tuple[Point, ...]:
    """Return the points as rows; the first names its marks."""
    axes = {metric: axis(points, metric) for metric in Scale}
    return tuple(
        _row(point, facts, axes[point.metric], accent, first=place == 0)
        for place, point in enumerate(points)
    )


def axis(points: Sequence[PointFact], metric: Scale) -> charts.Axis:
    """One axis for all points with one scale."""
    own = [point for point in points if point.metric is metric]
    found = [_estimate(view) for point in own for view in (point.now, point.baseline)]
    return charts.axis_for(found, metric.value)


def axis_picture(points: Sequence[PointFact], metric: Scale, width: float) -> Markup:
    """The axis of a scale in numbers."""
    found, number = axis(points, metric), _number(metric)
    text = _("Axis from %(low)s to %(high)s", low=number(found.low), high=number(found.high))
    return Markup(charts.dots_axis(found, number=number, title=text, width=width))  # noqa: S704


def main_metric(points: Sequence[PointFact]) -> Scale | None:
    """The scale of the axis over the rows: that of the first point with a score."""
    return next((point.metric for point in points if point.now.n), None)


def _number(metric: Scale) -> Number:
    return numbers.points if metric is Scale.NPS else lambda value: numbers.count(int(value))


def _estimate(view: Score | None) -> charts.Estimate | None:
    if view is None or view.value is None:
        return None
    return charts.Estimate(view.value, view.low, view.high)


def _row(point: PointFact, facts: Facts, on: charts.Axis, accent: str, *, first: bool) -> Point:
    view, (said, kind) = point.now, words.verdict(point, facts)
    return Point(
        label=f"M{point.number}",
        name=point.name,
        before=words.was(point),
        cases=numbers.cases(point.cases),
        chart=_small(point, on, accent, first=first),
        wide=_dots(point, on, accent, WIDE, first=first),
        shown="" if view.few else words.figure(view),
        score=words.figure(view),
        answers=numbers.answers(view.n) if view.n else "",
        margin=words.with_margin(view),
        verdict=said,
        kind=kind,
        few=view.few,
    )


def _small(point: PointFact, on: charts.Axis, accent: str, *, first: bool) -> Markup:
    """Dots; under thirty answers the answers themselves, off the axis."""
    if not point.now.few:
        return _dots(point, on, accent, NARROW, first=first)
    groups = [
        charts.AnswerGroup(g.count, f"{numbers.count(g.count)} × {numbers.group(g.low, g.high)}")
        for g in point.now.groups
    ]
    wide = [max(text_width(g.label, 11), min(g.count, 10) * 11) + 14 for g in groups]
    if sum(wide) > NARROW - 56:
        return Markup("  ·  ").join(g.label for g in groups)
    svg = charts.answers_strip(groups, lead="", title=_title(point), width=NARROW)
    return Markup(charts.in_brand(svg, accent))  # noqa: S704 - charts escape every text


def _dots(point: PointFact, on: charts.Axis, accent: str, width: float, *, first: bool) -> Markup:
    if not point.now.n:
        svg = charts.empty_row(_("no answers yet"), title=_title(point), width=width, height=40)
        return Markup(svg)  # noqa: S704 - charts escape every text
    named = charts.Names(now=_("now"), baseline=_("baseline")) if first else None
    word = point.verdict.word.value if point.verdict else "too_few" if point.now.few else ""
    svg = charts.dots_row(
        _estimate(point.now),
        _estimate(point.baseline),
        axis=on,
        title=_title(point),
        width=width,
        verdict=word,
        names=named,
        height=50,
    )
    return Markup(charts.in_brand(svg, accent))  # noqa: S704 - charts escape every text


def _title(point: PointFact) -> str:
    """The row as alternative text: score, margin, answers and days of now and of the baseline."""
    parts = []
    for view, name in ((point.now, ""), (point.baseline, _("baseline"))):
        if view is None or not view.n:
            continue
        told = [
            f"{name} {words.figure(view)}".strip(),
            words.with_margin(view),
            numbers.answers(view.n),
            numbers.period(view.period_from, view.period_to),
        ]
        parts.append(", ".join(word for word in told if word))
    return f"{point.name}: {'; '.join(parts) or _('no answers yet')}"


# --- what parties say beside the figures ---------------------------------------------------------


def explained(facts: Facts) -> tuple[Explained, ...]:
    """What parties say of their points' figures, in path order; points without it are left out."""
    return tuple(
        Explained(
            label=f"M{point.number}",
            name=shortened(point.name, NAME),
            kind=words.verdict(point, facts)[1],
            texts=tuple((_of(said), said.text) for said in point.explanations),
        )
        for point in facts.points
        if point.explanations
    )


def explained_where(points: Sequence[PointFact]) -> str:
    """Who says something of the figures on the one page; their words stand further on."""
    told = [
        f"M{point.number} ({numbers.listed(names)})"
        for point in points
        if (names := [shortened(e.by, BY) for e in point.explanations if e.about is None])
    ]
    if not told:
        return ""
    listed = shortened(numbers.listed(told), ONE_LINE)
    return _("Explained by the parties, beside the figures: %(points)s.", points=listed)


def _of(said: Explanation) -> str:
    """Whose explanation it is, of when, and of which figures where it is not those shown."""
    told = _(
        "Explanation by %(party)s, %(day)s",
        party=shortened(said.by, NAME),
        day=numbers.day(said.day),
    )
    if said.about is None:
        return told
    days = numbers.period(said.about.first, said.about.last)
    if said.about.is_baseline:
        return f"{told}, {_('of the baseline %(days)s', days=days)}"
    return f"{told}, {_('of the measuring period %(days)s', days=days)}"


# --- by what happened ---------------------------------------------------------------------------


def states(facts: Facts, accent: str) -> tuple[StateBlock, ...]:
    """Each point with answers: the score where it was late, where not, where nobody knows."""
    return tuple(_states(point, accent) for point in facts.points if point.now.n)


def _states(point: PointFact, accent: str) -> StateBlock:
    views = [view for view in point.states if view.n or view.group in ("late", "none", "unknown")]
    lines = [
        charts.StateRow(
            view.group or "unknown",
            numbers.state(view.group or ""),
            _estimate(view),
            words.figure(view) or "–",
            answers=numbers.answers(view.n or 0),
            margin=words.margin(view),
        )
        for view in views
    ]
    late = point.late
    if late.difference is not None:
        metric = late.metric.value
        lines.append(
            charts.StateRow(
                "difference",
                _("Late minus no deviation"),
                None,
                numbers.figure(metric, late.difference, difference=True),
                margin=numbers.margin(metric, late.low, late.high, difference=True),
            )
        )
    told = [f"{line.label} {line.score} ({line.answers or line.margin})" for line in lines]
    svg = charts.by_state(
        lines,
        axis=charts.axis_for([_estimate(view) for view in views], point.metric.value),
        number=_number(point.metric),
        title=f"{point.name}: {'; '.join(told)}",
        width=FULL,
        row_height=38,
    )
    return StateBlock(
        title=f"M{point.number} {point.name}",
        sub=numbers.cases(point.cases),
        chart=Markup(charts.in_brand(svg, accent)),  # noqa: S704 - charts escape every text
    )


# --- the figures themselves ---------------------------------------------------------------------


def tables(facts: Facts) -> tuple[FigureTable, ...]:
    """The figures: one table per scale, points in path order, each with its parts."""
    captions = {
        Scale.NPS: (_("Recommendation, 0 to 10"), _("Score")),
        Scale.CSAT: (_("Satisfaction, 1 to 5"), _("Mean")),
        Scale.CES: (_("Effort, 1 to 7"), _("Mean")),
    }
    found = []
    for metric, (caption, score) in captions.items():
        own = [point for point in facts.points if point.metric is metric]
        groups = next((p.now.groups for p in own if p.now.groups), ())
        if own:
            found.append(
                FigureTable(
                    caption,
                    score,
                    tuple(numbers.group(g.low, g.high) for g in groups),
                    tuple(row for point in own for row in _figures(point, facts)),
                )
            )
    return tuple(found)


def _figures(point: PointFact, facts: Facts) -> list[FigureRow]:
    view, (said, kind) = point.now, words.verdict(point, facts)
    if point.verdict is not None:
        said = numbers.verdict(point.verdict.word.value)
    asked, delivered = point.asked, point.delivered
    found = [
        FigureRow(
            f"M{point.number} {point.name}",
            part=False,
            asked=numbers.count(asked) if asked is not None else "",
            delivered=numbers.count(delivered) if delivered is not None else "",
            answers=numbers.count(view.n or 0),
            response=numbers.share(view.n or 0, delivered) if delivered else "",
            groups=tuple(numbers.count(group.count) for group in view.groups),
            score=words.figure(view),
            margin=words.margin(view),
            verdict=said,
            kind=kind,
        )
    ]
    parts = [(numbers.state(v.group or "").lower(), v) for v in point.states if v.n]
    if point.baseline is not None and point.baseline.n:
        parts.append((_("baseline"), point.baseline))
    found += [
        FigureRow(
            name,
            part=True,
            asked="",
            delivered="",
            answers=numbers.count(part.n or 0),
            response="",
            groups=tuple(numbers.count(group.count) for group in part.groups),
            score=words.figure(part),
            margin=words.margin(part),
            verdict="",
            kind="",
        )
        for name, part in parts
    ]
    return found
