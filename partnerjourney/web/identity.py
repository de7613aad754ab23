"""Who is asking, and for which organisation. Every endpoint is closed unless it says `public`.

Pages of a member live under /o/<organisation>/…: the acting organisation is in the address, so
that two tabs cannot act for the wrong company. A stranger to it gets the same 404 as for what
does not exist.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from flask import Flask, abort, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, UserMixin, current_user

from partnerjourney.core import border, clock, ledger, logins
from partnerjourney.core.logins import SignedIn
from partnerjourney.core.scopes import Member, System
from partnerjourney.web.door import door
from partnerjourney.web.moments import full_day
from partnerjourney.web.session import engine, enter

ZONE = ZoneInfo("Europe/Amsterdam")

View = TypeVar("View", bound=Callable[..., Any])


def public(view: View) -> View:
    """Open a view to people who are not signed in; the view enters a scope of its own."""
    view.is_public = True  # type: ignore[attr-defined]
    return view


class Person(UserMixin):  # type: ignore[misc]
    """Flask-Login's view of a signed-in person; the id in the cookie is the login's token."""

    def __init__(self, token: str, signed_in: SignedIn) -> None:
        self.token = token
        self.signed_in = signed_in

    def get_id(self) -> str:
        """Return the token of the login, not the person's id: so one login can be revoked."""
        return self.token


def signed_in() -> SignedIn:
    """Return who is signed in; only where somebody must be."""
    person: Person = current_user._get_current_object()  # noqa: SLF001 - Flask-Login's proxy
    return person.signed_in


def load(token: str) -> Person | None:
    """Find the person of a login's token, and note now and then that it was used."""
    settings, at = current_app.extensions["settings"], clock.now()
    with border.open_session(engine(), System("who is signed in")) as session:
        found = logins.find(
            session,
            token,
            at=at,
            idle=timedelta(hours=settings.session_idle_hours),
            longest=timedelta(days=settings.session_days),
        )
    if found is None:
        return None
    if at - found.session.seen_at > logins.SEEN_EVERY:
        with ledger.writing(engine(), "last seen") as session:
            logins.touch(session, found.session.id, at=at)
    return Person(token, found)


def _act_for(slug: str, person: SignedIn) -> ResponseReturnValue | None:
    """Enter a member's scope, or return the page that asks what the organisation insists on."""
    found = next(((m, o) for m, o in person.memberships if o.slug == slug), None)
    if found is None:
        abort(404)
    membership, organisation = found
    means, asked_from = person.session.means, person.rules.get(organisation.id)
    if asked_from is not None and not logins.strong(means):
        if asked_from <= clock.now():
            return door().missing(organisation, asked_from)
        g.second_step_from = full_day(asked_from.astimezone(ZONE).date())
    g.acting = organisation
    role, may_sign = membership.role, membership.signatory
    enter(Member(person.user.id, organisation.id, role, may_sign, means))
    return None


def _to_sign_in() -> ResponseReturnValue:
    if request.headers.get("HX-Request") or request.path.startswith("/api/"):
        abort(401)
    there = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("accounts.sign_in", next=there), 303)


def init_app(app: Flask) -> None:
    """Know who is asking before each request."""
    login = LoginManager()
    login.session_protection = None  # rows, rotation and lifetimes do this
    login.init_app(app, add_context_processor=False)
    login.user_loader(load)

    @app.url_value_preprocessor
    def _take_organisation(_endpoint: str | None, values: dict[str, Any] | None) -> None:
        g.organisation_slug = values.pop("organisation", None) if values else None

    @app.url_defaults
    def _give_organisation(endpoint: str, values: dict[str, Any]) -> None:
        slug = g.get("organisation_slug")
        given = "organisation" in values
        if slug and not given and app.url_map.is_endpoint_expecting(endpoint, "organisation"):
            values["organisation"] = slug

    @app.before_request
    def _know_who_is_asking() -> ResponseReturnValue | None:
        if request.endpoint is None:
            return None
        if getattr(app.view_functions[request.endpoint], "is_public", False):
            return None
        if not current_user.is_authenticated:
            return _to_sign_in()
        person = signed_in()
        g.me = person.user
        if g.organisation_slug is not None:
            return _act_for(g.organisation_slug, person)
        enter(System("a person's own account"))
        return None

    @app.context_processor
    def _names() -> dict[str, Any]:
        person = signed_in() if "me" in g else None
        return {
            "me": g.get("me"),
            "acting": g.get("acting"),
            "memberships": [o for _, o in person.memberships] if person else [],
            "theme": g.me.theme if "me" in g else "auto",
            "second_step_from": g.get("second_step_from"),
        }
