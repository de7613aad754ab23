"""Out of a file: look into it, then make the journey; and a journey into a file."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response, current_app, flash, g, make_response, request, url_for
from flask_babel import gettext as _

from partnerjourney.core import clock
from partnerjourney.journeys import services as journeys
from partnerjourney.starting import schemas, services, words
from partnerjourney.starting.rules.drafting import OWN, Choices
from partnerjourney.starting.rules.sketch import Finding, Unreadable, UnreadableError
from partnerjourney.starting.services import LARGEST, Looked
from partnerjourney.starting.views.blueprint import bp
from partnerjourney.starting.views.picture import picture
from partnerjourney.web.pages import Form, htmx, page, read_form, see_other, translated
from partnerjourney.web.session import member, session


@bp.route("/from-file", methods=["GET", "POST"])
def from_file() -> Response:
    """Choose a file or paste its text; what would come in is shown, and nothing kept."""
    journeys.may_create(member(), g.acting)
    if not htmx.posted():
        return page("starting/from_file.html", form=Form())
    if (request.content_length or 0) > current_app.config["MAX_CONTENT_LENGTH"]:
        return _unread(Form(), UnreadableError(Unreadable.TOO_LARGE), 413)
    request.max_form_memory_size = LARGEST + 65_536
    form = read_form(schemas.LookForm())
    try:
        text = form.values.get("text", "")
        if (file := request.files.get("file")) is not None and file.filename:
            text = services.read_bytes(file.stream)
        looked = services.look(text, _choices(form))
    except UnreadableError as error:
        return _unread(form, error)
    return _preview(text, looked, form=None)


def _unread(form: Form, error: UnreadableError, status: int = 422) -> Response:
    form.errors["text"] = [translated(words.why(error))]
    return page("starting/from_file.html", form=form, status=status)


def _choices(form: Form) -> Choices:
    """Return what was chosen already, where the same text is looked at again."""
    typed = form.values
    return Choices(
        g.acting.name,
        name=" ".join(typed.get("name", "").split())[:120],
        language="en" if typed.get("language") == "en" else "nl",
        form_of_address="je" if typed.get("form_of_address") == "je" else "u",
        me=typed.get("me", ""),
        customer=typed.get("customer", ""),
    )


def _preview(text: str, looked: Looked, *, form: Form | None, status: int = 200) -> Response:
    found, actors = looked.choices, looked.sketch.actors
    values = {
        "text": text,
        "name": looked.document["journey"]["name"],
        "language": found.language,
        "form_of_address": found.form_of_address,
        "me": found.me or OWN,
        "customer": found.customer,
    }
    names = [(actor.key, actor.name) for actor in actors]
    says = any(actor.customer for actor in actors)
    customers = {actor.key for actor in actors if actor.customer} | {found.customer}
    return page(
        "starting/preview.html",
        status=status,
        form=Form({**values, **form.values}, form.errors) if form else Form(values),
        document=looked.document,
        picture=picture(looked.document),
        left=_told(looked.report.left),
        read=_told(looked.report.read),
        parties=[pair for pair in names if pair[0] not in customers],
        customers=[] if says else names,
        own=OWN,
    )


def _told(findings: list[Finding]) -> list[dict[str, Any]]:
    """Return what to say, in the order of the lines."""
    return [
        {"line": one.line, "path": one.path, "text": translated(words.said(one))}
        for one in sorted(findings, key=lambda one: one.line)
    ]


@bp.post("/from-file/journey")
def make_from_file() -> Response:
    """Make the journey of the text that was looked at."""
    journeys.may_create(member(), g.acting)
    request.max_form_memory_size = LARGEST + 65_536
    form = read_form(schemas.ChoicesForm())
    text = form.values.get("text", "")
    try:
        looked = services.look(text, _choices(form))
    except UnreadableError as error:
        return _unread(form, error)
    if not form.valid:
        return _preview(text, looked, form=form, status=422)
    place = services.come_in(session(), member(), g.acting, looked, at=clock.now())
    flash(_("The journey is there. Invite the parties, then agree their hand-overs."), "success")
    return see_other(url_for("maps.show", journey_id=place.id))


@bp.get("/<uuid:journey_id>/file/<any(json, cjml, mermaid):form>")
def download(journey_id: UUID, form: str) -> Response:
    """Hand the journey out as a file, as the acting organisation sees it."""
    place = journeys.find(session(), member(), journey_id)
    file = services.write(session(), place, form)
    response = make_response(file.text)
    response.headers["Content-Type"] = f"{file.media_type}; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="{file.name}"'
    return response
