"""The invited side: a link is opened, and its reader accepts, asks to join, or declines.

All of it runs under the System scope, since its reader is no member of anything yet. A link is
used once: the row of the invitation is locked and changes its state.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from partnerjourney.core import audit, jobs, signed
from partnerjourney.core.errors import ConflictError, NotFoundError
from partnerjourney.core.parties import (
    Journey,
    Organisation,
    Participation,
    Party,
    Role,
    User,
)
from partnerjourney.core.policy import NotAllowedError
from partnerjourney.core.scopes import Member
from partnerjourney.core.signed import LinkPurpose
from partnerjourney.organisations.models import InvitationState, JoinRequest, PartyInvitation
from partnerjourney.organisations.services.filling import fill, lane
from partnerjourney.organisations.services.inviting import filled
from partnerjourney.organisations.services.members import (
    add_member,
    create_organisation,
    current_membership,
)
from partnerjourney.organisations.services.people import Newcomer, create_user, find_user

ASKED_JOB = "join-request.asked"


@dataclass(frozen=True)
class OpenInvitation:
    """What an invitation says before its reader answers."""

    invitation: PartyInvitation
    organisation: Organisation
    journey: Journey
    party: Party
    inviter: User | None
    filled: bool
    has_account: bool

    def is_for(self, user: User) -> bool:
        """Say whether the invitation was sent to this person's own address."""
        return user.email == self.invitation.email


@dataclass(frozen=True)
class Accepted:
    """Who joined, for which organisation, and as which party of which journey."""

    user: User
    organisation: Organisation
    participation: Participation


def open_invitation(
    session: Session, token: str, *, secret: str, at: datetime, lock: bool = False
) -> OpenInvitation:
    """Return an open invitation by its link.

    Raises NotFoundError alike for a mangled, used, withdrawn or expired one.
    """
    row, owner = signed.read(secret, LinkPurpose.PARTY_INVITATION, token, count=2)
    query = select(PartyInvitation).where(
        PartyInvitation.owner_id == owner,
        PartyInvitation.id == row,
        PartyInvitation.state == InvitationState.OPEN,
        PartyInvitation.expires_at > at,
    )
    invitation = session.scalar(query.with_for_update() if lock else query)
    if invitation is None:
        raise NotFoundError
    journey, party = lane(session, invitation, lock=lock)
    inviter = session.get(User, invitation.invited_by_id) if invitation.invited_by_id else None
    return OpenInvitation(
        invitation=invitation,
        organisation=session.get_one(Organisation, owner),
        journey=journey,
        party=party,
        inviter=inviter,
        filled=filled(session, party),
        has_account=find_user(session, invitation.email) is not None,
    )


def accept_with_new_account(
    session: Session,
    token: str,
    *,
    secret: str,
    organisation_name: str,
    newcomer: Newcomer,
    at: datetime,
) -> Accepted:
    """Make a person and its organisation, and fill the party; ConflictError if either is taken."""
    found = open_invitation(session, token, secret=secret, at=at, lock=True)
    user = _make_user(session, found.invitation, newcomer, at=at)
    organisation = create_organisation(session, name=organisation_name, at=at)
    by = Member(user.id, organisation.id, Role.ADMIN)
    add_member(session, organisation, user, role=Role.ADMIN, at=at, by=by)
    return Accepted(user, organisation, fill(session, found.invitation, by=by, at=at))


def accept_as_member(
    session: Session,
    token: str,
    *,
    secret: str,
    user_id: uuid.UUID,
    organisation_id: uuid.UUID,
    at: datetime,
) -> Accepted:
    """Fill the party with an organisation for which the signed-in person acts.

    Raises NotFoundError for an organisation of others, NotAllowedError for a viewer, ConflictError
    for a party that is filled already.
    """
    found = open_invitation(session, token, secret=secret, at=at, lock=True)
    member = current_membership(session, organisation_id, user_id)
    if member is None:
        raise NotFoundError
    if member.role is Role.VIEWER:
        raise NotAllowedError("a viewer does not accept for its organisation")
    by = Member(user_id, organisation_id, member.role)
    participation = fill(session, found.invitation, by=by, at=at)
    organisation = session.get_one(Organisation, organisation_id)
    return Accepted(session.get_one(User, user_id), organisation, participation)


def ask_to_join(
    session: Session,
    token: str,
    *,
    secret: str,
    organisation_id: uuid.UUID,
    who: uuid.UUID | Newcomer,
    at: datetime,
) -> tuple[User, JoinRequest]:
    """Ask an existing organisation to take the person in; one of its admins decides.

    The invitation waits for the answer and is carried out on a yes. Raises ConflictError for a
    member (who accepts itself) and for a taken address.
    """
    found = open_invitation(session, token, secret=secret, at=at, lock=True)
    organisation = session.get(Organisation, organisation_id)
    if organisation is None:
        raise NotFoundError
    if isinstance(who, Newcomer):
        user = _make_user(session, found.invitation, who, at=at)
    else:
        user = session.get_one(User, who)
    if current_membership(session, organisation_id, user.id) is not None:
        raise ConflictError("a member accepts, it does not ask")
    request = JoinRequest(
        owner_id=organisation_id,
        user_id=user.id,
        invitation_id=found.invitation.id,
        invitation_owner_id=found.invitation.owner_id,
        created_at=at,
    )
    session.add(request)
    found.invitation.state, found.invitation.answered_at = InvitationState.ASKED, at
    session.flush()
    jobs.enqueue(
        session,
        ASKED_JOB,
        at=at,
        dedupe_key=request.id.hex,
        thing_id=request.id,
        organisation_id=organisation_id,
        user_id=user.id,
    )
    audit.record(
        session,
        "join.ask",
        at=at,
        thing_id=request.id,
        owner_id=organisation_id,
        by=Member(user.id, organisation_id),
    )
    return user, request


def decline(
    session: Session, token: str, *, secret: str, reason: str, at: datetime
) -> OpenInvitation:
    """Say no, with a reason for the coordinator."""
    found = open_invitation(session, token, secret=secret, at=at, lock=True)
    found.invitation.state, found.invitation.answered_at = InvitationState.DECLINED, at
    found.invitation.reason = reason[:500] or None
    session.flush()
    audit.record(
        session,
        "party.invite.decline",
        at=at,
        thing_id=found.invitation.id,
        owner_id=found.invitation.owner_id,
    )
    return found


def _make_user(
    session: Session, invitation: PartyInvitation, newcomer: Newcomer, *, at: datetime
) -> User:
    return create_user(
        session,
        email=invitation.email,
        name=newcomer.name,
        language=newcomer.language,
        password_hash=newcomer.password_hash,
        at=at,
    )
