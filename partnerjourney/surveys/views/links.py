"""The customer's pages: the question, the thanks, privacy, and no more questions.

They speak the language and form of address of the question, not of the browser. A GET or HEAD
stores nothing. Whatever a link does not open looks the same: one calm 404.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, Response, request, url_for

from partnerjourney.core import clock, ledger
from partnerjourney.core.errors import (
    InputError,
    StaleVersionError,
    TooManyAttemptsError,
)
from partnerjourney.core.scopes import Respondent, System
from partnerjourney.surveys.rules import SCALES, parse_score
from partnerjourney.surveys.services import answering, opening, optout, saying
from partnerjourney.surveys.services.answering import Reply
from partnerjourney.surveys.services.opening import Ask
from partnerjourney.surveys.views import filled
from partnerjourney.web import session as web
from partnerjourney.web.language import speaking
from partnerjourney.web.links import calm
from partnerjourney.web.pages import page, sent
from partnerjourney.web.session import enter, session

links = Blueprint("links", __name__)

PER_LINK = 20
"""Answers an hour through one link, beyond the first: a person changes one a few times."""
HOUR = timedelta(hours=1)


def _page(template: str, ask: Ask, **context: Any) -> Response:
    """Return what many customers are shown alike, filled in for this one."""
    return sent(filled.page(template, ask, here=_here(), **context))


def _own_page(template: str, ask: Ask, *, status: int = 200, **context: Any) -> Response:
    """Return what holds a customer's own words."""
    body = filled.made(template, ask, say=saying.of_ask(ask), here=_here(), **context)
    return sent(body, status)


def _here() -> str:
    return url_for("links.survey", **(request.view_args or {}))


def _thanks(ask: Ask, reply: Reply) -> Response:
    show = _page if reply.comment is None else _own_page
    return show("surveys/thanks.html", ask, reply=reply, form=None)


@links.get("/s/<token>")
@calm
def survey(token: str) -> Response:
    """Show the question; `?score=` preselects, anything else in its place is ignored."""
    ask = opening.find(web.engine(), opening.scope_of(token), at=clock.now())
    chosen = parse_score(request.args.get("score"), ask.point.metric)
    return _page("surveys/ask.html", ask, chosen=chosen, form=None, top=SCALES[ask.point.metric][1])


@links.post("/s/<token>")
@calm
def answer(token: str) -> Response:
    """Store the answer, or replace an earlier one, and say thanks.

    The first answer is not counted for the limit of a link; each later or refused one is.
    """
    scope, at = opening.scope_of(token), clock.now()
    ask = opening.find(web.engine(), scope, at=at)
    try:
        return _store(ask, scope, at=at)
    except TooManyAttemptsError as error:
        return _again_later(ask, error)
    except InputError as error:
        return _refused(ask, error, scope, at=at)


def _store(ask: Ask, scope: Respondent, *, at: datetime) -> Response:
    if not ask.answered:
        reply = answering.read_reply(ask, request.form)
        thanks = _thanks(ask, reply)
        enter(scope)  # what takes long is done: on SQLite others wait from here on
        try:
            answering.answer(session(), ask, reply, at=at)
        except StaleVersionError:
            web.close()
        else:
            return thanks
    _count(scope, at=at)
    enter(scope)
    ask = opening.hold(session(), at=at)
    reply = answering.read_reply(ask, request.form)
    answering.answer(session(), ask, reply, at=at)
    return _thanks(ask, reply)


def _count(scope: Respondent, *, at: datetime) -> None:
    """Count a post of this link; the ledger writes by itself, so the session waits."""
    web.close()
    ledger.count_attempt(
        web.engine(), "answer", scope.token_hash, limit=PER_LINK, window=HOUR, at=at
    )


def _refused(ask: Ask, error: InputError, scope: Respondent, *, at: datetime) -> Response:
    try:
        if not ask.answered:  # else this post was counted already
            _count(scope, at=at)
    except TooManyAttemptsError as many:
        return _again_later(ask, many)
    return _typed(ask, error.messages, status=422)


def _again_later(ask: Ask, error: TooManyAttemptsError) -> Response:
    response = _typed(ask, {"wait": ["wait"]}, status=429, minutes=-(-error.retry_after // 60))
    response.headers["Retry-After"] = str(error.retry_after)
    return response


def _typed(ask: Ask, errors: Mapping[str, Any], *, status: int, minutes: int = 0) -> Response:
    """Show again what was typed, with what is wrong: nothing of it is lost."""
    score = parse_score(request.form.get("score"), ask.point.metric)
    form = {"errors": errors, "values": request.form, "minutes": minutes}
    if score is not None and "comment" in request.form:
        reply = Reply(score)
        return _own_page("surveys/thanks.html", ask, status=status, reply=reply, form=form)
    top = SCALES[ask.point.metric][1]
    return _own_page("surveys/ask.html", ask, status=status, chosen=score, form=form, top=top)


@links.get("/s/<token>/privacy")
@calm
def privacy(token: str) -> Response:
    """Show whom to ask, and the essence of who is responsible for what."""
    ask = opening.find(web.engine(), opening.scope_of(token), at=clock.now())
    return _page("surveys/privacy.html", ask)


@links.get("/u/<token>")
@calm
def unsubscribe(token: str) -> Response:
    """Ask whether the customer wants no more questions."""
    return _unsubscribe(token, done=False)


@links.post("/u/<token>")
@calm
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
