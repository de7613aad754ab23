"""Signing in and out, a forgotten password, and the language of people who are not signed in."""

from __future__ import annotations

from flask import Blueprint, Response, flash, request, url_for
from flask_babel import gettext as _

from partnerjourney.core import border, clock, passwords
from partnerjourney.core.errors import NotFoundError
from partnerjourney.core.logins import SignedIn, Step
from partnerjourney.core.scopes import System
from partnerjourney.organisations import schemas, services
from partnerjourney.organisations.rules.names import clean_email
from partnerjourney.web import entry
from partnerjourney.web import session as web
from partnerjourney.web.door import door
from partnerjourney.web.identity import public, signed_in
from partnerjourney.web.language import LANGUAGES
from partnerjourney.web.pages import page, read_form, safe_next, see_other

bp = Blueprint("accounts", __name__)


@bp.get("/")
@public
def start() -> Response:
    """Send people on to where they begin."""
    who = entry.who_is_here()
    return see_other(entry.home_of(who) if who else url_for("accounts.sign_in"))


@bp.post("/language")
@public
def language() -> Response:
    """Remember the language of somebody who is not signed in."""
    answer = see_other(safe_next(request.form.get("next"), url_for("accounts.sign_in")))
    asked = request.form.get("lang")
    if asked in LANGUAGES:
        answer.set_cookie(
            "lang",
            asked,
            max_age=365 * 86400,
            httponly=True,
            samesite="Lax",
            secure=not entry.settings().loopback,
        )
    return answer


# --- in and out ----------------------------------------------------------------------------------


@bp.get("/sign-in")
@public
def sign_in() -> Response:
    """Show the form to sign in."""
    after = safe_next(request.args.get("next"), "")
    who = entry.who_is_here()
    if who is not None:
        return see_other(after or entry.home_of(who))
    return page("accounts/sign_in.html", form=None, next=after)


@bp.post("/sign-in")
@public
def enter() -> Response:
    """Sign in; the password is checked before the transaction opens."""
    form = read_form(schemas.SignIn())
    after = safe_next(request.form.get("next"), "")
    before = entry.who_is_here()
    web.enter(System("sign-in"))
    if form.valid:
        email = clean_email(form.data["email"]) or ""
        entry.slow_down("sign in", f"account {email}")
        proof = services.check_password(web.engine(), email=email, password=form.data["password"])
        if proof is not None:
            entry.start_afresh("sign in", f"account {email}")
            answer = _let_in(proof, before, after)
            if answer is not None:
                return answer
    form.errors = {"_schema": [_("This address and password do not belong together.")]}
    return page("accounts/sign_in.html", form=form, next=after, status=422)


def _let_in(proof: services.Proof, before: SignedIn | None, after: str) -> Response | None:
    """Let somebody in, or on to the second step; None where the password just changed."""
    try:
        user = services.accept(web.session(), proof)
    except NotFoundError:
        return None
    asked = door().pause(user.id, Step.PASSWORD, after)
    if asked is not None:
        return asked
    token = services.first_login(web.session(), user, browser=entry.browser(), at=clock.now())
    who = entry.let_in(token, instead_of=before)
    return see_other(after or entry.home_of(who))


@bp.post("/sign-out")
def sign_out() -> Response:
    """End this login."""
    entry.end_login(signed_in())
    flash(_("You are signed out."), "success")
    return see_other(safe_next(request.form.get("next"), url_for("accounts.sign_in")))


# --- forgotten -----------------------------------------------------------------------------------


@bp.get("/forgotten")
@public
def forgotten() -> Response:
    """Show the form that asks for a link to set a password."""
    return page("accounts/forgotten.html", form=None, sent=False)


@bp.post("/forgotten")
@public
def ask_reset() -> Response:
    """Send a link; the answer is the same whether the address is known or not."""
    form = read_form(schemas.Forgotten())
    if not form.valid:
        return page("accounts/forgotten.html", form=form, sent=False, status=422)
    entry.slow_down("forgotten", f"account {form.data['email']}")
    web.enter(System("forgotten password"))
    services.ask_reset(web.session(), email=form.data["email"], at=clock.now())
    return page("accounts/forgotten.html", form=form, sent=True)


@bp.get("/reset/<token>")
@public
def reset(token: str) -> Response:
    """Show the form that sets a password; opening the link changes nothing."""
    web.enter(System("reset a password"))
    try:
        _reset, user = services.open_reset(
            web.session(), token, secret=entry.settings().secret_key, at=clock.now()
        )
    except NotFoundError:
        return entry.dead_link()
    return page("accounts/reset.html", form=None, token=token, email=user.email)


@bp.post("/reset/<token>")
@public
def set_password(token: str) -> Response:
    """Set a password by a link, once, and ask to sign in with it."""
    entry.slow_down("reset")
    before = entry.who_is_here()
    secret, at = entry.settings().secret_key, clock.now()
    system = System("reset a password")
    try:
        with border.open_session(web.engine(), system) as reading:
            _reset, user = services.open_reset(reading, token, secret=secret, at=at)
        form = read_form(schemas.NewPassword(user.email, user.name))
        if not form.valid:
            return page("accounts/reset.html", form=form, token=token, email=user.email, status=422)
        hashed = passwords.hash_password(form.data["password"])
        web.enter(system)
        services.reset_password(web.session(), token, secret=secret, password_hash=hashed, at=at)
        if before is not None:
            entry.end_login(before)
    except NotFoundError:
        return entry.dead_link()
    flash(_("Your new password is set. Sign in with it."), "success")
    return see_other(url_for("accounts.sign_in"))
