"""Items of the acting organisation, and the rows that say where each is used."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from partnerjourney.core.errors import NotFoundError
from partnerjourney.core.parties import Journey, Organisation
from partnerjourney.library.models import LibraryChange, LibraryItem, LibraryUse
from partnerjourney.library.queries.places import Key


@dataclass(frozen=True, slots=True)
class Listed:
    """An item, in how many journeys it is used, and at how many places."""

    item: LibraryItem
    journeys: int
    places: int


@dataclass(frozen=True, slots=True)
class Used:
    """A place where an item is used; without names where the organisation is apart now."""

    use: LibraryUse
    journey: str
    brand: str


def listed(session: Session) -> list[Listed]:
    """Return the items, by kind and title."""
    rows = session.execute(
        select(
            LibraryItem,
            func.count(func.distinct(LibraryUse.journey_id)),
            func.count(LibraryUse.id),
        )
        .outerjoin(
            LibraryUse,
            and_(LibraryUse.owner_id == LibraryItem.owner_id, LibraryUse.item_id == LibraryItem.id),
        )
        .where(LibraryItem.retired_at.is_(None))
        .group_by(*LibraryItem.__table__.primary_key, *LibraryItem.__table__.c)
        .order_by(LibraryItem.kind, LibraryItem.title, LibraryItem.id)
    )
    return [Listed(*row) for row in rows]


def find(session: Session, item_id: uuid.UUID, *, lock: bool = False) -> LibraryItem:
    """Return an item of the acting organisation; raises NotFoundError."""
    query = select(LibraryItem).where(LibraryItem.id == item_id, LibraryItem.retired_at.is_(None))
    found = session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise NotFoundError
    return found


def uses_of(session: Session, item: LibraryItem) -> list[Used]:
    """Return where an item is used, by brand, then by journey."""
    rows = session.execute(
        select(LibraryUse, Journey.name, Organisation.name)
        .outerjoin(Journey, Journey.id == LibraryUse.journey_id)
        .outerjoin(Organisation, Organisation.id == Journey.organisation_id)
        .where(LibraryUse.owner_id == item.owner_id, LibraryUse.item_id == item.id)
    ).all()
    found = [Used(use, journey or "", brand or "") for use, journey, brand in rows]
    return sorted(found, key=lambda one: (not one.brand, one.brand, one.journey, one.use.used_at))


def held(session: Session) -> dict[Key, LibraryItem]:
    """Return place → the item that is used there."""
    rows = session.execute(
        select(LibraryUse, LibraryItem).join(
            LibraryItem,
            and_(LibraryItem.owner_id == LibraryUse.owner_id, LibraryItem.id == LibraryUse.item_id),
        )
    )
    return {(use.journey_id, use.thing_id, use.spot): item for use, item in rows}


def changes(session: Session, item: LibraryItem) -> list[LibraryChange]:
    """Return the latest changes of an item, the latest first."""
    return list(
        session.scalars(
            select(LibraryChange)
            .where(LibraryChange.owner_id == item.owner_id, LibraryChange.item_id == item.id)
            .order_by(LibraryChange.id.desc())
            .limit(5)
        )
    )


def change_of(session: Session, item: LibraryItem, change_id: uuid.UUID) -> LibraryChange:
    """Return one change of an item; raises NotFoundError."""
    found = session.scalar(
        select(LibraryChange).where(
            LibraryChange.owner_id == item.owner_id,
            LibraryChange.item_id == item.id,
            LibraryChange.id == change_id,
        )
    )
    if found is None:
        raise NotFoundError
    return found
