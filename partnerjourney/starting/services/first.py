"""The first run: one hand-over, one partner who is invited at once, one question."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from partnerjourney.core.errors import NotFoundError
from partnerjourney.core.parties import Organisation
from partnerjourney.core.scopes import Member
from partnerjourney.handovers import services as handovers
from partnerjourney.journeys import services as journeys
from partnerjourney.journeys.services import Place
from partnerjourney.maps import services as maps
from partnerjourney.organisations import services as people
from partnerjourney.starting.rules.first import First, first_journey
from partnerjourney.starting.services.coming_in import free_slug
from partnerjourney.surveys.queries import shared_points


def begin_with_one(
    session: Session,
    actor: Member,
    organisation: Organisation,
    first: First,
    *,
    email: str,
    contact: dict[str, Any],
    at: datetime,
) -> Place:
    """Make the journey and invite the partner by mail; `contact` is whom the customer reaches.

    Raises NotAllowedError.
    """
    journeys.may_create(actor, organisation)
    document = first_journey(first)
    given = document["journey"]
    document["journey"] = {
        **given,
        **{name: value for name, value in contact.items() if value},
        "slug": free_slug(session, organisation, given["name"]),
    }
    place = maps.import_journey(session, actor, organisation, document, at=at)
    partner = next(party for party in place.parties.values() if party.key == "partner")
    people.invite_party(
        session,
        actor,
        place,
        partner,
        email=email,
        name="",
        language=first.language,
        at=at,
    )
    return place


@dataclass(frozen=True)
class Next:
    """Where one goes on: the hand-over to agree, the point to ask at, and what the partner is."""

    handover_id: uuid.UUID
    point_id: uuid.UUID
    partner: str
    joined: bool


def next_steps(session: Session, place: Place) -> Next:
    """Return where to go on from the first hand-over with a partner; raises NotFoundError."""
    points = shared_points(session, place.id)
    for edge in handovers.handovers(session, place.id):
        ends = (edge.content.from_party_id, edge.content.to_party_id)
        partners = [place.parties[end] for end in ends if place.parties[end].represented]
        partner = next((party for party in partners if not party.orchestrator), None)
        if partner is not None and points:
            return Next(edge.id, points[0].id, partner.name, not partner.provisional)
    raise NotFoundError
