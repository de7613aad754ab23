"""Emergency changes: the only override, of descriptions and contacts, for at most 72 hours."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from partnerjourney.core import border
from partnerjourney.core.errors import ConflictError, InputError, NotFoundError, StaleVersionError
from partnerjourney.core.policy import Permission, require
from partnerjourney.core.scopes import Member
from partnerjourney.core.texts import N_
from partnerjourney.handovers import services as handovers
from partnerjourney.handovers.models import Handover, HandoverTerms
from partnerjourney.handovers.services import Edge
from partnerjourney.journeys.services import Place
from partnerjourney.proposals import signals
from partnerjourney.proposals.models import EmergencyChange
from partnerjourney.proposals.rules import (
    HANDOVER_FIELDS,
    FieldClass,
    differing,
    emergency_until,
    read,
    restored,
    written,
)
from partnerjourney.proposals.services import sides as sides_of
from partnerjourney.proposals.services.changing import make_stale
from partnerjourney.proposals.services.sides import speaks_for


@dataclass(frozen=True)
class Urgency:
    """Why nobody can be asked first, and for how many hours the change holds."""

    reason: str
    hours: int


def start(
    session: Session,
    actor: Member,
    place: Place,
    edge: Edge,
    terms: HandoverTerms,
    *,
    version: int,
    at: datetime,
    fields: Mapping[str, Any],
    urgency: Urgency,
) -> EmergencyChange:
    """Change descriptions and contacts at once, without asking, until it falls back by itself.

    The hand-over was read with its lock. Raises InputError for a promise, for nothing changed, and
    without a reason or outside 1 to 72 hours, and for what such
    a change holds already; StaleVersionError when another saved first.
    """
    require(actor, Permission.EMERGENCY_CHANGE, edge)
    now = handovers.standing_terms(edge.handover, terms)
    if terms.version != version:
        raise StaleVersionError({name: now[name] for name in fields if name in now})
    wanted = differing(now, {n: v for n, v in fields.items() if n in HANDOVER_FIELDS})
    _check(wanted, urgency.reason)
    try:
        until = emergency_until(at, urgency.hours)
    except ValueError:
        raise InputError({"hours": [N_("An emergency change holds for 1 to 72 hours.")]}) from None
    sides = sides_of.of(place, edge, terms)
    if "told" in wanted and sides.of_member:
        raise InputError({"told": [N_("The coordinator writes this for the whole group.")]})
    _alone(session, edge.handover, terms, wanted)
    made = EmergencyChange(
        journey_id=place.id,
        circle_id=terms.circle_id,
        handover_id=edge.handover.id,
        terms_id=terms.id,
        by_party_id=sides.by.id,
        fields=written(wanted),
        reason=urgency.reason.strip(),
        made_at=at,
        until=until,
    )
    session.add(made)
    session.flush()
    new = {name: one.after for name, one in wanted.items()}
    handovers.write(session, edge.handover, terms, new, at=at, verb="handover.emergency")
    make_stale(session, edge.handover, terms, at=at)
    signals.emergency.send(session, change=made, at=at)
    return made


def _check(wanted: Mapping[str, Any], reason: str) -> None:
    promised = [n for n in wanted if HANDOVER_FIELDS[n] is FieldClass.PROMISE]
    if promised:
        told = N_("A promise is never changed by emergency: propose it to the other side.")
        raise InputError({name: [told] for name in promised})
    if not wanted:
        raise InputError({"_schema": [N_("This is what stands now: there is nothing to propose.")]})
    if not reason.strip():
        raise InputError({"reason": [N_("Say what the emergency is.")]})


def _alone(
    session: Session, handover: Handover, terms: HandoverTerms, wanted: Mapping[str, Any]
) -> None:
    """Refuse what another emergency change holds: two would fall back to what nobody agreed to.

    What the customer hears is one text for all circles; whose change holds it is not said.
    """
    held = select(EmergencyChange.terms_id, EmergencyChange.fields).where(
        EmergencyChange.journey_id == handover.journey_id,
        EmergencyChange.handover_id == handover.id,
        EmergencyChange.ended_at.is_(None),
    )
    with border.verb(session, "which texts an emergency change holds") as system:
        taken = {
            name
            for terms_id, fields in system.execute(held)
            for name in fields
            if name == "told" or terms_id == terms.id
        }
    if both := taken & wanted.keys():
        told = N_(
            "An emergency change holds this now. Propose it, or wait until that one has ended."
        )
        raise InputError({name: [told] for name in both})


def find(session: Session, place: Place, change_id: uuid.UUID) -> EmergencyChange:
    """Return an emergency change that the actor shares; raises NotFoundError."""
    found = session.scalar(
        select(EmergencyChange).where(
            EmergencyChange.journey_id == place.id, EmergencyChange.id == change_id
        )
    )
    if found is None:
        raise NotFoundError
    return found


def lift(
    session: Session, actor: Member, place: Place, found: EmergencyChange, *, at: datetime
) -> None:
    """End an emergency change before its time: who made it, or a side of the hand-over, may."""
    edge = handovers.find(session, place, found.handover_id, lock=True)
    require(actor, Permission.EMERGENCY_CHANGE, edge)
    if not (speaks_for(place, found.by_party_id) or edge.terms):
        raise NotFoundError
    session.refresh(found)
    if found.ended_at is not None:
        raise ConflictError("this emergency change has ended")
    fall_back(session, found, at=at)


def fall_back(session: Session, found: EmergencyChange, *, at: datetime) -> list[str]:
    """Let the old text stand again, but for what was agreed meanwhile; return those fields."""
    handover = session.get_one(Handover, (found.journey_id, found.handover_id))
    terms = session.get_one(HandoverTerms, (found.journey_id, found.terms_id))
    old = restored(read(found.fields), handovers.standing_terms(handover, terms))
    found.ended_at = at
    session.flush()
    handovers.write(session, handover, terms, old, at=at, verb="handover.fall_back")
    make_stale(session, handover, terms, at=at)
    signals.calmed.send(session, change=found, at=at)
    return list(old)


def end_due(system: Session, change_id: uuid.UUID, *, at: datetime) -> EmergencyChange | None:
    """Let one emergency change fall back whose time is up, under System; return it if it did."""
    found = system.scalar(select(EmergencyChange).where(EmergencyChange.id == change_id))
    if found is None:
        return None
    system.scalars(  # held first, as everybody does who changes it
        select(Handover.id)
        .where(Handover.journey_id == found.journey_id, Handover.id == found.handover_id)
        .with_for_update(of=Handover)
    ).all()
    system.refresh(found)
    if found.ended_at is not None or at < found.until:
        return None
    fall_back(system, found, at=at)
    return found
