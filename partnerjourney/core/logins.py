"""Signed-in browsers: sessions are rows, so that each can be listed and revoked."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, String, bindparam, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from partnerjourney.core import ids
from partnerjourney.core.db import Base, OrganisationPrivate, RandomId, Sealed
from partnerjourney.core.parties import Membership, Organisation, User

SEEN_EVERY = timedelta(minutes=5)


class Step(StrEnum):
    """One thing by which a person proved who it is."""

    PASSWORD = "password"  # noqa: S105 - a name, not a secret
    PASSKEY = "passkey"
    OIDC = "oidc"
    CODE = "code"
    RECOVERY = "recovery"


def in_words(first: Step, second: Step | None = None) -> str:
    """Return how somebody signed in, as it is stored: 'password+code'."""
    return f"{first}+{second}" if second else str(first)


def strong(means: str) -> bool:
    """Say whether two things were proven: a passkey is one that asked for finger, face or PIN."""
    return "+" in means or means == Step.PASSKEY


class LoginSession(Sealed, Base):
    """One signed-in browser; the row is what can be listed and revoked."""

    __tablename__ = "login_session"
    id: Mapped[RandomId]
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    browser: Mapped[str] = mapped_column(String(200), default="")
    means: Mapped[str] = mapped_column(String(40), default=str(Step.PASSWORD))
    confirmed_at: Mapped[datetime | None]


class SecondStepRule(OrganisationPrivate, Base):
    """An organisation asks a second step of all who act for it, from a moment on."""

    __tablename__ = "second_step_rule"
    required_from: Mapped[datetime]
    set_at: Mapped[datetime]


@dataclass(frozen=True)
class SignedIn:
    """Who is signed in with a token, and for which organisations that person acts."""

    session: LoginSession
    user: User
    memberships: tuple[tuple[Membership, Organisation], ...]
    rules: Mapping[uuid.UUID, datetime] = field(default_factory=dict)
    """Organisation → from when it asks a second step."""


def start(
    session: Session, user: User, *, browser: str, at: datetime, means: str = Step.PASSWORD
) -> str:
    """Store a new login and return its token, which only the cookie holds."""
    token = ids.new_token()
    session.add(
        LoginSession(
            token_hash=ids.token_hash(token),
            user_id=user.id,
            created_at=at,
            seen_at=at,
            browser=browser[:200],
            means=str(means),
            confirmed_at=at,
        )
    )
    session.flush()
    return token


def renew(session: Session, login_id: uuid.UUID, *, means: str, at: datetime) -> str | None:
    """Replace a login after a further proof and return the new token; None where it ended.

    The week of the first sign-in goes on: a proof makes no login last longer.
    """
    old = session.get(LoginSession, login_id, with_for_update=True)
    if old is None or old.ended_at is not None:
        return None
    old.ended_at = at
    token = ids.new_token()
    session.add(
        LoginSession(
            token_hash=ids.token_hash(token),
            user_id=old.user_id,
            created_at=old.created_at,
            seen_at=at,
            browser=old.browser,
            means=means,
            confirmed_at=at,
        )
    )
    session.flush()
    return token


_SIGNED_IN = (  # asked at every request, and made once
    select(LoginSession, User, Membership, Organisation, SecondStepRule.required_from)
    .join(User, User.id == LoginSession.user_id)
    .outerjoin(
        Membership,
        (Membership.user_id == LoginSession.user_id) & Membership.ended_at.is_(None),
    )
    .outerjoin(Organisation, Organisation.id == Membership.owner_id)
    .outerjoin(SecondStepRule, SecondStepRule.owner_id == Membership.owner_id)
    .where(
        LoginSession.token_hash == bindparam("token"),
        LoginSession.ended_at.is_(None),
        LoginSession.seen_at > bindparam("seen"),
        LoginSession.created_at > bindparam("made"),
    )
    .order_by(Organisation.name, Organisation.id)
)


def find(
    session: Session, token: str, *, at: datetime, idle: timedelta, longest: timedelta
) -> SignedIn | None:
    """Return who is signed in with a token, or None when it ended, idled or grew too old."""
    given = {"token": ids.token_hash(token), "seen": at - idle, "made": at - longest}
    rows: Sequence[Any] = session.execute(_SIGNED_IN, given).all()
    if not rows:
        return None
    login, user, *_ = rows[0]
    return SignedIn(
        login,
        user,
        tuple((m, o) for _, _, m, o, _ in rows if o is not None),
        {o.id: asked for _, _, _, o, asked in rows if asked is not None},
    )


def touch(session: Session, login_id: uuid.UUID, *, at: datetime) -> None:
    """Note that a login was used."""
    session.execute(update(LoginSession).where(LoginSession.id == login_id).values(seen_at=at))


def end(
    session: Session, user_id: uuid.UUID, *, at: datetime, only: uuid.UUID | None = None
) -> None:
    """End one login of a person, or all of them."""
    chosen = update(LoginSession).where(
        LoginSession.user_id == user_id, LoginSession.ended_at.is_(None)
    )
    if only is not None:
        chosen = chosen.where(LoginSession.id == only)
    session.execute(chosen.values(ended_at=at))
