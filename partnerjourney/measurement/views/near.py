"""One measuring point from near: distribution, what happened, who answered, what they wrote."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from partnerjourney.measurement.queries import Comment, Detail, Overview
from partnerjourney.measurement.rules import (
    DIFFERENCE_THAT_MATTERS,
    Histogram,
    Metric,
    ScoreView,
    Verdict,
)
from partnerjourney.measurement.views import asked
from partnerjourney.measurement.views.words import (
    Chip,
    axis_number,
    chip,
    estimate,
    figure,
    margin,
    svg,
)
from partnerjourney.web import charts, numbers
from partnerjourney.web.texts import gettext as _
from partnerjourney.web.texts import ngettext

WIDE, NARROW = 580, 326
"""Widths of the charts in px: in half a card, and on a phone."""


@dataclass(frozen=True, slots=True)
class Value:
    """One answer of the scale, in words of a table."""

    value: int
    count: str
    share: str
    baseline: str


@dataclass(frozen=True, slots=True)
class State:
    """One state of the hand-over, in words of a table."""

    name: str
    score: str
    answers: str
    margin: str


@dataclass(frozen=True, slots=True)
class Said:
    """A comment that the reader's organisation may read."""

    text: str
    score: str
    day: str
    name: str


@dataclass(frozen=True, slots=True)
class Near:
    """All of it texts and pictures in the reader's language."""

    title: str
    numbers: tuple[int, ...]
    score: str
    rest: str
    chip: Chip
    question: str
    period: str
    distribution: tuple[Markup, Markup]
    values: tuple[Value, ...]
    states_title: str
    states: tuple[Markup, Markup]
    states_table: tuple[State, ...]
    funnel: tuple[Markup, ...] | None
    not_sent: str
    needed: str
    comments: tuple[Said, ...]
    more: str


def near(found: Detail, seen: Overview) -> Near:
    """Return what is shown of one point; it has answers."""
    row, view = found.row, found.row.now
    spread = margin(view)
    rest = numbers.count(view.n or 0)
    if spread:
        rest += " · " + _("margin %(margin)s", margin=spread)
    number = row.point.judged.number if row.point.judged else None
    return Near(
        title=_title(found),
        numbers=tuple(leg.number for leg in row.point.legs),
        score=figure(view),
        rest=rest,
        chip=chip(row, seen),
        question=_question(found),
        period=numbers.period(view.period_from, view.period_to),
        distribution=(_distribution(found, WIDE), _distribution(found, NARROW)),
        values=_values(view, row.baseline),
        states_title=_("Score by what happened at hand-over %(number)s", number=number)
        if number
        else _("Score by what happened"),
        states=(_states(found, WIDE), _states(found, NARROW)),
        states_table=tuple(
            State(numbers.state(v.group or ""), figure(v), numbers.count(v.n or 0), margin(v))
            for v in found.states
        ),
        funnel=asked.funnels(found, found.reach, WIDE, NARROW) if found.reach else None,
        not_sent=asked.note(found, days=seen.period.free),
        needed=_needed(found, seen),
        comments=tuple(_said(c) for c in found.comments),
        more=ngettext(
            "%(number)s more comment in this period",
            "%(number)s more comments in this period",
            found.more_comments,
            number=numbers.count(found.more_comments),
        )
        if found.more_comments
        else "",
    )


def _title(found: Detail) -> str:
    """The name, and what the stored verdict says of late cases."""
    name, late = found.row.point.name, found.row.deviations.get("late")
    if late and late.word is Verdict.WORSE:
        return _("%(name)s: where it was late, the score is lower", name=name)
    if late and late.word is Verdict.BETTER:
        return _("%(name)s: where it was late, the score is higher", name=name)
    return name


def _question(found: Detail) -> str:
    metric = found.row.point.metric
    scale = _("%(first)s to %(last)s", first=metric.first, last=metric.last)
    return f"{found.question} {numbers.answers(found.row.now.n or 0)}, {scale}".strip()


def _said(comment: Comment) -> Said:
    score = "" if comment.score is None else numbers.count(comment.score)
    return Said(comment.text, score, numbers.day(comment.day), comment.name)


def _values(now: ScoreView, baseline: ScoreView | None) -> tuple[Value, ...]:
    assert now.histogram is not None
    before = baseline.histogram if baseline else None
    return tuple(
        Value(
            value,
            numbers.count(count),
            numbers.share(count, now.histogram.n),
            numbers.share(before.counts[at], before.n) if before else "",
        )
        for at, (value, count) in enumerate(
            zip(now.metric.values, now.histogram.counts, strict=True)
        )
    )


def _distribution(found: Detail, width: int) -> Markup:
    view, baseline = found.row.now, found.row.baseline
    assert view.histogram is not None
    groups = [
        charts.BarGroup(
            g.high - g.low + 1,
            numbers.group(g.low, g.high),
            numbers.count(g.count),
            numbers.share(g.count, view.histogram.n),
        )
        for g in view.groups
    ]
    before = baseline.histogram if baseline else None
    title = f"{found.row.point.name}: {numbers.few((g.low, g.high, g.count) for g in view.groups)}"
    drawn = charts.distribution(
        view.histogram.counts,
        groups,
        number=lambda value: numbers.count(int(value)),
        title=title,
        width=width,
        baseline=_shares(before) if before else None,
        names=charts.Names(
            now=_("now, with number"),
            baseline=_("baseline, share of %(number)s", number=numbers.count(before.n))
            if before
            else "",
        ),
    )
    return svg(drawn)


def _shares(histogram: Histogram) -> list[float]:
    return [count / histogram.n for count in histogram.counts]


def _states(found: Detail, width: int) -> Markup:
    metric = found.row.point.metric
    rows = [
        charts.StateRow(
            view.group or "",
            numbers.state(view.group or ""),
            estimate(view),
            figure(view) or "–",
            numbers.count(view.n or 0) if view.n else "",
            margin(view),
        )
        for view in found.states
    ]
    late = found.late
    if late.difference is not None:
        rows.append(
            charts.StateRow(
                "difference",
                _("Difference, late against no deviation"),
                None,
                numbers.figure(metric.value, late.difference, difference=True),
                _(
                    "%(late)s against %(other)s",
                    late=numbers.count(late.n_after),
                    other=numbers.count(late.n_before),
                ),
                numbers.margin(metric.value, late.low, late.high, difference=True),
            )
        )
    drawn = charts.by_state(
        rows,
        axis=charts.axis_for([row.shown for row in rows], metric.value),
        number=axis_number(metric),
        title=_("Score where it was late, where not and where unknown"),
        width=width,
        heads=(_("What happened"), _("Score · answers")),
    )
    return svg(drawn)


def _needed(found: Detail, seen: Overview) -> str:
    """How many answers would show the difference that matters; only before the verdict."""
    row = found.row
    if row.baseline is None or row.verdict or seen.period.free or not (row.wave and row.wave.open):
        return ""
    metric = row.point.metric
    step = DIFFERENCE_THAT_MATTERS * metric.unit
    wanted = numbers.count(int(step)) if metric is Metric.NPS else numbers.decimal(step, places=2)
    if found.needed is None:
        return _("This baseline is too small to show a difference of %(step)s.", step=wanted)
    return _(
        "A difference of %(step)s from the baseline shows from %(number)s answers on.",
        step=wanted,
        number=numbers.count(found.needed),
    )
