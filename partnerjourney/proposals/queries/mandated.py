"""What a mandate was used for: whose act, on what, when; for the two that share it."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, and_, exists, func, select
from sqlalchemy.orm import Session, aliased

from partnerjourney.core.audit import CircleAct, JourneyAct
from partnerjourney.core.parties import Circle, Organisation, Party
from partnerjourney.handovers.models import HandoverContent
from partnerjourney.proposals.models import Mandate
from partnerjourney.touchpoints.models import CardContent

USED = "mandate.use"


@dataclass(frozen=True, slots=True)
class MandateUse:
    """A card, or a hand-over as its two parties, that was changed under a mandate."""

    thing: str
    by: str
    at: datetime


def mandate_uses(
    session: Session, journey_id: uuid.UUID
) -> Mapping[uuid.UUID, Sequence[MandateUse]]:
    """Return mandate → what was changed under it, the latest first.

    The use stands in the circle of the two. What changed stands at the same moment and by the same
    organisation in the history of the journey, for a card, or of a circle, for a hand-over.
    """
    found: dict[uuid.UUID, set[MandateUse]] = {}
    for query in (_cards(), _handovers()):
        used = query.join(Organisation, Organisation.id == CircleAct.organisation_id).where(
            CircleAct.journey_id == journey_id, CircleAct.verb == USED
        )
        for mandate_id, by, at, *names in session.execute(used):
            found.setdefault(mandate_id, set()).add(MandateUse(" → ".join(names), by, at))
    latest = {key: sorted(uses, key=lambda use: use.thing) for key, uses in found.items()}
    return {key: sorted(uses, key=lambda use: use.at, reverse=True) for key, uses in latest.items()}


_USE = (CircleAct.thing_id, Organisation.name, CircleAct.at)


def _with(act: Any, verb: str) -> ColumnElement[bool]:
    """What was done with a use of a mandate."""
    return and_(
        act.journey_id == CircleAct.journey_id,
        act.at == CircleAct.at,
        act.organisation_id == CircleAct.organisation_id,
        act.verb == verb,
    )


def _cards() -> Any:
    return (
        select(*_USE, CardContent.name)
        .join(JourneyAct, _with(JourneyAct, "card.change"))
        .join(
            CardContent,
            (CardContent.journey_id == JourneyAct.journey_id)
            & (CardContent.id == JourneyAct.thing_id),
        )
    )


def _handovers() -> Any:
    done, giver, taker = aliased(CircleAct), aliased(Party), aliased(Party)
    edge = HandoverContent
    query = (
        select(*_USE, giver.name, taker.name)
        .join(done, _with(done, "handover.mandate"))
        .join(edge, (edge.journey_id == done.journey_id) & (edge.id == done.thing_id))
    )
    for party, end in ((giver, edge.from_party_id), (taker, edge.to_party_id)):
        query = query.join(party, (party.journey_id == edge.journey_id) & (party.id == end))
    return query


def given_to(mine: Collection[uuid.UUID] | BindParameter[Any]) -> tuple[ColumnElement[bool], ...]:
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


def mandated_until(mine: Collection[uuid.UUID] | BindParameter[Any]) -> Any:
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
