"""One transaction around each request: rendered inside, committed before the first byte.

Answers from 400 up roll back. A serialization failure or a busy database is tried once more,
with a new session and the same request.
"""

from __future__ import annotations

import logging
from typing import Any, cast

from flask import Flask, Response, current_app, g, request
from flask import session as cookie
from flask.typing import ResponseReturnValue
from sqlalchemy import Engine, event
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from partnerjourney.core import border
from partnerjourney.core.scopes import Member, Scope

log = logging.getLogger(__name__)

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_RETRY = frozenset({"40001", "40P01"})


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
        where = engine() if write else engine().execution_options(postgresql_readonly=True)
        g.session = border.open_session(where, actor(), write=write)
        if not write:
            event.listen(g.session, "before_flush", _refuse)
    return cast(Session, g.session)


def _refuse(session: Session, *_: Any) -> None:
    if session.new or session.dirty or session.deleted:
        raise border.BorderError("nothing changes on a GET")


def retryable(error: OperationalError) -> bool:
    """Say whether the same transaction may succeed when it is tried again."""
    state = getattr(error.orig, "sqlstate", None)
    return state in _RETRY or "database is locked" in str(error.orig)


class TransactionalFlask(Flask):
    """Flask whose dispatch is one transaction."""

    def dispatch_request(self) -> ResponseReturnValue:
        """Run the view in a transaction; commit below 400, else roll back."""
        try:
            return self._in_transaction()
        except OperationalError as error:
            close()
            if not retryable(error):
                raise
            log.info("tried again: %s", error.orig)
            for file in request.files.values():
                file.stream.seek(0)
            cookie.pop("_flashes", None)
            return self._in_transaction()

    def _in_transaction(self) -> Response:
        try:
            response = self.make_response(super().dispatch_request())
        except BaseException:
            close()
            raise
        opened: Session | None = g.get("session")
        if opened is not None:
            if response.status_code < 400:
                opened.commit()
            close()
        return response


def close() -> None:
    """Roll back what was not committed and forget the session."""
    opened: Session | None = g.pop("session", None)
    if opened is not None:
        opened.close()


def init_app(app: Flask) -> None:
    """Close what a request left open."""

    @app.teardown_appcontext
    def _close(_error: BaseException | None) -> None:
        close()
