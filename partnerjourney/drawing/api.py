"""REST: the cards of a journey; who draws them knows what else stands on a card."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from flask import url_for

from partnerjourney.core import clock
from partnerjourney.core.errors import ConflictError, InputError
from partnerjourney.core.scopes import TokenPurpose
from partnerjourney.journeys import services as journeys
from partnerjourney.journeys.schemas import PhaseDocument
from partnerjourney.journeys.services import Base, Place
from partnerjourney.maps.services.editing import in_use
from partnerjourney.touchpoints import schemas, services
from partnerjourney.touchpoints.models import Card, CardRole
from partnerjourney.touchpoints.rules import Weighed
from partnerjourney.touchpoints.schemas import COLUMNS
from partnerjourney.touchpoints.services import Spot
from partnerjourney.web import rest
from partnerjourney.web.session import session

api = rest.Api("cards", "Touchpoints and steps")

READ, WRITE = TokenPurpose.READ, TokenPurpose.WRITE
ALL = "/journeys/<uuid:journey_id>/cards"
ONE = f"{ALL}/<uuid:card_id>"
_SAID = (
    *("name", "channel", "intended_experience", "moment_of_truth"),
    *("perceived_told", "control"),
)
_SENT = {column: name for name, column in COLUMNS.items()} | {"_schema": "roles"}


def _document(card: Card, roles: Iterable[CardRole]) -> dict[str, Any]:
    content = card.content
    said = {name: getattr(content, name) for name in _SAID}
    said |= {name: getattr(content, column) for name, column in COLUMNS.items()}
    return {"id": card.id, "key": card.key, "kind": card.kind, **said, "roles": list(roles)}


def _now(place: Place, card: Card) -> dict[str, Any]:
    rows = services.weighed(session(), place, card)
    named = services.customer_roles(session(), place.id)
    return _document(card, [rows[role.id] for role in named if role.id in rows])


def _weigh(place: Place, card: Card, rows: Sequence[Weighed]) -> None:
    """Say what a card is to the roles; InputError at the row whose role is not in the journey."""
    known = {role.id for role in services.customer_roles(session(), place.id)}
    strange = [n for n, row in enumerate(rows) if row.role not in known]
    if strange:
        raise InputError({f"roles.{n}.role": ["This is not in the journey."] for n in strange})
    here, version = (session(), rest.actor(), place, card), card.content.version
    services.weigh(*here, version=version, at=clock.now(), rows=rows)


def _put(place: Place, card: Card, after: UUID | None) -> None:
    """Let a card follow another of its phase, or none; InputError for one that is not there."""
    content = card.content
    path = services.cards(session(), place.id)
    others = {c.id for c in path if c.content.phase_id == content.phase_id} - {card.id}
    if after is not None and after not in others:
        raise InputError({"after": ["This is no other card of that phase."]})
    to, base = Spot(content.phase_id, content.party_id, after), Base(content.version)
    services.put(session(), rest.actor(), place, card, to, base=base, at=clock.now())


def _stays(place: Place, card: Card) -> None:
    if in_use(session(), place, card.id):
        raise ConflictError("a hand-over or a question stands on this card: take that off first")


def _place(journey_id: UUID, *, lock: bool = False) -> Place:
    return journeys.find(session(), rest.actor(), journey_id, lock=lock)


@api.operation("GET", ALL, purpose=READ, gives=schemas.CardDocument, listed=True)
def cards(journey_id: UUID, query: dict[str, Any]) -> Any:
    """List the cards of a journey, in path order."""
    place = _place(journey_id)
    phases = {phase.id: phase.content.position for phase in journeys.phases(session(), place.id)}
    rows, following = rest.paged(
        services.cards(session(), place.id),
        lambda card: (phases[card.content.phase_id], card.content.position, str(card.id)),
        **query,
    )
    weighed: dict[UUID, dict[UUID, CardRole]] = {}
    for row in services.all_weighed(session(), place.id):
        weighed.setdefault(row.card_id, {})[row.role_id] = row
    named = [role.id for role in services.customer_roles(session(), place.id)]
    return [
        _document(card, [own[role] for role in named if role in own])
        for card, own in ((card, weighed.get(card.id, {})) for card in rows)
    ], following


@api.operation("GET", ONE, purpose=READ, gives=schemas.CardDocument)
def card(journey_id: UUID, card_id: UUID) -> Any:
    """Give one card."""
    place = _place(journey_id)
    return _now(place, services.find(session(), place, card_id))


@api.operation(
    "POST", ALL, purpose=WRITE, takes=schemas.NewCard, gives=schemas.CardDocument, status=201
)
def add(journey_id: UUID, body: dict[str, Any]) -> Any:
    """Add a card to a lane of one's own, at the end of its phase's path."""
    place = _place(journey_id, lock=True)
    if body["party_id"] not in place.parties:
        raise InputError({"party": ["This is not in the journey."]})
    weighed = body.pop("roles", [])
    with rest.named(_SENT):
        services.check_depth(place, body["kind"], body)
        made = services.add(session(), rest.actor(), place, at=clock.now(), **body)
        _weigh(place, made, weighed)
    address = url_for("cards_api.card", journey_id=place.id, card_id=made.id)
    return _now(place, made), 201, {"Location": address}


@api.operation(
    "PATCH",
    ONE,
    purpose=WRITE,
    takes=schemas.CardChange,
    gives=schemas.CardDocument,
    matched=True,
)
def change(journey_id: UUID, card_id: UUID, body: dict[str, Any]) -> Any:
    """Change a card of one's own, and what it is to the customer.

    Of a step nothing is said that the customer would notice.
    """
    place = _place(journey_id, lock=True)
    found = services.find(session(), place, card_id, lock=True)
    services.may_change(rest.actor(), place, found)
    rest.match(schemas.CardDocument, _now(place, found))
    lane = body.get("party_id", found.content.party_id)
    if lane not in place.parties:
        raise InputError({"party": ["This is not in the journey."]})
    if lane != found.content.party_id:
        _stays(place, found)
    weighed, moves = body.pop("roles", None), "after" in body
    after = body.pop("after", None)
    with rest.named(_SENT):
        services.check_depth(place, found.kind, body)
        services.change(
            session(),
            rest.actor(),
            place,
            found,
            version=found.content.version,
            at=clock.now(),
            fields=body,
        )
        if weighed is not None:
            _weigh(place, found, weighed)
        if moves:
            _put(place, found, after)
    return _now(place, found)


@api.operation("DELETE", ONE, purpose=WRITE, gives=None, status=204, matched=True)
def retire(journey_id: UUID, card_id: UUID) -> Any:
    """Take a card of one's own off the map; its identity stays for what points at it."""
    place = _place(journey_id, lock=True)
    found = services.find(session(), place, card_id, lock=True)
    services.may_change(rest.actor(), place, found)
    rest.match(schemas.CardDocument, _now(place, found))
    _stays(place, found)
    services.retire(session(), rest.actor(), place, found, at=clock.now())


@api.operation(
    "DELETE",
    "/journeys/<uuid:journey_id>/phases/<uuid:phase_id>",
    purpose=WRITE,
    gives=None,
    status=204,
    matched=True,
)
def retire_phase(journey_id: UUID, phase_id: UUID) -> Any:
    """Take a phase off the map; for who coordinates. It is 422 while a card stands in it."""
    place = _place(journey_id, lock=True)
    journeys.may_draw(rest.actor(), place)
    phase = journeys.find_phase(session(), place, phase_id)
    rest.match(PhaseDocument, phase)
    version = phase.content.version
    services.retire_phase(session(), rest.actor(), place, phase, version=version, at=clock.now())


@api.operation("POST", f"{ONE}/restore", purpose=WRITE, gives=schemas.CardDocument)
def restore(journey_id: UUID, card_id: UUID) -> Any:
    """Put a card of one's own that was taken off back on the map, where it stood.

    It is 409 while it is on the map, and 422 where its phase is off it.
    """
    place = _place(journey_id, lock=True)
    gone = services.find_any(session(), place, card_id)
    version = gone.content.version
    with rest.named(_SENT):
        services.restore(session(), rest.actor(), place, gone, version=version, at=clock.now())
    return _now(place, gone)
