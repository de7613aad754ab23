"""A score, its margin and its verdict in words and as a mark; charts as markup."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from partnerjourney.measurement.queries import Overview, Row
from partnerjourney.measurement.rules import Metric, ScoreView, Verdict
from partnerjourney.surveys.rules import WaveKind
from partnerjourney.web import charts, numbers
from partnerjourney.web.charts.scales import Number
from partnerjourney.web.texts import gettext as _

Days = tuple[date | None, date | None]


def usual_period(rows: Sequence[Row]) -> Days:
    """The days that most rows with answers are about; the others say theirs themselves."""
    counted = Counter((row.now.period_from, row.now.period_to) for row in rows if row.now.n)
    return counted.most_common(1)[0][0] if counted else (None, None)


@dataclass(frozen=True, slots=True)
class Chip:
    """A verdict as it is shown; without a kind it is plain text."""

    kind: str
    text: str
    icon: str | None = None


def estimate(view: ScoreView | None) -> charts.Estimate | None:
    """A score for a chart; None without answers."""
    value = value_of(view)
    return None if value is None or view is None else charts.Estimate(value, view.low, view.high)


def value_of(view: ScoreView | None) -> float | None:
    """The score of an NPS, the mean of others."""
    return None if view is None else view.score if view.mean is None else view.mean


def figure(view: ScoreView | None) -> str:
    """The score in the reader's language; empty without answers."""
    value = value_of(view)
    return "" if value is None or view is None else numbers.figure(view.metric.value, value)


def margin(view: ScoreView | None) -> str:
    """The margin in the reader's language; empty without one."""
    return "" if view is None else numbers.margin(view.metric.value, view.low, view.high)


def chip(row: Row, seen: Overview) -> Chip:
    """The stored verdict, or why there is none."""
    if row.verdict:
        kind, icon = _VERDICTS[row.verdict.word]
        return Chip(kind, numbers.verdict(row.verdict.word.value), icon)
    if seen.period.free or row.wave is None or row.wave.kind is WaveKind.OUTSIDE:
        return Chip("", _("only at a measuring period") if row.now.n else "")
    if row.is_baseline:
        return Chip("", _("is the baseline"))
    if row.wave.open:
        when = row.wave.last
        return Chip("", _("on %(day)s", day=numbers.day(when)) if when else _("at the close"))
    if row.baseline is None and row.now.n:
        return Chip("dashed", numbers.verdict(""), "hourglass")
    return Chip("", "")


_VERDICTS = {
    Verdict.BETTER: ("good", "trending-up"),
    Verdict.WORSE: ("bad", "trending-down"),
    Verdict.NO_DIFFERENCE: ("neutral", "equal"),
    Verdict.TOO_FEW: ("dashed", "hourglass"),
}


def svg(drawn: str) -> Markup:
    """A chart as markup: charts escape every text themselves."""
    return Markup(drawn)  # noqa: S704


def axis_number(metric: Metric) -> Number:
    """How the ticks of an axis are written."""
    return numbers.points if metric is Metric.NPS else lambda value: numbers.count(int(value))
