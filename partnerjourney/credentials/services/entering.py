"""The second step of signing in, and being asked again: a login begins or is renewed by it.

The step, what the browser was in the middle of, and the login are one short transaction.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from partnerjourney.core import ledger, logins
from partnerjourney.core.logins import Step
from partnerjourney.core.parties import User
from partnerjourney.credentials.models import Ceremony, CeremonyKind
from partnerjourney.credentials.rules import MOST_TRIES, STEP_LASTS
from partnerjourney.credentials.rules.site import Site
from partnerjourney.credentials.services import ceremonies, steps
from partnerjourney.credentials.services.noting import Change, note, warn_of_guesses
from partnerjourney.credentials.services.passkeys import use_passkey
from partnerjourney.credentials.services.steps import Held, Typed
from partnerjourney.organisations.models import Credential


@dataclass(frozen=True)
class Waiting:
    """Somebody whose first step held, and of whom a second one is asked."""

    user_id: uuid.UUID
    email: str
    first: Step
    after: str
    held: Held


def wait_for_step(
    session: Session, user_id: uuid.UUID, *, first: Step, after: str, at: datetime
) -> str | None:
    """Return the token with which signing in goes on, or None where no second step is set up."""
    if not steps.held(session, user_id).any:
        return None
    return ceremonies.begin(
        session,
        CeremonyKind.SECOND_STEP,
        at=at,
        lasts=STEP_LASTS,
        user_id=user_id,
        data={"first": str(first), "after": after},
    )


def waiting(session: Session, token: str | None, *, at: datetime) -> Waiting | None:
    """Return who is asked for a second step in a browser; None after too long or too many tries.

    Also where the password was changed meanwhile: the first step no longer holds.
    """
    found = ceremonies.look(session, CeremonyKind.SECOND_STEP, token, at=at)
    return _waiting(session, found) if found else None


def _waiting(session: Session, found: Ceremony) -> Waiting | None:
    if found.user_id is None or found.tries >= MOST_TRIES:
        return None
    changed = session.scalar(
        select(Credential.changed_at).where(Credential.user_id == found.user_id)
    )
    first = Step(found.data["first"])
    if first is Step.PASSWORD and (changed is None or changed > found.created_at):
        return None
    user = session.get_one(User, found.user_id)
    held = steps.held(session, user.id)
    return Waiting(user.id, user.email, first, str(found.data["after"]), held)


def finish(
    engine: Engine,
    token: str | None,
    typed: Typed,
    *,
    secret: str,
    site: Site | None,
    browser: str,
    at: datetime,
    instead_of: uuid.UUID | None = None,
) -> str | None:
    """Let somebody in by a second step and return the login's token; None where it does not fit.

    `instead_of` is a login of the same browser that ends with it.
    """
    with ledger.writing(engine, "second step") as session:
        found = ceremonies.look(session, CeremonyKind.SECOND_STEP, token, at=at)
        who = _waiting(session, found) if found else None
        if found is None or who is None:
            return None
        step = steps.prove(session, who.user_id, typed, secret=secret, site=site, at=at)
        if step is None or not ceremonies.take(session, found, at=at):
            _count_try(session, found, at=at)
            return None
        means = logins.in_words(who.first, step)
        _tell(session, who.user_id, step, means, at=at)
        _end(session, instead_of, at=at)
        user = session.get_one(User, who.user_id)
        return logins.start(session, user, browser=browser, at=at, means=means)


def enter_by_passkey(
    engine: Engine,
    answer: str,
    challenge: str | None,
    *,
    site: Site,
    browser: str,
    at: datetime,
    instead_of: uuid.UUID | None = None,
) -> str | None:
    """Let somebody in by a passkey alone and return the login's token; None where it fits none."""
    with ledger.writing(engine, "passkey") as session:
        whose = use_passkey(session, answer, challenge, site=site, at=at)
        if whose is None:
            return None
        _end(session, instead_of, at=at)
        user = session.get_one(User, whose)
        return logins.start(session, user, browser=browser, at=at, means=Step.PASSKEY)


def confirm(
    engine: Engine,
    login: logins.LoginSession,
    typed: Typed,
    *,
    password_held: bool,
    secret: str,
    site: Site | None,
    at: datetime,
) -> str | None:
    """Renew a login after a further proof and return its new token; None where none fits.

    A password is proof for those alone who have no second step.
    """
    with ledger.writing(engine, "asked again") as session:
        held = steps.held(session, login.user_id)
        step = steps.prove(session, login.user_id, typed, secret=secret, site=site, at=at)
        if step is None and not held.any and password_held:
            step = Step.PASSWORD
        if step is None:
            return None
        means = raised(login.means, step)
        _tell(session, login.user_id, step, means, at=at)
        return logins.renew(session, login.id, means=means, at=at)


def raised(means: str, step: Step) -> str:
    """Return how somebody is signed in after a further step: 'password' → 'password+code'."""
    if step is Step.PASSWORD or logins.strong(means):
        return means
    return logins.in_words(Step(means), step)


def _count_try(session: Session, found: Ceremony, *, at: datetime) -> None:
    if found.user_id is not None and found.tries + 1 >= MOST_TRIES:
        warn_of_guesses(session, found.user_id, at=at)
    session.execute(
        update(Ceremony)
        .where(Ceremony.token_hash == found.token_hash)
        .values(tries=Ceremony.tries + 1)
        .execution_options(synchronize_session=False)
    )


def _tell(session: Session, user_id: uuid.UUID, step: Step, means: str, *, at: datetime) -> None:
    if step is Step.RECOVERY:
        note(session, user_id, Change.RECOVERY_USED, at=at, means=means)


def _end(session: Session, login: uuid.UUID | None, *, at: datetime) -> None:
    if login is None:
        return
    ended: Any = update(logins.LoginSession).where(logins.LoginSession.id == login)
    session.execute(ended.values(ended_at=at).execution_options(synchronize_session=False))
