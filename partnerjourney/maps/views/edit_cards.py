"""Cards on the map itself: added, named, put elsewhere, taken off, brought back."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, request
from flask_babel import gettext

from partnerjourney.core import clock
from partnerjourney.core.errors import ConflictError, InputError, StaleVersionError
from partnerjourney.journeys import services as journeys
from partnerjourney.journeys.services import UNSAID, Base, Place
from partnerjourney.maps import schemas
from partnerjourney.maps.services import editing
from partnerjourney.maps.views.blueprint import bp
from partnerjourney.maps.views.desk import Ask
from partnerjourney.maps.views.reading import show_map
from partnerjourney.maps.views.said import (
    address,
    done,
    faulty,
    gone,
    outdated,
    refused,
    tell,
    undoable,
    words_of,
)
from partnerjourney.touchpoints import services as touchpoints
from partnerjourney.touchpoints.models import Card
from partnerjourney.touchpoints.services import Spot
from partnerjourney.web.kept import kept
from partnerjourney.web.pages import Form, read_form
from partnerjourney.web.session import member, session


def _locked(journey_id: UUID, card_id: UUID) -> tuple[Place, Card]:
    place = journeys.find(session(), member(), journey_id, lock=True)
    return place, touchpoints.find_any(session(), place, card_id)


def _named(card: Card) -> str:
    return f"‘{card.content.name}’"


def _sent(where: Spot) -> str:
    return f"{where.phase_id}/{where.after_id}" if where.after_id else str(where.phase_id)


def _where(place: Place, where: Spot) -> str:
    """Say a place on the path in words."""
    phases = {phase.id: phase.content.name for phase in journeys.phases(session(), place.id)}
    phase = phases.get(where.phase_id, "")
    if where.after_id is None:
        return str(gettext("%(phase)s, as the first", phase=phase))
    name = touchpoints.find_any(session(), place, where.after_id).content.name
    return str(gettext("%(phase)s, after ‘%(name)s’", phase=phase, name=name))


def _lane(place: Place, party_id: UUID) -> str:
    party = place.parties.get(party_id)
    return party.name if party else ""


@bp.get("/map/cards/new")
@kept
def new_card(journey_id: UUID) -> Response:
    """Show the form for a new card; the address may say where it goes."""
    place = journeys.find(session(), member(), journey_id)
    given = {name: request.args.get(name, "") for name in ("to", "party_id")}
    return show_map(place, ask=Ask("new-card", form=Form(values={"kind": "touchpoint", **given})))


@bp.post("/map/cards")
def add(journey_id: UUID) -> Response:
    """Add a card where it was asked for."""
    place = journeys.find(session(), member(), journey_id, lock=True)
    form = read_form(schemas.NewCardForm())
    if not form.valid:
        return refused(place, "", status=422, ask=Ask("new-card", form=form))
    phase_id, after_id = form.data["to"]
    to = Spot(phase_id, form.data["party_id"], after_id)
    fields = {"name": form.data["name"], "kind": form.data["kind"]}
    channel = form.data["channel"] or None
    try:
        card = editing.add_card(
            session(), member(), place, to, channel=channel, at=clock.now(), **fields
        )
    except InputError as error:
        form.errors = {"to": [words_of(error)]}
        return refused(place, "", status=422, ask=Ask("new-card", form=form))
    path = f"map/cards/{card.id}/retire"
    told = gettext("Added: %(what)s", what=_named(card))
    undoable(told, place, path, {"version": card.content.version})
    return done(place, f"cards/{card.id}", opens=True)


@bp.post("/map/cards/<uuid:card_id>/name")
def rename(journey_id: UUID, card_id: UUID) -> Response:
    """Give a card another name."""
    place, card = _locked(journey_id, card_id)
    form = read_form(schemas.NameForm())
    if card.retired_at is not None:
        text = gone(place, card_id, _named(card), form.values.get("name", ""))
        return refused(place, text, status=409)
    if not form.valid:
        return refused(place, "", status=422, ask=Ask(form=form), card_id=card_id)
    base, name = _base(form), form.data["name"]
    try:
        before = touchpoints.rename(
            session(), member(), place, card, name=name, base=base, at=clock.now()
        )
    except StaleVersionError:
        now = gettext("It is called ‘%(name)s’ now.", name=card.content.name)
        tell(
            outdated(place, card_id, f"‘{base.was}’", now),
            kind="warn",
            button=gettext("Call it ‘%(name)s’ after all", name=name),
            action=address(place, f"map/cards/{card_id}/name"),
            fields={"version": card.content.version, "was": card.content.name, "name": name},
        )
        form.values |= {"version": card.content.version, "was": card.content.name}
        return refused(place, "", status=409, ask=Ask(form=form), card_id=card_id)
    if before != name:
        undoable(
            gettext("‘%(before)s’ is called ‘%(name)s’ now.", before=before, name=name),
            place,
            f"map/cards/{card_id}/name",
            {"version": card.content.version, "was": name, "name": before},
        )
    return done(place, f"cards/{card_id}")


def _base(form: Form) -> Base:
    was = form.data.get("was")
    return Base(form.data["version"], UNSAID if was is None else was)


@bp.post("/map/cards/<uuid:card_id>/place")
def put(journey_id: UUID, card_id: UUID) -> Response:
    """Put a card at another place on the path, or into another lane of the actor's own."""
    place, card = _locked(journey_id, card_id)
    if card.retired_at is not None:
        return refused(place, gone(place, card_id, _named(card)), status=409)
    form = read_form(schemas.PutCardForm())
    if not form.valid:
        return faulty(form, place)
    given, here = form.data, card.content.party_id
    to = Spot(given["to"][0], given["party_id"] or here, given["to"][1])
    was: Any = UNSAID
    if given["was"] is not None:
        was = Spot(given["was"][0], given["was_party_id"] or here, given["was"][1])
    base = Base(given["version"], was)
    try:
        was, now = editing.put_card(session(), member(), place, card, to, base=base, at=clock.now())
    except StaleVersionError:
        return _moved_meanwhile(place, card, to)
    except InputError as error:
        return refused(place, words_of(error), status=422)
    _told_put(place, card, was, now)
    return done(place, f"cards/{card_id}")


def _told_put(place: Place, card: Card, was: Spot, now: Spot) -> None:
    if was == now:
        return
    where = _where(place, now)
    if was.party_id != now.party_id:
        where = f"{_lane(place, now.party_id)} · {where}"
    undoable(
        gettext("%(what)s now stands in %(where)s.", what=_named(card), where=where),
        place,
        f"map/cards/{card.id}/place",
        {
            "version": card.content.version,
            "was": _sent(now),
            "was_party_id": now.party_id,
            "to": _sent(was),
            "party_id": was.party_id,
        },
    )


def _moved_meanwhile(place: Place, card: Card, to: Spot) -> Response:
    here = touchpoints.spot(touchpoints.cards(session(), place.id), card)
    now = gettext("It now stands in %(where)s.", where=_where(place, here))
    tell(
        outdated(place, card.id, _named(card), now),
        kind="warn",
        button=gettext("Put it in %(where)s after all", where=_where(place, to)),
        action=address(place, f"map/cards/{card.id}/place"),
        fields={
            "version": card.content.version,
            "was": _sent(here),
            "was_party_id": here.party_id,
            "to": _sent(to),
            "party_id": to.party_id,
        },
    )
    return refused(place, "", status=409)


@bp.post("/map/cards/<uuid:card_id>/retire")
def retire(journey_id: UUID, card_id: UUID) -> Response:
    """Take a card off the map."""
    place, card = _locked(journey_id, card_id)
    if card.retired_at is not None:
        return refused(place, gone(place, card_id, _named(card)), status=409)
    form = read_form(schemas.VersionForm())
    if not form.valid:
        return faulty(form, place)
    version = form.data["version"]
    try:
        editing.retire_card(session(), member(), place, card, version=version, at=clock.now())
    except StaleVersionError:
        here = touchpoints.spot(touchpoints.cards(session(), place.id), card)
        now = gettext(
            "It is now called %(what)s and stands in %(where)s.",
            what=_named(card),
            where=_where(place, here),
        )
        return refused(place, outdated(place, card_id, _named(card), now), status=409)
    except InputError as error:
        return refused(place, words_of(error), status=422)
    told = gettext("%(what)s is off the map; what was measured there stays.", what=_named(card))
    undoable(told, place, f"map/cards/{card_id}/restore", {"version": card.content.version})
    return done(place)


@bp.post("/map/cards/<uuid:card_id>/restore")
def restore(journey_id: UUID, card_id: UUID) -> Response:
    """Bring a card back where it stood."""
    place, card = _locked(journey_id, card_id)
    form = read_form(schemas.VersionForm())
    if not form.valid:
        return faulty(form, place)
    version = form.data["version"]
    try:
        touchpoints.restore(session(), member(), place, card, version=version, at=clock.now())
    except ConflictError:
        now = gettext("It is on the map.")
        return refused(place, outdated(place, card_id, _named(card), now), status=409)
    except InputError:
        said = gettext("The phase in which %(what)s stood is off the map.", what=_named(card))
        return refused(place, said, status=409)
    told = gettext("%(what)s is back on the map.", what=_named(card))
    undoable(told, place, f"map/cards/{card_id}/retire", {"version": card.content.version})
    return done(place, f"cards/{card_id}")
