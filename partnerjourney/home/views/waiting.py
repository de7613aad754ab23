"""What waits, in the words of home: for this organisation, and for others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import g, url_for
from flask_babel import gettext as _

from partnerjourney.comments import words as comment_words
from partnerjourney.comments.queries import Asked
from partnerjourney.confirming import words as words_by_mail
from partnerjourney.confirming.queries import ToHandle
from partnerjourney.confirming.rules import Answer
from partnerjourney.core import workdays
from partnerjourney.core.parties import monogram
from partnerjourney.home import queries
from partnerjourney.home.queries import WaitingProposal
from partnerjourney.journeys.queries import MyJourney
from partnerjourney.proposals import words
from partnerjourney.proposals.rules import read
from partnerjourney.web import moments
from partnerjourney.web.pages import link_to
from partnerjourney.web.session import member, session

ZONE = "Europe/Amsterdam"
"""The clock of an organisation without journeys."""


@dataclass(frozen=True)
class Waiting:
    """One thing that waits; `proposal` where one tap is enough to agree."""

    due: date
    item: dict[str, Any]
    proposal: str = ""


def proposal(row: WaitingProposal, today: date) -> Waiting:
    """Return a proposal that the organisation answers."""
    journey, found = row.journey, row.found.proposal
    due = _due(row)
    lines = words.lines(found.subject, read(found.fields))
    first = lines[0] if lines else None
    text = _("Proposal of %(party)s", party=row.by)
    if first is not None:
        was = ", ".join(first.before) or _("nothing")
        new = ", ".join(first.after) or _("nothing")
        text = f"{first.label}: {was} → {new} · {text}"
    may = member().role.value != "viewer"
    value = f"{journey.id}:{found.id}"
    item = {
        "title": row.found.title,
        "href": url_for("proposals.show", journey_id=journey.id, proposal_id=found.id),
        "text": text,
        "source": f"{journey.brand} · {journey.name}",
        "monogram": journey.brand_monogram,
        "date": moments.day_parts(due, today),
        "choose": ("proposal", value, False, "agree") if may else None,
    }
    return Waiting(due, item, value if may else "")


def _due(row: WaitingProposal) -> date:
    return row.found.proposal.due_at.astimezone(ZoneInfo(row.journey.time_zone)).date()


def to_confirm(journey: MyJourney, today: date) -> list[Waiting]:
    """Return the parties that the organisation fills and has not confirmed yet."""
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


def said_by_mail(row: ToHandle, brand: str, today: date) -> Waiting:
    """Return what a party without an account said by mail, to be handled."""
    due = workdays.answer_by(row.answered_at, row.zone)
    title = (
        _("%(party)s says: not right", party=row.party)
        if row.outcome is Answer.WRONG
        else _("%(party)s has a question", party=row.party)
    )
    return Waiting(
        due,
        {
            "title": title,
            "href": url_for("confirming.show", journey_id=row.journey_id, party_id=row.party_id),
            "text": _(
                "%(name)s answered by mail about ‘%(thing)s’. Correct it, then ask again.",
                name=row.name,
                thing=words_by_mail.title(row.said),
            ),
            "source": f"{brand} · {row.journey}",
            "monogram": monogram(row.party),
            "date": moments.day_parts(due, today),
        },
    )


def request(row: queries.WaitingRequest, today: date, zone: str) -> Waiting:
    """Return somebody who asks to join."""
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


def asked_for(one: Asked, now: datetime) -> Waiting:
    """Return a conversation that asks for the organisation, or for the reader by name."""
    due = workdays.answer_by(one.at, one.time_zone)
    today = now.astimezone(ZoneInfo(one.time_zone)).date()
    by = f"{one.person}, {one.by}" if one.person else one.by
    title = _("%(person)s asks for you", person=by)
    if not one.by_name:
        title = _("%(person)s asks for your organisation", person=by)
    href = url_for("comments.show", journey_id=one.journey_id, thread_id=one.thread_id)
    return Waiting(
        due,
        {
            "title": title,
            "href": href,
            "text": comment_words.short(one.text),
            "source": f"{one.brand} · {one.journey}",
            "monogram": monogram(one.by),
            "date": moments.day_parts(due, today),
        },
    )


def others(
    rows: Sequence[WaitingProposal], now: datetime, reported: Sequence[tuple[date, dict[str, Any]]]
) -> list[dict[str, Any]]:
    """Return what waits for others: complaints, their answers to proposals, invitations, by day."""
    found = [(due, {"remind": "", **one}) for due, one in reported]
    for row in rows:
        if row.for_me or not row.others:
            continue
        due, of = _due(row), row.found.proposal
        href = url_for("proposals.show", journey_id=row.journey.id, proposal_id=of.id)
        remind = ""
        if row.mine and member().role.value != "viewer":
            remind = url_for("proposals.remind", journey_id=row.journey.id, proposal_id=of.id)
        found.append((due, other(row.others, row.found.title, due, href, remind)))
    for invitation in queries.invitations(session(), at=now):
        due = invitation.expires_at.astimezone(ZoneInfo(ZONE)).date()
        text = _("Invitation to %(journey)s", journey=invitation.journey)
        href = link_to("journeys.parties", journey_id=invitation.journey_id) or url_for(
            "maps.show", journey_id=invitation.journey_id
        )
        found.append((due, other(invitation.party, text, due, href)))
    return [item for _due, item in sorted(found, key=lambda pair: (pair[0], pair[1]["who"]))]


def other(who: str, text: str, due: date, href: str, remind: str = "") -> dict[str, Any]:
    """Return one thing that waits for others, with the address of a reminder where one may go."""
    return {
        "who": who,
        "monogram": monogram(who),
        "text": text,
        "due": _("before %(day)s", day=moments.near_day(due)),
        "href": href,
        "remind": remind,
    }
