"""Signing in at an organisation's own provider: there, back, and linking an account once."""

from __future__ import annotations

import hmac
import logging

from flask import Response, flash, request, session, url_for
from flask_babel import gettext as _

from partnerjourney.core import border, clock, ids, ledger, logins, signed
from partnerjourney.core.errors import NotFoundError
from partnerjourney.core.scopes import System
from partnerjourney.core.signed import LinkPurpose
from partnerjourney.credentials import queries, schemas, services
from partnerjourney.credentials.services import Onward, Provider, ProviderError, ToLink
from partnerjourney.credentials.views.blueprint import bp
from partnerjourney.credentials.views.door import PENDING
from partnerjourney.organisations import services as people
from partnerjourney.web import entry
from partnerjourney.web import session as web
from partnerjourney.web.fresh import require_fresh
from partnerjourney.web.identity import public, signed_in
from partnerjourney.web.language import locale
from partnerjourney.web.pages import Form, page, read_form, safe_next, see_other

STATE = "oidc"
LINK = "oidc_link"

log = logging.getLogger(__name__)


@bp.app_template_global("oidc_name")
def oidc_name() -> str:
    """Return how the provider is called on the button; empty where there is none."""
    found = entry.settings()
    return (found.oidc_name or _("your organisation")) if found.oidc_issuer else ""


def _provider() -> Provider:
    if not entry.settings().oidc_issuer:
        raise NotFoundError
    return services.provider_of(entry.settings())


def _failed() -> Response:
    flash(_("Signing in at %(name)s did not work out. Begin once more.", name=oidc_name()), "warn")
    return see_other(url_for("accounts.sign_in"))


@bp.post("/sign-in/oidc")
@public
def to_provider() -> Response:
    """Send a browser on to the provider: by a page, since forms of ours lead nowhere else."""
    provider = _provider()
    entry.slow_down("to the provider")
    state, after = ids.new_token(), safe_next(request.form.get("next"), "")
    try:
        begun = provider.begin(state)
    except ProviderError as error:
        log.warning("the provider: %s", error)
        return _failed()
    with ledger.writing(web.engine(), "to the provider") as store:
        services.begin_at_provider(store, begun, state, after=after, at=clock.now())
    session[STATE] = state
    return page("credentials/onward.html", address=begun.address)


@bp.get("/sign-in/oidc/return")
@public
def from_provider() -> Response:
    """Take a browser back from the provider; only with the state that this very browser got."""
    provider, at = _provider(), clock.now()
    entry.slow_down("from the provider")
    state, mine = request.args.get("state", ""), session.pop(STATE, "")
    if not mine or not hmac.compare_digest(state.encode(), mine.encode()):
        return _failed()
    stored = services.back_from_provider(web.engine(), mine, at=at)
    if stored is None or request.args.get("iss", provider.issuer) != provider.issuer:
        return _failed()
    try:
        who = provider.finish(
            request.args.get("code", ""),
            nonce=stored["nonce"],
            verifier=stored["verifier"],
            at=at,
        )
    except ProviderError as error:
        log.warning("the provider: %s", error)
        return _failed()
    onward = services.enter_from_provider(
        web.engine(),
        who,
        after=stored["after"],
        browser=entry.browser(),
        language=locale(),
        at=at,
    )
    return _go_on(onward, stored["after"])


def _go_on(onward: Onward, after: str) -> Response:
    if onward.link is not None:
        session[LINK] = onward.link
        return see_other(url_for("credentials.link"))
    if onward.step is not None:
        session[PENDING] = onward.step
        return see_other(url_for("credentials.step"))
    assert onward.login is not None
    before = entry.who_is_here()
    if before is not None:  # whoever was signed in in this browser is so no more
        with ledger.writing(web.engine(), "another signs in") as store:
            logins.end(store, before.user.id, at=clock.now(), only=before.session.id)
    here = entry.greet(onward.login)
    return see_other(after or entry.home_of(here))


@bp.post("/account/second-step/provider/unlink")
@require_fresh
def unlink() -> Response:
    """Have the provider open this account no more."""
    mine = signed_in()
    services.unlink(web.session(), mine.user.id, means=mine.session.means, at=clock.now())
    flash(_("Signing in there does not open your account any more."), "success")
    return see_other(url_for("credentials.show"))


# --- linking an account --------------------------------------------------------------------------


def _to_link() -> tuple[ToLink, bool] | None:
    with border.open_session(web.engine(), System("link to the provider")) as reading:
        found = services.to_link(reading, session.get(LINK), at=clock.now())
        return (found, queries.has_password(reading, found.user_id)) if found else None


@bp.get("/sign-in/oidc/link")
@public
def link() -> Response:
    """Ask whether the account with the same mail address is really that person's."""
    _provider()
    found = _to_link()
    return _failed() if found is None else _link_page(found, None)


def _link_page(found: tuple[ToLink, bool], form: Form | None, *, status: int = 200) -> Response:
    who, has_password = found
    return page(
        "credentials/link.html",
        status=status,
        form=form,
        email=who.email,
        has_password=has_password,
        mailed=who.mailed is not None,
    )


@bp.post("/sign-in/oidc/link")
@public
def link_by_password() -> Response:
    """Link the account by its password."""
    _provider()
    found = _to_link()
    if found is None:
        return _failed()
    who, _has_password = found
    form = read_form(schemas.LinkForm())
    if form.valid:
        entry.slow_down("sign in", f"account {who.email}")
        proof = people.check_password(web.engine(), email=who.email, password=form.data["password"])
        if proof is not None and proof.user_id == who.user_id:
            entry.start_afresh("sign in", f"account {who.email}")
            return _linked(who)
        form.errors = {"password": [_("This is not the password of that account.")]}
    return _link_page(found, form, status=422)


@bp.post("/sign-in/oidc/link/mail")
@public
def mail_link() -> Response:
    """Mail the account's person a link to say yes with."""
    _provider()
    found = _to_link()
    if found is None:
        return _failed()
    entry.slow_down("link mail", f"account {found[0].email}")
    with ledger.writing(web.engine(), "link mail") as store:
        services.mail_link(store, session.get(LINK), at=clock.now())
    return see_other(url_for("credentials.link"))


def _mailed(token: str) -> ToLink | None:
    """Return what a mail's link is about, in the browser that came from the provider alone."""
    (mailed,) = signed.read(entry.settings().secret_key, LinkPurpose.OIDC_LINK, token)
    found = _to_link()
    return found[0] if found is not None and found[0].mailed == mailed else None


@bp.get("/sign-in/oidc/confirm/<token>")
@public
def confirm_link(token: str) -> Response:
    """Show the question of a mail's link; opening it changes nothing."""
    _provider()
    try:
        who = _mailed(token)
    except NotFoundError:
        return entry.dead_link()
    return page("credentials/confirm.html", token=token, email=who.email if who else "")


@bp.post("/sign-in/oidc/confirm/<token>")
@public
def link_by_mail(token: str) -> Response:
    """Link the account by the link in its mail."""
    _provider()
    try:
        who = _mailed(token)
    except NotFoundError:
        return entry.dead_link()
    return entry.dead_link() if who is None else _linked(who)


def _linked(who: ToLink) -> Response:
    onward = services.finish_link(
        web.engine(), session.pop(LINK, None), browser=entry.browser(), at=clock.now()
    )
    if onward is None:
        return _failed()
    flash(_("From now on you sign in at %(name)s.", name=oidc_name()), "success")
    return _go_on(onward, who.after)
