"""What the pages to draw with share: the journey, the page, and what follows a form."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, url_for

from partnerjourney.core import clock
from partnerjourney.core.errors import InputError, NotFoundError
from partnerjourney.drawing import queries, schemas
from partnerjourney.journeys import services as journeys
from partnerjourney.journeys.models import Phase
from partnerjourney.journeys.services import Place
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


def find_place(journey_id: UUID, *, lock: bool = False) -> Place:
    """Return the journey as the acting organisation stands in it."""
    return journeys.find(session(), member(), journey_id, lock=lock)


def show(place: Place, form: Form | None = None, at: str = "", status: int = 200) -> Response:
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


def done(place: Place, anchor: str, form: Form | None = None) -> Response:
    """Show a faulty form with what was typed, else go on to where the change stands."""
    if form is not None and not form.valid:
        return show(place, form, anchor, 422)
    if htmx.partial:
        return show(place)
    return see_other(url_for(".draw", journey_id=place.id, _anchor=anchor))


def with_faults(form: Form, error: InputError) -> Form:
    """Return the form with what a verb found wrong, in the reader's language."""
    form.errors = {name: [translated(m) for m in texts] for name, texts in error.messages.items()}
    return form


@bp.get("/draw")
def draw(journey_id: UUID) -> Response:
    """Show everything that can be drawn."""
    return show(find_place(journey_id))


@bp.post("/phases")
def add_phase(journey_id: UUID) -> Response:
    """Add a phase."""
    place, form = find_place(journey_id, lock=True), read_form(schemas.PhaseForm())
    if form.valid:
        journeys.add_phase(session(), member(), place, at=clock.now(), **form.data)
    return done(place, "new-phase", form)


@bp.post("/phases/<uuid:phase_id>/order/<int:position>")
def move_phase(journey_id: UUID, phase_id: UUID, position: int) -> Response:
    """Put a phase at another place."""
    place = find_place(journey_id, lock=True)
    ids = [phase.id for phase in journeys.phases(session(), place.id)]
    if phase_id not in ids:
        raise NotFoundError
    ids.remove(phase_id)
    ids.insert(min(position, len(ids)), phase_id)
    journeys.order_phases(session(), member(), place, ids=ids, at=clock.now())
    return done(place, f"phase-{phase_id}")


@bp.post("/parties/new")
def add_party(journey_id: UUID) -> Response:
    """Add a lane, filled in provisionally until its party confirms."""
    place, form = find_place(journey_id, lock=True), read_form(schemas.PartyForm())
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
        place = find_place(journey_id)
    return done(place, "new-party", form)
