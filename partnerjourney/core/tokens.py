"""Access keys: `pj_<id>_<secret>_<crc>`, of which only the SHA-256 is stored.

The id names the row, so that whoever finds a key in a log can say which one it is. The secret has
256 bits. The check at the end tells a mistyped or cut-off key before anybody asks the database, and
lets scanners of source code know one when they see it.
"""

from __future__ import annotations

import base64
import json
import re
import uuid
import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, ForeignKey, String, bindparam, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from partnerjourney.core import direct, ids, ledger
from partnerjourney.core.db import Base, OrganisationPrivate, ProductWritten, RandomId, Sealed
from partnerjourney.core.parties import Organisation
from partnerjourney.core.scopes import Token, TokenPurpose

SEEN_EVERY = timedelta(minutes=5)

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_WRITTEN = re.compile(r"pj_[0-9A-Za-z]{22}_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}")


class ApiToken(OrganisationPrivate, ProductWritten, Base):
    """An access key of an organisation: what for, within which journeys, until when.

    It belongs to the organisation, not to `created_by_id`; None there means the command line.
    """

    __tablename__ = "api_token"
    id: Mapped[RandomId]
    name: Mapped[str] = mapped_column(String(80))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    purposes: Mapped[list[Any]]
    journeys: Mapped[list[Any]]
    created_at: Mapped[datetime]
    created_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    revoked_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))

    @property
    def hint(self) -> str:
        """How the key begins: enough to know it by, useless to use it."""
        return f"pj_{written(self.id.int, 22)[:6]}"


class ApiAnswer(Sealed, Base):
    """What a request with an Idempotency-Key was answered, to be said again."""

    __tablename__ = "api_answer"
    owner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    token_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    key_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    request_hash: Mapped[str] = mapped_column(String(64))
    status: Mapped[int]
    answer: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]


def written(number: int, length: int) -> str:
    """Return a number in so many digits and letters."""
    found = ""
    while number:
        number, digit = divmod(number, 62)
        found = _DIGITS[digit] + found
    return found.rjust(length, "0")


def compose(token_id: uuid.UUID) -> str:
    """Return a new key of a row: it exists nowhere else."""
    secret = int.from_bytes(base64.urlsafe_b64decode(ids.new_token() + "="))
    said = f"pj_{written(token_id.int, 22)}_{written(secret, 43)}"
    return f"{said}_{_check(said)}"


def well_formed(text: str) -> bool:
    """Say whether this can be a key at all; asks nobody."""
    if not _WRITTEN.fullmatch(text):
        return False
    said, _, check = text.rpartition("_")
    return _check(said) == check


def _check(said: str) -> str:
    return written(zlib.crc32(said.encode()), 6)


@dataclass(frozen=True, slots=True)
class Known:
    """A key that opens something now."""

    scope: Token
    name: str
    organisation: str
    expires_at: datetime
    used_at: datetime | None


_ASKED = direct.Question(
    "pj_key",
    select(
        ApiToken.id,
        ApiToken.owner_id,
        ApiToken.journeys,
        ApiToken.purposes,
        ApiToken.name,
        Organisation.slug,
        ApiToken.expires_at,
        ApiToken.used_at,
    )
    .join(Organisation, Organisation.id == ApiToken.owner_id)
    .where(ApiToken.token_hash == bindparam("token"), ApiToken.revoked_at.is_(None)),
)


def find(engine: Engine, text: str, *, at: datetime) -> Known | None:
    """Return what a key opens, in one statement; None for one that is unknown, revoked or old."""
    if not well_formed(text):
        return None
    rows = _ASKED.ask(engine, ids.token_hash(text))
    if not rows:
        return None
    token_id, owner, journeys, purposes, name, slug, expires_at, used_at = _ASKED.values(rows[0])
    if expires_at <= at:
        return None
    scope = Token(
        token_id,
        owner,
        frozenset(uuid.UUID(one) for one in json.loads(journeys)),
        frozenset(TokenPurpose(one) for one in json.loads(purposes)),
    )
    return Known(scope, name, slug, expires_at, used_at)


def touch(engine: Engine, known: Known, *, at: datetime) -> None:
    """Note now and then that a key was used."""
    if known.used_at is not None and at - known.used_at <= SEEN_EVERY:
        return
    with ledger.writing(engine, "a key was used") as session:
        mark_used(session, known.scope.token_id, at=at)


def mark_used(session: Session, token_id: uuid.UUID, *, at: datetime) -> None:
    """Note when a key was last used."""
    session.execute(update(ApiToken).where(ApiToken.id == token_id).values(used_at=at))
