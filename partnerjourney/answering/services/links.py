"""Making, opening and using answer links.

A link acts as the person it was sent to, for one verb on one thing: the session it opens has the
scope of that member, and its role as it is today, so the border and the policy hold as if the
person had signed in. Where that person may no longer act, the link is dead.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, Engine, or_, select, update
from sqlalchemy.orm import Session

from partnerjourney.answering.models import AnswerLink
from partnerjourney.core import border, ids, retention
from partnerjourney.core.errors import NotFoundError
from partnerjourney.core.parties import Membership, Organisation, User
from partnerjourney.core.scopes import Member, System

LASTS = timedelta(days=14)
"""How long a link can be used, unless its kind says otherwise."""

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
GUEST = System("an answer by mail, without an account")


@dataclass(frozen=True)
class Person:
    """Whom a mail asks: a member of an organisation, or a guest who speaks for a party."""

    name: str
    email: str
    language: str
    user_id: uuid.UUID | None = None
    organisation_id: uuid.UUID | None = None
    party_id: uuid.UUID | None = None


@dataclass(frozen=True)
class Opened:
    """What a link opens: the thing, who answers, and for which organisation."""

    token_hash: str
    kind: str
    thing_id: uuid.UUID
    journey_id: uuid.UUID
    shown: str
    person: Person
    organisation: str
    scope: Member | System

    @property
    def actor(self) -> Member:
        """The member in whose name it acts; raises NotFoundError for a guest's link."""
        if not isinstance(self.scope, Member):
            raise NotFoundError
        return self.scope


def make(
    system: Session,
    kind: str,
    thing_id: uuid.UUID,
    person: Person,
    *,
    journey_id: uuid.UUID,
    shown: str,
    at: datetime,
    lasts: timedelta = LASTS,
) -> str:
    """Store a link for one person and return its path; its token exists nowhere else."""
    token = ids.new_token()
    system.add(
        AnswerLink(
            token_hash=ids.token_hash(token),
            kind=kind,
            thing_id=thing_id,
            journey_id=journey_id,
            organisation_id=person.organisation_id,
            user_id=person.user_id,
            party_id=person.party_id,
            name=person.name,
            email=person.email,
            language=person.language,
            shown=shown,
            created_at=at,
            expires_at=at + lasts,
        )
    )
    system.flush()
    return f"/a/{token}"


def find(engine: Engine, token: str, *, at: datetime) -> Opened:
    """Return what a link opens now; raises NotFoundError for whatever opens nothing."""
    if not _TOKEN.fullmatch(token):
        raise NotFoundError
    with border.open_session(engine, System("an answer by mail link")) as session:
        row = session.execute(
            select(AnswerLink, Membership, Organisation.name, User)
            .outerjoin(
                Membership,
                (Membership.owner_id == AnswerLink.organisation_id)
                & (Membership.user_id == AnswerLink.user_id)
                & Membership.ended_at.is_(None),
            )
            .outerjoin(Organisation, Organisation.id == AnswerLink.organisation_id)
            .outerjoin(User, User.id == AnswerLink.user_id)
            .where(
                AnswerLink.token_hash == ids.token_hash(token),
                AnswerLink.used_at.is_(None),
                AnswerLink.expires_at > at,
            )
        ).first()
    if row is None:
        raise NotFoundError
    return _opened(*row)


def _opened(
    link: AnswerLink, membership: Membership | None, organisation: str | None, user: User | None
) -> Opened:
    scope: Member | System = GUEST
    if link.user_id is not None or link.organisation_id is not None:
        if membership is None or user is None:
            raise NotFoundError
        scope = Member(user.id, membership.owner_id, membership.role, membership.signatory)
    person = Person(
        user.name if user else link.name,
        user.email if user else link.email,
        user.language if user else link.language,
        link.user_id,
        link.organisation_id,
        link.party_id,
    )
    return Opened(
        link.token_hash,
        link.kind,
        link.thing_id,
        link.journey_id,
        link.shown,
        person,
        organisation or "",
        scope,
    )


def use(session: Session, opened: Opened, *, at: datetime) -> None:
    """Spend a link, in the transaction of what it does and before it: of two posts one goes on.

    Raises NotFoundError where it was used, or ran out, meanwhile.
    """
    with border.verb(session, "an answer by mail link") as system:
        done = system.execute(
            update(AnswerLink)
            .where(
                AnswerLink.token_hash == opened.token_hash,
                AnswerLink.used_at.is_(None),
                AnswerLink.expires_at > at,
            )
            .values(used_at=at)
            .execution_options(synchronize_session=False)
        )
    if cast("CursorResult[Any]", done).rowcount != 1:
        raise NotFoundError


def end(system: Session, thing_id: uuid.UUID, *, at: datetime) -> None:
    """Let no link about a thing open anything any more."""
    system.execute(
        update(AnswerLink)
        .where(AnswerLink.thing_id == thing_id, AnswerLink.used_at.is_(None))
        .values(expires_at=at)
        .execution_options(synchronize_session=False)
    )


@retention.rule("answer links", setting="keep_links_days")
def _clear(engine: Engine, _settings: Any, before: datetime) -> Iterator[int]:
    """Links that were used, or ran out, so long ago."""
    yield from retention.delete_rows(
        engine,
        AnswerLink,
        or_(AnswerLink.used_at < before, AnswerLink.expires_at < before),
    )
