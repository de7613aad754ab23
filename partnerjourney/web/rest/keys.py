"""Who asks: the access key of a request, how often it asks, and when it was last used."""

from __future__ import annotations

from datetime import timedelta
from typing import cast

from flask import g, request

from partnerjourney.core import clock, ledger, tokens
from partnerjourney.core.scopes import Token
from partnerjourney.core.tokens import Known
from partnerjourney.web import session as web
from partnerjourney.web.entry import address_group
from partnerjourney.web.problems import ProblemError

PER_MINUTE = 600
"""Requests of one key."""
WRONG_PER_MINUTE = 30
"""Keys that open nothing, of one address."""
_MINUTE = timedelta(minutes=1)


def come_in() -> Known:
    """Enter the scope of this request's key; cookies are never looked at.

    A key that cannot be one is refused before anybody asks the database. Raises ProblemError 401,
    and TooManyAttemptsError.
    """
    scheme, _, text = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not tokens.well_formed(text):
        raise ProblemError(401)
    engine, at = web.engine(), clock.now()
    known = tokens.find(engine, text, at=at)
    if known is None:
        where = address_group(request.remote_addr)
        ledger.count_attempt(
            engine, "wrong key", where, limit=WRONG_PER_MINUTE, window=_MINUTE, at=at
        )
        raise ProblemError(401)
    if "api_key" not in g:  # once, also when the request is tried again
        subject = str(known.scope.token_id)
        ledger.count_attempt(engine, "key", subject, limit=PER_MINUTE, window=_MINUTE, at=at)
        tokens.touch(engine, known, at=at)
    g.api_key = known
    web.enter(known.scope)
    return known


def key() -> Known:
    """Return the key of this request."""
    return cast(Known, g.api_key)


def actor() -> Token:
    """Return on whose behalf this request acts: the actor of every verb."""
    return key().scope
