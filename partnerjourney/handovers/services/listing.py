"""All hand-overs of a journey at once, each with the terms that the reader shares."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from partnerjourney.core.parties import Organisation, Participation
from partnerjourney.handovers.models import HandoverTerms
from partnerjourney.handovers.services.edges import Edge, handovers
from partnerjourney.journeys.services import Place


def edges(session: Session, place: Place) -> list[Edge]:
    """Return the hand-overs in the order of their numbers."""
    terms: dict[uuid.UUID, list[HandoverTerms]] = defaultdict(list)
    rows = session.scalars(
        select(HandoverTerms)
        .where(HandoverTerms.journey_id == place.id)
        .order_by(HandoverTerms.member_id.is_not(None), HandoverTerms.id)
    )
    for one in rows:
        terms[one.handover_id].append(one)
    return [
        Edge(handover, place.standing, tuple(terms[handover.id]))
        for handover in handovers(session, place.id)
    ]


def members(session: Session, place: Place) -> Mapping[uuid.UUID, str]:
    """Return the members of groups that the reader may know of: participation → organisation."""
    rows = session.execute(
        select(Participation.id, Organisation.slug)
        .join(Organisation, Organisation.id == Participation.organisation_id)
        .where(Participation.journey_id == place.id, Participation.discreet.is_(True))
    )
    return {row.id: row.slug for row in rows}
