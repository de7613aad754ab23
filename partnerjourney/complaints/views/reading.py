"""Reading complaints: the list of a journey, one complaint, and cases that nothing leads to yet."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, request, url_for

from partnerjourney.complaints import queries, services
from partnerjourney.complaints.models import Complaint
from partnerjourney.complaints.rules import this_quarter
from partnerjourney.complaints.views import shown
from partnerjourney.complaints.views.blueprint import bp
from partnerjourney.core import clock
from partnerjourney.core.policy import Permission, allows
from partnerjourney.journeys import services as journeys
from partnerjourney.journeys.services import Place
from partnerjourney.organisations.queries import calendar_of
from partnerjourney.web.kept import kept
from partnerjourney.web.pages import Form, htmx, page, see_other
from partnerjourney.web.session import member, session


@bp.get("/")
@kept
def index(journey_id: UUID) -> Response:
    """Show the complaints of a journey: open ones by due time, or those that were closed."""
    place = journeys.find(session(), member(), journey_id)
    closed = request.args.get("state") == "closed"
    seen = queries.within(session(), member(), place.id, closed=closed)
    return _list(place, seen, closed=closed)


@bp.get("/find")
def search(journey_id: UUID) -> Response:
    """Find complaints by any reference of their case: order number, barcode or job number."""
    place = journeys.find(session(), member(), journey_id)
    wanted = request.args.get("reference", "").strip()[:120]
    if not wanted:
        return see_other(url_for(".index", journey_id=journey_id))
    case = services.case_of(session(), place, wanted)
    seen = queries.found_by_reference(session(), member(), place.id, wanted, case)
    return _list(place, seen, wanted=wanted)


def _list(
    place: Place, seen: list[queries.Seen], *, closed: bool = False, wanted: str = ""
) -> Response:
    now = this_quarter(clock.now())
    rows = [shown.row(one, now) for one in seen]
    return page(
        "complaints/index.html",
        fragment="complaint_list",
        finding=True,
        place=place,
        rows=rows,
        closed=closed,
        wanted=wanted,
        unlinked=sum(not one.linked for one in rows),
        may_report=_may(Permission.COMPLAINT_REPORT, place),
    )


@bp.get("/<uuid:complaint_id>")
@kept
def show(journey_id: UUID, complaint_id: UUID) -> Response:
    """Show one complaint; its live part asks for itself, and is answered in one statement."""
    place = journeys.find(session(), member(), journey_id)
    return show_one(place, services.find(session(), place, complaint_id))


def show_one(place: Place, complaint: Complaint, *, status: int = 200, **more: Any) -> Response:
    """Show a complaint; `more` are forms that were sent and not taken, by their name."""
    now = this_quarter(clock.now())
    seen = queries.one(session(), member(), complaint)
    matter = services.matter(session(), place, complaint)
    edges = {edge.id: edge for edge in queries.numbered(session(), place)}
    sits = seen.mine is not None
    voices = [
        (str(seat.participation_id), seat.name) for seat in seen.seats if seat.participation_id
    ]
    c = shown.shown(seen, edges, now, calendar_of(session(), member().organisation_id))
    first = {"answer": c.offered[0][0]} if c.urges and c.offered else {}
    forms: dict[str, Any] = {
        "answering": Form(values=first),
        "telling": Form(),
        "back": Form(),
        "linking": Form(),
        "voicing": Form(values={"voice": str(complaint.voice_id)}),
        "taken": "",
    }
    return page(
        "complaints/show.html",
        fragment="live",
        status=status,
        finding=True,
        place=place,
        c=c,
        live=htmx.partial,
        voices=voices,
        may_answer=sits
        and complaint.open
        and allows(member(), Permission.COMPLAINT_ANSWER, matter),
        may_close=sits and allows(member(), Permission.COMPLAINT_CLOSE, matter),
        may_link=sits and complaint.open and allows(member(), Permission.COMPLAINT_LINK, matter),
        **{**forms, **more},
    )


def _may(permission: Permission, place: Place) -> bool:
    return allows(member(), permission, services.Matter(place.standing))


@bp.get("/unlinked")
@kept
def unlinked(journey_id: UUID) -> Response:
    """Show open complaints whose reference leads to no case yet."""
    place = journeys.find(session(), member(), journey_id)
    now = this_quarter(clock.now())
    rows = [shown.row(one, now) for one in queries.within(session(), member(), place.id)]
    return page(
        "complaints/unlinked.html",
        finding=True,
        place=place,
        rows=[row for row in rows if not row.linked],
        may_link=_may(Permission.COMPLAINT_LINK, place),
    )
