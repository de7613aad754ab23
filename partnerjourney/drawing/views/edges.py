"""Hand-overs and measuring points: added, changed, taken off the map."""

from __future__ import annotations

from uuid import UUID

from flask import Response, flash, url_for
from flask_babel import gettext as _

from partnerjourney.core import clock
from partnerjourney.core.errors import ConflictError, InputError
from partnerjourney.core.policy import Permission, allows
from partnerjourney.drawing import schemas, services
from partnerjourney.drawing.views.common import bp, done, find_place, with_faults
from partnerjourney.handovers import services as handovers
from partnerjourney.maps.services.editing import AGREED
from partnerjourney.surveys.services import points
from partnerjourney.touchpoints import services as touchpoints
from partnerjourney.web.pages import read_form, see_other
from partnerjourney.web.session import member, session


@bp.post("/handovers")
def add_handover(journey_id: UUID) -> Response:
    """Add a hand-over between two cards, then ask for its terms."""
    place, form = find_place(journey_id, lock=True), read_form(schemas.HandoverForm())
    if not form.valid:
        return done(place, "new-handover", form)
    giver = touchpoints.find(session(), place, form.data["from_card_id"])
    taker = touchpoints.find(session(), place, form.data["to_card_id"])
    try:
        made = handovers.add(
            session(),
            member(),
            place,
            from_party_id=giver.content.party_id,
            to_party_id=taker.content.party_id,
            from_card_id=giver.id,
            to_card_id=taker.id,
            label=form.data["label"],
            at=clock.now(),
        )
    except InputError as error:
        return done(place, "new-handover", with_faults(form, error))
    edge = handovers.find(session(), place, made.id)
    if not allows(member(), Permission.HANDOVER_EDIT, edge):
        flash(_("The hand-over is there. Its two parties agree the rest."), "success")
        return done(place, f"handover-{made.id}")
    return see_other(url_for("drawing.edit_handover", journey_id=place.id, handover_id=made.id))


@bp.post("/handovers/<uuid:handover_id>/retire")
def retire_handover(journey_id: UUID, handover_id: UUID) -> Response:
    """Take a hand-over off the map."""
    place = find_place(journey_id, lock=True)
    edge = handovers.find(session(), place, handover_id)
    try:
        handovers.retire(session(), member(), place, edge, at=clock.now())
    except ConflictError:
        flash(_(AGREED), "warn")
        return see_other(url_for("maps.handover", journey_id=place.id, handover_id=handover_id))
    flash(_("The hand-over is off the map."), "success")
    return done(place, "handovers")


@bp.post("/points/<uuid:point_id>/retire")
def retire_point(journey_id: UUID, point_id: UUID) -> Response:
    """Stop asking at a point; its answers stay."""
    place = find_place(journey_id, lock=True)
    point = points.find_point(session(), place, point_id, lock=True)
    points.retire_point(session(), member(), place, point, at=clock.now())
    flash(_("The question is off the map; its answers stay."), "success")
    return done(place, "points")


@bp.post("/points")
def add_point(journey_id: UUID) -> Response:
    """Ask the customer at a touchpoint about the stretch that ends there."""
    place, form = find_place(journey_id, lock=True), read_form(schemas.PointForm())
    if form.valid:
        try:
            services.draw_point(session(), member(), place, at=clock.now(), **form.data)
        except InputError as error:
            with_faults(form, error)
    return done(place, "new-point", form)
