"""Organisations and their members: made, given roles, removed."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from partnerjourney.core import audit
from partnerjourney.core.errors import ConflictError, NotFoundError
from partnerjourney.core.parties import Membership, Organisation, Role, User
from partnerjourney.core.policy import Permission, require
from partnerjourney.core.scopes import Member
from partnerjourney.organisations.models import (
    InvitationState,
    JoinRequest,
    MemberInvitation,
    PartyInvitation,
)
from partnerjourney.organisations.rules.names import new_slug


def create_organisation(
    session: Session, *, name: str, at: datetime, slug: str | None = None
) -> Organisation:
    """Make an organisation, under System or Operator; raises ConflictError for a taken slug."""
    taken = set(session.scalars(select(Organisation.slug)))
    if slug in taken:
        raise ConflictError(f"there is an organisation called {slug} already")
    made = Organisation(name=name, slug=slug or new_slug(name, taken), created_at=at)
    session.add(made)
    session.flush()
    audit.record(session, "organisation.create", at=at, thing_id=made.id, owner_id=made.id)
    return made


def add_member(
    session: Session,
    organisation: Organisation,
    user: User,
    *,
    role: Role,
    at: datetime,
    signatory: bool = False,
    by: Member | None = None,
) -> Membership:
    """Make a person a member, under System or Operator; raises ConflictError for a member."""
    if current_membership(session, organisation.id, user.id) is not None:
        raise ConflictError("this person is a member already")
    made = Membership(
        owner_id=organisation.id, user_id=user.id, role=role, signatory=signatory, created_at=at
    )
    session.add(made)
    session.flush()
    audit.record(
        session, "member.add", at=at, thing_id=user.id, owner_id=organisation.id, after=role, by=by
    )
    return made


def current_membership(
    session: Session, organisation_id: uuid.UUID, user_id: uuid.UUID
) -> Membership | None:
    """Return the membership in which a person acts for an organisation now."""
    return session.scalar(
        select(Membership).where(
            Membership.owner_id == organisation_id,
            Membership.user_id == user_id,
            Membership.ended_at.is_(None),
        )
    )


def change_organisation(
    session: Session,
    actor: Member,
    organisation_id: uuid.UUID,
    *,
    fields: Mapping[str, Any],
    at: datetime,
) -> Organisation:
    """Change name, brand_colour, reply_to or address."""
    organisation = session.get_one(Organisation, organisation_id, with_for_update=True)
    require(actor, Permission.ORGANISATION_EDIT, organisation)
    before = {name: getattr(organisation, name) for name in fields}
    for name, value in fields.items():
        setattr(organisation, name, value)
    session.flush()
    audit.record(
        session,
        "organisation.change",
        at=at,
        thing_id=organisation.id,
        owner_id=organisation.id,
        before=before,
        after=dict(fields),
    )
    return organisation


# --- members -------------------------------------------------------------------------------------


def change_role(
    session: Session,
    actor: Member,
    organisation: Organisation,
    membership_id: uuid.UUID,
    *,
    role: Role,
    signatory: bool,
    at: datetime,
) -> Membership:
    """Give a member a role and the right to sign; ConflictError for the last admin."""
    member = _locked(
        session, actor, organisation, membership_id, loses_admin=role is not Role.ADMIN
    )
    before = [member.role, member.signatory]
    member.role, member.signatory = role, signatory
    session.flush()
    audit.record(
        session,
        "member.role",
        at=at,
        thing_id=member.user_id,
        owner_id=organisation.id,
        before=before,
        after=[role, signatory],
    )
    return member


def remove_member(
    session: Session,
    actor: Member,
    organisation: Organisation,
    membership_id: uuid.UUID,
    *,
    at: datetime,
) -> int:
    """End a membership and what acts for it: open invitations by or to the person, its requests.

    Returns how many invitations were withdrawn. Raises ConflictError for the last admin.
    """
    member = _locked(session, actor, organisation, membership_id, loses_admin=True)
    user = session.get_one(User, member.user_id)
    member.ended_at = at
    open_ones = [
        *session.scalars(
            select(MemberInvitation).where(
                MemberInvitation.owner_id == organisation.id,
                MemberInvitation.state == InvitationState.OPEN,
                or_(
                    MemberInvitation.email == user.email, MemberInvitation.invited_by_id == user.id
                ),
            )
        ),
        *session.scalars(
            select(PartyInvitation).where(
                PartyInvitation.owner_id == organisation.id,
                PartyInvitation.state == InvitationState.OPEN,
                PartyInvitation.invited_by_id == user.id,
            )
        ),
    ]
    for invitation in open_ones:
        invitation.state, invitation.answered_at = InvitationState.WITHDRAWN, at
    for request in session.scalars(
        select(JoinRequest).where(
            JoinRequest.owner_id == organisation.id,
            JoinRequest.user_id == user.id,
            JoinRequest.decided_at.is_(None),
        )
    ):
        request.decided_at, request.accepted = at, False
    session.flush()
    audit.record(session, "member.remove", at=at, thing_id=user.id, owner_id=organisation.id)
    return len(open_ones)


def _locked(
    session: Session,
    actor: Member,
    organisation: Organisation,
    membership_id: uuid.UUID,
    *,
    loses_admin: bool,
) -> Membership:
    """Return a current membership, locked with all others, so that one admin is always left."""
    require(actor, Permission.MEMBER_MANAGE, organisation)
    current = session.scalars(
        select(Membership)
        .where(Membership.owner_id == organisation.id, Membership.ended_at.is_(None))
        .order_by(Membership.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    member = next((m for m in current if m.id == membership_id), None)
    if member is None:
        raise NotFoundError
    others = [m for m in current if m.role is Role.ADMIN and m is not member]
    if loses_admin and member.role is Role.ADMIN and not others:
        raise ConflictError("the last admin stays one")
    return member
