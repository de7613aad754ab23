"""The page of home, and the one tap that agrees to several proposals."""

from __future__ import annotations

import uuid
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, flash, g, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from partnerjourney.comments import queries as comments
from partnerjourney.complaints import queries as complaints
from partnerjourney.complaints.words import at_home
from partnerjourney.confirming import queries as confirming
from partnerjourney.core import clock
from partnerjourney.core.errors import ConflictError, NotFoundError
from partnerjourney.core.parties import Role
from partnerjourney.core.policy import NotAllowedError, Permission, allows
from partnerjourney.home import queries
from partnerjourney.home.views import announced, by_mail, table, versions
from partnerjourney.home.views import waiting as wait
from partnerjourney.home.words import ages as ages_words
from partnerjourney.journeys import services as journeys
from partnerjourney.journeys.queries import mine
from partnerjourney.leaving.queries.kept import apart_from
from partnerjourney.proposals import services as proposals
from partnerjourney.versions.queries import waiting as waiting_versions
from partnerjourney.web import moments
from partnerjourney.web.pages import page, see_other
from partnerjourney.web.session import member, session

bp = Blueprint("home", __name__, url_prefix="/o/<organisation>")


@bp.get("/")
def show() -> Response:
    """Show what waits for this organisation, and its journeys."""
    actor, now = member(), clock.now()
    found = mine(session(), actor)
    zone = found[0].time_zone if found else wait.ZONE
    today = now.astimezone(ZoneInfo(zone)).date()
    open_ones = queries.proposals(session(), found)
    decides = allows(actor, Permission.MEMBER_MANAGE, g.acting)
    waiting = [wait.proposal(row, today) for row in open_ones if row.for_me]
    waiting += [item for journey in found for item in wait.to_confirm(journey, today)]
    if decides:
        waiting += [wait.request(row, today, zone) for row in queries.requests(session())]
    acts = actor.role is not Role.VIEWER
    led = {journey.id: journey.brand for journey in found if journey.leads and acts}
    said, pending = confirming.to_handle(session(), led), confirming.pending(session(), led, at=now)
    waiting += by_mail.waiting(said, pending, led, today)
    put = waiting_versions(session(), found)
    to_answer = [one for one in put.answers if one.organisation_id == actor.organisation_id]
    waiting += [versions.to_answer(one, today) for one in to_answer]
    if acts:
        waiting += [versions.led(one, today) for one in put.led]
    reported = complaints.over_all(session(), actor)
    others = [*at_home.for_others(reported, now), *versions.of_others(put.answers)]
    waiting += [wait.Waiting(due, item) for due, item in at_home.waiting(reported, now)]
    parties = {journey.id: [party.id for party in journey.parties] for journey in found}
    asked = comments.asked(session(), actor, parties)
    waiting += [wait.asked_for(one, now) for one in asked]
    waiting.sort(key=lambda thing: (thing.due, thing.item["source"].casefold()))
    agreeable = sum(bool(thing.proposal) for thing in waiting)
    if agreeable < 2:  # there is nothing to choose from
        for thing in waiting:
            thing.item["choose"] = None
    rows = table.rows(found, now)
    return page(
        "home/show.html",
        greeting=_greeting(now.astimezone(ZoneInfo(zone))),
        today=moments.full_day(today),
        waiting=waiting,
        agreeable=agreeable,
        others=wait.others(open_ones, now, [*others, *by_mail.of_others(pending, now)]),
        late=at_home.late(reported, now),
        announced=announced.at_home(session(), actor, found, now),
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


@bp.post("/agree")
def agree() -> Response:
    """Agree to the proposals that were chosen, or to the one whose button was pressed.

    One that is another by now is left out and told; the others hold.
    """
    if member().role is Role.VIEWER:
        raise NotAllowedError(Permission.PROPOSAL_ANSWER)
    chosen = request.form.getlist("only") or request.form.getlist("proposal")
    agreed, missed = 0, 0
    for value in dict.fromkeys(chosen):
        done = _agree(*_ids(value))
        agreed, missed = agreed + done, missed + (not done)
    if agreed:
        told = ngettext("Agreed to %(num)s proposal.", "Agreed to %(num)s proposals.", agreed)
        flash(told, "good")
    if missed:
        told = ngettext(
            "%(num)s proposal was decided or changed in between, so nothing was agreed there.",
            "%(num)s proposals were decided or changed in between, so nothing was agreed there.",
            missed,
        )
        flash(told, "warn")
    if not chosen:
        flash(_("Choose what you agree to first."), "warn")
    return see_other(url_for(".show"))


def _ids(value: str) -> tuple[uuid.UUID, uuid.UUID]:
    journey, _colon, proposal = value.partition(":")
    try:
        return uuid.UUID(journey), uuid.UUID(proposal)
    except ValueError:
        raise NotFoundError from None


def _agree(journey_id: uuid.UUID, proposal_id: uuid.UUID) -> bool:
    place = journeys.find(session(), member(), journey_id)
    try:
        with session().begin_nested():
            held = proposals.find(session(), place, proposal_id, lock=True)
            proposals.accept(session(), member(), place, held, at=clock.now())
    except ConflictError:
        session().expire_all()
        return False
    return True
