"""Silence as consent: each side of a circle switches it on and off for itself."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from partnerjourney.core import audit
from partnerjourney.core.errors import NotFoundError
from partnerjourney.core.policy import Permission, require
from partnerjourney.core.scopes import Member
from partnerjourney.journeys.services import Place
from partnerjourney.proposals.models import SilentConsent
from partnerjourney.proposals.queries import circles_of_terms


def switch(
    session: Session,
    actor: Member,
    place: Place,
    circle_id: uuid.UUID,
    party_id: uuid.UUID,
    *,
    on: bool,
    at: datetime,
) -> None:
    """Let silence be consent for a party in one circle, or not any more.

    It holds for proposals whose time runs out from now on; promises are never agreed by silence.
    Raises NotFoundError for a circle that shares no hand-over of this party with the actor.
    """
    require(actor, Permission.SILENCE_SWITCH, place.owned(party_id))
    sides = {circle.id: circle.sides for circle in circles_of_terms(session, place.id)}
    if party_id not in sides.get(circle_id, ()):
        raise NotFoundError
    row = session.scalar(
        select(SilentConsent)
        .where(
            SilentConsent.journey_id == place.id,
            SilentConsent.circle_id == circle_id,
            SilentConsent.party_id == party_id,
        )
        .with_for_update()
    )
    if row is None:
        row = SilentConsent(
            journey_id=place.id,
            circle_id=circle_id,
            party_id=party_id,
            switched_on=False,
            changed_at=at,
        )
        session.add(row)
    elif row.switched_on == on:
        return
    row.switched_on, row.changed_at = on, at
    session.flush()
    audit.record(
        session,
        "silence.on" if on else "silence.off",
        at=at,
        thing_id=party_id,
        journey_id=place.id,
        circle_id=circle_id,
    )
