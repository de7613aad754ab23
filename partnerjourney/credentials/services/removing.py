"""Taken away: an app, a passkey, or by an operator all that a person has lost.

Recovery codes go with the last thing that they stand in for.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from partnerjourney.core.errors import NotFoundError
from partnerjourney.credentials.models import AuthenticatorApp, Passkey, RecoveryCode
from partnerjourney.credentials.services import ceremonies, steps
from partnerjourney.credentials.services.noting import Change, note


def switch_app_off(session: Session, user_id: uuid.UUID, *, means: str, at: datetime) -> None:
    """Take the app away."""
    session.execute(delete(AuthenticatorApp).where(AuthenticatorApp.user_id == user_id))
    _forget_codes_of_nothing(session, user_id)
    note(session, user_id, Change.APP_OFF, at=at, means=means)


def take_passkey_away(
    session: Session, user_id: uuid.UUID, passkey_id: uuid.UUID, *, means: str, at: datetime
) -> None:
    """Delete a person's own passkey; raises NotFoundError."""
    mine = (Passkey.id == passkey_id) & (Passkey.user_id == user_id)
    gone: Any = session.execute(delete(Passkey).where(mine))
    if gone.rowcount != 1:
        raise NotFoundError
    _forget_codes_of_nothing(session, user_id)
    note(session, user_id, Change.PASSKEY_GONE, at=at, means=means)


def reset(session: Session, user_id: uuid.UUID, *, at: datetime) -> bool:
    """Take everything away with which a second step is taken; False where there was nothing.

    For an operator, after somebody lost it all; the person is told by mail.
    """
    if not steps.held(session, user_id).any:
        return False
    session.execute(delete(AuthenticatorApp).where(AuthenticatorApp.user_id == user_id))
    session.execute(delete(Passkey).where(Passkey.user_id == user_id))
    _forget_codes_of_nothing(session, user_id)
    ceremonies.end_all(session, user_id, at=at)
    note(session, user_id, Change.RESET, at=at)
    return True


def _forget_codes_of_nothing(session: Session, user_id: uuid.UUID) -> None:
    """Delete recovery codes where no second step is left."""
    session.flush()
    if not steps.held(session, user_id).any:
        session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
