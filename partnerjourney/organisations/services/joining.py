"""Somebody asks to join an organisation; one of its admins decides."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from partnerjourney.core import audit, border, jobs
from partnerjourney.core.errors import ConflictError, NotFoundError
from partnerjourney.core.parties import Membership, Organisation, Participation, Role
from partnerjourney.core.policy import Permission, require
from partnerjourney.core.scopes import Member
from partnerjourney.organisations.models import InvitationState, JoinRequest, PartyInvitation
from partnerjourney.organisations.services.filling import fill
from partnerjourney.organisations.services.members import current_membership

DECIDED_JOB = "join-request.decided"


class Decision(StrEnum):
    """What an admin says to somebody who asks to join."""

    APPROVE = "approve"
    DECLINE = "decline"


def decide_join(
    session: Session,
    actor: Member,
    organisation: Organisation,
    request_id: uuid.UUID,
    *,
    decision: Decision,
    role: Role,
    at: datetime,
) -> JoinRequest:
    """Take somebody in with a role, or not; a yes carries out the invitation behind the request.

    Raises NotFoundError, and ConflictError for a request that was decided.
    """
    require(actor, Permission.MEMBER_MANAGE, organisation)
    request = session.scalar(
        select(JoinRequest)
        .where(JoinRequest.owner_id == organisation.id, JoinRequest.id == request_id)
        .with_for_update()
    )
    if request is None:
        raise NotFoundError
    if request.decided_at is not None:
        raise ConflictError("this was decided already")
    request.decided_at, request.accepted = at, decision is Decision.APPROVE
    if request.accepted and current_membership(session, organisation.id, request.user_id) is None:
        session.add(
            Membership(owner_id=organisation.id, user_id=request.user_id, role=role, created_at=at)
        )
    session.flush()
    audit.record(session, f"join.{decision}", at=at, thing_id=request.user_id, after=role)
    with border.verb(session, "carry out a party invitation") as system:
        mine = system.get_one(JoinRequest, (organisation.id, request_id))
        if decision is Decision.APPROVE:
            _carry_out(system, mine, by=actor, at=at)
        else:
            _reopen(system, mine)
    jobs.enqueue(
        session,
        DECIDED_JOB,
        at=at,
        dedupe_key=request.id.hex,
        thing_id=request.id,
        organisation_id=organisation.id,
        user_id=request.user_id,
    )
    return request


def _carry_out(
    session: Session, request: JoinRequest, *, by: Member, at: datetime
) -> Participation | None:
    """Fill the party for which a person asked to join; None when that is no longer possible."""
    if request.invitation_id is None:
        return None
    invitation = session.scalar(
        select(PartyInvitation)
        .where(
            PartyInvitation.owner_id == request.invitation_owner_id,
            PartyInvitation.id == request.invitation_id,
            PartyInvitation.state == InvitationState.ASKED,
        )
        .with_for_update()
    )
    if invitation is None:
        return None
    try:
        return fill(session, invitation, by=by, at=at)
    except (ConflictError, NotFoundError):
        invitation.state = InvitationState.WITHDRAWN
        session.flush()
        return None


def _reopen(session: Session, request: JoinRequest) -> None:
    """Let the reader of an invitation answer in another way, after an organisation said no."""
    if request.invitation_id is None:
        return
    invitation = session.get(PartyInvitation, (request.invitation_owner_id, request.invitation_id))
    if invitation is not None and invitation.state is InvitationState.ASKED:
        invitation.state, invitation.answered_at = InvitationState.OPEN, None
        session.flush()
