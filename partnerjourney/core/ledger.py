"""Ledger writes: kept at every status, in a short transaction of their own, the only ones on GET.

Attempt counters live here: in the database, so that all processes share one count. They slow
down, they never lock anybody out for good.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from sqlalchemy import Engine, String, delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from partnerjourney.core import border
from partnerjourney.core.db import Base, Sealed
from partnerjourney.core.errors import TooManyAttemptsError
from partnerjourney.core.scopes import System


class Attempt(Sealed, Base):
    """How often something was tried for one subject in one window; the subject is a hash."""

    __tablename__ = "attempt"
    subject: Mapped[str] = mapped_column(String(64), primary_key=True)
    window_start: Mapped[datetime] = mapped_column(primary_key=True)
    count: Mapped[int]


@contextmanager
def writing(engine: Engine, reason: str) -> Iterator[Session]:
    """Open a short transaction of the product itself that is kept whatever the answer."""
    with border.open_session(engine, System(reason), write=True) as session:
        session.info["ledger"] = True
        with session.begin():
            yield session


def count_attempt(
    engine: Engine, what: str, subject: str, *, limit: int, window: timedelta, at: datetime
) -> None:
    """Count one attempt; raises TooManyAttemptsError above `limit` per fixed window."""
    seconds = int(window.total_seconds())
    start = datetime.fromtimestamp(int(at.timestamp()) // seconds * seconds, at.tzinfo)
    key = hashlib.sha256(f"{what}:{subject}".encode()).hexdigest()
    insert = sqlite.insert if engine.dialect.name == "sqlite" else postgresql.insert
    counted = (
        insert(Attempt)
        .values(subject=key, window_start=start, count=1)
        .on_conflict_do_update(
            index_elements=["subject", "window_start"], set_={"count": Attempt.count + 1}
        )
        .returning(Attempt.count)
    )
    with writing(engine, f"count {what}") as session:
        tried = session.execute(counted).scalar_one()
    if tried > limit:
        raise TooManyAttemptsError(max(1, int((start + window - at).total_seconds())))


def forget_attempts(engine: Engine, what: str, subject: str) -> None:
    """Start counting afresh, after a success."""
    key = hashlib.sha256(f"{what}:{subject}".encode()).hexdigest()
    with writing(engine, f"forget {what}") as session:
        session.execute(delete(Attempt).where(Attempt.subject == key))
