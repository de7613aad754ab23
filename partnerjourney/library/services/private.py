"""Where the library's own rows are read and written: a key does neither by itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from partnerjourney.core import border
from partnerjourney.core.scopes import Actor, Member
from partnerjourney.library.models import LibraryItem


@contextmanager
def private(session: Session, actor: Actor) -> Iterator[Session]:
    """Open what reads and writes private rows: for a key the product does it, for its owner."""
    if isinstance(actor, Member):
        yield session
        return
    with border.verb(session, "the library of a key's organisation") as system:
        yield system


def held_in(own: Session, session: Session, item: LibraryItem) -> LibraryItem:
    """Return an item of `session` as `own` writes it; its row is locked."""
    if own is session:
        return item
    return own.get_one(LibraryItem, (item.owner_id, item.id), with_for_update=True)
