"""A person's own second step: switched on with a code, off, and its recovery codes renewed."""

from __future__ import annotations

from flask import Response, flash, request, session, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from partnerjourney.core import clock, logins
from partnerjourney.core.logins import Step, strong
from partnerjourney.credentials import schemas, services
from partnerjourney.credentials.rules.codes import in_groups
from partnerjourney.credentials.services.entering import raised
from partnerjourney.credentials.views.blueprint import bp
from partnerjourney.web import entry
from partnerjourney.web import session as web
from partnerjourney.web.door import door
from partnerjourney.web.fresh import require_fresh
from partnerjourney.web.identity import signed_in
from partnerjourney.web.moments import exact, full_day
from partnerjourney.web.pages import Form, page, read_form, safe_next, see_other

SETUP = "app_setup"
AFTER = "after_setup"


@bp.app_template_global("has_second_step")
def has_second_step() -> bool:
    """Say on the account page whether who is signed in has set one up."""
    return services.held(web.session(), signed_in().user.id).any


@bp.get("/account/second-step")
def show() -> Response:
    """Show what a person has set up."""
    mine = signed_in()
    held = services.held(web.session(), mine.user.id)
    insists = [o.name for _m, o in mine.memberships if o.id in mine.rules]
    after = safe_next(request.args.get("next"), "")
    issuer = entry.settings().oidc_issuer
    linked = services.linked_since(web.session(), mine.user.id, issuer) if issuer else None
    return page(
        "credentials/show.html",
        held=held,
        linked=full_day(linked.date()) if linked else "",
        passkeys=[
            {
                "id": one.id,
                "name": one.name,
                "synced": one.synced,
                "made": full_day(one.made_at.date()),
                "used": full_day(one.used_at.date()) if one.used_at else "",
            }
            for one in services.passkeys_of(web.session(), mine.user.id)
        ],
        since=full_day(held.app_since.date()) if held.app_since else "",
        insists=insists,
        strong=strong(mine.session.means),
        after=after,
    )


def _back() -> Response:
    return see_other(url_for("credentials.show"))


@bp.post("/account/second-step/raise")
def raise_level() -> Response:
    """Take the second step in a browser that signed in without one, and go on."""
    after = safe_next(request.form.get("next"), url_for("credentials.show"))
    if not strong(signed_in().session.means):
        asked = door().ask_again()
        if asked is not None:
            return asked
    return see_other(after)


@bp.post("/account/second-step/app")
@require_fresh
def begin_app() -> Response:
    """Make a secret and go on to the page that shows it."""
    session[SETUP] = services.begin_app(
        web.session(),
        signed_in().user.id,
        secret=entry.settings().secret_key,
        at=clock.now(),
    )
    session[AFTER] = safe_next(request.form.get("next"), "")
    return see_other(url_for("credentials.app"))


@bp.get("/account/second-step/app")
def app() -> Response:
    """Show the square picture and the secret while the app is set up."""
    return _app(None)


def _app(form: Form | None, *, status: int = 200) -> Response:
    mine = signed_in().user
    found = services.app_in_setup(
        web.session(),
        mine.id,
        session.get(SETUP),
        secret=entry.settings().secret_key,
        at=clock.now(),
    )
    if found is None:
        return _back()
    import segno  # for this page alone

    address = services.app_address(found[1], mine.email)
    picture = segno.make(address, error="m", micro=False).svg_inline(
        border=2, dark="#101b27", light="#ffffff", omitsize=True, svgclass="qr", lineclass=None
    )
    return page(
        "credentials/app.html",
        status=status,
        form=form,
        picture=Markup(picture),  # noqa: S704 - segno's own, of digits and letters
        words=in_groups(found[1].lower()).replace("-", " "),
        address=address,
    )


@bp.post("/account/second-step/app/confirm")
@require_fresh
def confirm_app() -> Response:
    """Switch the app on by its first code, and show the recovery codes, once."""
    mine = signed_in()
    entry.slow_down("first code", f"person {mine.user.id}")
    form, at = read_form(schemas.FirstCode()), clock.now()
    means = raised(mine.session.means, Step.CODE)
    made = None
    if form.valid:
        made = services.switch_app_on(
            web.session(),
            mine.user.id,
            session.get(SETUP),
            form.data["code"],
            secret=entry.settings().secret_key,
            means=means,
            at=at,
        )
        if made is None:
            form.errors = {
                "code": [_("This code does not fit. Take the one that the app shows now.")]
            }
    if made is None:
        return _app(form, status=422)
    after = session.get(AFTER, "")
    token = logins.renew(web.session(), mine.session.id, means=means, at=at)
    if token is None:  # signed out from another browser in this very moment
        return see_other(url_for("accounts.sign_in"))
    entry.let_in(token)
    if not made:
        flash(_("Your new app is set up; the old one does nothing any more."), "success")
        return see_other(after or url_for("credentials.show"))
    return show_codes(made, after, first=True)


def show_codes(made: list[str], after: str, *, first: bool) -> Response:
    """Show recovery codes in the answer to the form itself: they can never be shown again."""
    return page(
        "credentials/codes.html",
        codes=made,
        first=first,
        after=after or url_for("credentials.show"),
        day=exact(clock.now(), "Europe/Amsterdam"),
    )


@bp.post("/account/second-step/app/off")
@require_fresh
def switch_app_off() -> Response:
    """Take the app away."""
    mine = signed_in()
    services.switch_app_off(web.session(), mine.user.id, means=mine.session.means, at=clock.now())
    flash(_("The app is off. Signing in takes your password alone."), "success")
    return _back()


@bp.post("/account/second-step/codes")
@require_fresh
def renew_codes() -> Response:
    """Make new recovery codes; the old ones do nothing any more."""
    mine = signed_in()
    made = services.renew_codes(
        web.session(),
        mine.user.id,
        secret=entry.settings().secret_key,
        means=mine.session.means,
        at=clock.now(),
    )
    return show_codes(made, "", first=False)
