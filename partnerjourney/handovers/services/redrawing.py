"""Verbs on the public shape of a hand-over: its ends, its label, and putting it back."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from partnerjourney.core import audit
from partnerjourney.core.errors import ConflictError, InputError, NotFoundError
from partnerjourney.core.policy import Permission, require
from partnerjourney.core.scopes import Actor
from partnerjourney.core.texts import N_
from partnerjourney.handovers.models import Handover, HandoverContent
from partnerjourney.handovers.services.edges import Edge
from partnerjourney.journeys.services import Base, Place
from partnerjourney.touchpoints.models import Card


@dataclass(frozen=True, slots=True)
class Shape:
    """Between which cards a hand-over is drawn, and what its fork is called."""

    from_card_id: uuid.UUID | None
    to_card_id: uuid.UUID | None
    label: str


def shape(content: HandoverContent) -> Shape:
    """Return the shape that stands."""
    return Shape(content.from_card_id, content.to_card_id, content.label)


def redraw(
    session: Session,
    actor: Actor,
    place: Place,
    edge: Edge,
    to: Shape,
    *,
    base: Base,
    at: datetime,
) -> Shape:
    """Give a hand-over other ends within its two parties, or another label; returns what was.

    The owner of the party at an end chooses that end, the coordinator names the fork. Raises
    StaleVersionError as `base` says, InputError for a card of another party.
    """
    content = edge.handover.content
    was = shape(content)
    if to == was:
        return was
    if to.from_card_id != was.from_card_id:
        require(actor, Permission.CARD_EDIT, place.owned(edge.from_party_id))
    if to.to_card_id != was.to_card_id:
        require(actor, Permission.CARD_EDIT, place.owned(edge.to_party_id))
    if to.label != was.label:
        require(actor, Permission.JOURNEY_DRAW, place)
    base.require(content.version, was)
    _check(session, place, edge, was, to)
    content.from_card_id, content.to_card_id = to.from_card_id, to.to_card_id
    content.label = to.label
    session.flush()
    audit.record(
        session,
        "handover.redraw",
        at=at,
        thing_id=edge.handover.id,
        journey_id=place.id,
        before=_told(was),
        after=_told(to),
    )
    return was


def _told(found: Shape) -> list[str]:
    return [str(found.from_card_id), str(found.to_card_id), found.label]


def _check(session: Session, place: Place, edge: Edge, was: Shape, to: Shape) -> None:
    """Raise InputError for an end that is chosen now and is not there."""
    wanted = {
        "from_card_id": (was.from_card_id, to.from_card_id, edge.from_party_id),
        "to_card_id": (was.to_card_id, to.to_card_id, edge.to_party_id),
    }
    faults = {}
    for name, (before, card_id, party_id) in wanted.items():
        if card_id in (None, before):
            continue
        card = session.scalar(
            select(Card).where(
                Card.journey_id == place.id, Card.id == card_id, Card.retired_at.is_(None)
            )
        )
        if card is None or card.content.party_id != party_id:
            faults[name] = [N_("This does not stand in the lane of that party.")]
    if faults:
        raise InputError(faults)


def find_any(session: Session, place: Place, handover_id: uuid.UUID) -> Handover:
    """Return a hand-over of this journey, on the map or off it; raises NotFoundError."""
    query = select(Handover).where(Handover.journey_id == place.id, Handover.id == handover_id)
    handover = session.scalar(query)
    if handover is None:
        raise NotFoundError
    return handover


def restore(
    session: Session, actor: Actor, place: Place, handover: Handover, *, version: int, at: datetime
) -> None:
    """Put a hand-over back on the map; ConflictError where it is back already.

    An end that went to another lane meanwhile is named no more: the arrow finds one by itself.
    """
    require(actor, Permission.JOURNEY_DRAW, place)
    if handover.retired_at is None:
        raise ConflictError("this hand-over is on the map")
    Base(version).require(handover.content.version)
    handover.retired_at = None
    _let_go(session, place, handover.content)
    session.flush()
    audit.record(session, "handover.restore", at=at, thing_id=handover.id, journey_id=place.id)


def _let_go(session: Session, place: Place, content: HandoverContent) -> None:
    """Name no card at an end whose party it is not of."""
    ends = {"from_card_id": content.from_party_id, "to_card_id": content.to_party_id}
    for name, party_id in ends.items():
        card = session.scalar(
            select(Card).where(Card.journey_id == place.id, Card.id == getattr(content, name))
        )
        if card is not None and card.content.party_id != party_id:
            setattr(content, name, None)
