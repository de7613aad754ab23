"""What a reader does in a conversation: answer, mend, take back, settle, say that it was seen."""

from __future__ import annotations

from json import dumps
from uuid import UUID

from flask import Response, flash, url_for

from partnerjourney.comments import schemas, services, words
from partnerjourney.comments.models import Thread
from partnerjourney.comments.services.finding import Written, may_write
from partnerjourney.comments.services.writing import Words
from partnerjourney.comments.views.blueprint import bp
from partnerjourney.comments.views.reading import seen_of, show_one
from partnerjourney.core import clock
from partnerjourney.core.errors import ConflictError, InputError, NotFoundError
from partnerjourney.core.policy import Permission, require
from partnerjourney.journeys import services as journeys
from partnerjourney.journeys.services import Place
from partnerjourney.web.pages import Form, htmx, page, read_form, see_other, translated
from partnerjourney.web.session import member, session
from partnerjourney.web.texts import gettext as _


def _held(journey_id: UUID, thread_id: UUID) -> tuple[Place, Thread]:
    place = journeys.find(session(), member(), journey_id)
    return place, services.find(session(), place, thread_id, lock=True)


def _there(place: Place, thread_id: UUID, tail: str = "") -> Response:
    return see_other(url_for(".show", journey_id=place.id, thread_id=thread_id) + tail)


@bp.post("/<uuid:thread_id>/reply")
def reply(journey_id: UUID, thread_id: UUID) -> Response:
    """Answer; what was typed is kept where it cannot be taken."""
    place, thread = _held(journey_id, thread_id)
    may_write(member(), place, thread)
    form, status, conflict = read_form(schemas.ReplyForm()), 422, ""
    if form.valid:
        said = Words(form.data["text"], form.data["parties"], form.data["people"])
        try:
            services.reply(session(), member(), place, thread, said, at=clock.now())
        except InputError as error:
            form.errors = {n: [translated(t) for t in found] for n, found in error.messages.items()}
        except ConflictError:
            status = 409
            conflict = _("Somebody of this conversation has left in between.")
        else:
            if htmx.partial:
                shown = show_one(place, seen_of(place, thread_id), fragment="conversation")
                shown.headers["HX-Trigger"] = dumps({"taken": {}})
                return shown
            return _there(place, thread_id, "#answer")
    seen = seen_of(place, thread_id)
    return show_one(
        place, seen, form=form, status=status, conflict=conflict, fragment="conversation"
    )


@bp.post("/<uuid:thread_id>/resolve")
def resolve(journey_id: UUID, thread_id: UUID) -> Response:
    """Settle it."""
    place, thread = _held(journey_id, thread_id)
    services.resolve(session(), member(), place, thread, at=clock.now())
    flash(_("Dealt with. Whoever answers opens it again."), "good")
    return _there(place, thread_id)


@bp.post("/<uuid:thread_id>/reopen")
def reopen(journey_id: UUID, thread_id: UUID) -> Response:
    """Open it again."""
    place, thread = _held(journey_id, thread_id)
    services.reopen(session(), member(), place, thread, at=clock.now())
    return _there(place, thread_id)


@bp.post("/<uuid:thread_id>/seen")
def see(journey_id: UUID, thread_id: UUID) -> Response:
    """Say that what it asks has been seen: it waits no more."""
    place, thread = _held(journey_id, thread_id)
    services.see(session(), member(), place, thread, at=clock.now())
    flash(_("Seen: it waits for you no more."), "good")
    return _there(place, thread_id)


@bp.get("/<uuid:thread_id>/of/<uuid:comment_id>")
def own(journey_id: UUID, thread_id: UUID, comment_id: UUID) -> Response:
    """Show one's own comment, to mend it or to take it back."""
    place = journeys.find(session(), member(), journey_id)
    return _show_own(place, thread_id, comment_id, None)


@bp.post("/<uuid:thread_id>/of/<uuid:comment_id>/edit")
def edit(journey_id: UUID, thread_id: UUID, comment_id: UUID) -> Response:
    """Mend one's own comment within a quarter of an hour."""
    place, thread = _held(journey_id, thread_id)
    comment = services.find_comment(session(), thread, comment_id)
    form, status = read_form(schemas.EditForm()), 422
    if form.valid:
        try:
            services.edit(
                session(), member(), place, thread, comment, text=form.data["text"], at=clock.now()
            )
        except ConflictError:
            status = 409
        else:
            return _there(place, thread_id)
    return _show_own(place, thread_id, comment_id, form, status=status)


@bp.post("/<uuid:thread_id>/of/<uuid:comment_id>/withdraw")
def withdraw(journey_id: UUID, thread_id: UUID, comment_id: UUID) -> Response:
    """Take one's own comment back."""
    place, thread = _held(journey_id, thread_id)
    comment = services.find_comment(session(), thread, comment_id)
    services.withdraw(session(), member(), place, thread, comment, at=clock.now())
    flash(_("Taken back: only that there was something can be seen."), "good")
    return _there(place, thread_id)


def _show_own(
    place: Place, thread_id: UUID, comment_id: UUID, form: Form | None, *, status: int = 200
) -> Response:
    seen = seen_of(place, thread_id)
    said = next((one for one in seen.comments if one.id == comment_id), None)
    if said is None:
        raise NotFoundError
    thing = Written(place.standing, said.organisation_id, said.user_id)
    require(member(), Permission.COMMENT_CHANGE, thing)
    if said.withdrawn_at is not None:
        raise NotFoundError
    me, now = (member().organisation_id, member().user_id), clock.now()
    return page(
        "comments/own.html",
        status=status,
        finding=True,
        place=place,
        seen=seen,
        line=words.line(said, place, now, me=me, members={}),
        late=status == 409,
        form=form or Form(values={"text": said.text}),
    )
