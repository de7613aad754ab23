"""Finding a version, and the one that a new one is compared with."""

from __future__ import annotations

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from partnerjourney.core.errors import ConflictError, NotFoundError
from partnerjourney.journeys.services import Place
from partnerjourney.versions.models import Version
from partnerjourney.versions.rules import State, next_of


def find(session: Session, place: Place, version_id: uuid.UUID, *, lock: bool = False) -> Version:
    """Return a version of this journey; raises NotFoundError. With `lock` others wait."""
    query = select(Version).where(Version.journey_id == place.id, Version.id == version_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = session.scalar(query)
    if found is None:
        raise NotFoundError
    return found


def latest_agreed(session: Session, journey_id: uuid.UUID) -> Version | None:
    """Return the version that was agreed last: what is put forward is compared with it."""
    return session.scalar(
        select(Version)
        .where(Version.journey_id == journey_id, Version.state.in_((State.AGREED, State.IN_USE)))
        .order_by(Version.number.desc())
        .limit(1)
    )


def in_alignment(session: Session, journey_id: uuid.UUID) -> Version | None:
    """Return the version that parties are asked about now; there is one at most."""
    return session.scalar(
        select(Version).where(Version.journey_id == journey_id, Version.state == State.ALIGNMENT)
    )


def step(version: Version, name: str) -> None:
    """Move a version on; raises ConflictError where this step does not exist from its state."""
    target = next_of(version.state, name)
    if target is None:
        raise ConflictError(f"version {version.number} is {version.state}: no {name} from here")
    version.state = target
