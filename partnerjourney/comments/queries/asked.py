"""Where somebody is asked for in a conversation and has not looked yet, over all journeys."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
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


def asked(session: Session, actor: Member) -> list[Asked]:
    """Return what asks for the actor's organisation or this person, the oldest first.

    Once a conversation: the latest comment that does. Nobody asks for who only reads along. Five
    statements.
    """
    if actor.role is Role.VIEWER:
        return []
    parties, looked = _own(session, actor), _looked(session)
    found: dict[uuid.UUID, Asked] = {}
    for audience in TABLES:
        for said, journey, brand, by, person in _asking(session, audience):
            by_name = str(actor.user_id) in said.people
            mine = parties.get(said.journey_id, set()) & set(said.parties)
            if not by_name and (not mine or said.organisation_id == actor.organisation_id):
                continue
            who = actor.user_id if by_name else None
            seen_at = looked.get((said.thread_id, who))
            if seen_at is not None and seen_at >= said.at:
                continue
            found[said.thread_id] = Asked(
                said.thread_id,
                journey.id,
                journey.name,
                brand,
                journey.time_zone,
                audience,
                by or "",
                person or "",
                said.text,
                said.at,
                by_name,
            )
    return sorted(found.values(), key=lambda one: (one.at, one.thread_id))


def _asking(session: Session, audience: Audience) -> Any:
    """Select the comments of open conversations that ask for somebody, as they were written."""
    threads, comments = TABLES[audience]
    brand, by = aliased(Organisation), aliased(Organisation)
    return session.execute(
        select(comments, Journey, brand.name, by.name, User.name)
        .join(
            threads,
            (threads.id == comments.thread_id) & (threads.journey_id == comments.journey_id),
        )
        .join(Journey, Journey.id == comments.journey_id)
        .join(brand, brand.id == Journey.organisation_id)
        .outerjoin(by, by.id == comments.organisation_id)
        .outerjoin(User, User.id == comments.user_id)
        .where(
            comments.mentions.is_(True),
            threads.resolved_at.is_(None),
            Journey.retired_at.is_(None),
        )
        .order_by(comments.at, comments.id)
    )


def _own(session: Session, actor: Member) -> dict[uuid.UUID, set[str]]:
    """Return the parties that the organisation fills, as they stand in comments, by journey."""
    rows = session.execute(
        select(Participation.journey_id, Participation.party_id).where(
            Participation.organisation_id == actor.organisation_id,
            Participation.state == ParticipationState.ACTIVE,
        )
    )
    found: dict[uuid.UUID, set[str]] = {}
    for journey_id, party_id in rows:
        found.setdefault(journey_id, set()).add(str(party_id))
    return found


def _looked(session: Session) -> dict[tuple[uuid.UUID, uuid.UUID | None], datetime]:
    """Return until when a conversation was seen: by each person, and under None by anybody."""
    found: dict[tuple[uuid.UUID, uuid.UUID | None], datetime] = {}
    for row in session.scalars(select(ThreadSeen)):
        found[row.thread_id, row.user_id] = row.seen_at
        latest = found.get((row.thread_id, None))
        found[row.thread_id, None] = max(row.seen_at, latest or row.seen_at)
    return found
