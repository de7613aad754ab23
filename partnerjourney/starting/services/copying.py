"""The same journey once more: what was drawn and agreed, nothing of what happened in it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from partnerjourney.core.parties import Organisation
from partnerjourney.core.policy import Permission, require
from partnerjourney.core.scopes import Member
from partnerjourney.journeys import services as journeys
from partnerjourney.journeys.services import Place
from partnerjourney.maps import services as maps
from partnerjourney.starting.services.coming_in import free_slug

_OF_PARTIES = ("contact_name", "contact_reach", "contact_hours")
"""Who is reached at a hand-over belongs to the parties, who take no part in the copy yet."""


def copy(
    session: Session,
    actor: Member,
    organisation: Organisation,
    place: Place,
    *,
    name: str,
    at: datetime,
) -> Place:
    """Make a journey with the structure of one that the actor coordinates.

    No answers, events, confirmations or participations but the coordinator's own come along.
    Raises NotAllowedError.
    """
    require(actor, Permission.JOURNEY_DRAW, place)
    journeys.may_create(actor, organisation)
    document = maps.export_journey(session, place)
    slug = free_slug(session, organisation, name)
    document["journey"] |= {"name": name, "slug": slug}
    document["handovers"] = [
        {key: value for key, value in handover.items() if key not in _OF_PARTIES}
        for handover in document["handovers"]
    ]
    document.pop("reasons", None)  # why this journey was agreed with one party, say
    for item in document.get("checklist", []):
        item.pop("done", None)
    return maps.import_journey(session, actor, organisation, document, at=at)
