"""What stands beside the map: do's and don'ts, reasons written down, the trades that look along."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from partnerjourney.core import audit, border
from partnerjourney.core.errors import NotFoundError, StaleVersionError
from partnerjourney.core.parties import Participation, ParticipationState, Party
from partnerjourney.core.policy import Permission, require
from partnerjourney.core.scopes import Actor
from partnerjourney.journeys.models import ChecklistItem, WrittenReason
from partnerjourney.journeys.rules import AdviceKind, Discipline
from partnerjourney.journeys.services.places import Place, update_row


def checklist(session: Session, journey_id: uuid.UUID) -> list[ChecklistItem]:
    """Return the do's and don'ts of a journey, in order."""
    return list(
        session.scalars(
            select(ChecklistItem)
            .where(ChecklistItem.journey_id == journey_id, ChecklistItem.retired_at.is_(None))
            .order_by(ChecklistItem.position, ChecklistItem.id)
        )
    )


def find_item(
    session: Session, place: Place, item_id: uuid.UUID, *, lock: bool = False
) -> ChecklistItem:
    """Return a do or don't of this journey; raises NotFoundError."""
    query = select(ChecklistItem).where(
        ChecklistItem.journey_id == place.id,
        ChecklistItem.id == item_id,
        ChecklistItem.retired_at.is_(None),
    )
    item = session.scalar(query.with_for_update() if lock else query)
    if item is None:
        raise NotFoundError
    return item


def add_item(
    session: Session,
    actor: Actor,
    place: Place,
    *,
    kind: AdviceKind,
    text: str,
    at: datetime,
    done: bool = False,
) -> ChecklistItem:
    """Add a do or don't at the end."""
    require(actor, Permission.JOURNEY_DRAW, place)
    last = session.scalars(
        select(ChecklistItem.position).where(ChecklistItem.journey_id == place.id)
    ).all()
    item = ChecklistItem(
        journey_id=place.id, kind=kind, text=text, done=done, position=max(last, default=-1) + 1
    )
    session.add(item)
    session.flush()
    audit.record(session, "checklist.add", at=at, thing_id=item.id, journey_id=place.id, after=text)
    return item


def tick(
    session: Session,
    actor: Actor,
    place: Place,
    item: ChecklistItem,
    *,
    done: bool,
    version: int,
    at: datetime,
) -> None:
    """Say that it is so, or not any more; raises StaleVersionError when another saved first."""
    require(actor, Permission.JOURNEY_DRAW, place)
    if update_row(session, item, version=version, fields={"done": done}):
        audit.record(
            session, "checklist.tick", at=at, thing_id=item.id, journey_id=place.id, after=done
        )


def retire_item(
    session: Session, actor: Actor, place: Place, item: ChecklistItem, *, at: datetime
) -> None:
    """Take a do or don't off the list."""
    require(actor, Permission.JOURNEY_DRAW, place)
    item.retired_at = at
    session.flush()
    audit.record(session, "checklist.retire", at=at, thing_id=item.id, journey_id=place.id)


# --- reasons -------------------------------------------------------------------------------------


def reasons(session: Session, journey_id: uuid.UUID) -> dict[str, WrittenReason]:
    """Return the reasons written down for a journey, by the id of the rule."""
    rows = session.scalars(select(WrittenReason).where(WrittenReason.journey_id == journey_id))
    return {row.rule: row for row in rows}


def write_reason(
    session: Session,
    actor: Actor,
    place: Place,
    *,
    rule: str,
    text: str,
    version: int,
    at: datetime,
) -> WrittenReason | None:
    """Write down why a journey may stay as a rule found it; an empty text takes it back.

    `version` is that of the reason that was shown, 0 for none; raises StaleVersionError.
    """
    require(actor, Permission.JOURNEY_DRAW, place)
    there = reasons(session, place.id).get(rule)
    if version != (there.version if there else 0):
        raise StaleVersionError({"text": there.text if there else ""})
    before = there.text if there else None
    if not text:
        if there is not None:
            session.delete(there)
            session.flush()
    elif there is None:
        lead = place.orchestrator
        there = WrittenReason(
            journey_id=place.id,
            rule=rule,
            text=text,
            party_id=lead.id if lead else None,
            written_at=at,
        )
        session.add(there)
        session.flush()
    else:
        there.text, there.written_at = text, at
        session.flush()
    if before != (text or None):
        audit.record(
            session,
            "reason.write",
            at=at,
            thing_id=place.id,
            journey_id=place.id,
            before=[rule, before],
            after=[rule, text],
            shown={"reason": (before, text or None)},
        )
    return there if text else None


# --- trades --------------------------------------------------------------------------------------


def say_disciplines(
    session: Session,
    actor: Actor,
    place: Place,
    party: Party,
    *,
    disciplines: Collection[Discipline],
    at: datetime,
) -> None:
    """Say from which trades the acting organisation looks at the journey, as this party."""
    require(actor, Permission.PARTY_DESCRIBE, place.owned(party.id))
    listed = [discipline.value for discipline in Discipline if discipline in disciplines]
    with border.verb(session, "a participation says its trades") as system:
        system.execute(
            update(Participation)
            .where(
                Participation.journey_id == place.id,
                Participation.party_id == party.id,
                Participation.organisation_id == actor.organisation_id,
                Participation.state == ParticipationState.ACTIVE,
            )
            .values(disciplines=listed)
        )
        audit.record(
            system,
            "organisation.disciplines",
            at=at,
            thing_id=party.id,
            owner_id=actor.organisation_id,
            after=listed,
            by=actor,
        )
