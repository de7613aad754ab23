"""Where somebody is asked for in a conversation and has not looked yet, over all journeys."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, literal, select, union_all
from sqlalchemy.orm import Session, aliased

from partnerjourney.comments.models import TABLES, ThreadSeen
from partnerjourney.comments.rules import Audience
from partnerjourney.core.parties import (
    Journey,
    Organisation,
    Participation,
    ParticipationState,
    Role,
    User,
)
from partnerjourney.core.scopes import Member


@dataclass(frozen=True, slots=True)
class Asked:
    """A conversation that asks for the reader (`by_name`) or for its organisation, since when."""

    thread_id: uuid.UUID
    journey_id: uuid.UUID
    journey: str
    brand: str
    time_zone: str
    audience: Audience
    by: str
    person: str
    text: str
    at: datetime
    by_name: bool


def asked(
    session: Session,
    actor: Member,
    parties: Mapping[uuid.UUID, Collection[uuid.UUID]] | None = None,
) -> list[Asked]:
    """Return what asks for the actor's organisation or this person, the oldest first.

    Once a conversation: the latest comment that does. Nobody asks for who only reads along. One
    statement, and one more without `parties`: those that the organisation fills, by journey.
    """
    if actor.role is Role.VIEWER:
        return []
    own = _own(session, actor) if parties is None else parties
    rows = session.execute(_asking()).all()
    looked: dict[tuple[uuid.UUID, uuid.UUID | None], datetime] = {}
    for row in rows:
        if row.seen_at is not None:
            for who in (row.seen_by, None):
                latest = looked.get((row.thread_id, who), row.seen_at)
                looked[row.thread_id, who] = max(row.seen_at, latest)
    found: dict[uuid.UUID, Asked] = {}
    for row in rows:
        by_name = str(actor.user_id) in row.people
        mine = {str(one) for one in own.get(row.journey_id, ())} & set(row.parties)
        if not by_name and (not mine or row.organisation_id == actor.organisation_id):
            continue
        seen_at = looked.get((row.thread_id, actor.user_id if by_name else None))
        if seen_at is not None and seen_at >= row.at:
            continue
        found[row.thread_id] = Asked(
            row.thread_id,
            row.journey_id,
            row.journey,
            row.brand,
            row.time_zone,
            Audience(row.audience),
            row.by or "",
            row.person or "",
            row.text,
            row.at,
            by_name,
        )
    return sorted(found.values(), key=lambda one: (one.at, one.thread_id))


def _asking() -> Select[Any]:
    """Select the comments of open conversations that ask for somebody, as they were written.

    Each once for every person of the organisation who has looked.
    """
    parts = [
        select(
            literal(audience.value).label("audience"),
            comments.id,
            comments.thread_id,
            comments.journey_id,
            comments.organisation_id,
            comments.user_id,
            comments.text,
            comments.parties,
            comments.people,
            comments.at,
        )
        .join(
            threads,
            (threads.id == comments.thread_id) & (threads.journey_id == comments.journey_id),
        )
        .where(comments.mentions.is_(True), threads.resolved_at.is_(None))
        for audience, (threads, comments) in TABLES.items()
    ]
    said = union_all(*parts).subquery("said")
    brand, by = aliased(Organisation), aliased(Organisation)
    return (
        select(
            said,
            Journey.name.label("journey"),
            Journey.time_zone,
            brand.name.label("brand"),
            by.name.label("by"),
            User.name.label("person"),
            ThreadSeen.user_id.label("seen_by"),
            ThreadSeen.seen_at,
        )
        .join(Journey, Journey.id == said.c.journey_id)
        .join(brand, brand.id == Journey.organisation_id)
        .outerjoin(by, by.id == said.c.organisation_id)
        .outerjoin(User, User.id == said.c.user_id)
        .outerjoin(ThreadSeen, ThreadSeen.thread_id == said.c.thread_id)
        .where(Journey.retired_at.is_(None))
        .order_by(said.c.at, said.c.id)
    )


def _own(session: Session, actor: Member) -> dict[uuid.UUID, set[uuid.UUID]]:
    """Return the parties that the organisation fills, by journey."""
    rows = session.execute(
        select(Participation.journey_id, Participation.party_id).where(
            Participation.organisation_id == actor.organisation_id,
            Participation.state == ParticipationState.ACTIVE,
        )
    )
    found: dict[uuid.UUID, set[uuid.UUID]] = {}
    for journey_id, party_id in rows:
        found.setdefault(journey_id, set()).add(party_id)
    return found
