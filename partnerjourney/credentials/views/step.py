"""The second page of signing in: a code of the app, or a recovery code."""

from __future__ import annotations

from flask import Response, flash, session, url_for
from flask_babel import gettext as _

from partnerjourney.core import border, clock
from partnerjourney.core.scopes import System
from partnerjourney.credentials import schemas, services
from partnerjourney.credentials.rules.site import site_of
from partnerjourney.credentials.services import Typed, Waiting
from partnerjourney.credentials.views.blueprint import bp
from partnerjourney.credentials.views.door import CHALLENGE, PENDING
from partnerjourney.web import entry
from partnerjourney.web import session as web
from partnerjourney.web.identity import public
from partnerjourney.web.pages import Form, page, read_form, see_other


@bp.get("/sign-in/step")
@public
def step() -> Response:
    """Show the form of the second step to whom one is asked of."""
    who = _waiting()
    return _begin_again() if who is None else _page(who, None)


def _page(who: Waiting, form: Form | None, *, status: int = 200) -> Response:
    return page("credentials/step.html", status=status, form=form, held=who.held, email=who.email)


def _waiting() -> Waiting | None:
    with border.open_session(web.engine(), System("second step")) as reading:
        return services.waiting(reading, session.get(PENDING), at=clock.now())


def _begin_again() -> Response:
    session.pop(PENDING, None)
    flash(_("That took too long or did not fit. Sign in once more."), "warn")
    return see_other(url_for("accounts.sign_in"))


@bp.post("/sign-in/step")
@public
def take_step() -> Response:
    """Let somebody in by a second step; every wrong one gets the same answer."""
    who = _waiting()
    if who is None:
        return _begin_again()
    entry.slow_down("second step", f"account {who.user_id}")
    form = read_form(schemas.StepForm())
    before = entry.who_is_here()
    token = None
    if form.valid:
        token = services.finish(
            web.engine(),
            session.get(PENDING),
            Typed(**form.data, challenge=session.get(CHALLENGE)),
            secret=entry.settings().secret_key,
            site=site_of(entry.settings().base_url),
            browser=entry.browser(),
            instead_of=before.session.id if before else None,
            at=clock.now(),
        )
    if token is not None:
        entry.start_afresh("second step", f"account {who.user_id}")
        here = entry.greet(token)
        return see_other(who.after or entry.home_of(here))
    if _waiting() is None:
        return _begin_again()
    wrong = _("That does not fit, or was used already. Try again.")
    named = next((name for name in ("recovery", "code") if form.values.get(name)), "_schema")
    if named == "_schema" and who.held.app_since and not form.values.get("passkey"):
        named = "code"
    shown = Form(errors={named: [wrong]})
    return _page(who, shown, status=422)
