"""Conversations with their comments, of all audiences that a reader shares, in three statements."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Uuid, cast, literal, null, select, tuple_, union_all
from sqlalchemy.orm import Session, aliased

from partnerjourney.comments.models import TABLES, EdgeThread
from partnerjourney.comments.rules import Audience
from partnerjourney.core.parties import Organisation, User
from partnerjourney.journeys.services import Place


@dataclass(frozen=True, slots=True)
class About:
    """What a conversation is about: a card, a hand-over, or without either the journey."""

    card_id: uuid.UUID | None = None
    handover_id: uuid.UUID | None = None

    @property
    def thing_id(self) -> uuid.UUID | None:
        """The card or the hand-over; None for the journey itself."""
        return self.card_id or self.handover_id


@dataclass(frozen=True, slots=True)
class Said:
    """A comment: who wrote what, and whom it asks for; `people` are colleagues by name."""

    id: uuid.UUID
    organisation_id: uuid.UUID
    organisation: str
    user_id: uuid.UUID | None
    person: str
    text: str
    parties: tuple[uuid.UUID, ...]
    people: tuple[str, ...]
    at: datetime
    edited_at: datetime | None
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True)
class Seen:
    """A conversation that the reader shares, its comments in the order of writing."""

    audience: Audience
    id: uuid.UUID
    circle_id: uuid.UUID | None
    about: About
    begun_at: datetime
    last_at: datetime
    resolved_at: datetime | None
    resolved_by: str
    comments: tuple[Said, ...]


def _threads(journey_id: uuid.UUID, audiences: Collection[Audience]) -> Any:
    """Select the conversations of a journey that are for one of these audiences."""
    parts = []
    for audience in audiences:
        table, _ = TABLES[audience]
        circle = table.circle_id if table is EdgeThread else cast(null(), Uuid)
        parts.append(
            select(
                literal(audience.value).label("audience"),
                table.id,
                circle.label("circle_id"),
                table.card_id,
                table.handover_id,
                table.begun_at,
                table.last_at,
                table.resolved_at,
                table.resolved_by_id,
            ).where(table.journey_id == journey_id)
        )
    return union_all(*parts).subquery("threads")


def listing(
    session: Session,
    place: Place,
    *,
    about: About | None = None,
    resolved: bool | None = None,
    before: tuple[datetime, uuid.UUID] | None = None,
    audiences: Collection[Audience] = tuple(Audience),
    limit: int = 50,
) -> list[Seen]:
    """Return conversations, the one last written in first; of everything unless `about` is given.

    `before` goes on after the one that it names by when it was last written in and its id.
    """
    found = _threads(place.id, audiences)
    where: list[ColumnElement[bool]] = []
    if about is not None and about.card_id:
        where.append(found.c.card_id == about.card_id)
    if about is not None and about.handover_id:
        where.append(found.c.handover_id == about.handover_id)
    if resolved is not None:
        settled = found.c.resolved_at.is_not(None)
        where.append(settled if resolved else ~settled)
    if before is not None:
        where.append(tuple_(found.c.last_at, found.c.id) < tuple_(*map(literal, before)))
    return _read(session, found, where, limit)


def one(session: Session, place: Place, thread_id: uuid.UUID) -> Seen | None:
    """Return a conversation that the reader shares, or None."""
    found = _threads(place.id, tuple(Audience))
    return next(iter(_read(session, found, [found.c.id == thread_id], 1)), None)


def _read(
    session: Session, found: Any, where: Collection[ColumnElement[bool]], limit: int
) -> list[Seen]:
    settler = aliased(Organisation)
    rows = session.execute(
        select(found, settler.name.label("settler"))
        .outerjoin(settler, settler.id == found.c.resolved_by_id)
        .where(*where)
        .order_by(found.c.last_at.desc(), found.c.id.desc())
        .limit(limit)
    ).all()
    comments = _comments(session, [row.id for row in rows])
    return [
        Seen(
            Audience(row.audience),
            row.id,
            row.circle_id,
            About(row.card_id, row.handover_id),
            row.begun_at,
            row.last_at,
            row.resolved_at,
            row.settler or "",
            tuple(comments.get(row.id, ())),
        )
        for row in rows
    ]


def _comments(session: Session, thread_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, list[Said]]:
    if not thread_ids:
        return {}
    parts = [
        select(
            table.id,
            table.thread_id,
            table.organisation_id,
            table.user_id,
            table.text,
            table.parties,
            table.people,
            table.at,
            table.edited_at,
            table.withdrawn_at,
        ).where(table.thread_id.in_(thread_ids))
        for _, table in TABLES.values()
    ]
    said = union_all(*parts).subquery("comments")
    rows = session.execute(
        select(said, Organisation.name.label("organisation"), User.name.label("person"))
        .outerjoin(Organisation, Organisation.id == said.c.organisation_id)
        .outerjoin(User, User.id == said.c.user_id)
        .order_by(said.c.at, said.c.id)
    ).all()
    names = _names(session, {uuid.UUID(one) for row in rows for one in row.people})
    found: dict[uuid.UUID, list[Said]] = {}
    for row in rows:
        found.setdefault(row.thread_id, []).append(
            Said(
                row.id,
                row.organisation_id,
                row.organisation or "",
                row.user_id,
                row.person or "",
                row.text,
                tuple(uuid.UUID(one) for one in row.parties),
                tuple(
                    names[found_id] for one in row.people if (found_id := uuid.UUID(one)) in names
                ),
                row.at,
                row.edited_at,
                row.withdrawn_at,
            )
        )
    return found


def _names(session: Session, user_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    if not user_ids:
        return {}
    rows = session.execute(select(User.id, User.name).where(User.id.in_(user_ids)))
    return {row.id: row.name for row in rows}
