"""REST: what an organisation keeps in its library for the journeys of a key, and a change of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import url_for

from partnerjourney.core import clock
from partnerjourney.core.errors import InputError
from partnerjourney.core.parties import Organisation
from partnerjourney.core.scopes import TokenPurpose
from partnerjourney.library import queries, schemas, services
from partnerjourney.library.queries import Key, Line, Spotted
from partnerjourney.library.rules import SPOTS, Kind, Result, count
from partnerjourney.library.services import Chosen, Kept, Wanted
from partnerjourney.web import rest
from partnerjourney.web.session import session

api = rest.Api("library", "Library")
READ, WRITE = TokenPurpose.READ, TokenPurpose.WRITE
ONE = "/library/<uuid:item_id>"
PLACES = f"{ONE}/places"


def _us() -> Organisation:
    return session().get_one(Organisation, rest.actor().organisation_id)


def _find(item_id: UUID, *, lock: bool = False) -> Kept:
    return services.find(session(), rest.actor(), _us(), item_id, lock=lock)


def _to_change(item_id: UUID) -> Kept:
    """Find an item, locked, that still stands as it was read."""
    found = _find(item_id, lock=True)
    rest.match(schemas.ItemDocument, _document(found))
    return found


def _document(one: Kept) -> dict[str, Any]:
    return {
        "id": one.item.id,
        "kind": one.item.kind,
        "title": one.item.title,
        "says": one.item.fields,
        "used": [
            {"id": use.id, "journey": use.journey_id, "what": use.spot, "thing": use.thing_id}
            for use in one.uses
        ],
    }


@api.operation("GET", "/library", purpose=READ, gives=schemas.ItemDocument, listed=True)
def items(query: dict[str, Any]) -> Any:
    """List the items of the organisation that are used in the journeys of the key.

    They come by kind and title, each with the places within these journeys alone.
    """
    rows, following = rest.paged(
        services.kept(session(), rest.actor(), _us()),
        lambda one: (one.item.kind.value, one.item.title, str(one.item.id)),
        **query,
    )
    return [_document(one) for one in rows], following


@api.operation("GET", ONE, purpose=READ, gives=schemas.ItemDocument)
def item(item_id: UUID) -> Any:
    """Give one item of the library."""
    return _document(_find(item_id))


@api.operation(
    "POST",
    "/library",
    purpose=WRITE,
    takes=schemas.NewItem,
    gives=schemas.ItemDocument,
    status=201,
)
def keep(body: dict[str, Any]) -> Any:
    """Keep an item and say where it is used; what stands there changes only by a change."""
    services.may_edit(rest.actor(), _us())
    kind: Kind = body["kind"]
    says = schemas.said(kind, body["says"])
    spots = _spots(body["places"], kind)
    made = services.make(
        session(),
        rest.actor(),
        _us(),
        kind=kind,
        title=body["title"],
        fields=says,
        at=clock.now(),
    )
    services.put_to_use(
        session(), rest.actor(), _us(), made, list(spots), spots=spots, at=clock.now()
    )
    return (
        _document(_find(made.id, lock=True)),
        201,
        {"Location": url_for("library_api.item", item_id=made.id)},
    )


def _spots(places: list[dict[str, Any]], kind: Kind) -> dict[Key, Spotted]:
    """Return the places that are one's own; raises InputError for another."""
    known = queries.all_spots(session(), rest.actor(), at=clock.now())
    keys = [(one["journey"], one["thing"], SPOTS[kind]) for one in places]
    wrong = {
        f"places.{number}.thing": ["This is no place of yours for an item of this kind."]
        for number, key in enumerate(keys)
        if key not in known
    }
    if wrong:
        raise InputError(wrong)
    return {key: known[key] for key in keys}


@api.operation("POST", PLACES, purpose=WRITE, takes=schemas.NewUses, gives=schemas.ItemDocument)
def use(item_id: UUID, body: dict[str, Any]) -> Any:
    """Use an item at further places; another item that was used there is not any more."""
    found = _find(item_id, lock=True)
    spots = _spots(body["places"], found.item.kind)
    services.put_to_use(
        session(), rest.actor(), _us(), found.item, list(spots), spots=spots, at=clock.now()
    )
    return _document(_find(item_id, lock=True))


@api.operation("DELETE", f"{PLACES}/<uuid:use_id>", purpose=WRITE, gives=None, status=204)
def detach(item_id: UUID, use_id: UUID) -> Any:
    """Use an item no more at one place; what stands there stays."""
    found = _find(item_id, lock=True)
    services.detach(session(), rest.actor(), _us(), found.item, use_id, at=clock.now())


@api.operation("DELETE", ONE, purpose=WRITE, gives=None, status=204, matched=True)
def retire(item_id: UUID) -> Any:
    """Take an item out of the library; what stands in journeys stays.

    It is 409 while the item is used in a journey that the key is not for.
    """
    found = _to_change(item_id)
    services.retire(session(), rest.actor(), _us(), found.item, at=clock.now())


@api.operation(
    "POST",
    f"{ONE}/preview",
    purpose=WRITE,
    takes=schemas.Saying,
    gives=schemas.PreviewDocument,
)
def preview(item_id: UUID, body: dict[str, Any]) -> Any:
    """Say what another text would touch, place by place; nothing changes."""
    found = _find(item_id, lock=True)
    says = schemas.said(found.item.kind, body["says"])
    lines = queries.preview(
        session(),
        rest.actor(),
        found.item,
        says,
        at=clock.now(),
        uses=services.used(session(), found),
    )
    ways = count(line.way for line in lines if not line.differs)
    return {
        **{name: getattr(ways, name) for name in ("direct", "proposal", "same", "cannot")},
        "places": [_touched(line) for line in lines],
    }


def _touched(line: Line) -> dict[str, Any]:
    return {
        "id": line.use.id,
        "journey": line.use.journey_id,
        "what": line.use.spot,
        "thing": line.use.thing_id,
        "stands": line.now,
        "does": line.way,
        "why": line.why,
        "asks": line.spot.asks if line.spot else (),
        "differs": line.differs,
        "base": line.base,
    }


@api.operation(
    "POST",
    f"{ONE}/changes",
    purpose=WRITE,
    takes=schemas.ItemChange,
    gives=schemas.ChangeDocument,
    matched=True,
)
def change(item_id: UUID, body: dict[str, Any]) -> Any:
    """Say an item otherwise, at each place that is named exactly as the preview showed it.

    A place where something else stands by now, or that would be changed in another way, is left as
    it is and said to be `stale`; the others go on.
    """
    found = _to_change(item_id)
    says = schemas.said(found.item.kind, body["says"])
    here = {use.id for use in found.uses}
    wrong = {
        f"places.{number}.id": ["The item is not used at this place."]
        for number, one in enumerate(body["places"])
        if one["id"] not in here
    }
    if wrong:
        raise InputError(wrong)
    made = services.begin(
        session(),
        rest.actor(),
        _us(),
        found.item,
        said=Wanted(found.item.version, body.get("title", found.item.title), says, body["reason"]),
        chosen=[Chosen(one["id"], one["base"], one["does"]) for one in body["places"]],
        at=clock.now(),
    )
    return {
        "item": _document(_find(item_id, lock=True)),
        "places": [
            {"id": UUID(one["use"]), "became": Result(one["result"])} for one in made.places
        ],
    }
