"""A group's definition is settled once no member of the group has to say yes to it any more."""

from __future__ import annotations

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from partnerjourney.core.parties import Participation, ParticipationState
from partnerjourney.handovers.models import HandoverTerms


def settle(system: Session, journey_id: uuid.UUID, handover_id: uuid.UUID) -> None:
    """Take the mark of an open change off the definition, unless a member has yet to say yes.

    Runs under the System scope: a member reads neither the definition nor the rows of others, and
    learns nothing of this. The lock lets of two who say yes at once the second see the first.
    """
    here = (HandoverTerms.journey_id == journey_id, HandoverTerms.handover_id == handover_id)
    definition = system.scalar(
        select(HandoverTerms)
        .where(*here, HandoverTerms.member_id.is_(None))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if definition is None or definition.before is None:
        return
    rows = system.execute(
        select(HandoverTerms.before, HandoverTerms.changed_by_id, Participation.party_id)
        .join(
            Participation,
            (Participation.journey_id == HandoverTerms.journey_id)
            & (Participation.id == HandoverTerms.member_id),
        )
        .where(*here, Participation.state == ParticipationState.ACTIVE)
    ).all()
    asked = any(row.before and row.changed_by_id != row.party_id for row in rows)
    if rows and not asked:
        definition.before = definition.changed_by_id = definition.changed_at = None
        system.flush()
