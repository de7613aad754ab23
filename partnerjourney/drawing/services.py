"""A measuring point drawn by hand: its key from its subject, its stretch from a choice."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from partnerjourney.core.errors import InputError
from partnerjourney.core.scopes import Actor
from partnerjourney.core.texts import N_
from partnerjourney.journeys.rules import new_key
from partnerjourney.journeys.services import Place
from partnerjourney.surveys.models import Point
from partnerjourney.surveys.rules import Metric
from partnerjourney.surveys.services import points
from partnerjourney.surveys.services.paths import Path

FAULTS = {
    "empty": N_("No hand-over leads to this touchpoint yet; make one first."),
    "twice": N_("A hand-over stands in the stretch twice."),
    "broken": N_("Each hand-over must begin where the last one ended."),
    "elsewhere": N_("The stretch must end at the touchpoint that asks."),
    "unknown": N_("This is not in the journey any more."),
    "step": N_("The customer does not notice a step, so ask at a touchpoint."),
}
"""What is wrong with a stretch → what to say."""


def draw_point(
    session: Session,
    actor: Actor,
    place: Place,
    *,
    card_id: uuid.UUID,
    metric: Metric,
    subject: str,
    from_handover_id: uuid.UUID | None,
    at: datetime,
) -> Point:
    """Ask at a touchpoint about its usual stretch, or the part of it from one hand-over on."""
    taken = set(session.scalars(select(Point.key).where(Point.journey_id == place.id)))
    covers = None
    try:
        if from_handover_id is not None:
            covers = _from(session, place, card_id, from_handover_id)
        return points.add_point(
            session,
            actor,
            place,
            key=new_key(subject, taken),
            card_id=card_id,
            metric=metric,
            subject=subject,
            covers=covers,
            at=at,
        )
    except InputError as error:
        said = {
            "card_id" if name == "covers" else name: [FAULTS.get(text, text) for text in texts]
            for name, texts in error.messages.items()
        }
        raise InputError(said) from error


def _from(
    session: Session, place: Place, card_id: uuid.UUID, handover_id: uuid.UUID
) -> list[uuid.UUID]:
    path = Path(session, place.id)
    usual = [uuid.UUID(str(edge.key)) for edge in path.stretch(path.asking(card_id), None)]
    if handover_id not in usual:
        raise InputError({"from_handover_id": ["elsewhere"]})
    return usual[usual.index(handover_id) :]
