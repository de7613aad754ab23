"""What a mandate was used for: whose act, on which card, when; for the two that share it."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from partnerjourney.core.audit import CircleAct, JourneyAct
from partnerjourney.core.parties import Circle, Organisation
from partnerjourney.proposals.models import Mandate
from partnerjourney.touchpoints.models import CardContent

USED = "mandate.use"


@dataclass(frozen=True, slots=True)
class MandateUse:
    """A card that was changed under a mandate."""

    card: str
    by: str
    at: datetime


def mandate_uses(
    session: Session, journey_id: uuid.UUID
) -> Mapping[uuid.UUID, Sequence[MandateUse]]:
    """Return mandate → what was changed under it, the latest first.

    The use stands in the circle of the two; the change of the card, at the same moment and by the
    same organisation, in the history of the journey.
    """
    rows = session.execute(
        select(CircleAct.thing_id, CardContent.name, Organisation.name, CircleAct.at)
        .join(
            JourneyAct,
            (JourneyAct.journey_id == CircleAct.journey_id)
            & (JourneyAct.at == CircleAct.at)
            & (JourneyAct.organisation_id == CircleAct.organisation_id)
            & (JourneyAct.verb == "card.change"),
        )
        .join(
            CardContent,
            (CardContent.journey_id == JourneyAct.journey_id)
            & (CardContent.id == JourneyAct.thing_id),
        )
        .join(Organisation, Organisation.id == CircleAct.organisation_id)
        .where(CircleAct.journey_id == journey_id, CircleAct.verb == USED)
        .order_by(CircleAct.at.desc(), CircleAct.id)
    )
    found: dict[uuid.UUID, list[MandateUse]] = {}
    for mandate_id, card, by, at in rows:
        if mandate_id is not None:
            found.setdefault(mandate_id, []).append(MandateUse(card, by, at))
    return found


def given_to(mine: Collection[uuid.UUID]) -> tuple[ColumnElement[bool], ...]:
    """Return what a mandate must meet to be theirs, whatever its day.

    It was given to one of these parties, was not taken back, and whoever gave it is still there:
    with its circle a mandate ends.
    """
    return (
        Mandate.to_party_id.in_(mine),
        Mandate.revoked_at.is_(None),
        exists().where(
            Circle.journey_id == Mandate.journey_id,
            Circle.id == Mandate.circle_id,
            Circle.closed_at.is_(None),
        ),
    )


def mandated_until(mine: Collection[uuid.UUID]) -> Any:
    """Select until when the owner of a card lets one of these parties describe it, if it does."""
    return (
        select(func.max(Mandate.until))
        .where(
            Mandate.journey_id == CardContent.journey_id,
            Mandate.from_party_id == CardContent.party_id,
            *given_to(mine),
        )
        .correlate(CardContent)
        .scalar_subquery()
    )
