"""Finding a conversation and its comments, and writing down what was done with them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from partnerjourney.comments.models import TABLES, Comment, Thread, audience_of
from partnerjourney.comments.queries.readers import NEEDS
from partnerjourney.core import audit
from partnerjourney.core.errors import NotFoundError
from partnerjourney.core.policy import Standing, require
from partnerjourney.core.scopes import Actor
from partnerjourney.journeys.services import Place


@dataclass(frozen=True, slots=True)
class Written:
    """A comment as the policy sees it: who wrote it."""

    standing: Standing
    organisation_id: uuid.UUID
    user_id: uuid.UUID | None


def find(session: Session, place: Place, thread_id: uuid.UUID, *, lock: bool = False) -> Thread:
    """Return a conversation that the session's scope shares; raises NotFoundError for others."""
    for table, _ in TABLES.values():
        query = select(table).where(table.journey_id == place.id, table.id == thread_id)
        found: Thread | None = session.scalar(query.with_for_update() if lock else query)
        if found is not None:
            return found
    raise NotFoundError


def find_comment(session: Session, thread: Thread, comment_id: uuid.UUID) -> Comment:
    """Return a comment of a conversation, locked; raises NotFoundError."""
    _, table = TABLES[audience_of(thread)]
    query = select(table).where(
        table.journey_id == thread.journey_id,
        table.thread_id == thread.id,
        table.id == comment_id,
    )
    found: Comment | None = session.scalar(query.with_for_update())
    if found is None:
        raise NotFoundError
    return found


def may_write(actor: Actor, place: Place, thread: Thread) -> None:
    """Raise NotAllowedError unless the actor may write for the readers of a conversation."""
    require(actor, NEEDS[audience_of(thread)], place)


def where(thread: Thread) -> dict[str, Any]:
    """Return what puts a row beside a conversation: its owner, or its journey and circle."""
    names = ("owner_id", "journey_id", "circle_id")
    return {name: getattr(thread, name) for name in names if hasattr(thread, name)}


def record(
    session: Session,
    actor: Actor,
    thread: Thread,
    verb: str,
    *,
    at: datetime,
    before: Any = None,
    after: Any = None,
) -> None:
    """Write an act down where the conversation is read; about what it is about."""
    place = where(thread)
    if "owner_id" in place:
        place.pop("journey_id")
    audit.record(
        session,
        verb,
        at=at,
        thing_id=thread.handover_id or thread.card_id or thread.journey_id,
        before=before,
        after=after,
        **place,
    )
