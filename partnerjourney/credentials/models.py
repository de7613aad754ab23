"""AuthenticatorApp, Passkey, RecoveryCode, OidcIdentity, Ceremony: how people prove themselves."""

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
    OIDC = "oidc"
    OIDC_LINK = "oidc_link"
    PASSKEY = "passkey"
    PASSKEY_NEW = "passkey_new"


class AuthenticatorApp(Sealed, Base):
    """The app that shows a person's codes. The secret is sealed; a step is used once, upwards."""

    __tablename__ = "authenticator_app"
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    sealed_secret: Mapped[str] = mapped_column(String(200))
    since: Mapped[datetime]
    last_step: Mapped[int | None] = mapped_column(BigInteger)


class Passkey(Sealed, Base):
    """A key that a device of a person holds: its public half, and how often it was used."""

    __tablename__ = "passkey"
    id: Mapped[RandomId]
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    credential_id: Mapped[str] = mapped_column(String(1400), unique=True)
    public_key: Mapped[str] = mapped_column(String(2000))
    sign_count: Mapped[int] = mapped_column(BigInteger)
    synced: Mapped[bool]
    name: Mapped[str] = mapped_column(String(60))
    made_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class RecoveryCode(Sealed, Base):
    """One code on paper, as an HMAC under a key that is not in the database; used once."""

    __tablename__ = "recovery_code"
    id: Mapped[RandomId]
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    code_mac: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class OidcIdentity(Sealed, Base):
    """A person at a provider, known by issuer and subject, whose account here it opens."""

    __tablename__ = "oidc_identity"
    identity_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    issuer: Mapped[str] = mapped_column(String(300))
    made_at: Mapped[datetime]


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
