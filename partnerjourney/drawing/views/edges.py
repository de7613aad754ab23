"""Hand-overs and measuring points: added, changed, taken off the map."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, flash, url_for
from flask_babel import gettext as _

from partnerjourney.core import clock
from partnerjourney.core.errors import ConflictError, InputError, NotFoundError, StaleVersionError
from partnerjourney.core.policy import Permission, allows
from partnerjourney.drawing import schemas, services
from partnerjourney.drawing.views.common import bp, done, find_place, with_faults
from partnerjourney.handovers import services as handovers
from partnerjourney.handovers.models import HandoverTerms
from partnerjourney.handovers.services import Edge
from partnerjourney.journeys.services import Place
from partnerjourney.surveys.services import points
from partnerjourney.touchpoints import services as touchpoints
from partnerjourney.web.pages import Form, htmx, page, read_form, see_other
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
    return see_other(url_for(".edit_handover", journey_id=place.id, handover_id=made.id))


def _chosen(edge: Edge, terms_id: UUID | None) -> HandoverTerms:
    for terms in edge.terms:
        if terms_id is None or terms.id == terms_id:
            return terms
    raise NotFoundError


@bp.route("/handovers/<uuid:handover_id>/edit", methods=["GET", "POST"])
def edit_handover(journey_id: UUID, handover_id: UUID) -> Response:
    """Change the terms of a hand-over; the other side sees it as unconfirmed."""
    place = find_place(journey_id)
    edge = handovers.find(session(), place, handover_id, lock=htmx.posted())
    handovers.may_change(member(), edge)
    form = read_form(schemas.TermsForm()) if htmx.posted() else Form()
    terms = _chosen(edge, form.data.get("terms_id"))
    shown = Form(values=_terms_values(edge, terms))
    if not htmx.posted():
        return _handover_page(place, edge, terms, shown)
    if not form.valid:
        form.values.setdefault("version", terms.version)
        return _handover_page(place, edge, terms, form, status=422)
    data = {n: v for n, v in form.data.items() if n not in ("version", "terms_id")}
    parts = schemas.limit_parts(terms.time_limit)
    if all(form.values.get(name) == value for name, value in parts.items()):
        data["time_limit"] = terms.time_limit  # a finer limit than the form can say stays
    try:
        handovers.change(
            session(),
            member(),
            place,
            edge,
            terms,
            version=form.data["version"],
            at=clock.now(),
            fields=data,
        )
    except StaleVersionError:
        form.values["version"] = terms.version
        return _handover_page(place, edge, terms, form, current=shown.values, status=409)
    except InputError as error:
        return _handover_page(place, edge, terms, with_faults(form, error), status=422)
    flash(_("Saved. Who stands at the other side sees what changed."), "success")
    return see_other(url_for("maps.handover", journey_id=place.id, handover_id=handover_id))


def _terms_values(edge: Edge, terms: HandoverTerms) -> dict[str, Any]:
    names = ("name", "trigger", "contact_name", "contact_reach", "version")
    return {
        **{name: getattr(terms, name) for name in names},
        **schemas.limit_parts(terms.time_limit),
        "terms_id": terms.id,
        "told": edge.handover.content.told,
        "checklist": "\n".join(terms.checklist),
        "refuse_reasons": "\n".join(terms.refuse_reasons),
    }


def _handover_page(
    place: Place,
    edge: Edge,
    terms: HandoverTerms,
    form: Form,
    *,
    current: dict[str, Any] | None = None,
    status: int = 200,
) -> Response:
    return page(
        "drawing/handover.html",
        status=status,
        place=place,
        edge=edge,
        terms=terms,
        form=form,
        current=current,
        giver=place.parties[edge.from_party_id],
        taker=place.parties[edge.to_party_id],
    )


@bp.post("/handovers/<uuid:handover_id>/retire")
def retire_handover(journey_id: UUID, handover_id: UUID) -> Response:
    """Take a hand-over off the map."""
    place = find_place(journey_id, lock=True)
    edge = handovers.find(session(), place, handover_id)
    try:
        handovers.retire(session(), member(), place, edge, at=clock.now())
    except ConflictError:
        flash(_("Another party agreed to this hand-over, so it cannot go by itself."), "warn")
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
