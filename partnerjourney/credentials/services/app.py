"""The app with codes: set up and switched on by its first code; and recovery codes."""

from __future__ import annotations

import uuid
from datetime import datetime

import pyotp
from sqlalchemy import delete
from sqlalchemy.orm import Session

from partnerjourney.core import sealing
from partnerjourney.core.errors import ConflictError
from partnerjourney.core.sealing import BrokenSealError
from partnerjourney.credentials.models import (
    AuthenticatorApp,
    Ceremony,
    CeremonyKind,
    RecoveryCode,
)
from partnerjourney.credentials.rules import SETUP_LASTS, codes
from partnerjourney.credentials.services import ceremonies, steps
from partnerjourney.credentials.services.noting import Change, note

ISSUER = "PartnerJourney"


def begin_app(session: Session, user_id: uuid.UUID, *, secret: str, at: datetime) -> str:
    """Make a new secret and return the token with which its setting up goes on."""
    sealed = sealing.seal(secret, steps.APP_SECRET, pyotp.random_base32(), about=user_id.bytes)
    return ceremonies.begin(
        session,
        CeremonyKind.APP_SETUP,
        at=at,
        lasts=SETUP_LASTS,
        user_id=user_id,
        data={"sealed": sealed},
    )


def app_in_setup(
    session: Session, user_id: uuid.UUID, token: str | None, *, secret: str, at: datetime
) -> tuple[Ceremony, str] | None:
    """Return what a person is setting up and its secret, or None where that ended."""
    found = ceremonies.look(session, CeremonyKind.APP_SETUP, token, at=at)
    if found is None or found.user_id != user_id:
        return None
    try:
        return found, steps.open_secret(found.data["sealed"], user_id, secret=secret)
    except BrokenSealError:
        return None


def app_address(app_secret: str, email: str) -> str:
    """Return what the square picture says: an address otpauth://totp/."""
    return pyotp.TOTP(app_secret).provisioning_uri(name=email, issuer_name=ISSUER)


def switch_app_on(
    session: Session,
    user_id: uuid.UUID,
    token: str | None,
    typed: str,
    *,
    secret: str,
    means: str,
    at: datetime,
) -> list[str] | None:
    """Switch the app on by its first code, which is used by that; None where it does not fit.

    Returns the recovery codes, where the person had none: told once, stored as an HMAC.
    """
    found = app_in_setup(session, user_id, token, secret=secret, at=at)
    code = codes.clean_code(typed)
    step = steps.fitting_step(found[1], code, at=at) if found and code else None
    if found is None or step is None or not ceremonies.take(session, found[0], at=at):
        return None
    app = session.get(AuthenticatorApp, user_id, with_for_update=True)
    if app is None:
        app = AuthenticatorApp(user_id=user_id)
        session.add(app)
    app.sealed_secret, app.since, app.last_step = found[0].data["sealed"], at, step
    session.flush()
    note(session, user_id, Change.APP_ON, at=at, means=means)
    return first_codes(session, user_id, secret=secret, at=at)


def renew_codes(
    session: Session, user_id: uuid.UUID, *, secret: str, means: str, at: datetime
) -> list[str]:
    """Replace all recovery codes; raises ConflictError for somebody without a second step."""
    if not steps.held(session, user_id).any:
        raise ConflictError("there is no second step to recover")
    made = _new_codes(session, user_id, secret=secret, at=at)
    note(session, user_id, Change.CODES_NEW, at=at, means=means)
    return made


def first_codes(session: Session, user_id: uuid.UUID, *, secret: str, at: datetime) -> list[str]:
    """Return new recovery codes for somebody who has none left, else nothing."""
    if steps.held(session, user_id).recovery_left:
        return []
    return _new_codes(session, user_id, secret=secret, at=at)


def _new_codes(session: Session, user_id: uuid.UUID, *, secret: str, at: datetime) -> list[str]:
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    made = [codes.new_recovery_code() for _ in range(codes.RECOVERY_CODES)]
    for code in made:
        mac = steps.recovery_mac(code, user_id, secret=secret)
        session.add(RecoveryCode(user_id=user_id, code_mac=mac, created_at=at))
    session.flush()
    return [codes.in_groups(code) for code in made]
