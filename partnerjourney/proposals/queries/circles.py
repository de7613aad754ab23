"""The circles that share terms of hand-overs: where silence may be consent."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from partnerjourney.core.parties import Organisation, Participation
from partnerjourney.handovers.models import Handover, HandoverContent, HandoverTerms


@dataclass(frozen=True, slots=True)
class TermsCircle:
    """A circle that shares terms of hand-overs: between which parties, and for which member."""

    id: uuid.UUID
    sides: tuple[uuid.UUID, ...]
    member: str


def circles_of_terms(session: Session, journey_id: uuid.UUID) -> list[TermsCircle]:
    """Return the circles of the terms that the session shares, by the first hand-over of each."""
    rows = session.execute(
        select(
            HandoverTerms.circle_id,
            HandoverTerms.member_id,
            HandoverContent.from_party_id,
            HandoverContent.to_party_id,
            Organisation.name,
        )
        .join(
            Handover,
            and_(
                Handover.journey_id == HandoverTerms.journey_id,
                Handover.id == HandoverTerms.handover_id,
                Handover.retired_at.is_(None),
            ),
        )
        .join(
            HandoverContent,
            and_(
                HandoverContent.journey_id == Handover.journey_id,
                HandoverContent.id == Handover.id,
            ),
        )
        .outerjoin(
            Participation,
            and_(
                Participation.journey_id == HandoverTerms.journey_id,
                Participation.id == HandoverTerms.member_id,
            ),
        )
        .outerjoin(Organisation, Organisation.id == Participation.organisation_id)
        .where(HandoverTerms.journey_id == journey_id)
        .order_by(HandoverContent.position, HandoverTerms.member_id, HandoverTerms.id)
    )
    found: dict[uuid.UUID, TermsCircle] = {}
    for row in rows:
        sides = (row.from_party_id, row.to_party_id)
        there = found.get(row.circle_id)
        known = there.sides if there else ()
        both = tuple(dict.fromkeys((*known, *sides)))
        found[row.circle_id] = TermsCircle(row.circle_id, both, row.name or "")
    return list(found.values())
