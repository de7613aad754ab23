"""Where more is asked: after the first step of signing in, before what binds, by an organisation.

The page that asks again stands at the address of the form that was sent, holds all that was typed,
and sends it there once more together with the proof.
"""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import datetime

from flask import Response, abort, g, request, session, url_for
from flask.blueprints import BlueprintSetupState
from flask_babel import gettext as _

from partnerjourney.core import border, clock
from partnerjourney.core.errors import TooManyAttemptsError
from partnerjourney.core.logins import Step
from partnerjourney.core.parties import Organisation
from partnerjourney.core.scopes import Member, System
from partnerjourney.credentials import queries, services
from partnerjourney.credentials.rules.site import site_of
from partnerjourney.credentials.services import Held, Typed
from partnerjourney.credentials.views.blueprint import bp
from partnerjourney.organisations import services as people
from partnerjourney.web import entry
from partnerjourney.web import session as web
from partnerjourney.web.door import PROOF, Door
from partnerjourney.web.identity import signed_in
from partnerjourney.web.moments import full_day
from partnerjourney.web.pages import Form, page, see_other
from partnerjourney.web.session import SAFE

PENDING = "pending"
CHALLENGE = "challenge"


@bp.record
def _hang(state: BlueprintSetupState) -> None:
    state.app.extensions["door"] = Door(pause, ask_again, missing)


def pause(user_id: uuid.UUID, first: Step, after: str) -> Response | None:
    """Send somebody on to the second step, or return None where none is set up."""
    token = services.wait_for_step(web.session(), user_id, first=first, after=after, at=clock.now())
    if token is None:
        return None
    session[PENDING] = token
    return see_other(url_for("credentials.step"))


# --- asked again ---------------------------------------------------------------------------------


def ask_again() -> Response | None:
    """Return the page that asks, or None once the proof that came with the form fits."""
    form = Form()
    proof = {name: value for name, value in request.form.items() if name.startswith(PROOF)}
    given = {name.removeprefix(PROOF): value for name, value in proof.items()}
    status = 403
    if any(given.values()):
        try:
            if _confirmed(given):
                return None
            form.errors = {"_schema": [_("That does not fit, or was used already. Try again.")]}
            status = 422
        except TooManyAttemptsError as error:
            minutes = max(1, error.retry_after // 60)
            form.errors = {"_schema": [_("Too many tries. Wait %(n)s minutes.", n=minutes)]}
            status = 429
    mine = signed_in().user
    with border.open_session(web.engine(), System("asked again")) as reading:
        held = services.held(reading, mine.id)
        has_password = queries.has_password(reading, mine.id)
    return _form("again", form, status, held=held, has_password=has_password)


def _confirmed(given: dict[str, str]) -> bool:
    """Say whether a proof fits; the login is renewed by it."""
    mine = signed_in()
    entry.slow_down("asked again", f"person {mine.user.id}")
    password = given.get("password", "")
    proof = None
    if password:
        proof = people.check_password(web.engine(), email=mine.user.email, password=password)
    token = services.confirm(
        web.engine(),
        mine.session,
        Typed(
            given.get("code", ""),
            given.get("recovery", ""),
            given.get("passkey", ""),
            session.get(CHALLENGE),
        ),
        password_held=proof is not None,
        secret=entry.settings().secret_key,
        site=site_of(entry.settings().base_url),
        at=clock.now(),
    )
    if token is None:
        return False
    entry.start_afresh("asked again", f"person {mine.user.id}")
    means = entry.greet(token, renewed=True).session.means
    if isinstance(g.scope, Member):
        g.scope = replace(g.scope, means=means)
    return True


def _typed() -> list[tuple[str, str]]:
    return [pair for pair in request.form.items(multi=True) if not pair[0].startswith(PROOF)]


def _form(
    why: str,
    form: Form,
    status: int,
    *,
    held: Held | None = None,
    has_password: bool = False,
    organisation: Organisation | None = None,
    day: str = "",
) -> Response:
    answer = page(
        "credentials/again.html",
        status=status,
        why=why,
        form=form,
        here=request.full_path.rstrip("?"),
        typed=_typed(),
        kept=any(value for name, value in _typed() if name != "next"),
        files=any(file.filename for file in request.files.values()),
        held=held,
        has_password=has_password,
        organisation=organisation,
        day=day,
    )
    if request.headers.get("HX-Request"):  # the question takes the whole window, not a fragment
        answer.headers["HX-Retarget"] = "body"
        answer.headers["HX-Reswap"] = "outerHTML"
    return answer


# --- an organisation insists ---------------------------------------------------------------------


def missing(organisation: Organisation, since: datetime) -> Response:
    """Send a member on to set up what the organisation asks; a form that was sent is kept."""
    there = request.full_path.rstrip("?")
    setting_up = url_for("credentials.show", next=there)
    if request.method in SAFE:
        if not request.headers.get("HX-Request"):
            return see_other(setting_up)
        answer = Response(status=403)
        answer.headers["HX-Redirect"] = setting_up
        return answer
    if request.method != "POST":
        abort(403)
    return _form("missing", Form(), 403, organisation=organisation, day=full_day(since.date()))
