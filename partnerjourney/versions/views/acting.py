"""What is done with versions: put forward, answered, established, used, taken back, put away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Response, flash, url_for

from partnerjourney.core import clock
from partnerjourney.core.errors import ConflictError, InputError
from partnerjourney.journeys.services import Place
from partnerjourney.versions import schemas, services
from partnerjourney.versions.models import Version
from partnerjourney.versions.rules import State
from partnerjourney.versions.views.common import bp, find_place
from partnerjourney.versions.views.reading import list_page, one_page
from partnerjourney.web.pages import Form, read_form, see_other, translated
from partnerjourney.web.session import member, session
from partnerjourney.web.texts import gettext as _
from partnerjourney.web.texts import ngettext


@bp.post("/")
def put(journey_id: UUID) -> Response:
    """Keep what the map says now as a version, and put it to the parties that it touches."""
    place = find_place(journey_id, lock=True)
    services.may_put(member(), place)
    form = read_form(schemas.NewVersionForm())
    if not form.valid:
        return list_page(place, form=form, status=422)
    here, at = (session(), member(), place), clock.now()
    try:
        made = services.draft(*here, note=form.data["note"], at=at)
        if not form.data["keep"]:
            services.put_forward(*here, made, reason=form.data["reason"], at=at)
    except InputError as error:
        return _refused(journey_id, form, error.messages, 422)
    except ConflictError:
        told = _("Nothing was kept: another version is with the parties, or nothing changed.")
        return _refused(journey_id, form, {"_schema": [told]}, 409)
    flash(_kept(made), "good")
    return see_other(url_for(".show", journey_id=place.id, version_id=made.id))


def _refused(journey_id: UUID, form: Form, messages: Any, status: int) -> Response:
    session().rollback()
    form.errors = {name: [translated(text) for text in texts] for name, texts in messages.items()}
    return list_page(find_place(journey_id), form=form, status=status)


def _kept(made: Version) -> str:
    number = made.number
    if made.state is State.DRAFT:
        return _("Version %(number)s is kept as a draft. Nobody is asked yet.", number=number)
    if made.state is State.AGREED:
        return _("Version %(number)s is agreed: what changed is yours alone.", number=number)
    asked = len(made.asked)
    return ngettext(
        "Version %(number)s was put to %(num)s party.",
        "Version %(number)s was put to %(num)s parties.",
        asked,
        number=number,
    )


Verb = Callable[[Place, Version, Form], Any]


def _do(
    journey_id: UUID,
    version_id: UUID,
    verb: Verb,
    said: str,
    *,
    schema: type[schemas._Form] = schemas.ReasonForm,
    part: str = "",
    lock: bool = False,
) -> Response:
    """Carry out a verb on a version; what cannot be done is told on its page."""
    place, form = find_place(journey_id, lock=lock), read_form(schema())
    found = services.find(session(), place, version_id)
    if not form.valid:
        return one_page(place, found, form=form, part=part, status=422)
    status = 422
    try:
        verb(place, services.find(session(), place, version_id, lock=True), form)
    except InputError as error:
        messages = dict(error.messages)
    except ConflictError:
        told = _("This was decided or changed in between: nothing was done.")
        messages, status, part = {"_schema": [told]}, 409, ""
    else:
        flash(said, "good")
        return see_other(url_for(".show", journey_id=place.id, version_id=version_id))
    session().rollback()
    form.errors = {name: [translated(t) for t in texts] for name, texts in messages.items()}
    place = find_place(journey_id)
    found = services.find(session(), place, version_id)
    return one_page(place, found, form=form, part=part, status=status)


@bp.post("/<uuid:version_id>/put-forward")
def put_forward(journey_id: UUID, version_id: UUID) -> Response:
    """Put a draft to the parties that it touches."""
    return _do(
        journey_id,
        version_id,
        lambda place, found, form: services.put_forward(
            session(), member(), place, found, reason=form.data["reason"], at=clock.now()
        ),
        _("Put forward: the parties that it touches are asked."),
        part="put",
        lock=True,
    )


@bp.post("/<uuid:version_id>/note")
def reword(journey_id: UUID, version_id: UUID) -> Response:
    """Say in other words what changed in a draft."""
    return _do(
        journey_id,
        version_id,
        lambda place, found, form: services.reword(
            session(), member(), place, found, note=form.data["note"], at=clock.now()
        ),
        _("Saved. Nobody is asked yet."),
        schema=schemas.NoteForm,
        part="note",
    )


@bp.post("/<uuid:version_id>/agree")
def agree(journey_id: UUID, version_id: UUID) -> Response:
    """Say yes to exactly the text that was shown."""
    return _do(
        journey_id,
        version_id,
        lambda place, found, form: services.agree(
            session(), member(), place, found, sha256=form.data["sha256"], at=clock.now()
        ),
        _("Agreed. Your receipt stands below."),
        schema=schemas.AgreeForm,
    )


@bp.post("/<uuid:version_id>/refuse")
def refuse(journey_id: UUID, version_id: UUID) -> Response:
    """Say no, and why."""
    return _do(
        journey_id,
        version_id,
        lambda place, found, form: services.refuse(
            session(), member(), place, found, reason=form.data["reason"], at=clock.now()
        ),
        _("Not agreed: the coordinator reads why."),
        part="refuse",
    )


@bp.post("/<uuid:version_id>/establish")
def establish(journey_id: UUID, version_id: UUID) -> Response:
    """Say that everybody agreed, where a group was asked."""
    return _do(
        journey_id,
        version_id,
        lambda place, found, _form: services.establish(
            session(), member(), place, found, at=clock.now()
        ),
        _("Established: all have agreed."),
    )


@bp.post("/<uuid:version_id>/use")
def use(journey_id: UUID, version_id: UUID) -> Response:
    """Take an agreed version into use."""
    return _do(
        journey_id,
        version_id,
        lambda place, found, _form: services.use(session(), member(), place, found, at=clock.now()),
        _("In use from now on."),
        lock=True,
    )


@bp.post("/<uuid:version_id>/take-back")
def take_back(journey_id: UUID, version_id: UUID) -> Response:
    """Ask nobody any more."""
    return _do(
        journey_id,
        version_id,
        lambda place, found, _form: services.take_back(
            session(), member(), place, found, at=clock.now()
        ),
        _("Taken back: nobody is asked any more."),
    )


@bp.post("/<uuid:version_id>/archive")
def archive(journey_id: UUID, version_id: UUID) -> Response:
    """Put a version away."""
    return _do(
        journey_id,
        version_id,
        lambda place, found, _form: services.archive(
            session(), member(), place, found, at=clock.now()
        ),
        _("Put away. It can still be read and compared."),
        lock=True,
    )


@bp.post("/<uuid:version_id>/remind")
def remind(journey_id: UUID, version_id: UUID) -> Response:
    """Have those mailed who have yet to answer."""
    return _do(
        journey_id,
        version_id,
        lambda place, found, _form: services.remind(
            session(), member(), place, found, at=clock.now()
        ),
        _("A reminder goes out, once a day at most."),
    )
