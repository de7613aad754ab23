"""Home: what waits for the acting organisation over all its journeys, and what customers say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, g, url_for
from flask_babel import gettext as _

from partnerjourney.core import clock, workdays
from partnerjourney.core.parties import monogram
from partnerjourney.core.policy import Permission, allows
from partnerjourney.handovers import words
from partnerjourney.home import queries
from partnerjourney.home.queries import JudgedPoint, WaitingChange
from partnerjourney.home.words import ages as ages_words
from partnerjourney.journeys.queries import MyJourney, mine
from partnerjourney.leaving.queries.kept import apart_from
from partnerjourney.web import moments, numbers
from partnerjourney.web.pages import link_to, page
from partnerjourney.web.session import member, session

bp = Blueprint("home", __name__, url_prefix="/o/<organisation>")

ZONE = "Europe/Amsterdam"
"""The clock of an organisation without journeys."""

STALE_AFTER = timedelta(days=3)
"""Data older than this are called out of date."""


@dataclass(frozen=True)
class Waiting:
    """One thing that waits, with the form that answers it where one tap is enough."""

    due: date
    item: dict[str, Any]
    answer: dict[str, Any] | None = None


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


@bp.get("/")
def show() -> Response:
    """Show what waits for this organisation, and its journeys."""
    actor, now = member(), clock.now()
    journeys = mine(session(), actor)
    zone = journeys[0].time_zone if journeys else ZONE
    today = now.astimezone(ZoneInfo(zone)).date()
    changes = queries.changes(session(), journeys)
    decides = allows(actor, Permission.MEMBER_MANAGE, g.acting)
    waiting = [_change(change, today) for change in changes if change.for_me]
    waiting += [item for journey in journeys for item in _to_confirm(journey, today)]
    if decides:
        waiting += [_request(row, today, zone) for row in queries.requests(session())]
    waiting.sort(key=lambda thing: thing.due)
    rows = _rows(journeys, now)
    return page(
        "home/show.html",
        greeting=_greeting(now.astimezone(ZoneInfo(zone))),
        today=moments.full_day(today),
        waiting=waiting,
        others=_others(changes, now),
        rows=rows,
        leading=[row for row in rows if row.journey.leads],
        joining=[row for row in rows if not row.journey.leads],
        apart=[ages_words.apart(row) for row in apart_from(session())],
        may_create=allows(actor, Permission.JOURNEY_CREATE, g.acting),
    )


def _greeting(here: datetime) -> str:
    if 6 <= here.hour < 12:
        return str(_("Good morning, %(name)s", name=_first_name()))
    if 12 <= here.hour < 18:
        return str(_("Good afternoon, %(name)s", name=_first_name()))
    return str(_("Good evening, %(name)s", name=_first_name()))


def _first_name() -> str:
    return str((g.me.name.split() or [""])[0])


# --- what waits ---------------------------------------------------------------------------------


def _change(change: WaitingChange, today: date) -> Waiting:
    journey = change.journey
    due = workdays.answer_by(change.changed_at, journey.time_zone) if change.changed_at else today
    lines = words.changed(change.before, change.now)
    first = lines[0] if lines else None
    text = _("Changed by %(party)s.", party=change.changed_by)
    if first is not None:
        was = ", ".join(first.before) or _("nothing")
        now = ", ".join(first.after) or _("nothing")
        text = f"{first.label}: {was} → {now}. {text}"
    return Waiting(
        due,
        {
            "title": change.name or f"{change.giver} → {change.taker}",
            "href": url_for(
                "maps.handover", journey_id=journey.id, handover_id=change.handover_id
            ),
            "text": text,
            "source": _("%(brand)s · hand-over in %(journey)s", brand=journey.brand,
                        journey=journey.name),
            "monogram": journey.brand_monogram,
            "date": moments.day_parts(due, today),
        },
        {
            "action": url_for(
                "maps.confirm_handover", journey_id=journey.id, handover_id=change.handover_id
            ),
            "terms": change.terms_id,
            "version": change.version,
        }
        if member().role.value != "viewer"
        else None,
    )  # fmt: skip


def _to_confirm(journey: MyJourney, today: date) -> list[Waiting]:
    """The parties that the organisation fills and has not confirmed yet."""
    found = []
    for party in journey.parties:
        if not party.to_confirm or journey.leads:
            continue
        due = workdays.answer_by(party.joined_at, journey.time_zone)
        there = link_to("joining.welcome", journey_id=journey.id)
        found.append(
            Waiting(
                due,
                {
                    "title": _("Is what stands there about you right?"),
                    "href": there or url_for("maps.show", journey_id=journey.id),
                    "text": _(
                        "%(brand)s filled in %(party)s for now. Once you confirm, it is yours.",
                        brand=journey.brand,
                        party=party.name,
                    ),
                    "source": f"{journey.brand} · {journey.name}",
                    "monogram": journey.brand_monogram,
                    "date": moments.day_parts(due, today),
                },
            )
        )
    return found


def _request(row: queries.WaitingRequest, today: date, zone: str) -> Waiting:
    due = workdays.answer_by(row.created_at, zone)
    return Waiting(
        due,
        {
            "title": _("%(person)s asks to join", person=row.person),
            "href": url_for("organisations.show"),
            "text": _("You decide, as an admin of %(organisation)s.", organisation=g.acting.name),
            "source": g.acting.name,
            "monogram": monogram(row.person),
            "date": moments.day_parts(due, today),
        },
    )


def _others(changes: Sequence[WaitingChange], now: datetime) -> list[dict[str, str]]:
    """What waits for others: their answers to changes, and invitations, by day."""
    found: list[tuple[date, dict[str, str]]] = []
    for change in changes:
        if change.for_me or not change.others or change.changed_at is None:
            continue
        due = workdays.answer_by(change.changed_at, change.journey.time_zone)
        href = url_for(
            "maps.handover", journey_id=change.journey.id, handover_id=change.handover_id
        )
        name = change.name or f"{change.giver} → {change.taker}"
        found.append((due, _other(change.others, name, due, href)))
    for invitation in queries.invitations(session(), at=now):
        due = invitation.expires_at.astimezone(ZoneInfo(ZONE)).date()
        text = _("Invitation to %(journey)s", journey=invitation.journey)
        href = link_to("journeys.parties", journey_id=invitation.journey_id) or url_for(
            "maps.show", journey_id=invitation.journey_id
        )
        found.append((due, _other(invitation.party, text, due, href)))
    return [item for _due, item in sorted(found, key=lambda pair: (pair[0], pair[1]["who"]))]


def _other(who: str, text: str, due: date, href: str) -> dict[str, str]:
    return {
        "who": who,
        "monogram": monogram(who),
        "text": text,
        "due": _("before %(day)s", day=moments.near_day(due)),
        "href": href,
    }


# --- the table ----------------------------------------------------------------------------------


def _rows(journeys: Sequence[MyJourney], now: datetime) -> list[Row]:
    if not journeys:
        return []
    judged = queries.judged(session(), journeys)
    ages = queries.data_ages(session(), member())
    rows = []
    for journey in journeys:
        known = ages.get(journey.id)
        at = known.own if known else None
        rows.append(
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
    return rows


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
