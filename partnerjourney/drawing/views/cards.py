"""Cards: added, changed, moved, taken off the map."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, flash, url_for
from flask_babel import gettext as _

from partnerjourney.core import clock
from partnerjourney.core.errors import InputError, StaleVersionError
from partnerjourney.drawing import schemas
from partnerjourney.drawing.views.common import bp, done, find_place, with_faults
from partnerjourney.journeys import services as journeys
from partnerjourney.journeys.services import Place
from partnerjourney.maps.services import editing
from partnerjourney.touchpoints import services as touchpoints
from partnerjourney.touchpoints.models import Card
from partnerjourney.web.pages import Form, htmx, page, read_form, see_other
from partnerjourney.web.session import member, session


@bp.post("/cards")
def add_card(journey_id: UUID) -> Response:
    """Add a card at the end of its phase's path."""
    place, form = find_place(journey_id, lock=True), read_form(schemas.CardForm())
    anchor = f"new-card-{form.values.get('phase_id', '')}"
    if form.valid:
        fields = {**form.data, "channel": form.data["channel"] or None}
        try:
            touchpoints.add(session(), member(), place, at=clock.now(), **fields)
        except InputError as error:
            with_faults(form, error)
    return done(place, anchor, form)


@bp.post("/cards/<uuid:card_id>/order")
def move_card(journey_id: UUID, card_id: UUID) -> Response:
    """Put a card at another place on the path."""
    place, form = find_place(journey_id, lock=True), read_form(schemas.MoveForm())
    card = touchpoints.find(session(), place, card_id)
    if form.valid:
        touchpoints.move(session(), member(), place, card, at=clock.now(), **form.data)
    return done(place, f"card-{card_id}", form)


@bp.route("/cards/<uuid:card_id>/edit", methods=["GET", "POST"])
def edit_card(journey_id: UUID, card_id: UUID) -> Response:
    """Change a card that the acting organisation owns."""
    place = find_place(journey_id, lock=htmx.posted())  # its phase may go meanwhile
    card = touchpoints.find(session(), place, card_id, lock=htmx.posted())
    fields = ("name", "phase_id", "party_id", "channel", "initiator_id", "receiver_id")
    more = ("intended_experience", "moment_of_truth", "version")
    shown = Form(values={name: getattr(card.content, name) for name in (*fields, *more)})
    touchpoints.may_change(member(), place, card)
    form, status = shown, 200
    if htmx.posted():
        form = read_form(schemas.CardEditForm())
        form.values.setdefault("version", card.content.version)
        if form.valid:
            try:
                data = dict(form.data)
                version = data.pop("version")
                if data["party_id"] != card.content.party_id:
                    _stays(place, card)
                touchpoints.change(
                    session(), member(), place, card, version=version, at=clock.now(), fields=data
                )
                flash(_("Saved: %(name)s", name=card.content.name), "success")
                return see_other(url_for(".draw", journey_id=place.id, _anchor=f"card-{card.id}"))
            except StaleVersionError:
                return _stale("drawing/card.html", place, form, shown, card=card)
            except InputError as error:
                with_faults(form, error)
        status = 422
    return page(
        "drawing/card.html",
        status=status,
        place=place,
        card=card,
        form=form,
        current=None,
        phases=journeys.phases(session(), place.id),
    )


def _stale(template: str, place: Place, form: Form, shown: Form, **context: Any) -> Response:
    """Show what was typed beside what stands there now; saving again overwrites knowingly."""
    form.values["version"] = shown.values["version"]
    return page(
        template,
        status=409,
        place=place,
        form=form,
        current=shown.values,
        phases=journeys.phases(session(), place.id),
        **context,
    )


def _stays(place: Place, card: Card) -> None:
    if editing.in_use(session(), place, card.id):
        raise InputError({"party_id": [editing.STANDS]})


@bp.post("/cards/<uuid:card_id>/retire")
def retire_card(journey_id: UUID, card_id: UUID) -> Response:
    """Take a card off the map."""
    place = find_place(journey_id, lock=True)
    card = touchpoints.find(session(), place, card_id)
    touchpoints.may_change(member(), place, card)
    if editing.in_use(session(), place, card.id):
        flash(_(editing.STANDS), "warn")
        return see_other(url_for(".edit_card", journey_id=place.id, card_id=card.id))
    touchpoints.retire(session(), member(), place, card, at=clock.now())
    flash(_("Taken off the map: %(name)s", name=card.content.name), "success")
    return done(place, f"phase-{card.content.phase_id}")
