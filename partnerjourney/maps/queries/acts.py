"""Who touched something last: another party reads the organisation, never the person."""

from __future__ import annotations

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from partnerjourney.core.audit import JourneyAct
from partnerjourney.core.parties import Organisation
from partnerjourney.journeys.services import Place


def last_actor(session: Session, place: Place, thing_id: uuid.UUID) -> Organisation | None:
    """Return the organisation of the last act on something that all of a journey see."""
    return session.scalar(
        select(Organisation)
        .join(JourneyAct, JourneyAct.organisation_id == Organisation.id)
        .where(JourneyAct.journey_id == place.id, JourneyAct.thing_id == thing_id)
        .order_by(JourneyAct.at.desc(), JourneyAct.id.desc())
        .limit(1)
    )
