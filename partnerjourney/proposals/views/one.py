"""One proposal and all of them: read, agreed to, refused, taken back, renewed, objected to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Response, flash, url_for
from flask_babel import gettext as _

from partnerjourney.core import clock
from partnerjourney.core.errors import ConflictError, InputError, NotFoundError
from partnerjourney.journeys import services as journeys
from partnerjourney.journeys.services import Place
from partnerjourney.proposals import queries, services
from partnerjourney.proposals.rules import RENEWABLE, State
from partnerjourney.proposals.schemas import ReasonForm
from partnerjourney.proposals.services import emergency
from partnerjourney.proposals.views.common import bp, said
from partnerjourney.web.pages import Form, link_to, page, read_form, see_other, translated
from partnerjourney.web.session import member, session


def find_place(journey_id: UUID) -> Place:
    """Return the journey of the address, as the acting organisation stands in it."""
    return journeys.find(session(), member(), journey_id)


@bp.get("/")
def index(journey_id: UUID) -> Response:
    """List what waits, what was left without an answer, and what was decided."""
    place = find_place(journey_id)
    rows = queries.listed(session(), [place.id])
    of_group = {one for row in rows for one in row.proposal.members}
    shown = [said(place, row) for row in rows if str(row.proposal.id) not in of_group]
    states = {row.proposal.id: row.proposal.state for row in rows}
    decided = [one for one in shown if states[one.id] not in (State.OPEN, State.LAPSED)]
    return page(
        "proposals/index.html",
        place=place,
        open=[one for one in shown if one.open],
        points=[one for one in shown if states[one.id] is State.LAPSED],
        decided=decided[::-1],
    )


@bp.get("/<uuid:proposal_id>")
def show(journey_id: UUID, proposal_id: UUID) -> Response:
    """Show one proposal: before and after, why, who has answered, and what the reader may do."""
    return _page(find_place(journey_id), proposal_id)


def _page(
    place: Place,
    proposal_id: UUID,
    *,
    form: Form | None = None,
    part: str = "",
    status: int = 200,
) -> Response:
    rows = queries.listed(session(), [place.id], proposal_id=proposal_id)
    if not rows:
        raise NotFoundError
    row, now = rows[0], clock.now()
    proposal = row.proposal
    here = queries.on_the_map(session(), proposal)
    objectable = services.objectable(place, proposal, at=now)
    counter = None
    if proposal.handover_id is not None and here:
        counter = link_to(
            "drawing.edit_handover",
            journey_id=place.id,
            handover_id=proposal.handover_id,
            counters=proposal.id,
        )
    return page(
        "proposals/show.html",
        status=status,
        place=place,
        one=said(place, row, objectable=objectable),
        here=here,
        counter=counter,
        renewable=proposal.state in RENEWABLE and here,
        form=form or Form(),
        part=part,
    )


Verb = Callable[..., Any]


def _decide(
    journey_id: UUID, proposal_id: UUID, verb: Verb, told: str, *, part: str = "", reason: bool
) -> Response:
    """Carry out a verb on a proposal; what cannot be done is told on its page."""
    place, form = find_place(journey_id), read_form(ReasonForm())
    services.find(session(), place, proposal_id)
    more = {"reason": form.data.get("reason", "")} if reason else {}
    try:
        if not form.valid:
            return _page(place, proposal_id, form=form, part=part, status=422)
        held = services.find(session(), place, proposal_id, lock=True)
        made = verb(session(), member(), place, held, at=clock.now(), **more)
    except InputError as error:
        form.errors = {
            name: [translated(t) for t in texts] for name, texts in error.messages.items()
        }
        return _page(place, proposal_id, form=form, part=part, status=422)
    except ConflictError:
        session().rollback()
        form.errors = {"_schema": [_("This was decided or changed in between: nothing was done.")]}
        return _page(find_place(journey_id), proposal_id, form=form, status=409)
    flash(told, "good")
    renewed = getattr(made, "proposals", ())
    next_id = renewed[0].id if renewed else proposal_id
    return see_other(url_for(".show", journey_id=place.id, proposal_id=next_id))


@bp.post("/<uuid:proposal_id>/accept")
def accept(journey_id: UUID, proposal_id: UUID) -> Response:
    """Say yes to exactly what is shown."""
    told = _("Agreed: this is what holds now.")
    return _decide(journey_id, proposal_id, services.accept, told, reason=False)


@bp.post("/<uuid:proposal_id>/reject")
def reject(journey_id: UUID, proposal_id: UUID) -> Response:
    """Say no, and why."""
    told = _("Not agreed: everything stays as it was, and the other side reads why.")
    return _decide(journey_id, proposal_id, services.reject, told, part="reject", reason=True)


@bp.post("/<uuid:proposal_id>/withdraw")
def withdraw(journey_id: UUID, proposal_id: UUID) -> Response:
    """Take a proposal of one's own back."""
    told = _("Taken back: nobody is asked any more.")
    return _decide(journey_id, proposal_id, services.withdraw, told, reason=False)


@bp.post("/<uuid:proposal_id>/renew")
def renew(journey_id: UUID, proposal_id: UUID) -> Response:
    """Put it forward again, upon what stands now."""
    told = _("Put forward again: the other side has five working days.")
    return _decide(journey_id, proposal_id, services.renew, told, part="renew", reason=True)


@bp.post("/<uuid:proposal_id>/object")
def object_to(journey_id: UUID, proposal_id: UUID) -> Response:
    """Take back what silence agreed to."""
    told = _("Taken back: the old text stands again.")
    return _decide(journey_id, proposal_id, services.object_to, told, part="object", reason=True)


@bp.post("/<uuid:proposal_id>/remind")
def remind(journey_id: UUID, proposal_id: UUID) -> Response:
    """Have who is asked reminded by mail, once a day."""
    place = find_place(journey_id)
    found = services.find(session(), place, proposal_id)
    if services.remind(session(), member(), place, found, at=clock.now()):
        flash(_("A reminder goes out by mail."), "good")
    else:
        flash(_("A reminder went out today already."), "neutral")
    return see_other(url_for(".show", journey_id=place.id, proposal_id=found.id))


@bp.post("/emergencies/<uuid:change_id>/lift")
def lift(journey_id: UUID, change_id: UUID) -> Response:
    """End an emergency change before its time."""
    place = find_place(journey_id)
    found = emergency.find(session(), place, change_id)
    there = url_for("maps.show", journey_id=place.id) + f"handovers/{found.handover_id}"
    try:
        emergency.lift(session(), member(), place, found, at=clock.now())
    except ConflictError:
        session().rollback()
        flash(_("This emergency change had ended already."), "neutral")
    else:
        flash(_("The emergency change has ended: the old text stands again."), "good")
    return see_other(there)
