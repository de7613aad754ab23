"""One point over time, with what parties announced marked on it and listed beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from markupsafe import Markup

from partnerjourney.announcements import words
from partnerjourney.announcements.queries import Told
from partnerjourney.announcements.rules import within
from partnerjourney.measurement.queries import Row
from partnerjourney.measurement.queries.over_time import Stretch
from partnerjourney.measurement.rules.periods import Span, place_on
from partnerjourney.measurement.rules.view import FEW_ANSWERS
from partnerjourney.measurement.views.words import axis_number, estimate, figure, margin, svg
from partnerjourney.web import charts, numbers
from partnerjourney.web.texts import gettext as _

WIDE, NARROW = 1160, 326
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Week:
    """A week or month in words of a table; `announced` names what held in some of its days."""

    days: str
    score: str
    answers: str
    margin: str
    announced: str


@dataclass(frozen=True, slots=True)
class Said:
    """What a party announced, beside the line; `marked` says that it is drawn on it."""

    by: str
    kind: str
    days: str
    text: str


@dataclass(frozen=True, slots=True)
class OverTime:
    """All of it texts and pictures in the reader's language."""

    pictures: tuple[Markup, Markup] | None
    table: tuple[Week, ...]
    announced: tuple[Said, ...]


def over_time(row: Row, some: Sequence[Stretch], told: Sequence[Told]) -> OverTime:
    """Return the line of a point, where there is enough to draw: few answers are no line."""
    if not some:
        return OverTime(None, (), ())
    shown = within(told, some[0].span.first, some[-1].span.last)
    said = tuple(Said(one.by, words.kind(one.kind), words.days(one), one.text) for one in shown)
    table = tuple(
        Week(
            numbers.period(one.span.first, one.span.last),
            figure(one.view) if one.view.n else "",
            numbers.count(one.view.n or 0),
            margin(one.view) if one.view.n else "",
            numbers.listed([words.title(a) for a in within(shown, one.span.first, one.span.last)]),
        )
        for one in some
    )
    answered = [one.view.n for one in some if one.view.n]
    if len(answered) < 2 or sum(answered) < FEW_ANSWERS:
        return OverTime(None, (), said)
    return OverTime((_line(row, some, shown, WIDE), _line(row, some, shown, NARROW)), table, said)


def _line(row: Row, some: Sequence[Stretch], told: Sequence[Told], width: int) -> Markup:
    metric = row.point.metric
    points = [
        charts.TrendPoint(
            numbers.day(one.span.first, year=False)
            if one.span.days == 7
            else numbers.months(one.span.first, one.span.last),
            estimate(one.view) if one.view.n else None,
            f"{figure(one.view)} ({numbers.count(one.view.n)})" if one.view.n else "",
        )
        for one in some
    ]
    before = row.baseline
    level = estimate(before)
    drawn = charts.trend(
        points,
        axis=charts.close_axis([*(p.shown for p in points), level], metric.value),
        number=axis_number(metric),
        title=_title(row, some, told),
        width=width,
        baseline=charts.TrendLine(level.score, _("baseline %(score)s", score=figure(before)))
        if level and before
        else None,
        height=210,
        marks=marks([one.span for one in some], told),
    )
    return svg(drawn)


def marks(some: Sequence[Span], told: Sequence[Told]) -> list[charts.TrendMark]:
    """Return where announcements lie on a line over these weeks or months."""
    return [
        charts.TrendMark(
            place_on(some, one.first_day),
            len(some) - 0.5 if one.last_day is None else place_on(some, one.last_day + _DAY),
            words.title(one),
        )
        for one in told
    ]


def _title(row: Row, some: Sequence[Stretch], told: Sequence[Told]) -> str:
    """The line as alternative text: its first and last score, and what was announced when."""
    answered = [one for one in some if one.view.n]
    ends = " → ".join(
        f"{figure(one.view)} ({numbers.answers(one.view.n or 0)},"
        f" {numbers.period(one.span.first, one.span.last)})"
        for one in (answered[0], answered[-1])
    )
    parts = [f"{row.point.name}: {ends}"]
    parts += [f"{words.title(one)}, {words.days(one)}" for one in told]
    return "; ".join(parts)
