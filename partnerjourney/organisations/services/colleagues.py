"""Invitations to colleagues: by mail, for one address, used once."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from partnerjourney.core import audit, signed
from partnerjourney.core.errors import ConflictError, NotFoundError
from partnerjourney.core.parties import Organisation, Role, User
from partnerjourney.core.policy import NotAllowedError, Permission, require
from partnerjourney.core.scopes import Member
from partnerjourney.core.signed import LinkPurpose
from partnerjourney.organisations.models import InvitationState, MemberInvitation
from partnerjourney.organisations.rules import MEMBER_INVITATION_LASTS
from partnerjourney.organisations.services.members import add_member, current_membership
from partnerjourney.organisations.services.people import Newcomer, create_user, find_user
from partnerjourney.organisations.services.posting import post

INVITATION_JOB = "member-invitation.send"


def invite_member(
    session: Session,
    actor: Member,
    organisation: Organisation,
    *,
    email: str,
    name: str,
    role: Role,
    signatory: bool,
    language: str,
    at: datetime,
) -> MemberInvitation:
    """Invite a colleague by mail; an open invitation to the same address is replaced.

    Raises ConflictError for somebody who is a member already.
    """
    require(actor, Permission.MEMBER_MANAGE, organisation)
    user = find_user(session, email)
    if user is not None and current_membership(session, organisation.id, user.id) is not None:
        raise ConflictError("this person is a member already")
    made = MemberInvitation(
        owner_id=organisation.id,
        email=email,
        name=name,
        role=role,
        signatory=signatory,
        language=language,
        invited_by_id=actor.user_id,
        created_at=at,
        expires_at=at + MEMBER_INVITATION_LASTS,
    )
    same = (MemberInvitation.owner_id == organisation.id, MemberInvitation.email == email)
    post(session, actor, made, *same, job=INVITATION_JOB, at=at)
    audit.record(session, "member.invite", at=at, thing_id=made.id, after=[email, role, signatory])
    return made


def resend_member_invitation(
    session: Session,
    actor: Member,
    organisation: Organisation,
    invitation_id: uuid.UUID,
    *,
    at: datetime,
) -> MemberInvitation:
    """Send an invitation again, with a new link and 14 new days; the earlier link is dead."""
    earlier = _found(session, actor, organisation, invitation_id)
    return invite_member(
        session,
        actor,
        organisation,
        email=earlier.email,
        name=earlier.name,
        role=earlier.role,
        signatory=earlier.signatory,
        language=earlier.language,
        at=at,
    )


def withdraw_member_invitation(
    session: Session,
    actor: Member,
    organisation: Organisation,
    invitation_id: uuid.UUID,
    *,
    at: datetime,
) -> None:
    """Take back an invitation that nobody has answered; its link is dead from now on."""
    invitation = _found(session, actor, organisation, invitation_id)
    invitation.state, invitation.answered_at = InvitationState.WITHDRAWN, at
    session.flush()
    audit.record(session, "member.invite.withdraw", at=at, thing_id=invitation.id)


def _found(
    session: Session, actor: Member, organisation: Organisation, invitation_id: uuid.UUID
) -> MemberInvitation:
    """Return an invitation that nobody has answered, locked."""
    require(actor, Permission.MEMBER_MANAGE, organisation)
    invitation = session.scalar(
        select(MemberInvitation)
        .where(MemberInvitation.owner_id == organisation.id, MemberInvitation.id == invitation_id)
        .with_for_update()
    )
    if invitation is None:
        raise NotFoundError
    if invitation.state is not InvitationState.OPEN:
        raise ConflictError("this invitation was answered")
    return invitation


def member_invitation_path(secret: str, invitation: MemberInvitation) -> str:
    """Return the path of an invitation's link."""
    token = signed.sign(secret, LinkPurpose.MEMBER_INVITATION, invitation.id, invitation.owner_id)
    return f"/colleague/{token}"


def open_member_invitation(
    session: Session, token: str, *, secret: str, at: datetime, lock: bool = False
) -> tuple[MemberInvitation, Organisation]:
    """Return an invitation by its link, under System; NotFoundError unless it is open."""
    row, owner = signed.read(secret, LinkPurpose.MEMBER_INVITATION, token, count=2)
    query = select(MemberInvitation).where(
        MemberInvitation.owner_id == owner, MemberInvitation.id == row
    )
    invitation = session.scalar(query.with_for_update() if lock else query)
    if (
        invitation is None
        or invitation.state is not InvitationState.OPEN
        or invitation.expires_at <= at
    ):
        raise NotFoundError
    return invitation, session.get_one(Organisation, owner)


def accept_member_invitation(
    session: Session, token: str, *, secret: str, who: uuid.UUID | Newcomer, at: datetime
) -> tuple[User, Organisation]:
    """Join by a link, once, under System: as the signed-in person of that address, or a new one.

    Raises NotAllowedError for somebody with another address, ConflictError for a taken address.
    """
    invitation, organisation = open_member_invitation(
        session, token, secret=secret, at=at, lock=True
    )
    if isinstance(who, Newcomer):
        user = create_user(
            session,
            email=invitation.email,
            name=who.name,
            language=who.language,
            password_hash=who.password_hash,
            at=at,
        )
    else:
        user = session.get_one(User, who)
        if user.email != invitation.email:
            raise NotAllowedError("this invitation is for somebody else")
    invitation.state, invitation.answered_at = InvitationState.ACCEPTED, at
    if current_membership(session, organisation.id, user.id) is None:
        add_member(
            session,
            organisation,
            user,
            role=invitation.role,
            signatory=invitation.signatory,
            at=at,
            by=Member(user.id, organisation.id, invitation.role),
        )
    return user, organisation


def sender(session: Session, invitation: MemberInvitation) -> User | None:
    """Return who sent an invitation; None for the command line."""
    return session.get(User, invitation.invited_by_id) if invitation.invited_by_id else None
