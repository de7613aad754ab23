"""How old what each organisation sent is."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from partnerjourney.events.models import Event
from partnerjourney.journeys.signals import sending_asked


@sending_asked.connect
def last_sent(session: Session, *, journey_id: uuid.UUID) -> dict[uuid.UUID, datetime]:
    """Return organisation → when it last sent events, of those that the scope reads."""
    rows = session.execute(
        select(Event.sender_id, func.max(Event.received_at))
        .where(Event.journey_id == journey_id)
        .group_by(Event.sender_id)
    )
    return {row[0]: row[1] for row in rows}
