"""Conversations and their comments: a pair of tables for each audience, so that none turns wider.

A comment's key holds the place of its conversation. Neither moves: the border refuses it, the keys
between the two tables refuse it, and so does the mapper, also for the product itself.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    String,
    UniqueConstraint,
    event,
    inspect,
)
from sqlalchemy.orm import Mapped, mapped_column

from partnerjourney.comments.rules import LONGEST, Audience
from partnerjourney.core import predicates
from partnerjourney.core.db import Base, CircleScoped, Id, JourneyScoped, OrganisationPrivate
from partnerjourney.core.parties import circle_key


class _Thread:
    """A conversation: about a card, a hand-over, or without either the journey itself.

    `last_at` is when somebody last wrote in it; `resolved_by_id` the organisation that settled it.
    """

    id: Mapped[Id]
    card_id: Mapped[uuid.UUID | None]
    handover_id: Mapped[uuid.UUID | None]
    begun_at: Mapped[datetime]
    last_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]
    resolved_by_id: Mapped[uuid.UUID | None]

    @property
    def open(self) -> bool:
        """Whether it is not settled."""
        return self.resolved_at is None


class _Comment:
    """What one person wrote for an organisation; without `user_id` a system of it.

    `parties` and `people` are whom it asks for: ids of parties, and of colleagues. What is taken
    back loses its text and whom it asked for.
    """

    id: Mapped[Id]
    thread_id: Mapped[uuid.UUID]
    organisation_id: Mapped[uuid.UUID]
    user_id: Mapped[uuid.UUID | None]
    text: Mapped[str] = mapped_column(String(LONGEST))
    mentions: Mapped[bool] = mapped_column(default=False)
    parties: Mapped[list[Any]] = mapped_column(default=list)
    people: Mapped[list[Any]] = mapped_column(default=list)
    at: Mapped[datetime]
    edited_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]


def _about() -> tuple[ForeignKeyConstraint, ...]:
    return (
        ForeignKeyConstraint(["journey_id", "card_id"], ["card.journey_id", "card.id"]),
        ForeignKeyConstraint(["journey_id", "handover_id"], ["handover.journey_id", "handover.id"]),
    )


class OwnThread(OrganisationPrivate, _Thread, Base):
    """A conversation inside one organisation, about a journey."""

    __tablename__ = "own_thread"
    __table_args__ = (*_about(), Index("ix_own_thread_last", "owner_id", "journey_id", "last_at"))
    journey_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("journey.id"))


class OwnComment(OrganisationPrivate, _Comment, Base):
    """A comment inside one organisation."""

    __tablename__ = "own_comment"
    __table_args__ = (
        ForeignKeyConstraint(["owner_id", "thread_id"], ["own_thread.owner_id", "own_thread.id"]),
        Index("ix_own_comment_thread", "owner_id", "thread_id"),
    )
    journey_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("journey.id"))


class EdgeThread(CircleScoped, _Thread, Base):
    """A conversation of those who share a hand-over; of a group one member sits in its circle."""

    __tablename__ = "edge_thread"
    __table_args__ = (
        circle_key(),
        *_about(),
        UniqueConstraint("journey_id", "circle_id", "id"),
        Index("ix_edge_thread_last", "journey_id", "last_at"),
    )


class EdgeComment(CircleScoped, _Comment, Base):
    """A comment for those who share a hand-over."""

    __tablename__ = "edge_comment"
    __table_args__ = (
        circle_key(),
        ForeignKeyConstraint(
            ["journey_id", "circle_id", "thread_id"],
            ["edge_thread.journey_id", "edge_thread.circle_id", "edge_thread.id"],
        ),
        Index("ix_edge_comment_thread", "journey_id", "thread_id"),
    )


class JourneyThread(JourneyScoped, _Thread, Base):
    """A conversation of all parties of a journey."""

    __tablename__ = "journey_thread"
    __table_args__ = (*_about(), Index("ix_journey_thread_last", "journey_id", "last_at"))


class JourneyComment(JourneyScoped, _Comment, Base):
    """A comment for all parties of a journey."""

    __tablename__ = "journey_comment"
    __table_args__ = (
        ForeignKeyConstraint(
            ["journey_id", "thread_id"], ["journey_thread.journey_id", "journey_thread.id"]
        ),
        Index("ix_journey_comment_thread", "journey_id", "thread_id"),
    )


class ThreadSeen(OrganisationPrivate, Base):
    """Until when somebody saw a conversation in which it, or its organisation, was asked for."""

    __tablename__ = "thread_seen"
    thread_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    journey_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("journey.id"))
    seen_at: Mapped[datetime]


Thread = OwnThread | EdgeThread | JourneyThread
Comment = OwnComment | EdgeComment | JourneyComment

TABLES: dict[Audience, tuple[Any, Any]] = {
    Audience.OWN: (OwnThread, OwnComment),
    Audience.EDGE: (EdgeThread, EdgeComment),
    Audience.JOURNEY: (JourneyThread, JourneyComment),
}
"""Audience → the tables of its conversations and their comments."""


def audience_of(thread: Thread) -> Audience:
    """Return who reads a conversation: its table says it."""
    return next(audience for audience, (table, _) in TABLES.items() if isinstance(thread, table))


def _stays(_mapper: Any, _connection: Any, row: Any) -> None:
    """Refuse to move a conversation or comment to other readers, whoever asks."""
    history = inspect(row).attrs
    kept = predicates.fixed(type(row)) | {"thread_id"}
    moved = sorted(name for name in kept if name in history and history[name].history.has_changes())
    if moved:
        raise ValueError(f"the readers of a {type(row).__name__} never change: {', '.join(moved)}")


for _tables in TABLES.values():
    for _table in _tables:
        event.listen(_table, "before_update", _stays)
