"""Forgetting: a conversation goes with all that was said in it, so long after its last word."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, delete, select
from sqlalchemy.orm import Session

from partnerjourney.comments.models import TABLES, ThreadSeen
from partnerjourney.core import retention


@retention.rule("conversations", setting="keep_conversations_months")
def _conversations(engine: Engine, _settings: Any, before: datetime) -> Iterator[int]:
    """Conversations in which nobody wrote since, settled or not, whoever reads them."""
    for thread, comment in TABLES.values():
        yield from _of(engine, thread, comment, before)


def _of(engine: Engine, thread: Any, comment: Any, before: datetime) -> Iterator[int]:
    old = thread.last_at < before

    def clear(session: Session, found: Sequence[Any]) -> int:
        # locked and asked again: who answers meanwhile keeps it
        here = session.scalars(
            select(thread.id).where(thread.id.in_([row.id for row in found]), old).with_for_update()
        ).all()
        for table in (comment, ThreadSeen):
            _delete(session, table, table.thread_id.in_(here))
        _delete(session, thread, thread.id.in_(here))
        return len(here)

    yield from retention.batches(engine, select(thread.id).where(old), clear)


def _delete(session: Session, table: Any, where: Any) -> None:
    session.execute(delete(table).where(where).execution_options(synchronize_session=False))
