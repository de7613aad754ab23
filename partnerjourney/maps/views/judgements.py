"""The customer's judgement in the words of a pill; a number never travels alone."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from flask_babel import gettext

from partnerjourney.core.parties import PartyKind
from partnerjourney.maps.queries import JourneyMap
from partnerjourney.measurement.queries import Overview, Pill, PillKind, Row, pill
from partnerjourney.measurement.rules import ScoreView
from partnerjourney.web import numbers


@dataclass(frozen=True, slots=True)
class Judgement:
    """One point's judgement: `strong` and `rest` stand in the pill, the others beside it.

    `tone` names the map's colours; only a stored verdict colours. `groups` are few answers.
    """

    point: uuid.UUID
    name: str
    strong: str
    rest: str
    tone: str = "plain"
    icon: str = ""
    answers: str = ""
    margin: str = ""
    period: str = ""
    days: str = ""
    verdict: str = ""
    baseline: str = ""
    cases: str = ""

    @property
    def beside(self) -> str:
        """What travels along with the figure: answers, margin and period."""
        spread = gettext("margin %(margin)s", margin=self.margin) if self.margin else ""
        return " · ".join(part for part in (self.answers, spread, self.period) if part)

    @property
    def few(self) -> bool:
        """Whether the pill holds a sentence, not a figure."""
        return self.tone == "few"


def judgements(found: JourneyMap, seen: Overview) -> dict[uuid.UUID, Judgement]:
    """Return the judgement of every point; a group's member has its own, which a preview hides."""
    hidden = found.viewpoint is not None and found.viewpoint.kind is PartyKind.GROUP
    told = {}
    for row in seen.rows:
        if hidden:
            told[row.point.id] = Judgement(
                row.point.id, row.point.name, "", gettext("each member sees its own"), tone="few"
            )
        else:
            told[row.point.id] = _judgement(row, pill(row))
    return told


def _judgement(row: Row, found: Pill) -> Judgement:
    view = found.view
    name = row.point.name
    cases = numbers.cases({state.value: n for state, n in row.facts.by_state.items()})
    period = numbers.period(view.period_from, view.period_to) if view.n else ""
    days = _days(view)
    if found.kind is PillKind.NONE:
        return Judgement(row.point.id, name, "", gettext("no answers yet"), tone="few", cases=cases)
    answers = numbers.answers(view.n or 0)
    if found.kind is PillKind.ANSWERS:
        late = gettext("%(n)s late", n=numbers.count(row.facts.late)) if row.facts.late else ""
        return Judgement(
            row.point.id,
            name,
            "",
            f"{answers} · {late}" if late else answers,
            tone="few",
            answers=numbers.few((g.low, g.high, g.count) for g in view.groups),
            period=period,
            days=days,
            cases=cases,
        )
    value = view.score if view.score is not None else view.mean
    assert value is not None
    tone, icon = _TONES.get(str(found.verdict), ("plain", ""))
    verdict = numbers.verdict(str(found.verdict)) if found.verdict else ""
    rest = numbers.count(view.n or 0)
    return Judgement(
        row.point.id,
        name,
        numbers.figure(view.metric.value, value),
        f"{rest} · {verdict}" if icon else rest,
        tone=tone,
        icon=icon,
        answers=answers,
        margin=numbers.margin(view.metric.value, view.low, view.high),
        period=period,
        days=days,
        verdict=verdict,
        baseline=_baseline(row),
        cases=cases,
    )


_TONES: Mapping[str, tuple[str, str]] = {
    "better": ("good", "trending-up"),
    "worse": ("bad", "trending-down"),
}


def _days(view: ScoreView) -> str:
    """The period without its year, where there is little room."""
    first, last = view.period_from, view.period_to
    if not view.n or first is None:
        return ""
    if last is None:
        return str(gettext("since %(day)s", day=numbers.day(first, year=False)))
    return f"{numbers.day(first, year=False)} – {numbers.day(last, year=False)}"


def _baseline(row: Row) -> str:
    view = row.baseline
    if view is None or not view.n or view.few:
        return ""
    value = view.score if view.score is not None else view.mean
    if value is None:
        return ""
    metric = view.metric.value
    told = f"{numbers.figure(metric, value)} · {numbers.count(view.n)}"
    spread = numbers.margin(metric, view.low, view.high)
    if not spread:
        return told
    return str(gettext("%(score)s, margin %(margin)s", score=told, margin=spread))
