"""Settling a conversation, opening it again, and saying that one has seen it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from partnerjourney.comments.models import Thread, ThreadSeen
from partnerjourney.comments.services.finding import may_write, record
from partnerjourney.core.policy import Permission, require
from partnerjourney.core.scopes import Actor, Member
from partnerjourney.journeys.services import Place


def resolve(session: Session, actor: Actor, place: Place, thread: Thread, *, at: datetime) -> None:
    """Settle a conversation that `find` holds; one that is settled stays as it is."""
    may_write(actor, place, thread)
    if not thread.open:
        return
    thread.resolved_at, thread.resolved_by_id = at, actor.organisation_id
    session.flush()
    record(session, actor, thread, "comment.resolve", at=at)


def reopen(session: Session, actor: Actor, place: Place, thread: Thread, *, at: datetime) -> None:
    """Open a settled conversation again; one that is open stays as it is."""
    may_write(actor, place, thread)
    if thread.open:
        return
    thread.resolved_at = thread.resolved_by_id = None
    session.flush()
    record(session, actor, thread, "comment.reopen", at=at)


def see(session: Session, actor: Actor, place: Place, thread: Thread, *, at: datetime) -> None:
    """Write down that this person has seen what it was asked; a system of it sees nothing."""
    require(actor, Permission.COMMENT_OWN, place)
    if not isinstance(actor, Member) or actor.user_id is None:
        return
    query = select(ThreadSeen).where(
        ThreadSeen.thread_id == thread.id, ThreadSeen.user_id == actor.user_id
    )
    row = session.scalar(query)
    if row is None:
        row = ThreadSeen(
            owner_id=actor.organisation_id,
            journey_id=thread.journey_id,
            thread_id=thread.id,
            user_id=actor.user_id,
            seen_at=at,
        )
        session.add(row)
    row.seen_at = max(row.seen_at, at)
    session.flush()
