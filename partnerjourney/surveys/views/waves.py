"""What is asked in a journey: waves open, get their contacts, and close."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from flask import Blueprint, Response, current_app, flash, request, url_for

from partnerjourney.core import clock
from partnerjourney.core.errors import ConflictError, InputError
from partnerjourney.core.policy import Permission, allows, require
from partnerjourney.journeys import services as journeys
from partnerjourney.journeys.services import Place
from partnerjourney.surveys import queries, schemas
from partnerjourney.surveys.models import Point
from partnerjourney.surveys.rules import Metric
from partnerjourney.surveys.rules.uploads import MOST_ROWS, Fault, Upload, decode, read
from partnerjourney.surveys.services import asking, points, waves
from partnerjourney.web.moments import near_day
from partnerjourney.web.pages import Form, htmx, page, read_form, see_other, translated
from partnerjourney.web.session import member, session
from partnerjourney.web.texts import gettext as _
from partnerjourney.web.texts import ngettext

bp = Blueprint(
    "surveys", __name__, url_prefix="/o/<organisation>/journeys/<uuid:journey_id>/surveys"
)

METRICS = {Metric.NPS: "NPS, 0–10", Metric.CSAT: "CSAT, 1–5", Metric.CES: "CES, 1–7"}


@bp.get("/")
def index(journey_id: UUID) -> Response:
    """Show what is asked at the points of the journey that the reader shares."""
    place = journeys.find(session(), member(), journey_id)
    manages = allows(member(), Permission.WAVE_MANAGE, place)
    progress = queries.progress(session(), member(), place) if manages else {}
    return page(
        "surveys/index.html",
        place=place,
        rows=queries.asked(session(), place, progress),
        manages=manages,
        metrics=METRICS,
        near_day=near_day,
    )


def _managed(journey_id: UUID, point_id: UUID, *, lock: bool = False) -> tuple[Place, Point]:
    place = journeys.find(session(), member(), journey_id)
    require(member(), Permission.WAVE_MANAGE, place)
    return place, points.find_point(session(), place, point_id, lock=lock)


@bp.route("/<uuid:point_id>/waves", methods=["GET", "POST"])
def open_wave(journey_id: UUID, point_id: UUID) -> Response:
    """Begin to ask at a point."""
    place, point = _managed(journey_id, point_id, lock=htmx.posted())
    first = not queries.waves_of(session(), point)
    today = clock.now().date()
    form = Form(values={"key": _("baseline") if first else f"{today:%Y-%m}", "sample_percent": 100})
    form.values["close_on"] = (today + timedelta(weeks=4)).isoformat() if first else ""
    if htmx.posted():
        form = read_form(schemas.WaveForm())
        if form.valid:
            form = _open(place, point, form)
        if form.valid:
            flash(_("The measuring period is open. Now add whom to ask."), "success")
            return _back(place, point)
    return page(
        "surveys/open.html",
        status=200 if form.valid else 422,
        place=place,
        point=point,
        question=waves.preview(session(), place, point),
        first=first,
        grouped=point.id in queries.grouped_points(session(), place.id),
        form=form,
        metrics=METRICS,
    )


def _open(place: Place, point: Point, form: Form) -> Form:
    try:
        waves.open_wave(session(), member(), place, point, at=clock.now(), **form.data)
    except InputError as error:
        form.errors = {n: [translated(t) for t in said] for n, said in error.messages.items()}
    except ConflictError:
        form.errors = {"key": [_("There is a measuring period with this name, or one is open.")]}
    return form


def _back(place: Place, point: Point) -> Response:
    return see_other(url_for(".index", journey_id=place.id, _anchor=f"point-{point.id}"))


@bp.route("/<uuid:point_id>/waves/<uuid:wave_id>/contacts", methods=["GET", "POST"])
def upload(journey_id: UUID, point_id: UUID, wave_id: UUID) -> Response:
    """Take a contact list; the answer speaks of its lines only, never of an address."""
    place, point = _managed(journey_id, point_id)
    wave = waves.find_wave(session(), place, point, wave_id, lock=htmx.posted())
    form, faults = Form(), []
    if htmx.posted():
        found = _contacts()
        secret: str = current_app.extensions["settings"].secret_key
        faults = asking.upload(
            session(), member(), place, point, wave, found=found, secret=secret, at=clock.now()
        )
        if not faults:
            lines = len(found.rows)
            flash(
                ngettext("%(num)s line was taken.", "%(num)s lines were taken.", lines), "success"
            )
            return _back(place, point)
        form.values["contacts"] = request.form.get("contacts", "")
    return page(
        "surveys/contacts.html",
        status=422 if faults else 200,
        place=place,
        point=point,
        wave=wave,
        form=form,
        faults=[fault_text(fault) for fault in faults],
    )


def _contacts() -> Upload:
    file = request.files.get("file")
    if file is None or not file.filename:
        return read(request.form.get("contacts", ""))
    text = decode(file.read())
    return Upload((), (Fault(1, "encoding"),)) if text is None else read(text)


@bp.post("/<uuid:point_id>/waves/<uuid:wave_id>/close")
def close(journey_id: UUID, point_id: UUID, wave_id: UUID) -> Response:
    """Close a wave before its end."""
    place, point = _managed(journey_id, point_id)
    wave = waves.find_wave(session(), place, point, wave_id, lock=True)
    waves.close_by_hand(session(), member(), place, point, wave, at=clock.now())
    flash(_("The measuring period is closed. Its answers no longer change."), "success")
    return _back(place, point)


def fault_text(fault: Fault) -> str:
    """Return what is wrong on a line, in the reader's language."""
    what = {
        "email": _("‘%(value)s’ is not a mail address", value=fault.field[:60]),
        "date": _("‘%(value)s’ is not a day; write 2026-03-04", value=fault.field[:60]),
        "member": _("‘%(value)s’ is no member of a group in this journey", value=fault.field[:60]),
        "twice": _("this address stands on line %(line)s already", line=fault.field),
        "too_long": _("the column %(name)s is too long", name=fault.field),
        "unsafe": _("the column %(name)s has characters that cannot be seen", name=fault.field),
        "too_many_cells": _("there are more cells than columns"),
        "too_many": _("a list has at most %(most)s lines; split it", most=MOST_ROWS),
        "too_large": _("the list is larger than 1 MB; split it"),
        "empty": _("there is nothing in the list"),
        "no_head": _("the first line must name the columns, for example email;name;reference;date"),
        "no_email_column": _("there is no column called email"),
        "column_twice": _("the column %(name)s stands there twice", name=fault.field),
        "unreadable": _("this is not a list with semicolons, commas or tabs"),
        "encoding": _("this file is no text; save it as CSV in UTF-8"),
    }[fault.code]
    return _("Line %(line)s: %(what)s.", line=fault.line, what=what)
