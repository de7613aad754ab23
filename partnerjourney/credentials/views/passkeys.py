"""Passkeys: signing in with one alone, and those that a person has."""

from __future__ import annotations

import uuid

from flask import Response, flash, make_response, session, url_for
from flask_babel import gettext as _

from partnerjourney.core import clock, ledger, logins
from partnerjourney.core.errors import NotFoundError
from partnerjourney.core.logins import Step
from partnerjourney.credentials import schemas, services
from partnerjourney.credentials.rules.site import Site, site_of
from partnerjourney.credentials.services.entering import raised
from partnerjourney.credentials.views.account import show_codes
from partnerjourney.credentials.views.blueprint import bp
from partnerjourney.credentials.views.door import CHALLENGE
from partnerjourney.web import entry
from partnerjourney.web import session as web
from partnerjourney.web.fresh import require_fresh
from partnerjourney.web.identity import public, signed_in
from partnerjourney.web.pages import Form, page, read_form, safe_next, see_other

NEW = "passkey_new"


@bp.app_template_global("passkey_site")
def site() -> Site | None:
    """Return the site of this installation's own address; None where it has no passkeys."""
    return site_of(entry.settings().base_url)


def _site() -> Site:
    found = site()
    if found is None:
        raise NotFoundError
    return found


# --- signing in ----------------------------------------------------------------------------------


@bp.post("/sign-in/passkey/options")
@public
def passkey_options() -> Response:
    """Give a browser a challenge; it names nobody, so it is the same for everybody."""
    here = _site()
    entry.slow_down("passkey challenge")
    with ledger.writing(web.engine(), "passkey challenge") as store:
        session[CHALLENGE], options = services.begin_challenge(store, site=here, at=clock.now())
    return make_response(options, {"Content-Type": "application/json"})


@bp.post("/sign-in/passkey")
@public
def enter_by_passkey() -> Response:
    """Let somebody in by a passkey alone."""
    here = _site()
    entry.slow_down("passkey")
    form = read_form(schemas.PasskeyForm())
    after = safe_next(str(form.values.get("next", "")), "")
    before, token = entry.who_is_here(), None
    if form.valid:
        token = services.enter_by_passkey(
            web.engine(),
            form.data["passkey"],
            session.pop(CHALLENGE, None),
            site=here,
            browser=entry.browser(),
            instead_of=before.session.id if before else None,
            at=clock.now(),
        )
    if token is None:
        wrong = Form(
            errors={
                "_schema": [
                    _("This passkey opens no account here. Try again, or use your password.")
                ]
            }
        )
        return page("accounts/sign_in.html", form=wrong, next=after, status=422)
    here_is = entry.greet(token)
    return see_other(after or entry.home_of(here_is))


# --- a person's own ------------------------------------------------------------------------------


@bp.post("/account/second-step/passkeys/begin")
@require_fresh
def begin_passkey() -> Response:
    """Begin to make a passkey, and go on to the page that asks the device for it."""
    _site()
    mine = signed_in().user.id
    session[NEW] = services.begin_passkey(web.session(), mine, at=clock.now())
    return see_other(url_for("credentials.passkey"))


@bp.get("/account/second-step/passkey")
def passkey() -> Response:
    """Show the page that asks the device for a passkey."""
    return _new(None)


def _new(form: Form | None, *, status: int = 200) -> Response:
    options = services.options_of_new(
        web.session(), signed_in().user, session.get(NEW), site=_site(), at=clock.now()
    )
    if options is None:
        return see_other(url_for("credentials.show"))
    return page("credentials/passkey.html", status=status, form=form, new=options)


@bp.post("/account/second-step/passkeys")
@require_fresh
def make_passkey() -> Response:
    """Store the passkey that the device made; the first one comes with recovery codes."""
    mine, at, here = signed_in(), clock.now(), _site()
    form = read_form(schemas.NewPasskey())
    if not form.valid:
        return _new(form, status=422)
    means = raised(mine.session.means, Step.PASSKEY)
    made = services.make_passkey(
        web.session(),
        mine.user.id,
        session.get(NEW),
        form.data["passkey"],
        name=form.data["name"],
        site=here,
        means=means,
        at=at,
    )
    if made is None:
        flash(_("That did not work out. Begin once more."), "warn")
        return see_other(url_for("credentials.show"))
    codes = services.first_codes(
        web.session(), mine.user.id, secret=entry.settings().secret_key, at=at
    )
    token = logins.renew(web.session(), mine.session.id, means=means, at=at)
    if token is None:
        return see_other(url_for("accounts.sign_in"))
    entry.let_in(token)
    if codes:
        return show_codes(codes, "", first=True)
    flash(_("The passkey is made. You can sign in with it from now on."), "success")
    return see_other(url_for("credentials.show"))


@bp.post("/account/second-step/passkeys/<uuid:passkey>/remove")
@require_fresh
def remove_passkey(passkey: uuid.UUID) -> Response:
    """Take a passkey away; that of somebody else is not found."""
    mine = signed_in()
    services.take_passkey_away(
        web.session(), mine.user.id, passkey, means=mine.session.means, at=clock.now()
    )
    flash(_("That passkey opens nothing any more."), "success")
    return see_other(url_for("credentials.show"))
