"""Making an item, putting it to use at places of one's own, taking it off them."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from partnerjourney.core import audit
from partnerjourney.core.errors import InputError, NotFoundError
from partnerjourney.core.parties import Organisation
from partnerjourney.core.policy import Permission, require
from partnerjourney.core.scopes import Actor, Member
from partnerjourney.core.texts import N_
from partnerjourney.library import queries
from partnerjourney.library.models import LibraryItem, LibraryUse
from partnerjourney.library.queries import Key, Spotted
from partnerjourney.library.rules import FIELDS, SPOTS, Kind


def may_read(actor: Actor, organisation: Organisation) -> None:
    """Raise NotAllowedError unless the actor is of the organisation."""
    require(actor, Permission.LIBRARY_READ, organisation)


def may_edit(actor: Actor, organisation: Organisation) -> None:
    """Raise NotAllowedError unless the actor changes what its organisation says."""
    require(actor, Permission.LIBRARY_EDIT, organisation)


def cleaned(kind: Kind, fields: Mapping[str, str | None]) -> dict[str, str]:
    """Return the fields of a kind; raises InputError where nothing is said."""
    found = {name: (fields.get(name) or "").strip() for name in FIELDS[kind]}
    if not found[FIELDS[kind][0]]:
        raise InputError({FIELDS[kind][0]: [N_("Fill this in.")]})
    return found


def make(
    session: Session,
    actor: Member,
    organisation: Organisation,
    *,
    kind: Kind,
    title: str,
    fields: Mapping[str, str | None],
    take: Spotted | None = None,
    at: datetime,
) -> LibraryItem:
    """Make an item; with `take` it is used at once where it was taken from."""
    may_edit(actor, organisation)
    made = LibraryItem(
        owner_id=organisation.id,
        kind=kind,
        title=title,
        fields=cleaned(kind, fields),
        made_at=at,
        changed_at=at,
    )
    session.add(made)
    session.flush()
    audit.record(
        session,
        "library.make",
        at=at,
        thing_id=made.id,
        owner_id=organisation.id,
        after={"kind": kind.value, "title": title, "fields": made.fields},
    )
    if take is not None:
        put_to_use(session, actor, organisation, made, [take.key], spots={take.key: take}, at=at)
    return made


def put_to_use(
    session: Session,
    actor: Member,
    organisation: Organisation,
    item: LibraryItem,
    keys: Collection[Key],
    *,
    spots: Mapping[Key, Spotted],
    at: datetime,
) -> list[LibraryUse]:
    """Use an item at places of one's own; what stands there changes only when that is said.

    Another item that was used there is not any more. Raises NotFoundError for another's place.
    """
    may_edit(actor, organisation)
    made = []
    for key in dict.fromkeys(keys):
        spot = spots.get(key)
        if spot is None or key[2] is not SPOTS[item.kind]:
            raise NotFoundError
        journey_id, thing_id, what = key
        use = session.scalar(
            select(LibraryUse).where(
                LibraryUse.owner_id == organisation.id,
                LibraryUse.journey_id == journey_id,
                LibraryUse.thing_id == thing_id,
                LibraryUse.spot == what,
            )
        )
        if use is None:
            use = LibraryUse(
                owner_id=organisation.id, journey_id=journey_id, thing_id=thing_id, spot=what
            )
            session.add(use)
        use.item_id, use.taken, use.used_at = item.id, dict(spot.now), at
        session.flush()
        made.append(use)
        _record(session, "library.use", item, at, {"journey": journey_id, "thing": thing_id})
    return made


def detach(
    session: Session,
    actor: Member,
    organisation: Organisation,
    item: LibraryItem,
    use_id: uuid.UUID,
    *,
    at: datetime,
) -> None:
    """Use an item no more at one place; what stands there stays."""
    may_edit(actor, organisation)
    use = session.scalar(
        select(LibraryUse).where(
            LibraryUse.owner_id == organisation.id,
            LibraryUse.item_id == item.id,
            LibraryUse.id == use_id,
        )
    )
    if use is None:
        raise NotFoundError
    _record(session, "library.detach", item, at, {"journey": use.journey_id, "thing": use.thing_id})
    session.delete(use)
    session.flush()


def retire(
    session: Session, actor: Member, organisation: Organisation, item: LibraryItem, *, at: datetime
) -> None:
    """Take an item out of the library; what stands in journeys stays as it is."""
    may_edit(actor, organisation)
    for one in queries.uses_of(session, item):
        session.delete(one.use)
    item.retired_at = at
    session.flush()
    _record(session, "library.retire", item, at, {})


def _record(
    session: Session, verb: str, item: LibraryItem, at: datetime, after: Mapping[str, object]
) -> None:
    audit.record(session, verb, at=at, thing_id=item.id, owner_id=item.owner_id, after=dict(after))
