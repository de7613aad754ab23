"""The library as a system with a key reads it: a key reads no private row by itself."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from partnerjourney.core.errors import NotFoundError
from partnerjourney.core.owned import private
from partnerjourney.core.parties import Journey, Organisation
from partnerjourney.core.scopes import Actor, Token
from partnerjourney.library.models import LibraryItem, LibraryUse
from partnerjourney.library.queries import Used
from partnerjourney.library.services.items import may_edit, may_read


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
    return _kept(session, actor, organisation)


def _kept(session: Session, actor: Actor, organisation: Organisation) -> list[Kept]:
    with private(session, actor) as own:
        items = own.scalars(
            select(LibraryItem)
            .where(LibraryItem.owner_id == organisation.id, LibraryItem.retired_at.is_(None))
            .order_by(LibraryItem.kind, LibraryItem.title, LibraryItem.id)
        ).all()
        query = select(LibraryUse).where(LibraryUse.owner_id == organisation.id)
        if isinstance(actor, Token):
            query = query.where(LibraryUse.journey_id.in_(actor.journeys))
        uses: dict[uuid.UUID, list[LibraryUse]] = {}
        for use in own.scalars(query.order_by(LibraryUse.journey_id, LibraryUse.id)):
            uses.setdefault(use.item_id, []).append(use)
        found = [Kept(item, tuple(uses.get(item.id, ()))) for item in items]
        return [one for one in found if one.uses or not isinstance(actor, Token)]


def find(
    session: Session,
    actor: Actor,
    organisation: Organisation,
    item_id: uuid.UUID,
    *,
    lock: bool = False,
) -> Kept:
    """Return one of these to who may read or change it; raises NotFoundError.

    With `lock` nobody changes it meanwhile.
    """
    (may_edit if lock else may_read)(actor, organisation)
    if lock:
        with private(session, actor) as own:
            mine = LibraryItem.owner_id == organisation.id, LibraryItem.id == item_id
            own.scalar(select(LibraryItem.id).where(*mine).with_for_update())
    for one in _kept(session, actor, organisation):
        if one.item.id == item_id:
            return one
    raise NotFoundError


def used(session: Session, found: Kept) -> list[Used]:
    """Return the places of an item, with the names that the actor may read."""
    journeys = {use.journey_id for use in found.uses}
    rows = session.execute(
        select(Journey.id, Journey.name, Organisation.name)
        .outerjoin(Organisation, Organisation.id == Journey.organisation_id)
        .where(Journey.id.in_(journeys))
    )
    names = {journey_id: (journey, brand or "") for journey_id, journey, brand in rows}
    return [Used(use, *names.get(use.journey_id, ("", ""))) for use in found.uses]
