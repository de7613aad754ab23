"""The library as a system with a key reads it: a key reads no private row by itself."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from partnerjourney.core import border
from partnerjourney.core.parties import Organisation
from partnerjourney.core.scopes import Actor, Token
from partnerjourney.library.models import LibraryItem, LibraryUse
from partnerjourney.library.services.items import may_read


@dataclass(frozen=True, slots=True)
class Kept:
    """An item, and where it is used as far as the actor may know."""

    item: LibraryItem
    uses: tuple[LibraryUse, ...]


def kept(session: Session, actor: Actor, organisation: Organisation) -> list[Kept]:
    """Return the organisation's items with their places.

    A key is for some journeys: it gets the items used in these, with the places there, and no more.
    """
    may_read(actor, organisation)
    with border.verb(session, "the library of a key's organisation") as system:
        items = system.scalars(
            select(LibraryItem)
            .where(LibraryItem.owner_id == organisation.id, LibraryItem.retired_at.is_(None))
            .order_by(LibraryItem.kind, LibraryItem.title, LibraryItem.id)
        ).all()
        query = select(LibraryUse).where(LibraryUse.owner_id == organisation.id)
        if isinstance(actor, Token):
            query = query.where(LibraryUse.journey_id.in_(actor.journeys))
        uses: dict[uuid.UUID, list[LibraryUse]] = {}
        for use in system.scalars(query.order_by(LibraryUse.journey_id, LibraryUse.id)):
            uses.setdefault(use.item_id, []).append(use)
        found = [Kept(item, tuple(uses.get(item.id, ()))) for item in items]
        return [one for one in found if one.uses or not isinstance(actor, Token)]
