"""People: who they are, how they prove it, and their signed-in browsers."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from partnerjourney.core import border, ids, jobs, logins, passwords, signed
from partnerjourney.core.errors import ConflictError, NotFoundError
from partnerjourney.core.parties import User
from partnerjourney.core.scopes import System
from partnerjourney.core.signed import LinkPurpose
from partnerjourney.organisations.models import Credential, PasswordReset
from partnerjourney.organisations.rules import RESET_LASTS

RESET_JOB = "password-reset.send"
CHANGED_JOB = "password-changed.send"


@dataclass(frozen=True)
class Proof:
    """A password fitted; `new_hash` replaces a hash that was made with older parameters."""

    user_id: uuid.UUID
    seen_hash: str
    new_hash: str | None = None


@dataclass(frozen=True)
class Newcomer:
    """Somebody who makes an account; the password is hashed already."""

    name: str
    password_hash: str
    language: str


def create_user(
    session: Session,
    *,
    email: str,
    name: str,
    at: datetime,
    language: str = "nl",
    password_hash: str | None = None,
) -> User:
    """Make a person; `email` as rules.names.clean_email gives it. Raises ConflictError if taken."""
    if find_user(session, email) is not None:
        raise ConflictError("there is an account with this address already")
    user = User(email=email, name=name, language=language, created_at=at)
    session.add(user)
    session.flush()
    if password_hash is not None:
        set_password(session, user.id, password_hash=password_hash, at=at)
    return user


def find_user(session: Session, email: str) -> User | None:
    """Return the person with an address."""
    return session.scalar(select(User).where(User.email == email))


def change_profile(
    session: Session, user_id: uuid.UUID, *, name: str, language: str, theme: str
) -> None:
    """Change what a person decides about itself."""
    user = session.get_one(User, user_id)
    user.name, user.language, user.theme = name, language, theme
    session.flush()


# --- signing in: the password is checked before the transaction that lets somebody in ------------


def check_password(engine: Engine, *, email: str, password: str) -> Proof | None:
    """Check a password with no transaction open; unknown addresses take as long."""
    with border.open_session(engine, System("check a password")) as session:
        row = session.execute(
            select(Credential.user_id, Credential.password_hash)
            .join(User, User.id == Credential.user_id)
            .where(User.email == email)
        ).first()
    stored = row.password_hash if row else None
    if not passwords.verify(stored, password) or row is None:
        return None
    new = passwords.hash_password(password) if passwords.outdated(row.password_hash) else None
    return Proof(row.user_id, row.password_hash, new)


def accept(session: Session, proof: Proof) -> User:
    """Return whose password it was; NotFoundError if it just changed."""
    credential = session.scalar(
        select(Credential).where(Credential.user_id == proof.user_id).with_for_update()
    )
    if credential is None or credential.password_hash != proof.seen_hash:
        raise NotFoundError
    if proof.new_hash:
        credential.password_hash = proof.new_hash
    return session.get_one(User, proof.user_id)


def first_login(session: Session, user: User, *, browser: str, at: datetime) -> str:
    """Let somebody in with a password alone and return the login's token.

    After `accept`, once web/door.py asks nothing more; or for an account made this very moment.
    """
    return logins.start(session, user, browser=browser, at=at)


def set_password(session: Session, user_id: uuid.UUID, *, password_hash: str, at: datetime) -> None:
    """Store a hash as a person's only password."""
    credential = session.get(Credential, user_id, with_for_update=True)
    if credential is None:
        session.add(Credential(user_id=user_id, password_hash=password_hash, changed_at=at))
    else:
        credential.password_hash, credential.changed_at = password_hash, at
    session.flush()


def change_password(
    session: Session, user_id: uuid.UUID, *, password_hash: str, browser: str, at: datetime
) -> str:
    """Set another password, end every login, and return the token of a new one for this browser."""
    set_password(session, user_id, password_hash=password_hash, at=at)
    _use_up_resets(session, user_id, at=at)
    logins.end(session, user_id, at=at)
    jobs.enqueue(session, CHANGED_JOB, at=at, user_id=user_id)
    return logins.start(session, session.get_one(User, user_id), browser=browser, at=at)


# --- forgotten passwords -------------------------------------------------------------------------


def ask_reset(session: Session, *, email: str, at: datetime) -> None:
    """Ask for a link to set a password; does the same work whether the address is known or not."""
    user = find_user(session, email)
    jobs.enqueue(
        session, RESET_JOB, at=at, thing_id=ids.new_v4(), user_id=user.id if user else None
    )


def make_reset(
    session: Session,
    user_id: uuid.UUID,
    *,
    at: datetime,
    lasts: timedelta = RESET_LASTS,
    reset_id: uuid.UUID | None = None,
) -> PasswordReset:
    """Make the row of a link that sets a password once."""
    reset = PasswordReset(
        id=reset_id or ids.new_v4(), user_id=user_id, created_at=at, expires_at=at + lasts
    )
    session.add(reset)
    session.flush()
    return reset


def reset_path(secret: str, reset: PasswordReset) -> str:
    """Return the path of a link that sets a password."""
    return f"/reset/{signed.sign(secret, LinkPurpose.PASSWORD_RESET, reset.id)}"


def open_reset(
    session: Session, token: str, *, secret: str, at: datetime, lock: bool = False
) -> tuple[PasswordReset, User]:
    """Return the reset of a link and its person; NotFoundError if mangled, used or expired."""
    found = signed.read(secret, LinkPurpose.PASSWORD_RESET, token)
    query = select(PasswordReset).where(PasswordReset.id == found[0])
    reset = session.scalar(query.with_for_update() if lock else query)
    if reset is None or reset.used_at is not None or reset.expires_at <= at:
        raise NotFoundError
    return reset, session.get_one(User, reset.user_id)


def reset_password(
    session: Session, token: str, *, secret: str, password_hash: str, at: datetime
) -> User:
    """Set a password by a link, once; every login and every other link of the person ends."""
    reset, user = open_reset(session, token, secret=secret, at=at, lock=True)
    set_password(session, user.id, password_hash=password_hash, at=at)
    _use_up_resets(session, reset.user_id, at=at)
    logins.end(session, user.id, at=at)
    jobs.enqueue(session, CHANGED_JOB, at=at, user_id=user.id)
    return user


def _use_up_resets(session: Session, user_id: uuid.UUID, *, at: datetime) -> None:
    session.execute(
        update(PasswordReset)
        .where(PasswordReset.user_id == user_id, PasswordReset.used_at.is_(None))
        .values(used_at=at)
    )
