"""Pages to draw with; every form works without JavaScript."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, url_for
from flask_babel import gettext as _

from partnerjourney.core import clock
from partnerjourney.core.errors import InputError, NotFoundError, StaleVersionError
from partnerjourney.drawing import queries, schemas, services
from partnerjourney.handovers import services as handovers
from partnerjourney.handovers.models import HandoverTerms
from partnerjourney.handovers.services import Edge
from partnerjourney.journeys import services as journeys
from partnerjourney.journeys.models import Phase
from partnerjourney.journeys.services import Place
from partnerjourney.touchpoints import services as touchpoints
from partnerjourney.touchpoints.models import Card
from partnerjourney.web.pages import Form, htmx, page, read_form, see_other, translated
from partnerjourney.web.session import member, session

bp = Blueprint("drawing", __name__, url_prefix="/o/<organisation>/journeys/<uuid:journey_id>")


@bp.app_template_global()
def party_choices(place: Place) -> list[tuple[UUID, str]]:
    """Return the parties of a journey to choose from."""
    return [(party.id, party.name) for party in place.parties.values()]


@bp.app_template_global()
def lane_choices(place: Place, card: Card) -> list[tuple[UUID, str]]:
    """Return the lanes into which a card may go: its own, and those that the actor owns."""
    mine = place.standing.party_ids | place.standing.interim_ids | {card.content.party_id}
    return [(party.id, party.name) for party in place.parties.values() if party.id in mine]


@bp.app_template_global()
def phase_choices(phases: list[Phase]) -> list[tuple[UUID, str]]:
    """Return the phases to choose from."""
    return [(phase.id, phase.content.name) for phase in phases]


def _find(journey_id: UUID, *, lock: bool = False) -> Place:
    return journeys.find(session(), member(), journey_id, lock=lock)


def _show(place: Place, form: Form | None = None, at: str = "", status: int = 200) -> Response:
    """The page for drawing; a faulty form stands open at `at` with what was typed."""
    drawing = queries.drawing(session(), place)
    return page(
        "drawing/draw.html",
        fragment="drawing",
        status=status,
        place=place,
        drawing=drawing,
        form=form,
        at=at,
    )


def _done(place: Place, anchor: str, form: Form | None = None) -> Response:
    if form is not None and not form.valid:
        return _show(place, form, anchor, 422)
    if htmx.partial:
        return _show(place)
    return see_other(url_for(".draw", journey_id=place.id, _anchor=anchor))


def _faults(form: Form, error: InputError) -> Form:
    form.errors = {name: [translated(m) for m in texts] for name, texts in error.messages.items()}
    return form


@bp.get("/draw")
def draw(journey_id: UUID) -> Response:
    """Show everything that can be drawn."""
    return _show(_find(journey_id))


@bp.post("/phases")
def add_phase(journey_id: UUID) -> Response:
    """Add a phase."""
    place, form = _find(journey_id, lock=True), read_form(schemas.PhaseForm())
    if form.valid:
        journeys.add_phase(session(), member(), place, at=clock.now(), **form.data)
    return _done(place, "new-phase", form)


@bp.post("/phases/<uuid:phase_id>/order/<int:position>")
def move_phase(journey_id: UUID, phase_id: UUID, position: int) -> Response:
    """Put a phase at another place."""
    place = _find(journey_id, lock=True)
    ids = [phase.id for phase in journeys.phases(session(), place.id)]
    if phase_id not in ids:
        raise NotFoundError
    ids.remove(phase_id)
    ids.insert(position, phase_id)
    journeys.order_phases(session(), member(), place, ids=ids, at=clock.now())
    return _done(place, f"phase-{phase_id}")


@bp.post("/parties/new")
def add_party(journey_id: UUID) -> Response:
    """Add a lane, filled in provisionally until its party confirms."""
    place, form = _find(journey_id, lock=True), read_form(schemas.PartyForm())
    if form.valid:
        journeys.draw_party(
            session(),
            member(),
            place,
            name=form.data["party_name"],
            kind=form.data["party_kind"],
            subtitle=form.data["subtitle"],
            at=clock.now(),
        )
        place = _find(journey_id)
    return _done(place, "new-party", form)


# --- cards ---------------------------------------------------------------------------------------


@bp.post("/cards")
def add_card(journey_id: UUID) -> Response:
    """Add a card at the end of its phase's path."""
    place, form = _find(journey_id, lock=True), read_form(schemas.CardForm())
    anchor = f"new-card-{form.values.get('phase_id', '')}"
    if form.valid:
        fields = {**form.data, "channel": form.data["channel"] or None}
        try:
            touchpoints.add(session(), member(), place, at=clock.now(), **fields)
        except InputError as error:
            _faults(form, error)
    return _done(place, anchor, form)


@bp.post("/cards/<uuid:card_id>/order")
def move_card(journey_id: UUID, card_id: UUID) -> Response:
    """Put a card at another place on the path."""
    place, form = _find(journey_id, lock=True), read_form(schemas.MoveForm())
    card = touchpoints.find(session(), place, card_id)
    if form.valid:
        touchpoints.move(session(), member(), place, card, at=clock.now(), **form.data)
    return _done(place, f"card-{card_id}", form)


@bp.route("/cards/<uuid:card_id>/edit", methods=["GET", "POST"])
def edit_card(journey_id: UUID, card_id: UUID) -> Response:
    """Change a card that the acting organisation owns."""
    place = _find(journey_id)
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
                touchpoints.change(
                    session(), member(), place, card, version=version, at=clock.now(), fields=data
                )
                flash(_("Saved: %(name)s", name=card.content.name), "success")
                return see_other(url_for(".draw", journey_id=place.id, _anchor=f"card-{card.id}"))
            except StaleVersionError:
                return _stale("drawing/card.html", place, form, shown, card=card)
            except InputError as error:
                _faults(form, error)
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


@bp.post("/cards/<uuid:card_id>/retire")
def retire_card(journey_id: UUID, card_id: UUID) -> Response:
    """Take a card off the map."""
    place = _find(journey_id, lock=True)
    card = touchpoints.find(session(), place, card_id)
    touchpoints.retire(session(), member(), place, card, at=clock.now())
    flash(_("Taken off the map: %(name)s", name=card.content.name), "success")
    return _done(place, f"phase-{card.content.phase_id}")


# --- hand-overs ----------------------------------------------------------------------------------


@bp.post("/handovers")
def add_handover(journey_id: UUID) -> Response:
    """Add a hand-over between two cards, then ask for its terms."""
    place, form = _find(journey_id, lock=True), read_form(schemas.HandoverForm())
    if not form.valid:
        return _done(place, "new-handover", form)
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
        return _done(place, "new-handover", _faults(form, error))
    return see_other(url_for(".edit_handover", journey_id=place.id, handover_id=made.id))


def _chosen(edge: Edge, terms_id: UUID | None) -> HandoverTerms:
    for terms in edge.terms:
        if terms_id is None or terms.id == terms_id:
            return terms
    raise NotFoundError


@bp.route("/handovers/<uuid:handover_id>/edit", methods=["GET", "POST"])
def edit_handover(journey_id: UUID, handover_id: UUID) -> Response:
    """Change the terms of a hand-over; the other side sees it as unconfirmed."""
    place = _find(journey_id)
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
        return _handover_page(place, edge, terms, _faults(form, error), status=422)
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
    place = _find(journey_id, lock=True)
    edge = handovers.find(session(), place, handover_id)
    handovers.retire(session(), member(), place, edge, at=clock.now())
    flash(_("The hand-over is off the map."), "success")
    return _done(place, "handovers")


@bp.post("/points")
def add_point(journey_id: UUID) -> Response:
    """Ask the customer at a touchpoint about the stretch that ends there."""
    place, form = _find(journey_id, lock=True), read_form(schemas.PointForm())
    if form.valid:
        try:
            services.draw_point(session(), member(), place, at=clock.now(), **form.data)
        except InputError as error:
            _faults(form, error)
    return _done(place, "new-point", form)
