"""One transaction around each request: rendered inside, committed before the first byte.

Answers from 400 up roll back. A serialization failure or a busy database is tried once more,
with a new session and the same request.
"""

from __future__ import annotations

import logging
from copy import deepcopy
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, cast

from flask import Flask, Request, Response, current_app, g, request
from flask import session as cookie
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask.typing import ResponseReturnValue
from itsdangerous import BadSignature, URLSafeTimedSerializer
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from partnerjourney.core import border
from partnerjourney.core.scopes import Member, Scope

log = logging.getLogger(__name__)

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_RETRY = frozenset({"40001", "40P01"})
MOST_TRIES_OF_MACHINES = 5


def engine() -> Engine:
    """Return the application's engine."""
    return cast(Engine, current_app.extensions["engine"])


def enter(scope: Scope) -> None:
    """Say on whose behalf this request reads and writes; before its session opens."""
    if "session" in g:
        raise border.BorderError("the session of this request is open already")
    g.scope = scope


def actor() -> Scope:
    """Return on whose behalf this request acts: the actor of every service."""
    if "scope" not in g:
        raise border.BorderError("nobody said on whose behalf this request acts")
    return cast(Scope, g.scope)


def member() -> Member:
    """Return the member who acts in this request; raises BorderError on pages without one."""
    scope = actor()
    if not isinstance(scope, Member):
        raise border.BorderError("no organisation acts in this request")
    return scope


def session() -> Session:
    """Return this request's session, opening it on first use; a safe method cannot write."""
    if "session" not in g:
        write = request.method not in SAFE
        g.session = border.open_session(engine(), actor(), write=write, read_only=not write)
    return cast(Session, g.session)


def retryable(error: OperationalError | IntegrityError) -> bool:
    """Say whether the same transaction may succeed when it is tried again.

    Two systems may say the same at the same moment: the second finds then what the first wrote.
    """
    state = getattr(error.orig, "sqlstate", None)
    if isinstance(error, IntegrityError):
        return state == "23505" and request.path.startswith("/api/")
    return state in _RETRY or "database is locked" in str(error.orig)


class TransactionalFlask(Flask):
    """Flask whose dispatch is one transaction."""

    def dispatch_request(self) -> ResponseReturnValue:
        """Run the view in a transaction; commit below 400, else roll back."""
        left = MOST_TRIES_OF_MACHINES if request.path.startswith("/api/") else 2
        while True:
            left -= 1
            try:
                return self._in_transaction()
            except (OperationalError, IntegrityError) as error:
                close()
                if not left or not retryable(error):
                    raise
                log.info("tried again: %s", error.orig)
            for file in request.files.values():
                file.stream.seek(0)
            cookie.pop("_flashes", None)

    def _in_transaction(self) -> Response:
        try:
            response = self.make_response(super().dispatch_request())
        except BaseException:
            close()
            raise
        opened: Session | None = g.get("session")
        if opened is not None:
            if response.status_code < 400 and request.method not in SAFE:
                opened.commit()
            close()
        return response


class CookieSessions(SecureCookieSessionInterface):
    """Flask's signed cookie; the same cookie is read once rather than at every request."""

    def __init__(self, app: Flask) -> None:
        self._signing = super().get_signing_serializer(app)
        self._name, self._longest = self.get_cookie_name(app), app.permanent_session_lifetime
        self._read = lru_cache(maxsize=2048)(self._loads)

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer | None:
        """Return what signs and reads the cookie."""
        return self._signing

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Return what the cookie holds, empty where it is not ours or too old."""
        value = request.cookies.get(self._name)
        if not value:
            return self.session_class()
        try:
            found, signed_at = self._read(value)
        except BadSignature:
            return self.session_class()
        if datetime.now(UTC) - signed_at > self._longest:
            return self.session_class()
        return self.session_class(deepcopy(found))

    def _loads(self, value: str) -> tuple[dict[str, Any], datetime]:
        assert self._signing is not None  # no start without a secret
        found: tuple[dict[str, Any], datetime] = self._signing.loads(value, return_timestamp=True)
        return found


def close() -> None:
    """Roll back what was not committed and forget the session."""
    opened: Session | None = g.pop("session", None)
    if opened is not None:
        opened.close()


def init_app(app: Flask) -> None:
    """Close what a request left open."""
    app.session_interface = CookieSessions(app)

    @app.teardown_appcontext
    def _close(_error: BaseException | None) -> None:
        close()
