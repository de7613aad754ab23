"""The table of home: every journey with what customers say and how old the data is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import url_for
from flask_babel import gettext as _

from partnerjourney.home import queries
from partnerjourney.home.queries import JudgedPoint
from partnerjourney.home.words import ages as ages_words
from partnerjourney.journeys.queries import MyJourney
from partnerjourney.web import moments, numbers
from partnerjourney.web.session import member, session

STALE_AFTER = timedelta(days=3)
"""Data older than this are called out of date."""


@dataclass(frozen=True, slots=True)
class Score:
    """What customers say of one point, in the words of the table."""

    subject: str
    strong: str
    rest: str
    kind: str | None
    icon: str | None
    beside: str
    cases: str


@dataclass(frozen=True)
class Row:
    """One journey of the table."""

    journey: MyJourney
    href: str
    role: str
    scores: Sequence[Score]
    age: str
    exact: str
    stale: bool
    partners: Sequence[ages_words.PartnerAge] = ()


def rows(journeys: Sequence[MyJourney], now: datetime) -> list[Row]:
    """Return a row for each journey, in their order."""
    if not journeys:
        return []
    judged = queries.judged(session(), journeys)
    ages = queries.data_ages(session(), member())
    made = []
    for journey in journeys:
        known = ages.get(journey.id)
        at = known.own if known else None
        made.append(
            Row(
                journey,
                url_for("maps.show", journey_id=journey.id),
                _role(journey),
                [_score(point) for point in judged.get(journey.id, [])],
                moments.moment(at, now, journey.time_zone) if at else "",
                moments.exact(at, journey.time_zone) if at else "",
                at is not None and now - at > STALE_AFTER,
                ages_words.partners(journey, known, now, stale_after=STALE_AFTER),
            )
        )
    return made


def _role(journey: MyJourney) -> str:
    if journey.leads:
        return str(_("Coordinates"))
    names = numbers.listed([party.name for party in journey.parties])
    if journey.parties and all(party.observes for party in journey.parties):
        return str(_("Reads along"))
    return names


def _score(point: JudgedPoint) -> Score:
    view = point.view
    subject = point.subject[:1].upper() + point.subject[1:]
    cases = numbers.cases(point.cases)
    if not view.n:
        return Score(subject, _("no answers yet"), "", "dashed", None, "", cases)
    period = numbers.period(view.period_from, view.period_to)
    answers = numbers.answers(view.n)
    if view.few:
        few = " · ".join(
            f"{numbers.count(part.count)} × {numbers.group(part.low, part.high)}"
            for part in view.groups
        )
        return Score(subject, answers, "", "dashed", None, f"{few} · {period}", cases)
    value = view.score if view.score is not None else view.mean
    assert value is not None
    metric = view.metric.value
    spread = numbers.margin(metric, view.low, view.high)
    margin = _("margin %(margin)s", margin=spread) if spread else ""
    kind, icon = {"better": ("good", "trending-up"), "worse": ("bad", "trending-down")}.get(
        point.verdict or "", (None, None)
    )
    rest = numbers.count(view.n)
    return Score(
        subject,
        numbers.figure(metric, value),
        f"{rest} · {numbers.verdict(point.verdict or '')}" if kind else rest,
        kind,
        icon,
        " · ".join(part for part in (margin, period) if part),
        cases,
    )
