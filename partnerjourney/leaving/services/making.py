"""What goes into a package: live while its organisation takes part, afterwards what was kept."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session, undefer

from partnerjourney.core import border
from partnerjourney.core.apart import Apart, Takeout, TakeoutState
from partnerjourney.core.errors import NotFoundError
from partnerjourney.core.parties import Participation
from partnerjourney.core.policy import Permission, require
from partnerjourney.core.scopes import Member, Scope, System
from partnerjourney.journeys import services as journeys
from partnerjourney.leaving.queries import rows
from partnerjourney.leaving.queries.past import past
from partnerjourney.leaving.services.packing import pack
from partnerjourney.leaving.services.takeouts import Kept


@dataclass(frozen=True)
class Source:
    """Where the content of a package comes from: a document, and until when rows count."""

    participation: Participation
    past: dict[str, Any]
    until: datetime
    scope: Scope
    kept_id: uuid.UUID | None


def source(session: Session, actor: Member, takeout: Takeout, *, at: datetime) -> Source:
    """Return what a package is made of, read in its organisation's own scope.

    Rows of somebody who left are read by the product itself, by the circles that have closed.
    Raises NotFoundError for one that is suspended, or that the journey is not shown to.
    """
    require(actor, Permission.TAKEOUT_MAKE, Kept(takeout.owner_id))
    participation = session.get(Participation, (takeout.journey_id, takeout.participation_id))
    if participation is None:
        raise NotFoundError
    kept = kept_of(session, participation.id)
    if kept is None:
        place = journeys.find(session, actor, takeout.journey_id)
        return Source(participation, past(session, place, at=at), at, actor, None)
    if kept.left_at is None:
        raise NotFoundError
    own = System("rows of who has left")
    return Source(participation, kept.past, kept.fixed_at, own, kept.id)


def kept_of(session: Session, participation_id: uuid.UUID) -> Apart | None:
    """Return what was kept of a participation, with its document."""
    return session.scalars(
        select(Apart).where(Apart.participation_id == participation_id).options(undefer(Apart.past))
    ).first()


def make(
    engine: Engine, found: Source, *, at: datetime, progressed: Callable[[int], None]
) -> bytes:
    """Return the package; rows are read as they are written, so memory does not grow with them."""
    with (
        border.open_session(engine, found.scope) as events,
        border.open_session(engine, found.scope) as acts,
    ):
        grown = {
            "events": rows.events(events, found.participation, until=found.until),
            "history": rows.acts(acts, found.participation, until=found.until),
        }
        return pack(found.past, grown, at=at, progressed=progressed)


def unchanged(system: Session, found: Source) -> bool:
    """Say whether the organisation stands as it did when its package was begun."""
    kept = system.scalar(select(Apart.id).where(Apart.participation_id == found.participation.id))
    return bool(kept == found.kept_id)


def store(system: Session, takeout: Takeout, data: bytes, *, at: datetime) -> None:
    """Keep the package."""
    _set(
        system,
        takeout.owner_id,
        takeout.id,
        state=TakeoutState.DONE,
        progress=100,
        data=data,
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        done_at=at,
    )


def fail(system: Session, owner_id: uuid.UUID, takeout_id: uuid.UUID) -> None:
    """Note that it could not be made."""
    _set(system, owner_id, takeout_id, state=TakeoutState.FAILED)


def progressed(session: Session, owner_id: uuid.UUID, takeout_id: uuid.UUID, number: int) -> None:
    """Note how far it is, in per cent."""
    _set(session, owner_id, takeout_id, state=TakeoutState.MAKING, progress=number)


def _set(session: Session, owner_id: uuid.UUID, takeout_id: uuid.UUID, **values: Any) -> None:
    session.execute(
        update(Takeout)
        .where(
            Takeout.owner_id == owner_id,
            Takeout.id == takeout_id,
            Takeout.state != TakeoutState.DONE,
        )
        .values(**values)
        .execution_options(synchronize_session=False)
    )
