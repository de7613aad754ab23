"""Where a card stands, and verbs that change it: put, retire, restore; a phase goes when empty.

Whoever calls these holds the journey's row (`journeys.find(…, lock=True)`), so that of two who
move at once the later finds what the earlier left.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import case, select, update
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified, set_committed_value

from partnerjourney.core import audit
from partnerjourney.core.errors import ConflictError, InputError, NotFoundError
from partnerjourney.core.policy import Permission, require
from partnerjourney.core.scopes import Actor
from partnerjourney.core.texts import Said
from partnerjourney.journeys import services as journeys
from partnerjourney.journeys.models import Phase
from partnerjourney.journeys.services import Base, Place
from partnerjourney.touchpoints import signals
from partnerjourney.touchpoints.models import Card, CardContent
from partnerjourney.touchpoints.services.cards import cards, check, may_draw


@dataclass(frozen=True, slots=True)
class Spot:
    """A place on the path: in a phase, in a party's lane, after a card or as the first."""

    phase_id: uuid.UUID
    party_id: uuid.UUID
    after_id: uuid.UUID | None = None


def spot(path: Sequence[Card], card: Card) -> Spot:
    """Return where a card stands; `path` are the cards of its journey in order."""
    content, before = card.content, None
    for other in path:
        if other.id == card.id:
            break
        if other.content.phase_id == content.phase_id:
            before = other.id
    return Spot(content.phase_id, content.party_id, before)


def put(
    session: Session,
    actor: Actor,
    place: Place,
    card: Card,
    to: Spot,
    *,
    base: Base,
    at: datetime,
) -> tuple[Spot, Spot]:
    """Put a card at a place on the path; the others close up, and their versions stay.

    Returns where it stood and where it stands: at the end of the phase where the card that it
    should follow is not there any more. Raises StaleVersionError when somebody moved it since
    `base`, InputError for a phase that is gone or a lane that it cannot go to.
    """
    require(actor, Permission.CARD_EDIT, place.owned(card.content.party_id))
    path = cards(session, place.id)
    was = spot(path, card)
    base.require(card.content.version, was)
    if to.party_id != was.party_id:
        may_draw(actor, place, to.party_id)
    check(session, place, {"phase_id": to.phase_id})
    row = [c for c in path if c.content.phase_id == to.phase_id and c.id != card.id]
    index = next((n for n, c in enumerate(row, 1) if c.id == to.after_id), len(row))
    row.insert(0 if to.after_id is None else index, card)
    _number(session, place, row, card)
    content = card.content
    content.phase_id, content.party_id = to.phase_id, to.party_id
    flag_modified(content, "position")  # a move is a change even where the number stays
    session.flush()
    now = Spot(to.phase_id, to.party_id, _before(row, card))
    audit.record(
        session,
        "card.move",
        at=at,
        thing_id=card.id,
        journey_id=place.id,
        before=_told(was),
        after=_told(now),
        shown={
            name: (getattr(was, name), getattr(now, name))
            for name in ("phase_id", "party_id")
            if getattr(was, name) != getattr(now, name)
        },
    )
    return was, now


def _told(where: Spot) -> dict[str, str]:
    return {name: str(getattr(where, name)) for name in ("phase_id", "party_id", "after_id")}


def _before(row: Sequence[Card], card: Card) -> uuid.UUID | None:
    index = row.index(card)
    return row[index - 1].id if index else None


def _number(session: Session, place: Place, row: Sequence[Card], moved: Card) -> None:
    """Give the cards of a phase their numbers; that of another is no change of that card."""
    numbers: Mapping[uuid.UUID, int] = {
        c.id: n for n, c in enumerate(row) if c.id != moved.id and c.content.position != n
    }
    if numbers:
        session.execute(
            update(CardContent)
            .where(CardContent.journey_id == place.id, CardContent.id.in_(numbers))
            .values(position=case(numbers, value=CardContent.id)),
            execution_options={"synchronize_session": False},
        )
    for other in row:
        if other.id in numbers:
            set_committed_value(other.content, "position", numbers[other.id])
    moved.content.position = row.index(moved)


def move(
    session: Session,
    actor: Actor,
    place: Place,
    card: Card,
    *,
    phase_id: uuid.UUID,
    position: int,
    at: datetime,
) -> None:
    """Put a card at a number on the path of a phase, counted from 0, in its own lane."""
    row = [
        c for c in cards(session, place.id) if c.content.phase_id == phase_id and c.id != card.id
    ]
    place_in_row = max(0, min(position, len(row)))
    to = Spot(phase_id, card.content.party_id, row[place_in_row - 1].id if place_in_row else None)
    put(session, actor, place, card, to, base=Base(card.content.version), at=at)


def retire(
    session: Session,
    actor: Actor,
    place: Place,
    card: Card,
    *,
    at: datetime,
    version: int | None = None,
) -> None:
    """Take a card off the map; its identity stays for what points at it.

    Raises StaleVersionError when somebody changed it since `version`.
    """
    require(actor, Permission.CARD_EDIT, place.owned(card.content.party_id))
    if version is not None:
        Base(version).require(card.content.version)
    card.retired_at = at
    session.flush()
    audit.record(session, "card.retire", at=at, thing_id=card.id, journey_id=place.id)
    signals.changed.send(session, card=card, at=at)


def find_any(session: Session, place: Place, card_id: uuid.UUID) -> Card:
    """Return a card of this journey, on the map or off it; raises NotFoundError."""
    card = session.scalar(select(Card).where(Card.journey_id == place.id, Card.id == card_id))
    if card is None:
        raise NotFoundError
    return card


def restore(
    session: Session, actor: Actor, place: Place, card: Card, *, version: int, at: datetime
) -> None:
    """Put a card back on the map where it stood; ConflictError where it is back already.

    Raises InputError where its phase is off the map meanwhile.
    """
    may_draw(actor, place, card.content.party_id)
    if card.retired_at is None:
        raise ConflictError("this card is on the map")
    Base(version).require(card.content.version)
    check(session, place, {"phase_id": card.content.phase_id})
    card.retired_at = None
    session.flush()
    audit.record(session, "card.restore", at=at, thing_id=card.id, journey_id=place.id)


def retire_phase(
    session: Session, actor: Actor, place: Place, phase: Phase, *, version: int, at: datetime
) -> None:
    """Take a phase off the map; InputError with what stands in it while that is something."""
    require(actor, Permission.JOURNEY_DRAW, place)
    within = [c for c in cards(session, place.id) if c.content.phase_id == phase.id]
    if within:
        names = ", ".join(f"‘{c.content.name}’" for c in within[:3])
        said = (
            Said("%(cards)s still stands in this phase; move that first.", cards=names)
            if len(within) == 1
            else Said(
                "%(number)s touchpoints and steps still stand in this phase (%(cards)s …); "
                "move them first.",
                number=len(within),
                cards=names,
            )
        )
        raise InputError({"phase_id": [said]})
    journeys.retire_phase(session, actor, place, phase, version=version, at=at)
