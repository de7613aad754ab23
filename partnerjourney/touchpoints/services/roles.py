"""Verbs on customer roles: the coordinator names them, a card's owner weighs the card for each."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from partnerjourney.core import audit
from partnerjourney.core.errors import InputError, NotFoundError, StaleVersionError
from partnerjourney.core.policy import Permission, require
from partnerjourney.core.scopes import Actor
from partnerjourney.core.texts import N_
from partnerjourney.journeys.rules import new_key
from partnerjourney.journeys.services import Place, update_row
from partnerjourney.touchpoints.models import Card, CardRole, CustomerRole
from partnerjourney.touchpoints.rules import IMPACTS, CardKind, RoleKind, Weighed


def customer_roles(session: Session, journey_id: uuid.UUID) -> list[CustomerRole]:
    """Return the customer roles of a journey, in order."""
    return list(
        session.scalars(
            select(CustomerRole)
            .where(CustomerRole.journey_id == journey_id, CustomerRole.retired_at.is_(None))
            .order_by(CustomerRole.position, CustomerRole.id)
        )
    )


def find_role(
    session: Session, place: Place, role_id: uuid.UUID, *, lock: bool = False
) -> CustomerRole:
    """Return a customer role of this journey; raises NotFoundError."""
    query = select(CustomerRole).where(
        CustomerRole.journey_id == place.id,
        CustomerRole.id == role_id,
        CustomerRole.retired_at.is_(None),
    )
    role = session.scalar(query.with_for_update() if lock else query)
    if role is None:
        raise NotFoundError
    return role


def may_edit_roles(actor: Actor, place: Place) -> None:
    """Raise NotAllowedError unless the actor coordinates the journey."""
    require(actor, Permission.CUSTOMER_ROLE_EDIT, place)


def add_role(
    session: Session,
    actor: Actor,
    place: Place,
    *,
    kind: RoleKind,
    at: datetime,
    name: str = "",
    department: str = "",
    key: str | None = None,
) -> CustomerRole:
    """Add a customer role at the end."""
    require(actor, Permission.CUSTOMER_ROLE_EDIT, place)
    rows = session.execute(
        select(CustomerRole.key, CustomerRole.position).where(CustomerRole.journey_id == place.id)
    ).all()
    wanted = name or department or kind.value
    role = CustomerRole(
        journey_id=place.id,
        key=key or new_key(wanted, {row.key for row in rows}),
        kind=kind,
        name=name,
        department=department,
        position=max((row.position for row in rows), default=-1) + 1,
    )
    session.add(role)
    session.flush()
    _record(session, "customer-role.add", place, role.id, at, after=wanted)
    return role


def change_role(
    session: Session,
    actor: Actor,
    place: Place,
    role: CustomerRole,
    *,
    version: int,
    at: datetime,
    fields: Mapping[str, Any],
) -> None:
    """Change a customer role; raises StaleVersionError when another saved first."""
    require(actor, Permission.CUSTOMER_ROLE_EDIT, place)
    if update_row(session, role, version=version, fields=fields):
        _record(session, "customer-role.change", place, role.id, at, after=dict(fields))


def move_role(
    session: Session,
    actor: Actor,
    place: Place,
    role: CustomerRole,
    *,
    position: int,
    at: datetime,
) -> None:
    """Put a customer role at another place in the list; the others close up."""
    require(actor, Permission.CUSTOMER_ROLE_EDIT, place)
    row = [found for found in customer_roles(session, place.id) if found.id != role.id]
    row.insert(max(0, min(position, len(row))), role)
    for number, found in enumerate(row):
        found.position = number
    session.flush()
    _record(session, "customer-role.move", place, role.id, at)


def retire_role(
    session: Session, actor: Actor, place: Place, role: CustomerRole, *, at: datetime
) -> None:
    """Take a customer role off the journey; what was weighed for it is not shown any more."""
    require(actor, Permission.CUSTOMER_ROLE_EDIT, place)
    role.retired_at = at
    session.flush()
    _record(session, "customer-role.retire", place, role.id, at)


# --- what a card is to each role -----------------------------------------------------------------


def all_weighed(session: Session, journey_id: uuid.UUID) -> list[CardRole]:
    """Return what each card of a journey is to each customer role."""
    return list(session.scalars(select(CardRole).where(CardRole.journey_id == journey_id)))


def weighed(session: Session, place: Place, card: Card) -> dict[uuid.UUID, CardRole]:
    """Return what a card is to each customer role, by role."""
    rows = session.scalars(
        select(CardRole).where(CardRole.journey_id == place.id, CardRole.card_id == card.id)
    )
    return {row.role_id: row for row in rows}


def weigh(
    session: Session,
    actor: Actor,
    place: Place,
    card: Card,
    *,
    version: int,
    at: datetime,
    rows: Sequence[Weighed],
) -> None:
    """Say what a card is to the customer roles, all at once; what is left out is taken away.

    Raises StaleVersionError when another saved the card first, InputError for a step.
    """
    require(actor, Permission.CARD_EDIT, place.owned(card.content.party_id))
    if card.content.version != version:
        raise StaleVersionError({"version": card.content.version})
    known = {role.id for role in customer_roles(session, place.id)}
    _check(card, rows, known)
    wanted = {row.role: row for row in rows if row.moment_of_truth or row.impact is not None}
    there = {key: row for key, row in weighed(session, place, card).items() if key in known}
    before, after = _told(there), _told(wanted)
    if before == after:
        return
    for row in (row for key, row in there.items() if key not in wanted):
        session.delete(row)
    for given in wanted.values():
        role_id = given.role
        assert isinstance(role_id, uuid.UUID)
        weighed_row = there.get(role_id) or CardRole(
            journey_id=place.id, card_id=card.id, role_id=role_id
        )
        weighed_row.moment_of_truth, weighed_row.impact = given.moment_of_truth, given.impact
        session.add(weighed_row)
    flag_modified(card.content, "name")  # whoever reads the card reads this too: a new version
    session.flush()
    _record(session, "card.weigh", place, card.id, at, before=before, after=after)


def _told(rows: Mapping[Any, CardRole | Weighed]) -> dict[str, list[Any]]:
    return {str(role): [row.moment_of_truth, row.impact] for role, row in rows.items()}


def _check(card: Card, rows: Sequence[Weighed], known: Collection[uuid.UUID]) -> None:
    if rows and card.kind is CardKind.STEP:
        raise InputError({"_schema": [N_("The customer does not notice a step.")]})
    if any(row.role not in known for row in rows):
        raise InputError({"_schema": [N_("This is not in the journey any more.")]})
    if any(row.impact is not None and row.impact not in IMPACTS for row in rows):
        raise InputError({"impacts": [N_("Choose one of the list.")]})


def _record(
    session: Session,
    verb: str,
    place: Place,
    thing_id: uuid.UUID,
    at: datetime,
    *,
    before: Any = None,
    after: Any = None,
) -> None:
    audit.record(
        session, verb, at=at, thing_id=thing_id, journey_id=place.id, before=before, after=after
    )
