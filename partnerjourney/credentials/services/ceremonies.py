"""What a browser is in the middle of: begun with a token that only its cookie holds."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, or_, select, update
from sqlalchemy.orm import Session

from partnerjourney.core import ids, retention
from partnerjourney.credentials.models import Ceremony, CeremonyKind


def begin(
    session: Session,
    kind: CeremonyKind,
    *,
    at: datetime,
    lasts: timedelta,
    user_id: uuid.UUID | None = None,
    data: Mapping[str, Any] | None = None,
) -> str:
    """Store that a browser began something and return its token."""
    token = ids.new_token()
    session.add(
        Ceremony(
            token_hash=ids.token_hash(token),
            kind=kind,
            user_id=user_id,
            data=dict(data or {}),
            created_at=at,
            expires_at=at + lasts,
        )
    )
    session.flush()
    return token


def look(
    session: Session, kind: CeremonyKind, token: str | None, *, at: datetime
) -> Ceremony | None:
    """Return a ceremony that goes on; None for one that ended or is of another kind."""
    if not token:
        return None
    return session.scalar(
        select(Ceremony).where(
            Ceremony.token_hash == ids.token_hash(token),
            Ceremony.kind == kind,
            Ceremony.used_at.is_(None),
            Ceremony.expires_at > at,
        )
    )


def take(session: Session, found: Ceremony, *, at: datetime) -> bool:
    """Finish a ceremony; False where another request did so a moment before."""
    done: Any = session.execute(
        update(Ceremony)
        .where(Ceremony.token_hash == found.token_hash, Ceremony.used_at.is_(None))
        .values(used_at=at)
        .execution_options(synchronize_session=False)
    )
    return bool(done.rowcount == 1)


def end_all(session: Session, user_id: uuid.UUID, *, at: datetime) -> None:
    """End whatever any browser is in the middle of for a person."""
    session.execute(
        update(Ceremony)
        .where(Ceremony.user_id == user_id, Ceremony.used_at.is_(None))
        .values(used_at=at)
        .execution_options(synchronize_session=False)
    )


@retention.rule("steps of signing in", setting="keep_attempts_days")
def _clear(engine: Engine, _settings: Any, before: datetime) -> Iterator[int]:
    old = or_(Ceremony.used_at < before, Ceremony.expires_at < before)
    yield from retention.delete_rows(engine, Ceremony, old)
