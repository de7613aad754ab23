"""Asked again: what binds, opens doors or changes them needs a proof of the last half hour.

A view says so in one line, below its route:

    @bp.post("/members/<uuid:member>/role")
    @require_fresh
    def change_role(member: uuid.UUID) -> Response: ...

Whoever signed in or was asked within 30 minutes notices nothing. Anybody else gets a page that asks
for the second step (or the password, where there is none) and holds every field that was typed; its
form goes to the same address, so the view runs with what was typed once the proof fits. A view that
looks at the policy or at the form first calls `must_be_fresh()` itself, before its session opens.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, TypeVar, cast

from flask import abort, g, request

from partnerjourney.core import clock
from partnerjourney.core.border import BorderError
from partnerjourney.web.door import door
from partnerjourney.web.identity import signed_in
from partnerjourney.web.session import SAFE

FRESH = timedelta(minutes=30)

View = TypeVar("View", bound=Callable[..., Any])


def is_fresh() -> bool:
    """Say whether who is signed in proved so within the last half hour."""
    confirmed_at = signed_in().session.confirmed_at
    return confirmed_at is not None and clock.now() - confirmed_at <= FRESH


def must_be_fresh() -> None:
    """Answer with the page that asks unless the proof is fresh; before the session opens."""
    if is_fresh():
        return
    if "session" in g:
        raise BorderError("asked again with the request's session open")
    asked = door().ask_again()
    if asked is not None:
        abort(asked)


def require_fresh(view: View) -> View:
    """Let a view that changes something run only after a fresh proof; reading is never asked."""

    @wraps(view)
    def guarded(*given: Any, **named: Any) -> Any:
        if request.method not in SAFE:
            must_be_fresh()
        return view(*given, **named)

    return cast(View, guarded)
