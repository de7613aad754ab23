"""Answering a complaint from a mail: the same verbs, one page, two taps, no account."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from marshmallow import ValidationError

from partnerjourney.answering.services import Opened, Shown, Typed, register
from partnerjourney.complaints import queries, services
from partnerjourney.complaints.models import Complaint
from partnerjourney.complaints.rules import State, this_quarter
from partnerjourney.complaints.schemas import AnswerForm
from partnerjourney.complaints.services.telling import BY_MAIL
from partnerjourney.complaints.views import shown
from partnerjourney.core.errors import InputError, NotFoundError
from partnerjourney.core.policy import Permission, allows
from partnerjourney.journeys import services as journeys
from partnerjourney.journeys.services import Place
from partnerjourney.organisations.queries import calendar_of
from partnerjourney.web import moments


class ByMail:
    """The kind of link that answers a complaint; what is solved or closed asks nothing more."""

    def show(self, session: Any, opened: Opened, *, at: datetime) -> Shown:
        """Return the page that asks; who picked it up meanwhile is said in its place."""
        place, complaint = _find(session, opened)
        if complaint.state not in (State.REPORTED, State.PICKED_UP):
            raise NotFoundError
        return Shown("complaints/by_mail.html", _said(session, opened, place, complaint, at))

    def answer(self, session: Any, opened: Opened, typed: Typed, *, at: datetime) -> Shown:
        """Answer it, and say what stands there now."""
        place, complaint = _find(session, opened, lock=True)
        try:
            said = AnswerForm().load(dict(typed))
        except ValidationError as error:
            raise InputError(error.messages_dict) from error
        if said["before"] is not None:
            said["before"] = said["before"].replace(tzinfo=ZoneInfo(place.journey.time_zone))
        services.answer(session, opened.actor, place, complaint, at=at, **said)
        return Shown("complaints/answered.html", _said(session, opened, place, complaint, at))


def _find(session: Any, opened: Opened, *, lock: bool = False) -> tuple[Place, Complaint]:
    """Return the complaint of a link, as its person shares it today."""
    place = journeys.find(session, opened.actor, opened.journey_id)
    complaint = services.find(session, place, opened.thing_id, lock=lock)
    matter = services.matter(session, place, complaint)
    if not allows(opened.actor, Permission.COMPLAINT_ANSWER, matter):
        raise NotFoundError
    return place, complaint


def _said(
    session: Any, opened: Opened, place: Place, complaint: Complaint, at: datetime
) -> dict[str, Any]:
    now = this_quarter(at)
    seen = queries.one(session, opened.actor, complaint)
    edges = {edge.id: edge for edge in queries.numbered(session, place)}
    calendar = calendar_of(session, opened.actor.organisation_id)
    c = shown.shown(seen, edges, now, calendar)
    return {
        "c": c,
        "first": c.offered[0][0] if c.urges and c.offered else "",
        "others": shown.names(seat for seat in c.sharing if seat.organisation_id != seen.me),
        "day": moments.near_day(complaint.happened_on) if complaint.happened_on else "",
    }


register(BY_MAIL, ByMail())
