"""The coordinator invites organisations to fill the parties of its journey."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from partnerjourney.core import audit, signed
from partnerjourney.core.errors import ConflictError, NotFoundError
from partnerjourney.core.parties import (
    Journey,
    Participation,
    ParticipationRole,
    ParticipationState,
    Party,
    PartyKind,
)
from partnerjourney.core.policy import Permission, Standing, require
from partnerjourney.core.scopes import Member
from partnerjourney.core.signed import LinkPurpose
from partnerjourney.organisations.models import InvitationState, PartyInvitation
from partnerjourney.organisations.rules import PARTY_INVITATION_LASTS
from partnerjourney.organisations.rules.pasted import InvitationLine, LineFault
from partnerjourney.organisations.services.posting import post

INVITATION_JOB = "party-invitation.send"


class Place(Protocol):
    """A journey as the acting organisation stands in it, made by the feature of journeys."""

    @property
    def journey(self) -> Journey:
        """The journey."""

    @property
    def standing(self) -> Standing:
        """Where the acting organisation stands."""

    @property
    def parties(self) -> Mapping[uuid.UUID, Party]:
        """The lanes by id."""


def invite_party(
    session: Session,
    actor: Member,
    place: Place,
    party: Party,
    *,
    email: str,
    name: str,
    at: datetime,
    language: str,
) -> PartyInvitation:
    """Invite somebody by mail to fill a party; an open one to the same address is replaced.

    `email` as rules.names.clean_email gives it. Raises ConflictError for a lane that nobody can
    fill, or that is filled.
    """
    require(actor, Permission.PARTY_INVITE, place)
    if party.id not in place.parties or not party.represented or party.orchestrator:
        raise ConflictError("nobody can be invited for this party")
    if filled(session, party):
        raise ConflictError("this party is filled already")
    made = PartyInvitation(
        owner_id=actor.organisation_id,
        journey_id=place.journey.id,
        party_id=party.id,
        email=email,
        name=name,
        language=language,
        invited_by_id=actor.user_id,
        created_at=at,
        expires_at=at + PARTY_INVITATION_LASTS,
    )
    post(session, actor, made, *_same(place, party, email), job=INVITATION_JOB, at=at)
    audit.record(session, "party.invite", at=at, thing_id=made.id, after=[party.key, email])
    return made


def _same(place: Place, party: Party, email: str) -> tuple[ColumnElement[bool], ...]:
    return (
        PartyInvitation.journey_id == place.journey.id,
        PartyInvitation.party_id == party.id,
        PartyInvitation.email == email,
    )


def invite_parties(
    session: Session,
    actor: Member,
    place: Place,
    lines: Sequence[InvitationLine],
    *,
    at: datetime,
    language: str,
) -> list[InvitationLine]:
    """Invite by the lines of rules.pasted.parse_invitations, each for the party of that name.

    Returns the lines with what went wrong; those without a fault are invited.
    """
    require(actor, Permission.PARTY_INVITE, place)
    by_name = {party.name.casefold(): party for party in place.parties.values()}
    return [
        line if line.fault else _invite_line(session, actor, place, by_name, line, at, language)
        for line in lines
    ]


def _invite_line(
    session: Session,
    actor: Member,
    place: Place,
    by_name: Mapping[str, Party],
    line: InvitationLine,
    at: datetime,
    language: str,
) -> InvitationLine:
    party = by_name.get(line.party.casefold())
    fault: LineFault | None = None
    if party is None or not party.represented or party.orchestrator:
        fault = LineFault.UNKNOWN_PARTY
    elif filled(session, party):
        fault = LineFault.TAKEN
    elif not _just_invited(session, place, party, line.email, at):
        invite_party(
            session, actor, place, party, email=line.email, name="", at=at, language=language
        )
    return line.with_fault(fault)


def _just_invited(session: Session, place: Place, party: Party, email: str, at: datetime) -> bool:
    """Whether the same list was sent a moment ago: a reload must not kill the links."""
    return (
        session.scalar(
            select(PartyInvitation.id).where(
                *_same(place, party, email),
                PartyInvitation.state == InvitationState.OPEN,
                PartyInvitation.created_at > at - timedelta(minutes=10),
            )
        )
        is not None
    )


def find_invitation(
    session: Session, actor: Member, place: Place, invitation_id: uuid.UUID
) -> PartyInvitation:
    """Return an invitation of this journey, locked; raises NotFoundError."""
    require(actor, Permission.PARTY_INVITE, place)
    found = session.scalar(
        select(PartyInvitation)
        .where(PartyInvitation.id == invitation_id, PartyInvitation.journey_id == place.journey.id)
        .with_for_update()
    )
    if found is None:
        raise NotFoundError
    return found


def withdraw_invitation(
    session: Session, actor: Member, place: Place, invitation: PartyInvitation, *, at: datetime
) -> None:
    """Take back an invitation; ConflictError when it was accepted or declined."""
    require(actor, Permission.PARTY_INVITE, place)
    if invitation.state not in (InvitationState.OPEN, InvitationState.ASKED):
        raise ConflictError("this invitation was answered")
    invitation.state, invitation.answered_at = InvitationState.WITHDRAWN, at
    session.flush()
    audit.record(session, "party.invite.withdraw", at=at, thing_id=invitation.id)


def resend_invitation(
    session: Session, actor: Member, place: Place, invitation: PartyInvitation, *, at: datetime
) -> PartyInvitation:
    """Send an invitation again, with a new link and a new month; the earlier link is dead.

    Raises ConflictError when it was accepted.
    """
    require(actor, Permission.PARTY_INVITE, place)
    party = place.parties.get(invitation.party_id)
    if invitation.state is InvitationState.ACCEPTED or party is None:
        raise ConflictError("this invitation was accepted")
    if invitation.state in (InvitationState.OPEN, InvitationState.ASKED):
        withdraw_invitation(session, actor, place, invitation, at=at)
    return invite_party(
        session,
        actor,
        place,
        party,
        email=invitation.email,
        name=invitation.name,
        at=at,
        language=invitation.language,
    )


def invitation_path(secret: str, invitation: PartyInvitation) -> str:
    """Return the path of an invitation's link."""
    token = signed.sign(secret, LinkPurpose.PARTY_INVITATION, invitation.id, invitation.owner_id)
    return f"/invitation/{token}"


def filled(session: Session, party: Party) -> bool:
    """Say whether a party that is no group has its organisation already."""
    if party.kind is PartyKind.GROUP:
        return False
    return (
        session.scalar(
            select(Participation.id)
            .where(
                Participation.journey_id == party.journey_id,
                Participation.party_id == party.id,
                Participation.role != ParticipationRole.OBSERVER,
                Participation.state != ParticipationState.LEFT,
            )
            .limit(1)
        )
        is not None
    )
