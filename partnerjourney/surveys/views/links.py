"""The customer's pages: the question, the thanks, privacy, and no more questions.

They speak the language and form of address of the question, not of the browser. A GET or HEAD
stores nothing. Whatever a link does not open looks the same: one calm 404.
"""

from __future__ import annotations

from functools import wraps
from typing import Any

from flask import Blueprint, Response, request

from partnerjourney.core import clock
from partnerjourney.core.errors import InputError, NotFoundError
from partnerjourney.core.scopes import System
from partnerjourney.surveys.rules import SCALES, parse_score
from partnerjourney.surveys.services import answering, opening, optout, saying
from partnerjourney.surveys.services.opening import Ask
from partnerjourney.web.identity import View, public
from partnerjourney.web.language import speaking
from partnerjourney.web.pages import page
from partnerjourney.web.session import enter, session

links = Blueprint("links", __name__)


def _calm(view: View) -> View:
    """Answer everything that a link does not open with the same page."""

    @public
    @wraps(view)
    def calm(token: str) -> Response:
        try:
            response: Response = view(token)
        except NotFoundError:
            response = page("errors/link.html", status=404)
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Robots-Tag"] = "noindex"
        return response

    return calm  # type: ignore[return-value]


def _page(template: str, ask: Ask, *, status: int = 200, **context: Any) -> Response:
    with speaking(ask.question.language):
        context |= {"ask": ask, "say": saying.of_ask(ask), "longest": answering.LONGEST_COMMENT}
        return page(template, status=status, **context)


@links.get("/s/<token>")
@_calm
def survey(token: str) -> Response:
    """Show the question; `?score=` preselects, anything else in its place is ignored."""
    enter(opening.scope_of(token))
    ask = opening.find(session(), at=clock.now())
    chosen = parse_score(request.args.get("score"), ask.point.metric)
    return _page("surveys/ask.html", ask, chosen=chosen, form=None, top=SCALES[ask.point.metric][1])


@links.post("/s/<token>")
@_calm
def answer(token: str) -> Response:
    """Store the answer, or replace an earlier one, and say thanks."""
    enter(opening.scope_of(token))
    at = clock.now()
    ask = opening.find(session(), at=at, lock=True)
    try:
        reply = answering.read_reply(ask, request.form)
    except InputError as error:
        return _refused(ask, error)
    answering.answer(session(), ask, reply, at=at)
    return _page("surveys/thanks.html", ask, reply=reply, form=None)


def _refused(ask: Ask, error: InputError) -> Response:
    score = parse_score(request.form.get("score"), ask.point.metric)
    faults = {"errors": error.messages, "values": request.form}
    if score is not None:
        reply = answering.Reply(score)
        return _page("surveys/thanks.html", ask, status=422, reply=reply, form=faults)
    top = SCALES[ask.point.metric][1]
    return _page("surveys/ask.html", ask, status=422, chosen=None, form=faults, top=top)


@links.get("/s/<token>/privacy")
@_calm
def privacy(token: str) -> Response:
    """Show whom to ask, and the essence of who is responsible for what."""
    enter(opening.scope_of(token))
    ask = opening.find(session(), at=clock.now())
    return _page("surveys/privacy.html", ask)


@links.get("/u/<token>")
@_calm
def unsubscribe(token: str) -> Response:
    """Ask whether the customer wants no more questions."""
    return _unsubscribe(token, done=False)


@links.post("/u/<token>")
@_calm
def opt_out(token: str) -> Response:
    """Store that this address is asked no more; also for one click in a mail program (RFC 8058)."""
    return _unsubscribe(token, done=True)


def _unsubscribe(token: str, *, done: bool) -> Response:
    opening.scope_of(token)
    enter(System("no more questions"))
    found = optout.find(session(), token)
    if done:
        optout.store(session(), found, at=clock.now())
    say = saying.of_owner(found.journey, found.owner)
    with speaking(found.journey.language):
        return page("surveys/stop.html", say=say, owner=found.owner, done=done)
