"""Hand-overs on the map itself: added, given other ends or a label, taken off, brought back.

What its parties promise each other is no drawing: that is agreed.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, request
from flask_babel import gettext

from partnerjourney.core import clock
from partnerjourney.core.errors import (
    ConflictError,
    InputError,
    NotFoundError,
    StaleVersionError,
)
from partnerjourney.handovers import services as handovers
from partnerjourney.handovers.models import Handover
from partnerjourney.handovers.services import Shape
from partnerjourney.journeys import services as journeys
from partnerjourney.journeys.services import Base, Place
from partnerjourney.maps import schemas
from partnerjourney.maps.services import editing
from partnerjourney.maps.views.blueprint import bp
from partnerjourney.maps.views.desk import Ask
from partnerjourney.maps.views.reading import show_map
from partnerjourney.maps.views.said import (
    done,
    faulty,
    gone,
    outdated,
    refused,
    undoable,
    words_of,
)
from partnerjourney.touchpoints import services as touchpoints
from partnerjourney.web.kept import kept
from partnerjourney.web.pages import Form, read_form
from partnerjourney.web.session import member, session


def _locked(journey_id: UUID, handover_id: UUID) -> tuple[Place, Handover]:
    place = journeys.find(session(), member(), journey_id, lock=True)
    return place, handovers.find_any(session(), place, handover_id)


def _named(place: Place, handover: Handover) -> str:
    content, parties = handover.content, place.parties
    ends = (parties.get(content.from_party_id), parties.get(content.to_party_id))
    names = " → ".join(party.name for party in ends if party)
    return str(gettext("the hand-over %(names)s", names=names))


@bp.get("/map/handovers/new")
@kept
def new_handover(journey_id: UUID) -> Response:
    """Show the form for a new hand-over; the address may say from which card to which."""
    place = journeys.find(session(), member(), journey_id)
    given = {name: request.args.get(name, "") for name in ("from_card_id", "to_card_id")}
    return show_map(place, ask=Ask("new-handover", form=Form(values=given)))


@bp.post("/map/handovers")
def add_handover(journey_id: UUID) -> Response:
    """Add a hand-over between two cards; its parties agree the rest."""
    place = journeys.find(session(), member(), journey_id, lock=True)
    form = read_form(schemas.NewHandoverForm())
    journeys.may_draw(member(), place)
    made = _add(place, form) if form.valid else None
    if made is None:
        return refused(place, "", status=422, ask=Ask("new-handover", form=form))
    told = gettext("Added: %(what)s", what=_named(place, made))
    undoable(told, place, f"map/handovers/{made.id}/retire", {"version": made.content.version})
    return done(place, f"handovers/{made.id}", opens=True)


def _add(place: Place, form: Form) -> Handover | None:
    """Add what the form asks for; None with the faults in the form."""
    ends: dict[str, Any] = {}
    for name in ("from", "to"):
        card = touchpoints.find_any(session(), place, form.data[f"{name}_card_id"])
        if card.retired_at is not None:
            form.errors[f"{name}_card_id"] = [gone(place, card.id, f"‘{card.content.name}’")]
        ends |= {f"{name}_card_id": card.id, f"{name}_party_id": card.content.party_id}
    if not form.valid:
        return None
    label, at = form.data["label"], clock.now()
    try:
        return handovers.add(session(), member(), place, label=label, at=at, **ends)
    except InputError as error:
        form.errors = {"to_card_id": [words_of(error)]}
        return None


@bp.post("/map/handovers/<uuid:handover_id>/shape")
def redraw(journey_id: UUID, handover_id: UUID) -> Response:
    """Give a hand-over other ends, or its fork another label."""
    place, handover = _locked(journey_id, handover_id)
    if handover.retired_at is not None:
        return refused(place, gone(place, handover_id, _named(place, handover)), status=409)
    form = read_form(schemas.ShapeForm())
    if not form.valid:
        return refused(place, "", status=422, ask=Ask(form=form), edge_id=handover_id)
    given, present = form.data, handovers.shape(handover.content)
    asked = request.form
    to = Shape(
        given["from_card_id"] if "from_card_id" in asked else present.from_card_id,
        given["to_card_id"] if "to_card_id" in asked else present.to_card_id,
        given["label"] if "label" in asked else present.label,
    )
    base = Base(
        given["version"],
        Shape(given["was_from_card_id"], given["was_to_card_id"], given["was_label"]),
    )
    edge = handovers.find(session(), place, handover_id, lock=True)
    try:
        was = handovers.redraw(session(), member(), place, edge, to, base=base, at=clock.now())
    except StaleVersionError:
        text = outdated(place, handover_id, _named(place, handover), _stands(place, present))
        form.values |= {"version": handover.content.version, **_was(present)}
        return refused(place, text, status=409, ask=Ask(form=form), edge_id=handover_id)
    except InputError as error:
        form.errors = {"to_card_id": [words_of(error)]}
        return refused(place, "", status=422, ask=Ask(form=form), edge_id=handover_id)
    if was != to:
        undoable(
            gettext("%(what)s is drawn anew.", what=_named(place, handover)),
            place,
            f"map/handovers/{handover_id}/shape",
            {"version": handover.content.version, **_was(to), **_fields(was)},
        )
    return done(place, f"handovers/{handover_id}")


def _fields(shape: Shape) -> dict[str, Any]:
    return {
        "from_card_id": shape.from_card_id,
        "to_card_id": shape.to_card_id,
        "label": shape.label,
    }


def _was(shape: Shape) -> dict[str, Any]:
    return {f"was_{name}": value or "" for name, value in _fields(shape).items()}


def _stands(place: Place, shape: Shape) -> str:
    names = []
    for card_id in (shape.from_card_id, shape.to_card_id):
        try:
            card = touchpoints.find_any(session(), place, card_id) if card_id else None
        except NotFoundError:
            card = None
        names.append(f"‘{card.content.name}’" if card else "–")
    told = gettext("It goes from %(start)s to %(end)s now.", start=names[0], end=names[1])
    return f"{told} ({shape.label})" if shape.label else str(told)


@bp.post("/map/handovers/<uuid:handover_id>/retire")
def retire_handover(journey_id: UUID, handover_id: UUID) -> Response:
    """Take a hand-over off the map while no other party agreed to it."""
    place, handover = _locked(journey_id, handover_id)
    if handover.retired_at is not None:
        return refused(place, gone(place, handover_id, _named(place, handover)), status=409)
    form = read_form(schemas.VersionForm())
    if not form.valid:
        return faulty(form, place)
    edge = handovers.find(session(), place, handover_id, lock=True)
    version = form.data["version"]
    try:
        editing.retire_handover(session(), member(), place, edge, version=version, at=clock.now())
    except StaleVersionError:
        now = _stands(place, handovers.shape(handover.content))
        text = outdated(place, handover_id, _named(place, handover), now)
        return refused(place, text, status=409)
    except InputError as error:
        return refused(place, words_of(error), status=409)
    told = gettext("%(what)s is off the map.", what=_named(place, handover))
    path = f"map/handovers/{handover_id}/restore"
    undoable(told, place, path, {"version": handover.content.version})
    return done(place)


@bp.post("/map/handovers/<uuid:handover_id>/restore")
def restore_handover(journey_id: UUID, handover_id: UUID) -> Response:
    """Bring a hand-over back."""
    place, handover = _locked(journey_id, handover_id)
    form = read_form(schemas.VersionForm())
    if not form.valid:
        return faulty(form, place)
    version = form.data["version"]
    try:
        handovers.restore(session(), member(), place, handover, version=version, at=clock.now())
    except ConflictError:
        now = gettext("It is on the map.")
        text = outdated(place, handover_id, _named(place, handover), now)
        return refused(place, text, status=409)
    told = gettext("%(what)s is back on the map.", what=_named(place, handover))
    path = f"map/handovers/{handover_id}/retire"
    undoable(told, place, path, {"version": handover.content.version})
    return done(place, f"handovers/{handover_id}")
