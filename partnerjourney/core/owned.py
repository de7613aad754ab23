"""An organisation's own rows where its key acts: a key comes to them through the product alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

from sqlalchemy import inspect
from sqlalchemy.orm import Session

from partnerjourney.core import border
from partnerjourney.core.db import Base
from partnerjourney.core.scopes import Actor, Member

Row = TypeVar("Row", bound=Base)


@contextmanager
def private(session: Session, actor: Actor) -> Iterator[Session]:
    """Open what reads and writes private rows: for a key the product does it, for its owner."""
    if isinstance(actor, Member):
        yield session
        return
    with border.verb(session, "private rows for a key") as system:
        yield system


def held_in(own: Session, session: Session, row: Row) -> Row:
    """Return a row of `session` as `own` writes it; its row is locked."""
    if own is session:
        return row
    return own.get_one(type(row), inspect(row).identity, with_for_update=True)
