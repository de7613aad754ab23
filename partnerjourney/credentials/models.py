"""AuthenticatorApp, RecoveryCode, Ceremony: what is stored so that a second step can be asked."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from partnerjourney.core.db import Base, RandomId, Sealed, choice


class CeremonyKind(StrEnum):
    """What a browser is in the middle of; a token of one kind goes on with no other."""

    SECOND_STEP = "second_step"
    APP_SETUP = "app_setup"


class AuthenticatorApp(Sealed, Base):
    """The app that shows a person's codes. The secret is sealed; a step is used once, upwards."""

    __tablename__ = "authenticator_app"
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    sealed_secret: Mapped[str] = mapped_column(String(200))
    since: Mapped[datetime]
    last_step: Mapped[int | None] = mapped_column(BigInteger)


class RecoveryCode(Sealed, Base):
    """One code on paper, as an HMAC under a key that is not in the database; used once."""

    __tablename__ = "recovery_code"
    id: Mapped[RandomId]
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    code_mac: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class Ceremony(Sealed, Base):
    """What one browser is in the middle of: expires, and is finished once."""

    __tablename__ = "ceremony"
    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[CeremonyKind] = mapped_column(choice(CeremonyKind))
    user_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"), index=True)
    data: Mapped[dict[str, Any]]
    tries: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
