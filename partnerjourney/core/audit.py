"""Audit: append-only rows in the transaction of the act; each has the circle of its object.

No journey-wide number and no clear text of what changed: before and after are HMACs with a salt
per row, under a key that the database does not hold. A hash that the database alone can try falls
in eleven tries where it hides a score. Other parties read which organisation acted, not which
person.

What a history may show of a change stands beside the act, in the same circle, where its verb says
so: never what was written about people.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, ForeignKeyConstraint, String
from sqlalchemy.orm import Mapped, Session, mapped_column

from partnerjourney.core.border import scope_of
from partnerjourney.core.db import (
    Base,
    CircleScoped,
    Document,
    Id,
    JourneyScoped,
    OrganisationPrivate,
)
from partnerjourney.core.parties import circle_key
from partnerjourney.core.scopes import Actor, Member, Operator, Scope, System, Token


class _Act:
    id: Mapped[Id]
    at: Mapped[datetime]
    verb: Mapped[str] = mapped_column(String(60))
    thing_id: Mapped[uuid.UUID | None]
    organisation_id: Mapped[uuid.UUID | None]
    user_id: Mapped[uuid.UUID | None]
    means: Mapped[str] = mapped_column(String(120))
    salt: Mapped[str] = mapped_column(String(32))
    before: Mapped[str | None] = mapped_column(String(64))
    after: Mapped[str | None] = mapped_column(String(64))


class OrganisationAct(OrganisationPrivate, _Act, Base):
    """An act inside one organisation."""

    __tablename__ = "audit_organisation"


class JourneyAct(JourneyScoped, _Act, Base):
    """An act on what all parties of a journey see."""

    __tablename__ = "audit_journey"


class CircleAct(CircleScoped, _Act, Base):
    """An act on what one circle sees."""

    __tablename__ = "audit_circle"
    __table_args__ = (circle_key(),)


class JourneyChange(JourneyScoped, Base):
    """What an act on what all parties see changed: field → {before, after}, in plain values."""

    __tablename__ = "journey_change"
    __table_args__ = (
        ForeignKeyConstraint(
            ["journey_id", "act_id"], ["audit_journey.journey_id", "audit_journey.id"]
        ),
    )
    act_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    fields: Mapped[dict[str, Any]] = mapped_column(Document)


class CircleChange(CircleScoped, Base):
    """What an act on what one circle sees changed, and the proposal that it is about."""

    __tablename__ = "circle_change"
    __table_args__ = (
        circle_key(),
        ForeignKeyConstraint(
            ["journey_id", "act_id"], ["audit_circle.journey_id", "audit_circle.id"]
        ),
    )
    act_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    fields: Mapped[dict[str, Any]] = mapped_column(Document)
    proposal_id: Mapped[uuid.UUID | None]


_PURPOSE = b"partnerjourney: audit, version 1"


def use_key(engine: Engine, secret: str) -> None:
    """Have acts that go through this engine committed to under a key derived from a secret."""
    key = hmac.new(secret.encode(), _PURPOSE, hashlib.sha256).digest()
    engine.update_execution_options(pj_audit_key=key)


APPEND_ONLY = ("audit_organisation", "audit_journey", "audit_circle")


def record(  # noqa: PLR0913 - one call writes one whole row
    session: Session,
    verb: str,
    *,
    at: datetime,
    thing_id: uuid.UUID | None = None,
    journey_id: uuid.UUID | None = None,
    circle_id: uuid.UUID | None = None,
    owner_id: uuid.UUID | None = None,
    before: Any = None,
    after: Any = None,
    by: Actor | None = None,
    shown: Mapping[str, tuple[Any, Any]] | None = None,
    proposal_id: uuid.UUID | None = None,
) -> None:
    """Add one audit row: of the circle if one is given, else of the journey, else of the owner.

    `by` says who acted where the product itself carries the act out, e.g. accepting an invitation.
    `shown` is what the history of that circle or journey shows: field → before and after, as values
    of JSON, None and None where only that it changed is told.
    """
    salt = secrets.token_hex(16)
    act: dict[str, Any] = {
        "at": at,
        "verb": verb,
        "thing_id": thing_id,
        "salt": salt,
        "before": commitment(session, salt, before),
        "after": commitment(session, salt, after),
        **_who(by or scope_of(session)),
    }
    if circle_id is not None:
        made: Any = CircleAct(journey_id=journey_id, circle_id=circle_id, **act)
        change: Any = CircleChange(circle_id=circle_id, proposal_id=proposal_id)
    elif journey_id is not None:
        made, change = JourneyAct(journey_id=journey_id, **act), JourneyChange()
    else:
        made, change = OrganisationAct(owner_id=owner_id or act["organisation_id"], **act), None
    session.add(made)
    if change is not None and (shown or proposal_id):
        session.flush()  # the change hangs on the act
        change.journey_id, change.act_id = journey_id, made.id
        change.fields = {
            name: {"before": _plain(was), "after": _plain(now)}
            for name, (was, now) in (shown or {}).items()
        }
        session.add(change)


def _plain(value: Any) -> Any:
    """Return a value as JSON holds it."""
    return json.loads(json.dumps(value, default=str))


def commitment(session: Session, salt: str, value: Any) -> str | None:
    """Return what a row with this salt holds in the place of a value, or None for None.

    HMAC-SHA256 (RFC 2104) under the key of the session's engine: with it, and only with it, an
    operator shows that a row is about a value. Raises RuntimeError for an engine without a key.
    """
    if value is None:
        return None
    key: bytes | None = session.get_bind().get_execution_options().get("pj_audit_key")
    if key is None:
        raise RuntimeError("an act is recorded on an engine without a key: audit.use_key")
    text = json.dumps(value, sort_keys=True, default=str)
    return hmac.new(key, bytes.fromhex(salt) + text.encode(), hashlib.sha256).hexdigest()


def _who(scope: Scope) -> dict[str, Any]:
    match scope:
        case Member():
            signed_in = f"session: {scope.means}" if scope.means else "session"
            means = signed_in if scope.user_id else "command line"
            return {
                "organisation_id": scope.organisation_id,
                "user_id": scope.user_id,
                "means": means,
            }
        case Token():
            means = f"key {scope.token_id}"
            return {"organisation_id": scope.organisation_id, "user_id": None, "means": means}
        case Operator(reason) | System(reason):
            kind = "operator" if isinstance(scope, Operator) else "system"
            return {
                "organisation_id": None,
                "user_id": None,
                "means": f"{kind}: {reason}"[:120],
            }
        case _:
            return {"organisation_id": None, "user_id": None, "means": "survey link"}
