"""A person's own account: name, language, theme, password, and where it is signed in."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response, flash, g, url_for
from flask_babel import gettext as _

from partnerjourney.core import clock, logins, passwords
from partnerjourney.organisations import queries, schemas, services
from partnerjourney.organisations.rules.browsers import browser_words, is_handheld
from partnerjourney.organisations.views.accounts import bp
from partnerjourney.organisations.views.organisations import roles as role_words
from partnerjourney.organisations.words import signed_in_words
from partnerjourney.web import entry
from partnerjourney.web import session as web
from partnerjourney.web.identity import signed_in
from partnerjourney.web.moments import exact, moment
from partnerjourney.web.pages import Form, page, read_form, see_other

ZONE = "Europe/Amsterdam"


@bp.get("/account")
def profile() -> Response:
    """Show a person's own account."""
    return _page()


def _page(*, status: int = 200, **forms: Form) -> Response:
    mine = signed_in()
    idle, longest = entry.lifetimes()
    now, words = clock.now(), role_words()
    found = queries.logins_of(web.session(), mine.user.id, at=now, idle=idle, longest=longest)
    shown: dict[str, Any] = {
        "about": Form(
            values={
                "name": mine.user.name,
                "language": mine.user.language,
                "theme": mine.user.theme,
            }
        ),
        "password": None,
        **forms,
    }
    return page(
        "accounts/profile.html",
        status=status,
        roles={organisation.id: words[m.role] for m, organisation in mine.memberships},
        logins=[
            {
                "id": login.id,
                "words": " · ".join(word for word in browser_words(login.browser) if word),
                "handheld": is_handheld(login.browser),
                "means": signed_in_words(login.means),
                "seen": moment(login.seen_at, now, ZONE),
                "exact": exact(login.seen_at, ZONE),
                "current": login.id == mine.session.id,
            }
            for login in found
        ],
        **shown,
    )


@bp.post("/account")
def change_profile() -> Response:
    """Change name, language and theme."""
    form = read_form(schemas.Profile())
    if not form.valid:
        return _page(status=422, about=form)
    services.change_profile(web.session(), signed_in().user.id, **form.data)
    g.language = form.data["language"]
    flash(_("Saved."), "success")
    return see_other(url_for("accounts.profile"))


@bp.post("/account/password")
def change_password() -> Response:
    """Set another password; every other browser is signed out, this one gets a new session."""
    mine = signed_in()
    entry.slow_down("password", f"person {mine.user.id}")
    form = read_form(schemas.ChangePassword(mine.user.email, mine.user.name))
    if "current" not in form.errors:
        proof = services.check_password(
            web.engine(), email=mine.user.email, password=str(form.values["current"])
        )
        if proof is None:
            form.errors["current"] = [_("This is not your present password.")]
    if not form.valid:
        return _page(status=422, password=form)
    hashed = passwords.hash_password(form.data["password"])
    token = services.change_password(
        web.session(),
        mine.user.id,
        password_hash=hashed,
        browser=entry.browser(),
        at=clock.now(),
    )
    entry.let_in(token)
    flash(_("Your password is changed. Other browsers are signed out."), "success")
    return see_other(url_for("accounts.profile"))


@bp.post("/account/logins/<uuid:login>/end")
def end_login(login: uuid.UUID) -> Response:
    """Sign out one browser; that of somebody else is not touched."""
    mine = signed_in()
    if login == mine.session.id:
        entry.end_login(mine)
        return see_other(url_for("accounts.sign_in"))
    logins.end(web.session(), mine.user.id, at=clock.now(), only=login)
    flash(_("That browser is signed out."), "success")
    return see_other(url_for("accounts.profile"))


@bp.post("/account/logins/end")
def end_logins() -> Response:
    """Sign out everywhere, here too."""
    mine = signed_in()
    logins.end(web.session(), mine.user.id, at=clock.now())
    entry.end_login(mine)
    flash(_("You are signed out everywhere."), "success")
    return see_other(url_for("accounts.sign_in"))
