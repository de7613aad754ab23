"""What a party does with a complaint: answer it, tell the customer, link it, close it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Response, flash, url_for
from marshmallow import Schema

from partnerjourney.complaints import queries, schemas, services
from partnerjourney.complaints.models import Complaint
from partnerjourney.complaints.views.blueprint import bp
from partnerjourney.complaints.views.reading import show_one
from partnerjourney.complaints.views.reporting import faults
from partnerjourney.core import clock
from partnerjourney.core.errors import ConflictError, InputError
from partnerjourney.journeys import services as journeys
from partnerjourney.journeys.services import Place
from partnerjourney.web.pages import Form, read_form, see_other
from partnerjourney.web.session import member, session
from partnerjourney.web.texts import gettext as _

Does = Callable[[Place, Complaint, dict[str, Any]], None]


@bp.post("/<uuid:complaint_id>/answer")
def answer(journey_id: UUID, complaint_id: UUID) -> Response:
    """Say that you pick it up, that it is not with you, or that it is solved."""

    def does(place: Place, complaint: Complaint, said: dict[str, Any]) -> None:
        if said["before"] is not None:
            said["before"] = said["before"].replace(tzinfo=ZoneInfo(place.journey.time_zone))
        services.answer(session(), member(), place, complaint, at=clock.now(), **said)

    told = _("Your answer is with everybody who shares this.")
    return _act(journey_id, complaint_id, does, schemas.AnswerForm(), "answering", told)


@bp.post("/<uuid:complaint_id>/told")
def told(journey_id: UUID, complaint_id: UUID) -> Response:
    """Write down what the customer was told."""

    def does(place: Place, complaint: Complaint, said: dict[str, Any]) -> None:
        services.tell_customer(
            session(), member(), place, complaint, text=said["told"], at=clock.now()
        )

    words = _("Everybody who shares this sees what the customer was told.")
    return _act(journey_id, complaint_id, does, schemas.ToldForm(), "telling", words)


@bp.post("/<uuid:complaint_id>/voice")
def voice(journey_id: UUID, complaint_id: UUID) -> Response:
    """Say who speaks to the customer."""

    def does(place: Place, complaint: Complaint, said: dict[str, Any]) -> None:
        services.give_voice(session(), member(), place, complaint, said["voice"], at=clock.now())

    words = _("One voice: everybody sees who speaks to the customer.")
    return _act(journey_id, complaint_id, does, schemas.VoiceForm(), "voicing", words)


@bp.post("/<uuid:complaint_id>/not-solved")
def not_solved(journey_id: UUID, complaint_id: UUID) -> Response:
    """Say that the customer still waits."""

    def does(place: Place, complaint: Complaint, said: dict[str, Any]) -> None:
        services.not_solved(session(), member(), place, complaint, text=said["why"], at=clock.now())

    words = _("It is asked of everybody anew.")
    return _act(journey_id, complaint_id, does, schemas.BackForm(), "back", words)


@bp.post("/<uuid:complaint_id>/link")
def link(journey_id: UUID, complaint_id: UUID) -> Response:
    """Link it to the case of another reference."""

    def does(place: Place, complaint: Complaint, said: dict[str, Any]) -> None:
        services.link(
            session(), member(), place, complaint, reference=said["reference"], at=clock.now()
        )

    words = _("Linked: both references lead to one case.")
    return _act(journey_id, complaint_id, does, schemas.LinkForm(), "linking", words)


@bp.post("/<uuid:complaint_id>/close")
def close(journey_id: UUID, complaint_id: UUID) -> Response:
    """Close what is solved."""

    def does(place: Place, complaint: Complaint, said: dict[str, Any]) -> None:
        services.close(session(), member(), place, complaint, at=clock.now())

    words = _("Closed. Questions to this customer may go out again.")
    return _act(journey_id, complaint_id, does, Schema(), "closing", words)


def _act(
    journey_id: UUID, complaint_id: UUID, does: Does, schema: Schema, name: str, words: str
) -> Response:
    """Do it and go on; with a fault or a conflict show the page with what was typed."""
    place = journeys.find(session(), member(), journey_id)
    complaint = services.find(session(), place, complaint_id, lock=True)
    form = read_form(schema)
    if form.valid:
        try:
            does(place, complaint, dict(form.data))
        except InputError as error:
            form.errors = faults(error)
        except ConflictError:
            return _taken(place, complaint_id, name, form)
        else:
            flash(words, "success")
            return see_other(url_for(".show", journey_id=journey_id, complaint_id=complaint_id))
    return show_one(place, complaint, status=422, **({name: form} if name != "closing" else {}))


def _taken(place: Place, complaint_id: UUID, name: str, form: Form) -> Response:
    """Say what stands there now, and keep what was typed."""
    complaint = services.find(session(), place, complaint_id)
    seen = queries.one(session(), member(), complaint)
    by = seen.answer.by.name if seen.answer and seen.answer.by else ""
    told = _("%(party)s answered in between.", party=by) if by else _("This changed in between.")
    more = {name: form} if name != "closing" else {}
    return show_one(place, complaint, status=409, taken=told, **more)
