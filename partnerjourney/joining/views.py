"""The invitation by its link, and the welcome of who has joined."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, g, request, url_for
from flask_babel import gettext as _

from partnerjourney.confirming import queries as confirming
from partnerjourney.confirming import words
from partnerjourney.core import border, clock, passwords
from partnerjourney.core.errors import ConflictError, NotFoundError
from partnerjourney.core.logins import SignedIn
from partnerjourney.core.parties import Role
from partnerjourney.core.scopes import System
from partnerjourney.handovers.words import time_limit
from partnerjourney.joining import queries, schemas
from partnerjourney.journeys import services as journeys
from partnerjourney.journeys.services import Place
from partnerjourney.organisations import services
from partnerjourney.organisations.queries import organisation_by_slug
from partnerjourney.organisations.services import Accepted, Newcomer
from partnerjourney.web import entry, moments
from partnerjourney.web import session as web
from partnerjourney.web.identity import public
from partnerjourney.web.pages import Form, page, read_form, see_other

bp = Blueprint("joining", __name__)


bp.add_app_template_global(time_limit, "time_limit_words")

SCOPE = System("an invitation to a party")


def _now() -> dict[str, Any]:
    """Return what every verb on a link needs: the installation's secret, and the moment."""
    return {"secret": entry.settings().secret_key, "at": clock.now()}


def _page(
    token: str,
    who: SignedIn | None,
    *,
    form: Form | None = None,
    part: str = "",
    status: int = 200,
) -> Response:
    """Show what the coordinator wrote, and how the reader can answer; opening changes nothing."""
    with border.open_session(web.engine(), SCOPE) as reading:
        try:
            found = services.open_invitation(reading, token, **_now())
        except NotFoundError:
            return entry.dead_link()
        lanes = queries.lanes(reading, found.journey.id)
        written = queries.written(reading, found.journey.id, lanes, {found.party.id})
    if request.args.get("lang") is None and request.cookies.get("lang") is None:
        g.language = who.user.language if who else found.invitation.language
    acts_for = [o for m, o in who.memberships if m.role is not Role.VIEWER] if who else []
    return page(
        "joining/invitation.html",
        status=status,
        token=token,
        found=found,
        written=written,
        who=who.user if who else None,
        acts_for=acts_for,
        form=form or Form(values={"name": found.invitation.name}),
        part=part,
    )


@bp.get("/invitation/<token>")
@public
def invitation(token: str) -> Response:
    """Show an invitation."""
    return _page(token, entry.who_is_here())


def _newcomer(token: str, form: Form) -> Newcomer:
    hashed = passwords.hash_password(form.data["password"])
    return Newcomer(form.data["name"], hashed, str(g.get("language") or "nl"))


def _personal(token: str) -> str:
    """The invited address: not to be taken as a password, and proof that the link is alive."""
    with border.open_session(web.engine(), SCOPE) as reading:
        found = services.open_invitation(reading, token, **_now())
        g.language = g.get("language") or found.invitation.language
        return found.invitation.email


def _has_account(token: str) -> bool:
    with border.open_session(web.engine(), SCOPE) as reading:
        return services.open_invitation(reading, token, **_now()).has_account


def _answer(token: str, who: SignedIn | None, act: Callable[[], Response], part: str) -> Response:
    """Carry out an answer; a dead link and a party that is taken meanwhile are calm pages."""
    try:
        return act()
    except NotFoundError:
        return entry.dead_link()
    except ConflictError:
        web.close()
        form = Form(errors={"_schema": [_("This is no longer possible: it was answered already.")]})
        return _page(token, who, form=form, part=part, status=409)


@bp.post("/invitation/<token>/join")
@public
def join(token: str) -> Response:
    """Make an account and an organisation, and fill the party."""
    entry.slow_down("invitation")

    def act() -> Response:
        form = read_form(schemas.JoinForm(_personal(token)))
        if not form.valid:
            return _page(token, None, form=form, part="join", status=422)
        newcomer = _newcomer(token, form)
        web.enter(SCOPE)
        accepted = services.accept_with_new_account(
            web.session(),
            token,
            organisation_name=form.data["organisation_name"],
            newcomer=newcomer,
            **_now(),
        )
        _let_in(accepted)
        return _welcome(accepted)

    return _answer(token, None, act, "join")


def _let_in(accepted: Accepted) -> None:
    login = services.first_login(
        web.session(), accepted.user, browser=entry.browser(), at=clock.now()
    )
    entry.let_in(login)


def _welcome(accepted: Accepted) -> Response:
    return see_other(
        url_for(
            ".welcome",
            organisation=accepted.organisation.slug,
            journey_id=accepted.participation.journey_id,
        )
    )


@bp.post("/invitation/<token>/accept")
@public
def accept(token: str) -> Response:
    """Fill the party with an organisation for which the reader acts."""
    entry.slow_down("invitation")
    who = entry.who_is_here()
    if who is None:
        return see_other(url_for("accounts.sign_in", next=url_for(".invitation", token=token)))
    form = read_form(schemas.AcceptForm())
    if not form.valid:
        return _page(token, who, form=form, part="accept", status=422)

    def act() -> Response:
        web.enter(SCOPE)
        accepted = services.accept_as_member(
            web.session(),
            token,
            user_id=who.user.id,
            organisation_id=form.data["organisation_id"],
            **_now(),
        )
        return _welcome(accepted)

    return _answer(token, who, act, "accept")


@bp.post("/invitation/<token>/ask")
@public
def ask(token: str) -> Response:
    """Ask an organisation that exists to take the reader in; one of its admins decides."""
    entry.slow_down("invitation")
    who = entry.who_is_here()

    def act() -> Response:
        if who is None and _has_account(token):
            return see_other(url_for("accounts.sign_in", next=url_for(".invitation", token=token)))
        schema = schemas.AskForm() if who else schemas.AskNewForm(_personal(token))
        form = read_form(schema)
        person: UUID | Newcomer | None = who.user.id if who else None
        if form.valid and who is None:
            person = _newcomer(token, form)  # hashed before the transaction opens
        web.enter(SCOPE)
        there = organisation_by_slug(web.session(), form.data.get("slug", "").lower())
        if form.valid and there is None:
            form.errors["slug"] = [_("There is no organisation with this address name.")]
        if not form.valid or there is None or person is None:
            web.close()
            return _page(token, who, form=form, part="ask", status=422)
        _user, _request = services.ask_to_join(
            web.session(),
            token,
            organisation_id=there.id,
            who=person,
            **_now(),
        )
        return page("joining/asked.html", organisation=there)

    return _answer(token, who, act, "ask")


@bp.post("/invitation/<token>/decline")
@public
def decline(token: str) -> Response:
    """Say no, with a reason for the coordinator."""
    entry.slow_down("invitation")
    who = entry.who_is_here()
    form = read_form(schemas.DeclineForm())
    if not form.valid:
        return _page(token, who, form=form, part="decline", status=422)

    def act() -> Response:
        web.enter(SCOPE)
        found = services.decline(
            web.session(),
            token,
            reason=form.data["reason"],
            **_now(),
        )
        return page("joining/declined.html", organisation=found.organisation)

    return _answer(token, who, act, "decline")


# --- who has joined ------------------------------------------------------------------------------


@bp.get("/o/<organisation>/journeys/<uuid:journey_id>/welcome")
def welcome(journey_id: UUID) -> Response:
    """Show what stood provisionally, to confirm or correct."""
    place = journeys.find(web.session(), web.member(), journey_id)
    mine = {party.id for party in place.mine}
    return page(
        "joining/welcome.html",
        place=place,
        written=queries.written(web.session(), place.id, place.parties, mine),
        waiting=journeys.unconfirmed(web.session(), web.member(), place),
        said=_said_by_mail(place, mine),
    )


def _said_by_mail(place: Place, mine: set[UUID]) -> dict[UUID, tuple[str, str, str]]:
    """Card or hand-over → the chip that tells what somebody answered for the party by mail."""
    zone = place.journey.time_zone
    found = {}
    for row in confirming.asked(web.session(), place.id, mine):
        if row.outcome is not None and row.answered_at is not None:
            kind, _text, icon = words.chip(row.outcome)
            text = words.by_mail(row.outcome, row.name, row.answered_at, zone, moments.near_day)
            found[confirming.thing_of(row)] = (kind, text, icon)
    return found


@bp.post("/o/<organisation>/journeys/<uuid:journey_id>/welcome/<uuid:party_id>")
def confirm(journey_id: UUID, party_id: UUID) -> Response:
    """Confirm a party: from now on its own organisation owns its cards."""
    place = journeys.find(web.session(), web.member(), journey_id, lock=True)
    party = place.parties.get(party_id)
    if party is None:
        raise NotFoundError
    journeys.confirm_party(web.session(), web.member(), place, party, at=clock.now())
    flash(_("Confirmed. From now on this is yours to keep up to date."), "success")
    return see_other(url_for("maps.show", journey_id=place.id))
