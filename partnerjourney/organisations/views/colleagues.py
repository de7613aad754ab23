"""An invitation to become a member, by its link: it names the organisation before a click."""

from __future__ import annotations

from flask import Response, flash, g, request
from flask_babel import gettext as _

from partnerjourney.core import border, clock, passwords
from partnerjourney.core.errors import ConflictError, NotFoundError
from partnerjourney.core.logins import SignedIn
from partnerjourney.core.scopes import System
from partnerjourney.organisations import schemas, services
from partnerjourney.organisations.views.accounts import bp
from partnerjourney.organisations.views.organisations import roles
from partnerjourney.web import entry
from partnerjourney.web import session as web
from partnerjourney.web.identity import public
from partnerjourney.web.pages import Form, page, read_form, see_other

SCOPE = System("an invitation to a colleague")


@bp.get("/colleague/<token>")
@public
def colleague(token: str) -> Response:
    """Show an invitation; opening it changes nothing."""
    return _page(token, entry.who_is_here())


def _page(
    token: str, who: SignedIn | None, *, form: Form | None = None, status: int = 200
) -> Response:
    """Show what the reader can do: accept, sign in first, make an account, or change person."""
    with border.open_session(web.engine(), SCOPE) as reading:
        try:
            invitation, organisation = services.open_member_invitation(
                reading, token, secret=entry.settings().secret_key, at=clock.now()
            )
        except NotFoundError:
            return entry.dead_link()
        known = services.find_user(reading, invitation.email) is not None
        inviter = services.sender(reading, invitation)
    if request.args.get("lang") is None and request.cookies.get("lang") is None:
        g.language = who.user.language if who else invitation.language
    if who is not None:
        state = "mine" if who.user.email == invitation.email else "other"
    else:
        state = "known" if known else "new"
    return page(
        "accounts/colleague.html",
        status=status,
        state=state,
        invitation=invitation,
        organisation=organisation,
        inviter=inviter.name if inviter else None,
        role=roles()[invitation.role],
        who=who.user if who else None,
        form=form or Form(values={"name": invitation.name}),
        token=token,
    )


@bp.post("/colleague/<token>")
@public
def accept_colleague(token: str) -> Response:
    """Accept an invitation: signed in with its address, or with an account made here."""
    entry.slow_down("invitation")
    who = entry.who_is_here()
    if who is None:
        return _accept_new(token)
    web.enter(SCOPE)
    try:
        _user, organisation = services.accept_member_invitation(
            web.session(),
            token,
            secret=entry.settings().secret_key,
            who=who.user.id,
            at=clock.now(),
        )
    except NotFoundError:
        return entry.dead_link()
    flash(_("Welcome. You now act for %(name)s too.", name=organisation.name), "success")
    return see_other(f"/o/{organisation.slug}/")


def _accept_new(token: str) -> Response:
    secret, at = entry.settings().secret_key, clock.now()
    try:
        with border.open_session(web.engine(), SCOPE) as reading:
            invitation, _organisation = services.open_member_invitation(
                reading, token, secret=secret, at=at
            )
        form = read_form(schemas.NewAccount(invitation.email))
        if not form.valid:
            return _page(token, None, form=form, status=422)
        hashed = passwords.hash_password(form.data["password"])
        language = g.get("language") or invitation.language
        newcomer = services.Newcomer(form.data["name"], hashed, language)
        web.enter(SCOPE)
        user, organisation = services.accept_member_invitation(
            web.session(), token, secret=secret, who=newcomer, at=at
        )
    except NotFoundError:
        return entry.dead_link()
    except ConflictError:  # the address got an account meanwhile: the page says to sign in
        web.close()
        return _page(token, None, status=409)
    entry.let_in(services.first_login(web.session(), user, browser=entry.browser(), at=at))
    flash(_("Welcome to %(name)s.", name=organisation.name), "success")
    return see_other(f"/o/{organisation.slug}/")
