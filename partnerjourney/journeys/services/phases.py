"""Verbs on the phases of a journey: the coordinator names and orders them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import case, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified, set_committed_value

from partnerjourney.core import audit
from partnerjourney.core.errors import ConflictError, NotFoundError
from partnerjourney.core.policy import Permission, require
from partnerjourney.core.scopes import Actor
from partnerjourney.journeys.models import Phase, PhaseContent
from partnerjourney.journeys.rules import new_key
from partnerjourney.journeys.services.places import Base, Place


def phases(session: Session, journey_id: uuid.UUID) -> list[Phase]:
    """Return the phases of the working copy, in order."""
    return list(
        session.scalars(
            select(Phase)
            .join(Phase.content)
            .where(Phase.journey_id == journey_id, Phase.retired_at.is_(None))
            .order_by(PhaseContent.position, Phase.id)
        )
    )


def find_phase(
    session: Session, place: Place, phase_id: uuid.UUID, *, retired: bool = False
) -> Phase:
    """Return a phase of this journey; one that is off the map only where `retired` ones count."""
    query = select(Phase).where(Phase.journey_id == place.id, Phase.id == phase_id)
    phase = session.scalar(query)
    if phase is None or (phase.retired_at is not None and not retired):
        raise NotFoundError
    return phase


def add_phase(
    session: Session,
    actor: Actor,
    place: Place,
    *,
    name: str,
    at: datetime,
    key: str | None = None,
    is_use: bool = False,
) -> Phase:
    """Add a phase at the end."""
    require(actor, Permission.JOURNEY_DRAW, place)
    keys = set(session.scalars(select(Phase.key).where(Phase.journey_id == place.id)))
    last = max((p.content.position for p in phases(session, place.id)), default=-1)
    phase = Phase(journey_id=place.id, key=key or new_key(name, keys))
    phase.content = PhaseContent(journey_id=place.id, name=name, position=last + 1, is_use=is_use)
    session.add(phase)
    session.flush()
    audit.record(session, "phase.add", at=at, thing_id=phase.id, journey_id=place.id, after=name)
    return phase


def rename_phase(
    session: Session,
    actor: Actor,
    place: Place,
    phase: Phase,
    *,
    name: str,
    base: Base,
    at: datetime,
) -> str:
    """Give a phase another name; returns the one before. StaleVersionError as `base` says."""
    require(actor, Permission.JOURNEY_DRAW, place)
    before = phase.content.name
    base.require(phase.content.version, before)
    if name != before:
        phase.content.name = name
        session.flush()
        audit.record(
            session,
            "phase.rename",
            at=at,
            thing_id=phase.id,
            journey_id=place.id,
            before=before,
            after=name,
            shown={"name": (before, name)},
        )
    return before


def order_phases(
    session: Session, actor: Actor, place: Place, *, ids: Sequence[uuid.UUID], at: datetime
) -> None:
    """Put the phases in this order; ones that are not named keep their order behind."""
    require(actor, Permission.JOURNEY_DRAW, place)
    wanted = {phase_id: n for n, phase_id in enumerate(ids)}
    found = phases(session, place.id)
    found.sort(key=lambda phase: wanted.get(phase.id, len(wanted)))
    for position, phase in enumerate(found):
        phase.content.position = position
    session.flush()
    audit.record(session, "phase.order", at=at, journey_id=place.id)


def put_phase(
    session: Session,
    actor: Actor,
    place: Place,
    phase: Phase,
    *,
    after_id: uuid.UUID | None,
    base: Base,
    at: datetime,
) -> tuple[uuid.UUID | None, uuid.UUID | None]:
    """Put a phase after another, or first; the others close up, and their versions stay.

    Returns after which it stood and after which it stands: the last where the one that it should
    follow is gone. Raises StaleVersionError when somebody moved it since `base`.
    """
    require(actor, Permission.JOURNEY_DRAW, place)
    row = phases(session, place.id)
    was = _before(row, phase)
    base.require(phase.content.version, was)
    row.remove(phase)
    index = next((n for n, p in enumerate(row, 1) if p.id == after_id), len(row))
    row.insert(0 if after_id is None else index, phase)
    numbers = {p.id: n for n, p in enumerate(row) if p is not phase and p.content.position != n}
    if numbers:
        session.execute(
            update(PhaseContent)
            .where(PhaseContent.journey_id == place.id, PhaseContent.id.in_(numbers))
            .values(position=case(numbers, value=PhaseContent.id)),
            execution_options={"synchronize_session": False},
        )
    for other in row:
        if other.id in numbers:
            set_committed_value(other.content, "position", numbers[other.id])
    phase.content.position = row.index(phase)
    flag_modified(phase.content, "position")  # a move is a change even where the number stays
    session.flush()
    now = _before(row, phase)
    audit.record(
        session,
        "phase.move",
        at=at,
        thing_id=phase.id,
        journey_id=place.id,
        before=str(was),
        after=str(now),
    )
    return was, now


def _before(row: Sequence[Phase], phase: Phase) -> uuid.UUID | None:
    index = row.index(phase)
    return row[index - 1].id if index else None


def retire_phase(
    session: Session, actor: Actor, place: Place, phase: Phase, *, version: int, at: datetime
) -> None:
    """Take a phase off the map; the caller has seen that nothing stands in it."""
    require(actor, Permission.JOURNEY_DRAW, place)
    Base(version).require(phase.content.version)
    phase.retired_at = at
    session.flush()
    audit.record(session, "phase.retire", at=at, thing_id=phase.id, journey_id=place.id)


def restore_phase(
    session: Session, actor: Actor, place: Place, phase: Phase, *, version: int, at: datetime
) -> None:
    """Put a phase back on the map where it stood; ConflictError where it is back already."""
    require(actor, Permission.JOURNEY_DRAW, place)
    if phase.retired_at is None:
        raise ConflictError("this phase is on the map")
    Base(version).require(phase.content.version)
    phase.retired_at = None
    session.flush()
    audit.record(session, "phase.restore", at=at, thing_id=phase.id, journey_id=place.id)
