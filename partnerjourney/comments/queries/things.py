"""What conversations are about, by name: cards and hand-overs, also those off the map."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from partnerjourney.comments.queries.threads import About
from partnerjourney.handovers.models import Handover, HandoverContent
from partnerjourney.journeys.services import Place
from partnerjourney.touchpoints.models import Card, CardContent


@dataclass(frozen=True, slots=True)
class Thing:
    """A card, or a hand-over with its number and its two parties; `gone` is off the map."""

    about: About
    name: str
    number: int | None
    gone: bool
    sides: tuple[uuid.UUID, ...] = ()


def thing_of(found: Mapping[uuid.UUID, Thing], about: About) -> Thing | None:
    """Return what a conversation is about; None for the journey itself, and for what is unknown."""
    return found.get(about.thing_id) if about.thing_id else None


def things(session: Session, place: Place) -> dict[uuid.UUID, Thing]:
    """Return every card and hand-over of a journey by its id; two statements."""
    found: dict[uuid.UUID, Thing] = {}
    cards = session.execute(
        select(Card.id, CardContent.name, Card.retired_at)
        .join(
            CardContent,
            and_(CardContent.journey_id == Card.journey_id, CardContent.id == Card.id),
        )
        .where(Card.journey_id == place.id)
    )
    for card_id, name, retired_at in cards:
        found[card_id] = Thing(About(card_id=card_id), name, None, retired_at is not None)
    edges = session.execute(
        select(
            Handover.id,
            HandoverContent.from_party_id,
            HandoverContent.to_party_id,
            HandoverContent.label,
            Handover.retired_at,
        )
        .join(
            HandoverContent,
            and_(
                HandoverContent.journey_id == Handover.journey_id,
                HandoverContent.id == Handover.id,
            ),
        )
        .where(Handover.journey_id == place.id)
        .order_by(HandoverContent.position, Handover.id)
    )
    number = 0
    for handover_id, giver, taker, label, retired_at in edges:
        number += retired_at is None
        ends = [place.parties[end].name for end in (giver, taker) if end in place.parties]
        name = " → ".join(ends) + (f" ({label})" if label else "")
        found[handover_id] = Thing(
            About(handover_id=handover_id),
            name,
            number if retired_at is None else None,
            retired_at is not None,
            (giver, taker),
        )
    return found
