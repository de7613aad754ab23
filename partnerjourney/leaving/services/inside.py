"""Reading in another organisation's name, inside the transaction of the act that needs it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from partnerjourney.core import border
from partnerjourney.core.scopes import Member


@contextmanager
def reading_as(session: Session, member: Member, reason: str) -> Iterator[Session]:
    """Read what a member reads, narrowed like its own session, then return to the own scope.

    Only for what becomes that member's own: a document that nobody else opens.
    """
    with border.verb(session, reason):
        inner = type(session)(
            session.connection(),
            expire_on_commit=False,
            join_transaction_mode="rollback_only",
            info={"scope": member, "reads only": True},
        )
        try:
            yield inner
        finally:
            inner.close()
