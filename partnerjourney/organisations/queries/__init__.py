"""Reads for the pages of organisations and accounts, and for the coordinator's list of parties."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from partnerjourney.core.logins import LoginSession
from partnerjourney.core.parties import (
    Journey,
    Membership,
    Organisation,
    Participation,
    ParticipationRole,
    ParticipationState,
    Party,
    Role,
    User,
    monogram,
)
from partnerjourney.core.policy import Standing
from partnerjourney.core.scopes import Member
from partnerjourney.organisations.models import (
    InvitationState,
    JoinRequest,
    MemberInvitation,
    PartyInvitation,
)
from partnerjourney.organisations.queries.calendars import (
    calendar_of,
    calendar_of_party,
    calendar_row,
)

__all__ = [
    "UNDELIVERED_AFTER",
    "InvitationRow",
    "InvitedTo",
    "MemberRow",
    "acting",
    "calendar_of",
    "calendar_of_party",
    "calendar_row",
    "invitations_of",
    "invited_to",
    "join_requests",
    "logins_of",
    "member_invitations",
    "members",
    "organisation_by_slug",
]

UNDELIVERED_AFTER = timedelta(minutes=30)


@dataclass(frozen=True)
class MemberRow:
    """One member as the page lists it."""

    id: uuid.UUID
    user_id: uuid.UUID
    name: str
    email: str
    role: Role
    signatory: bool
    last_admin: bool
    sent: int

    @property
    def monogram(self) -> str:
        """Two letters that stand for the person."""
        return monogram(self.name)


@dataclass(frozen=True)
class InvitationRow:
    """One invitation of the coordinator as the list of parties shows it.

    `standing`: open, unsent (not delivered for half an hour), expired, asked, accepted, declined,
    withdrawn.
    """

    id: uuid.UUID
    party_id: uuid.UUID
    email: str
    name: str
    standing: str
    reason: str | None
    created_at: datetime
    expires_at: datetime
    answered_at: datetime | None
    organisation: str | None


def members(session: Session, organisation_id: uuid.UUID) -> list[MemberRow]:
    """Return who acts for an organisation, by name, with their open invitations counted."""
    rows = session.execute(
        select(Membership, User)
        .join(User, User.id == Membership.user_id)
        .where(Membership.owner_id == organisation_id, Membership.ended_at.is_(None))
        .order_by(User.name, User.id)
    ).all()
    sent = _open_by_sender(session, organisation_id)
    admins = sum(member.role is Role.ADMIN for member, _ in rows)
    return [
        MemberRow(
            id=member.id,
            user_id=user.id,
            name=user.name,
            email=user.email,
            role=member.role,
            signatory=member.signatory,
            last_admin=member.role is Role.ADMIN and admins == 1,
            sent=sent.get(user.id, 0),
        )
        for member, user in rows
    ]


def _open_by_sender(session: Session, organisation_id: uuid.UUID) -> dict[uuid.UUID, int]:
    sent: dict[uuid.UUID, int] = {}
    for table in (MemberInvitation, PartyInvitation):
        for sender in session.scalars(
            select(table.invited_by_id).where(
                table.owner_id == organisation_id,
                table.state == InvitationState.OPEN,
                table.invited_by_id.is_not(None),
            )
        ):
            if sender is not None:
                sent[sender] = sent.get(sender, 0) + 1
    return sent


def member_invitations(
    session: Session, organisation_id: uuid.UUID, *, at: datetime
) -> list[tuple[MemberInvitation, str]]:
    """Return the invitations that nobody has answered, with `standing` as in InvitationRow."""
    rows = session.scalars(
        select(MemberInvitation)
        .where(
            MemberInvitation.owner_id == organisation_id,
            MemberInvitation.state == InvitationState.OPEN,
        )
        .order_by(MemberInvitation.created_at, MemberInvitation.id)
    )
    return [(row, _standing(row, at)) for row in rows]


def join_requests(session: Session, organisation_id: uuid.UUID) -> list[JoinRequest]:
    """Return who asks to join and waits for an answer, with the person."""
    return list(
        session.scalars(
            select(JoinRequest)
            .options(joinedload(JoinRequest.user))
            .where(JoinRequest.owner_id == organisation_id, JoinRequest.decided_at.is_(None))
            .order_by(JoinRequest.created_at, JoinRequest.id)
        )
    )


def invitations_of(session: Session, journey_id: uuid.UUID, *, at: datetime) -> list[InvitationRow]:
    """Return all invitations that the acting organisation sent for a journey, newest first."""
    rows = session.execute(
        select(PartyInvitation, Organisation.name)
        .outerjoin(Organisation, Organisation.id == PartyInvitation.organisation_id)
        .where(PartyInvitation.journey_id == journey_id)
        .order_by(PartyInvitation.created_at.desc(), PartyInvitation.id)
    )
    return [
        InvitationRow(
            id=row.id,
            party_id=row.party_id,
            email=row.email,
            name=row.name,
            standing=_standing(row, at),
            reason=row.reason,
            created_at=row.created_at,
            expires_at=row.expires_at,
            answered_at=row.answered_at,
            organisation=organisation,
        )
        for row, organisation in rows
    ]


def _standing(row: PartyInvitation | MemberInvitation, at: datetime) -> str:
    if row.state is not InvitationState.OPEN:
        return row.state.value
    if row.expires_at <= at:
        return "expired"
    if row.sent_at is None and row.created_at < at - UNDELIVERED_AFTER:
        return "unsent"
    return "open"


def logins_of(
    session: Session, user_id: uuid.UUID, *, at: datetime, idle: timedelta, longest: timedelta
) -> list[LoginSession]:
    """Return the browsers in which a person is signed in now, the latest used first."""
    return list(
        session.scalars(
            select(LoginSession)
            .where(
                LoginSession.user_id == user_id,
                LoginSession.ended_at.is_(None),
                LoginSession.seen_at > at - idle,
                LoginSession.created_at > at - longest,
            )
            .order_by(LoginSession.seen_at.desc(), LoginSession.id)
        )
    )


def organisation_by_slug(session: Session, slug: str) -> Organisation | None:
    """Return an organisation by its address part."""
    return session.scalar(select(Organisation).where(Organisation.slug == slug))


def acting(
    session: Session, organisation_id: uuid.UUID | None, user_id: uuid.UUID | None
) -> Member | None:
    """Return the scope in which a job acts, or None when its person is no member any more.

    A job without a person comes from the command line and acts as an admin.
    """
    if organisation_id is None:
        return None
    if user_id is None:
        return Member(None, organisation_id, Role.ADMIN)
    row = session.scalar(
        select(Membership).where(
            Membership.owner_id == organisation_id,
            Membership.user_id == user_id,
            Membership.ended_at.is_(None),
        )
    )
    return Member(user_id, organisation_id, row.role, row.signatory) if row else None


@dataclass(frozen=True)
class InvitedTo:
    """What a party invitation is about; the thing of the policy when its mail goes out."""

    invitation: PartyInvitation
    journey: Journey
    party: Party
    standing: Standing


def invited_to(session: Session, actor: Member, invitation_id: uuid.UUID) -> InvitedTo | None:
    """Return an open invitation with its journey, as far as the actor sees both."""
    row = session.execute(
        select(PartyInvitation, Journey, Party)
        .join(Journey, Journey.id == PartyInvitation.journey_id)
        .join(
            Party,
            (Party.journey_id == PartyInvitation.journey_id)
            & (Party.id == PartyInvitation.party_id),
        )
        .where(
            PartyInvitation.id == invitation_id,
            PartyInvitation.state == InvitationState.OPEN,
            Journey.retired_at.is_(None),
            Party.retired_at.is_(None),
        )
    ).first()
    if row is None:
        return None
    invitation, journey, party = row
    leads = session.scalar(
        select(Participation.id).where(
            Participation.journey_id == journey.id,
            Participation.organisation_id == actor.organisation_id,
            Participation.role == ParticipationRole.ORCHESTRATOR,
            Participation.state == ParticipationState.ACTIVE,
        )
    )
    standing = Standing(
        journey_id=journey.id,
        organisation_id=actor.organisation_id,
        party_ids=frozenset(),
        orchestrates=leads is not None or journey.organisation_id == actor.organisation_id,
    )
    return InvitedTo(invitation, journey, party, standing)
