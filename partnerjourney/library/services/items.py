"""Making an item, putting it to use at places of one's own, taking it off them."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from partnerjourney.core import audit
from partnerjourney.core.errors import ConflictError, InputError, NotFoundError
from partnerjourney.core.owned import held_in, private
from partnerjourney.core.parties import Organisation
from partnerjourney.core.policy import Permission, require
from partnerjourney.core.scopes import Actor, Token
from partnerjourney.core.texts import N_
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
    actor: Actor,
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
    with private(session, actor) as own:
        own.add(made)
        own.flush()
        after = {"kind": kind.value, "title": title, "fields": made.fields}
        _record(own, actor, "library.make", made, at, after)
    if take is not None:
        put_to_use(session, actor, organisation, made, [take.key], spots={take.key: take}, at=at)
    return made


def put_to_use(
    session: Session,
    actor: Actor,
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
    wanted = list(dict.fromkeys(keys))
    if any(key not in spots or key[2] is not SPOTS[item.kind] for key in wanted):
        raise NotFoundError
    with private(session, actor) as own:
        made = [_use(own, item, spots[key], at) for key in wanted]
        for use in made:
            after = {"journey": use.journey_id, "thing": use.thing_id}
            _record(own, actor, "library.use", item, at, after)
        return made


def _use(own: Session, item: LibraryItem, spot: Spotted, at: datetime) -> LibraryUse:
    journey_id, thing_id, what = spot.key
    use = own.scalar(
        select(LibraryUse).where(
            LibraryUse.owner_id == item.owner_id,
            LibraryUse.journey_id == journey_id,
            LibraryUse.thing_id == thing_id,
            LibraryUse.spot == what,
        )
    )
    if use is None:
        use = LibraryUse(
            owner_id=item.owner_id, journey_id=journey_id, thing_id=thing_id, spot=what
        )
        own.add(use)
    use.item_id, use.taken, use.used_at = item.id, dict(spot.now), at
    own.flush()
    return use


def detach(
    session: Session,
    actor: Actor,
    organisation: Organisation,
    item: LibraryItem,
    use_id: uuid.UUID,
    *,
    at: datetime,
) -> None:
    """Use an item no more at one place; what stands there stays."""
    may_edit(actor, organisation)
    with private(session, actor) as own:
        use = next((one for one in _uses(own, item) if one.id == use_id), None)
        if use is None or _elsewhere(actor, use):
            raise NotFoundError
        after = {"journey": use.journey_id, "thing": use.thing_id}
        _record(own, actor, "library.detach", item, at, after)
        own.delete(use)
        own.flush()


def _uses(own: Session, item: LibraryItem) -> Sequence[LibraryUse]:
    return own.scalars(
        select(LibraryUse)
        .where(LibraryUse.owner_id == item.owner_id, LibraryUse.item_id == item.id)
        .order_by(LibraryUse.id)
    ).all()


def used_here(own: Session, actor: Actor, item: LibraryItem) -> Sequence[LibraryUse]:
    """Return where an item is used; ConflictError to a key that is not for all of them."""
    uses = _uses(own, item)
    if any(_elsewhere(actor, use) for use in uses):
        raise ConflictError("it is used in a journey that this key is not for")
    return uses


def _elsewhere(actor: Actor, use: LibraryUse) -> bool:
    """Whether a place is in a journey that the actor's key is not for."""
    return isinstance(actor, Token) and use.journey_id not in actor.journeys


def retire(
    session: Session, actor: Actor, organisation: Organisation, item: LibraryItem, *, at: datetime
) -> None:
    """Take an item out of the library; what stands in journeys stays as it is.

    Raises ConflictError to a key while it is used in a journey that the key is not for.
    """
    may_edit(actor, organisation)
    with private(session, actor) as own:
        row = held_in(own, session, item)
        for use in used_here(own, actor, item):
            own.delete(use)
        row.retired_at = at
        own.flush()
        _record(own, actor, "library.retire", item, at, {})


def _record(
    own: Session,
    actor: Actor,
    verb: str,
    item: LibraryItem,
    at: datetime,
    after: Mapping[str, object],
) -> None:
    audit.record(
        own, verb, at=at, thing_id=item.id, owner_id=item.owner_id, after=dict(after), by=actor
    )
