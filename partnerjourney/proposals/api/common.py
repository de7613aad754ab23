"""What the operations on hand-overs and proposals share."""

from __future__ import annotations

from uuid import UUID

from partnerjourney.core.scopes import TokenPurpose
from partnerjourney.journeys import services as journeys
from partnerjourney.journeys.services import Place
from partnerjourney.web import rest
from partnerjourney.web.session import session

api = rest.Api("handovers", "Hand-overs")

READ, WRITE = TokenPurpose.READ, TokenPurpose.WRITE


def find_place(journey_id: UUID, *, lock: bool = False) -> Place:
    """Return the journey of an address as the key's organisation stands in it."""
    return journeys.find(session(), rest.actor(), journey_id, lock=lock)
