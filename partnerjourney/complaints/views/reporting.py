"""Reporting a complaint at the desk."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Response, flash, url_for

from partnerjourney.complaints import queries, services, words
from partnerjourney.complaints.queries import EdgeChoice
from partnerjourney.complaints.rules import Reported
from partnerjourney.complaints.schemas import MOMENT, ReportForm
from partnerjourney.complaints.views.blueprint import bp
from partnerjourney.core import clock, workdays
from partnerjourney.core.errors import InputError
from partnerjourney.core.policy import Permission, require
from partnerjourney.journeys import services as journeys
from partnerjourney.journeys.services import Place
from partnerjourney.organisations.queries import calendar_of
from partnerjourney.web.pages import Form, page, read_form, see_other, translated
from partnerjourney.web.session import member, session
from partnerjourney.web.texts import gettext as _


@bp.get("/new")
def new(journey_id: UUID) -> Response:
    """Show the form."""
    place = journeys.find(session(), member(), journey_id)
    require(member(), Permission.COMPLAINT_REPORT, services.Matter(place.standing))
    calendar = calendar_of(session(), member().organisation_id)
    here = clock.now().astimezone(ZoneInfo(place.journey.time_zone))
    due = datetime.combine(workdays.add(here.date(), 1, calendar), time(12))
    yesterday = here.date() - timedelta(days=1)
    return _form(
        place,
        Form(values={"due": due.strftime(MOMENT), "happened_on": yesterday.isoformat()}),
    )


@bp.post("/")
def report(journey_id: UUID) -> Response:
    """Share what the customer reported with those whom it concerns."""
    place = journeys.find(session(), member(), journey_id)
    form = read_form(ReportForm())
    if form.valid:
        try:
            complaint = services.report(
                session(), member(), place, at=clock.now(), **_said(place, form)
            )
        except InputError as error:
            form.errors = faults(error)
        else:
            flash(_("Reported. Those whom it concerns see it now."), "success")
            there = url_for(".show", journey_id=journey_id, complaint_id=complaint.id)
            return see_other(there)
    require(member(), Permission.COMPLAINT_REPORT, services.Matter(place.standing))
    return _form(place, form, status=422)


def faults(error: InputError) -> dict[str, list[str]]:
    """Return what a service found wrong, in the reader's language."""
    return {name: [translated(text) for text in texts] for name, texts in error.messages.items()}


def _said(place: Place, form: Form) -> dict[str, Any]:
    """Return what the service wants; raises InputError for what is no hand-over or member."""
    data = dict(form.data)
    where, chosen = data.pop("where"), data.pop("handovers")
    due = data.pop("due").replace(tzinfo=ZoneInfo(place.journey.time_zone))
    try:
        stretch = [UUID(part) for part in where.split(",") if part]
        members = [UUID(part) for part in data.pop("members") if part]
    except ValueError as error:
        raise InputError({"where": ["Choose where it went wrong."]}) from error
    what = Reported(due_at=due, **data)
    return {"what": what, "handovers": {*stretch, *chosen}, "members": members}


def _form(place: Place, form: Form, *, status: int = 200) -> Response:
    found = queries.choices(session(), place)
    return page(
        "complaints/new.html",
        status=status,
        finding=True,
        place=place,
        form=form,
        happens=words.all_that_happens(),
        stretches=[
            (",".join(str(edge.id) for edge in on_it), subject, _path(on_it))
            for subject, on_it in found.stretches
        ],
        handovers=[(str(edge.id), f"{edge.number} · {edge.giver} → {edge.taker}", edge.label)
                   for edge in found.handovers],
        groups=[
            (name, [("", _("Follows from the case")), *((str(key), text) for key, text in inside)])
            for name, inside in found.members
        ],
    )  # fmt: skip


def _path(edges: tuple[EdgeChoice, ...]) -> str:
    return " → ".join([edges[0].giver, *(edge.taker for edge in edges)])
