"""Whether a second step fits: the one place that says so, and uses it up in the same breath.

Called in a ledger's session (core/ledger.py): what was used stays used whatever becomes of the
request, so that a code that was seen, or sent twice, opens nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyotp
from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from partnerjourney.core import sealing
from partnerjourney.core.logins import Step
from partnerjourney.core.sealing import BrokenSealError
from partnerjourney.credentials.models import AuthenticatorApp, Passkey, RecoveryCode
from partnerjourney.credentials.rules import codes
from partnerjourney.credentials.rules.site import Site
from partnerjourney.credentials.services.passkeys import use_passkey

APP_SECRET = "the secret of an authenticator app"  # noqa: S105 - a name, not a secret
RECOVERY = "recovery codes"


@dataclass(frozen=True)
class Typed:
    """What somebody proves itself with; empty is not given."""

    code: str = ""
    recovery: str = ""
    passkey: str = ""
    challenge: str | None = None
    """The token of the challenge that this browser's passkey answers."""


@dataclass(frozen=True)
class Held:
    """What a person can take a second step with."""

    app_since: datetime | None = None
    recovery_left: int = 0
    passkeys: int = 0

    @property
    def any(self) -> bool:
        """Whether a second step is asked of this person."""
        return self.app_since is not None or self.passkeys > 0


def held(session: Session, user_id: uuid.UUID) -> Held:
    """Return what a person has set up, in one statement."""
    count = select(func.count())
    unused = (RecoveryCode.user_id == user_id) & RecoveryCode.used_at.is_(None)
    left = count.select_from(RecoveryCode).where(unused).scalar_subquery()
    keys = count.select_from(Passkey).where(Passkey.user_id == user_id).scalar_subquery()
    mine = AuthenticatorApp.user_id == user_id
    since = select(AuthenticatorApp.since).where(mine).scalar_subquery()
    return Held(*session.execute(select(since, left, keys)).one())


def prove(
    session: Session,
    user_id: uuid.UUID,
    typed: Typed,
    *,
    secret: str,
    site: Site | None,
    at: datetime,
) -> Step | None:
    """Return which step fitted, now used up, or None."""
    if typed.passkey and site is not None:
        whose = use_passkey(session, typed.passkey, typed.challenge, site=site, at=at)
        if whose == user_id:
            return Step.PASSKEY
    if typed.code and use_code(session, user_id, typed.code, secret=secret, at=at):
        return Step.CODE
    if typed.recovery and use_recovery(session, user_id, typed.recovery, secret=secret, at=at):
        return Step.RECOVERY
    return None


def use_code(
    session: Session, user_id: uuid.UUID, typed: str, *, secret: str, at: datetime
) -> bool:
    """Say whether a code of the app fits and no such step, or a later one, was used before."""
    code, app = codes.clean_code(typed), session.get(AuthenticatorApp, user_id)
    if code is None or app is None:
        return False
    try:
        opened = open_secret(app.sealed_secret, user_id, secret=secret)
    except BrokenSealError:
        return False
    step = fitting_step(opened, code, at=at)
    if step is None:
        return False
    unused = or_(AuthenticatorApp.last_step.is_(None), AuthenticatorApp.last_step < step)
    used: Any = session.execute(
        update(AuthenticatorApp)
        .where(AuthenticatorApp.user_id == user_id, unused)
        .values(last_step=step)
        .execution_options(synchronize_session=False)
    )
    return bool(used.rowcount == 1)


def fitting_step(app_secret: str, code: str, *, at: datetime) -> int | None:
    """Return the time step whose code this is, or None."""
    totp = pyotp.TOTP(app_secret, interval=codes.STEP_SECONDS)
    fits = [
        step
        for step in codes.steps_around(at)
        if hmac.compare_digest(totp.generate_otp(step), code)
    ]
    return fits[-1] if fits else None


def use_recovery(
    session: Session, user_id: uuid.UUID, typed: str, *, secret: str, at: datetime
) -> bool:
    """Say whether a recovery code fits that was not used; it is now."""
    code = codes.clean_recovery(typed)
    if code is None:
        return False
    used: Any = session.execute(
        update(RecoveryCode)
        .where(
            RecoveryCode.user_id == user_id,
            RecoveryCode.code_mac == recovery_mac(code, user_id, secret=secret),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=at)
        .execution_options(synchronize_session=False)
    )
    return bool(used.rowcount == 1)


def recovery_mac(code: str, user_id: uuid.UUID, *, secret: str) -> str:
    """Return what is stored of a recovery code."""
    key = sealing.derive(secret, RECOVERY)
    return hmac.new(key, user_id.bytes + code.encode(), hashlib.sha256).hexdigest()


def open_secret(sealed: str, user_id: uuid.UUID, *, secret: str) -> str:
    """Return the secret of an app; raises BrokenSealError, e.g. after another `secret_key`."""
    return sealing.unseal(secret, APP_SECRET, sealed, about=user_id.bytes)
