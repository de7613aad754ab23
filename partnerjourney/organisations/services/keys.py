"""Access keys: an admin makes them for a system of the organisation, and revokes them.

A key belongs to the organisation: it goes on working when whoever made it leaves. It never reads
more than the organisation does, so where the organisation leaves a journey the key does too.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from partnerjourney.core import audit, border, ids
from partnerjourney.core.errors import ConflictError, InputError, NotFoundError
from partnerjourney.core.parties import Journey, Membership, Organisation, User
from partnerjourney.core.policy import Permission, require
from partnerjourney.core.scopes import Actor, Token, TokenPurpose
from partnerjourney.core.texts import N_
from partnerjourney.core.tokens import ApiToken, compose
from partnerjourney.organisations.queries import MemberRow, members

MOST = 50
"""So many keys an organisation has at once."""


@dataclass(frozen=True, slots=True)
class KeyRow:
    """A key as the page lists it.

    `maker` is None for the command line; `maker_left` says that it is no member any more.
    """

    id: uuid.UUID
    name: str
    hint: str
    purposes: tuple[TokenPurpose, ...]
    journeys: tuple[str, ...]
    maker: str | None
    maker_left: bool
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None
    revoked_at: datetime | None

    def works(self, at: datetime) -> bool:
        """Whether it opens something now."""
        return self.revoked_at is None and self.expires_at > at


def journeys_for_keys(session: Session) -> list[tuple[uuid.UUID, str]]:
    """Return the journeys for which the scope's organisation can make a key, by name."""
    rows = session.execute(
        select(Journey.id, Journey.name, Organisation.name)
        .join(Organisation, Organisation.id == Journey.organisation_id)
        .where(Journey.retired_at.is_(None))
        .order_by(Journey.name, Organisation.name, Journey.id)
    )
    return [(journey, f"{name} · {brand}") for journey, name, brand in rows]


def keys(session: Session, actor: Actor, organisation: Organisation) -> list[KeyRow]:
    """Return the keys of an organisation, the newest first."""
    require(actor, Permission.TOKEN_MANAGE, organisation)
    maker = aliased(User)
    rows: Sequence[Any] = session.execute(
        select(ApiToken, maker.name, Membership.id)
        .outerjoin(maker, maker.id == ApiToken.created_by_id)
        .outerjoin(
            Membership,
            (Membership.owner_id == ApiToken.owner_id)
            & (Membership.user_id == ApiToken.created_by_id)
            & Membership.ended_at.is_(None),
        )
        .where(ApiToken.owner_id == organisation.id)
        .order_by(ApiToken.created_at.desc(), ApiToken.id)
    ).all()
    names = dict(journeys_for_keys(session))
    return [
        KeyRow(
            key.id,
            key.name,
            key.hint,
            tuple(TokenPurpose(one) for one in key.purposes),
            tuple(sorted(names[uuid.UUID(j)] for j in key.journeys if uuid.UUID(j) in names)),
            name,
            name is not None and membership is None,
            key.created_at,
            key.expires_at,
            key.used_at,
            key.revoked_at,
        )
        for key, name, membership in rows
    ]


def make_key(
    session: Session,
    actor: Actor,
    organisation: Organisation,
    *,
    name: str,
    journeys: Collection[uuid.UUID],
    purposes: Sequence[TokenPurpose],
    expires_at: datetime,
    at: datetime,
) -> str:
    """Make a key and return it, this once.

    Raises InputError for a journey that the organisation does not take part in, ConflictError for
    too many keys.
    """
    require(actor, Permission.TOKEN_MANAGE, organisation)
    mine = {journey for journey, _ in journeys_for_keys(session)}
    if not journeys or set(journeys) - mine:
        raise InputError(
            {"journeys": [N_("Choose journeys in which your organisation takes part.")]}
        )
    with border.verb(session, "make a key") as system:
        working = select(ApiToken.id).where(
            ApiToken.owner_id == organisation.id,
            ApiToken.revoked_at.is_(None),
            ApiToken.expires_at > at,
        )
        if len(system.scalars(working).all()) >= MOST:
            raise ConflictError(f"there are {MOST} access keys already: revoke some first")
        token_id = ids.new_v4()
        key = compose(token_id)
        system.add(
            ApiToken(
                owner_id=organisation.id,
                id=token_id,
                name=name,
                token_hash=ids.token_hash(key),
                purposes=sorted(set(purposes)),
                journeys=sorted(str(one) for one in set(journeys)),
                created_at=at,
                created_by_id=actor.user_id,
                expires_at=expires_at,
            )
        )
    said = [name, sorted(set(purposes)), sorted(map(str, journeys)), expires_at.isoformat()]
    audit.record(
        session, "key.make", at=at, thing_id=token_id, owner_id=organisation.id, after=said
    )
    return key


def revoke_key(
    session: Session, actor: Actor, organisation: Organisation, key_id: uuid.UUID, *, at: datetime
) -> str:
    """End a key at once and for good; returns its name. Raises NotFoundError, ConflictError."""
    require(actor, Permission.TOKEN_MANAGE, organisation)
    with border.verb(session, "revoke a key") as system:
        key = system.scalar(
            select(ApiToken)
            .where(ApiToken.owner_id == organisation.id, ApiToken.id == key_id)
            .with_for_update()
        )
        if key is None:
            raise NotFoundError
        if key.revoked_at is not None:
            raise ConflictError("this access key is revoked already")
        key.revoked_at, key.revoked_by_id = at, actor.user_id
        name = key.name
    audit.record(session, "key.revoke", at=at, thing_id=key_id, owner_id=organisation.id)
    return name


def members_of(session: Session, actor: Token) -> list[MemberRow]:
    """Return who acts for the organisation of a key; raises NotAllowedError."""
    organisation = session.get_one(Organisation, actor.organisation_id)
    require(actor, Permission.ORGANISATION_READ, organisation)
    return members(session, organisation.id)
