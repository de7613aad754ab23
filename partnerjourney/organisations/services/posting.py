"""What invitations to colleagues and to parties share: one open at a time, sent by a job."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from partnerjourney.core import jobs
from partnerjourney.core.scopes import Member
from partnerjourney.organisations.models import InvitationState, MemberInvitation, PartyInvitation


def post(
    session: Session,
    actor: Member,
    made: MemberInvitation | PartyInvitation,
    *same: ColumnElement[bool],
    job: str,
    at: datetime,
) -> None:
    """Store an invitation and have it mailed; open ones of which `same` holds are withdrawn."""
    table: Any = type(made)
    for earlier in session.scalars(select(table).where(*same, table.state == InvitationState.OPEN)):
        earlier.state, earlier.answered_at = InvitationState.WITHDRAWN, at
    session.add(made)
    session.flush()
    jobs.enqueue(
        session,
        job,
        at=at,
        dedupe_key=made.id.hex,
        thing_id=made.id,
        organisation_id=made.owner_id,
        user_id=actor.user_id,
    )
