"""Verbs of the map that look at more than one feature: what stands on a card keeps it in place."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from partnerjourney.core.errors import ConflictError, InputError
from partnerjourney.core.scopes import Actor
from partnerjourney.core.texts import N_
from partnerjourney.handovers import services as handovers
from partnerjourney.handovers.services import Edge
from partnerjourney.journeys import services as journeys
from partnerjourney.journeys.services import Base, Place
from partnerjourney.surveys.models import Point
from partnerjourney.touchpoints import services as touchpoints
from partnerjourney.touchpoints.models import Card
from partnerjourney.touchpoints.rules import CardKind
from partnerjourney.touchpoints.services import Spot

STANDS = N_("A hand-over or question stands here; take that off first.")
AGREED = N_("Another party agreed to this hand-over, so it cannot go by itself.")


def in_use(session: Session, place: Place, card_id: uuid.UUID) -> bool:
    """Say whether a measuring point or a hand-over stands on a card: then it stays where it is."""
    asks = select(Point.id).where(
        Point.journey_id == place.id, Point.card_id == card_id, Point.retired_at.is_(None)
    )
    passes = any(
        card_id in (handover.content.from_card_id, handover.content.to_card_id)
        for handover in handovers.handovers(session, place.id)
    )
    return passes or session.scalar(asks.limit(1)) is not None


def add_card(
    session: Session,
    actor: Actor,
    place: Place,
    to: Spot,
    *,
    name: str,
    kind: CardKind,
    channel: str | None,
    at: datetime,
) -> Card:
    """Add a card and put it where it was asked for."""
    fields: dict[str, Any] = {"phase_id": to.phase_id, "party_id": to.party_id}
    made = touchpoints.add(
        session, actor, place, name=name, kind=kind, channel=channel, at=at, **fields
    )
    if touchpoints.spot(touchpoints.cards(session, place.id), made).after_id != to.after_id:
        base = Base(made.content.version)
        touchpoints.put(session, actor, place, made, to, base=base, at=at)
    return made


def put_card(
    session: Session,
    actor: Actor,
    place: Place,
    card: Card,
    to: Spot,
    *,
    base: Base,
    at: datetime,
) -> tuple[Spot, Spot]:
    """Put a card elsewhere; into another lane only while nothing stands on it."""
    touchpoints.may_change(actor, place, card)
    if to.party_id != card.content.party_id and in_use(session, place, card.id):
        raise InputError({"party_id": [STANDS]})
    return touchpoints.put(session, actor, place, card, to, base=base, at=at)


def retire_card(
    session: Session, actor: Actor, place: Place, card: Card, *, version: int, at: datetime
) -> None:
    """Take a card off the map while nothing stands on it; InputError says what does."""
    touchpoints.may_change(actor, place, card)
    if in_use(session, place, card.id):
        raise InputError({"card_id": [STANDS]})
    touchpoints.retire(session, actor, place, card, version=version, at=at)


def retire_handover(
    session: Session, actor: Actor, place: Place, edge: Edge, *, version: int, at: datetime
) -> None:
    """Take a hand-over off the map; InputError where another party agreed to it."""
    journeys.may_draw(actor, place)
    Base(version).require(edge.handover.content.version)
    try:
        handovers.retire(session, actor, place, edge, at=at)
    except ConflictError as error:
        raise InputError({"handover_id": [AGREED]}) from error
