"""What kind of journey it is: part of a greater one, daily use with a rhythm, or of employees."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from partnerjourney.core import audit, border
from partnerjourney.core.errors import InputError
from partnerjourney.core.parties import (
    Journey,
    JourneyKind,
    Participation,
    ParticipationRole,
    ParticipationState,
)
from partnerjourney.core.policy import Permission, require
from partnerjourney.core.scopes import Actor, Token
from partnerjourney.core.texts import N_
from partnerjourney.journeys.models import Phase
from partnerjourney.journeys.rules import CADENCES, PARENTS, PARTS
from partnerjourney.journeys.services.phases import find_phase, phases
from partnerjourney.journeys.services.places import Place, update_row


@dataclass(frozen=True)
class Parent:
    """The greater journey, and from which of its phases to which this one is a part of it."""

    journey: Journey
    phases: tuple[Phase, ...]
    first: Phase | None
    last: Phase | None


def parent_of(session: Session, place: Place) -> Parent | None:
    """Return the journey that this one is part of; None where there is none that the scope sees."""
    here = place.journey
    if here.parent_id is None:
        return None
    found = session.scalar(
        select(Journey).where(Journey.id == here.parent_id, Journey.retired_at.is_(None))
    )
    if found is None:
        return None
    listed = tuple(phases(session, found.id))
    by_id = {phase.id: phase for phase in listed}
    first = by_id.get(here.parent_from_id) if here.parent_from_id else None
    last = by_id.get(here.parent_to_id) if here.parent_to_id else None
    return Parent(found, listed, first, last)


def parts_of(session: Session, place: Place) -> list[Journey]:
    """Return the journeys that are part of this one and that the scope sees, by name."""
    return list(
        session.scalars(
            select(Journey)
            .where(Journey.parent_id == place.id, Journey.retired_at.is_(None))
            .order_by(Journey.name, Journey.id)
        )
    )


def _has_parts(session: Session, actor: Actor, place: Place) -> bool:
    """Say whether journeys of the organisation are part of this one: its key need not be for them.

    Those of others it knows nothing of, and so does its key.
    """
    if not isinstance(actor, Token):
        return bool(parts_of(session, place))
    takes_part = exists().where(
        Participation.journey_id == Journey.id,
        Participation.organisation_id == actor.organisation_id,
        Participation.state == ParticipationState.ACTIVE,
    )
    query = select(Journey.id).where(
        Journey.parent_id == place.id, Journey.retired_at.is_(None), takes_part
    )
    with border.verb(session, "look for the parts of a journey") as system:
        return system.scalar(query.limit(1)) is not None


def possible_parents(session: Session, actor: Actor, place: Place) -> list[Journey]:
    """Return the journeys of which this one can be a part: those that the actor coordinates too."""
    leads = select(Participation.journey_id).where(
        Participation.organisation_id == actor.organisation_id,
        Participation.state == ParticipationState.ACTIVE,
        Participation.role == ParticipationRole.ORCHESTRATOR,
    )
    return list(
        session.scalars(
            select(Journey)
            .where(
                or_(Journey.organisation_id == actor.organisation_id, Journey.id.in_(leads)),
                Journey.id != place.id,
                Journey.kind.in_(PARENTS),
                Journey.retired_at.is_(None),
            )
            .order_by(Journey.name, Journey.id)
        )
    )


def change_kind(
    session: Session,
    actor: Actor,
    place: Place,
    *,
    version: int,
    at: datetime,
    fields: Mapping[str, Any],
) -> None:
    """Say what kind of journey it is; `fields`: kind, parent_id, its phases, cadence_days.

    What the kind does not have is taken away. Raises StaleVersionError when another saved first,
    InputError for a parent that the actor does not coordinate.
    """
    require(actor, Permission.JOURNEY_DRAW, place)
    kind = JourneyKind(fields["kind"])
    parent_id = fields.get("parent_id") if kind in PARTS else None
    wanted: dict[str, Any] = {
        "kind": kind,
        "parent_id": parent_id,
        "parent_from_id": None,
        "parent_to_id": None,
        "cadence_days": fields.get("cadence_days") if kind in CADENCES else None,
    }
    if kind not in PARENTS and _has_parts(session, actor, place):
        said = N_("Other journeys are part of this one, so it stays a whole journey.")
        raise InputError({"kind": [said]})
    if parent_id is not None:
        wanted |= _stretch(session, actor, place, parent_id, fields)
    if update_row(session, place.journey, version=version, fields=wanted):
        audit.record(
            session, "journey.kind", at=at, thing_id=place.id, journey_id=place.id, after=wanted
        )


def _stretch(
    session: Session, actor: Actor, place: Place, parent_id: uuid.UUID, fields: Mapping[str, Any]
) -> dict[str, uuid.UUID | None]:
    """Return from which phase of the parent to which; those of another journey fall away."""
    if parent_id not in {journey.id for journey in possible_parents(session, actor, place)}:
        said = N_("Choose a journey that your organisation coordinates.")
        raise InputError({"parent_id": [said]})
    order = {phase.id: number for number, phase in enumerate(phases(session, parent_id))}
    first, last = (
        found if (found := fields.get(name)) in order else None
        for name in ("parent_from_id", "parent_to_id")
    )
    if first is not None and last is not None and order[first] > order[last]:
        said = N_("The last phase comes before the first one.")
        raise InputError({"parent_to_id": [said]})
    return {"parent_from_id": first, "parent_to_id": last}


def mark_use(
    session: Session,
    actor: Actor,
    place: Place,
    phase_id: uuid.UUID,
    *,
    is_use: bool,
    at: datetime,
) -> None:
    """Say whether this is a phase in which the customer uses what it bought."""
    require(actor, Permission.JOURNEY_DRAW, place)
    phase = find_phase(session, place, phase_id)
    phase.content.is_use = is_use
    session.flush()
    audit.record(session, "phase.use", at=at, thing_id=phase.id, journey_id=place.id, after=is_use)
