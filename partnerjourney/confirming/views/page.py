"""What a party was asked by mail: whom to ask, what it said, and what is done with that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, Response, flash, url_for

from partnerjourney.confirming import queries, schemas, services, words
from partnerjourney.confirming.models import AskedThing, PartyAsking
from partnerjourney.confirming.queries import Thing
from partnerjourney.confirming.rules import Answer, AskingState
from partnerjourney.core import clock
from partnerjourney.core.errors import InputError, NotFoundError
from partnerjourney.core.parties import Party
from partnerjourney.journeys import services as journeys
from partnerjourney.journeys.services import Place
from partnerjourney.organisations.services import filled
from partnerjourney.web import moments
from partnerjourney.web.pages import Form, link_to, page, read_form, see_other, translated
from partnerjourney.web.session import member, session
from partnerjourney.web.texts import gettext as _

bp = Blueprint(
    "confirming",
    __name__,
    url_prefix="/o/<organisation>/journeys/<uuid:journey_id>/parties/<uuid:party_id>/asked",
)


@dataclass(frozen=True)
class Row:
    """One card or hand-over of a party: what was asked about it, and where that stands."""

    id: UUID | None
    title: str
    number: int
    chip: tuple[str, str, str]
    by: str
    told: Sequence[words.Told]
    edit: str
    open: bool
    changed: bool
    reply: str


def _find(journey_id: UUID, party_id: UUID, *, lock: bool = False) -> tuple[Place, Party]:
    place = journeys.find(session(), member(), journey_id, lock=lock)
    party = place.parties.get(party_id)
    if party is None or not party.represented:
        raise NotFoundError
    services.may_ask(member(), place)
    return place, party


@bp.get("/")
def show(journey_id: UUID, party_id: UUID) -> Response:
    """Show what stands of a party, what it said of it by mail, and the form that asks."""
    return _show(*_find(journey_id, party_id))


def _show(
    place: Place, party: Party, *, form: Form | None = None, at: str = "", status: int = 200
) -> Response:
    asking = queries.asking_of(session(), party)
    rows = queries.latest(queries.asked(session(), place.id, [party.id]))
    things = queries.things(session(), place.id, place.parties, party)
    shown = [_row(place, one, rows.get((party.id, one.id))) for one in things]
    asks = asking is not None and asking.state is AskingState.OPEN
    return page(
        "confirming/show.html",
        status=status,
        place=place,
        party=party,
        asking=asking,
        asks=asks,
        said=_said(asking, place) if asking is not None else ("", "", ""),
        rows=shown,
        left=sum(one.id is None or one.changed or one.chip[0] == "info" for one in shown),
        waiting=[one for one in shown if one.open],
        possible=party.provisional and not filled(session(), party),
        form=form,
        at=at,
    )


def _said(asking: PartyAsking, place: Place) -> tuple[str, str, str]:
    """Kind, text and icon of where the asking stands."""
    at = asking.mailed_at or asking.created_at
    when = moments.near(at, place.journey.time_zone)
    return {
        AskingState.OPEN: ("info", _("mailed %(moment)s", moment=when), "mail"),
        AskingState.WITHDRAWN: ("neutral", _("taken back"), "x"),
        AskingState.STOPPED: ("warn", _("wants no mail about this"), "x"),
        AskingState.BOUNCED: ("warn", _("this address takes no mail"), "triangle-alert"),
    }[asking.state]


def _row(place: Place, thing: Thing, asked: AskedThing | None) -> Row:
    """Say of one thing what was answered about it; a later change makes that the past."""
    same = asked is not None and dict(asked.said) == dict(thing.said)
    known = asked is not None and asked.answered_at is not None
    by = ""
    if asked is not None and asked.outcome and asked.answered_at:
        zone = place.journey.time_zone
        by = words.by_mail(asked.outcome, asked.name, asked.answered_at, zone, moments.near_day)
    said = asked.said if asked is not None and known else thing.said
    endpoint = "drawing.edit_card" if thing.is_card else "drawing.edit_handover"
    name = "card_id" if thing.is_card else "handover_id"
    return Row(
        asked.id if asked is not None else None,
        words.title(thing.said),
        thing.number,
        words.chip(asked.outcome)
        if asked is not None
        else ("neutral", _("not asked yet"), "minus"),
        by,
        words.told(said, asked.answers if asked is not None else {}),
        link_to(endpoint, journey_id=place.id, **{name: thing.id}) or "",
        asked is not None
        and asked.outcome in (Answer.WRONG, Answer.QUESTION)
        and asked.handled_at is None,
        known and not same,
        asked.reply if asked is not None else "",
    )


def _again(place: Place, party: Party, form: Form, error: InputError, at: str) -> Response:
    form.errors |= {name: [translated(t) for t in texts] for name, texts in error.messages.items()}
    return _show(place, party, form=form, at=at, status=422)


def _back(place: Place, party: Party) -> Response:
    return see_other(url_for(".show", journey_id=place.id, party_id=party.id))


@bp.post("/")
def ask(journey_id: UUID, party_id: UUID) -> Response:
    """Ask somebody of the party, by mail."""
    place, party = _find(journey_id, party_id, lock=True)
    form = read_form(schemas.AskForm())
    if not form.valid:
        return _show(place, party, form=form, at="ask", status=422)
    try:
        services.ask(session(), member(), place, party, at=clock.now(), **form.data)
    except InputError as error:
        return _again(place, party, form, error, "ask")
    flash(_("The mail to %(email)s is on its way.", email=form.data["email"]), "success")
    return _back(place, party)


@bp.post("/more")
def more(journey_id: UUID, party_id: UUID) -> Response:
    """Mail the contact again about what it did not answer."""
    place, party = _find(journey_id, party_id, lock=True)
    try:
        services.ask_more(session(), member(), place, party, at=clock.now())
    except InputError as error:
        return _again(place, party, Form(), error, "more")
    flash(_("Asked again: the mail is on its way."), "success")
    return _back(place, party)


@bp.post("/withdraw")
def withdraw(journey_id: UUID, party_id: UUID) -> Response:
    """Take the questions back."""
    place, party = _find(journey_id, party_id, lock=True)
    services.withdraw(session(), member(), place, party, at=clock.now())
    flash(_("Taken back: the links in the mail are dead. What was answered stays."), "success")
    return _back(place, party)


@bp.post("/<uuid:thing_id>/handled")
def handled(journey_id: UUID, party_id: UUID, thing_id: UUID) -> Response:
    """Say that what the contact said has been dealt with."""
    place, party = _find(journey_id, party_id, lock=True)
    thing = services.find_thing(session(), place, party, thing_id)
    services.handle(session(), member(), place, thing, at=clock.now())
    flash(_("Dealt with."), "success")
    return _back(place, party)


@bp.post("/<uuid:thing_id>/again")
def again(journey_id: UUID, party_id: UUID, thing_id: UUID) -> Response:
    """Ask the contact once more, with a word of ours."""
    place, party = _find(journey_id, party_id, lock=True)
    thing = services.find_thing(session(), place, party, thing_id)
    form = read_form(schemas.ReplyForm())
    if not form.valid:
        return _show(place, party, form=form, at=str(thing_id), status=422)
    reply = form.data["reply"]
    services.again(session(), member(), place, party, thing, reply=reply, at=clock.now())
    flash(_("Asked again: the mail is on its way."), "success")
    return _back(place, party)
