"""An organisation fills the party for which it was invited, under the System scope."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from partnerjourney.core import audit, circles
from partnerjourney.core.errors import ConflictError, NotFoundError
from partnerjourney.core.parties import (
    Journey,
    Participation,
    ParticipationRole,
    ParticipationState,
    Party,
    PartyKind,
)
from partnerjourney.core.scopes import Member
from partnerjourney.organisations.models import InvitationState, PartyInvitation
from partnerjourney.organisations.services.inviting import filled


def lane(session: Session, invitation: PartyInvitation, *, lock: bool) -> tuple[Journey, Party]:
    """Return the journey and party of an invitation; NotFoundError when one was retired."""
    if lock:  # drawing locks the journey too: a seat made meanwhile would stay empty for good
        session.scalar(
            select(Journey.id)
            .where(Journey.id == invitation.journey_id)
            .with_for_update(key_share=True)
        )
    query = (
        select(Party)
        .where(
            Party.journey_id == invitation.journey_id,
            Party.id == invitation.party_id,
            Party.retired_at.is_(None),
        )
        .execution_options(populate_existing=True)
    )
    party = session.scalar(query.with_for_update() if lock else query)
    journey = session.get(Journey, invitation.journey_id)
    if party is None or journey is None or journey.retired_at is not None:
        raise NotFoundError
    return journey, party


def fill(
    session: Session, invitation: PartyInvitation, *, by: Member, at: datetime
) -> Participation:
    """Give the party to the accepting organisation; ConflictError when it cannot have it."""
    _, party = lane(session, invitation, lock=True)
    here_already = session.scalar(
        select(Participation.id).where(
            Participation.journey_id == party.journey_id,
            Participation.party_id == party.id,
            Participation.organisation_id == by.organisation_id,
            Participation.state != ParticipationState.LEFT,
        )
    )
    if filled(session, party) or here_already:
        raise ConflictError("this party is filled already")
    discreet = party.kind is PartyKind.GROUP
    participation = Participation(
        journey_id=party.journey_id,
        party_id=party.id,
        organisation_id=by.organisation_id,
        role=ParticipationRole.PARTNER,
        discreet=discreet,
        joined_at=at,
    )
    circles.join(session, participation)
    invitation.state, invitation.answered_at = InvitationState.ACCEPTED, at
    invitation.organisation_id = by.organisation_id
    session.flush()
    for owner in (invitation.owner_id, by.organisation_id):
        audit.record(
            session, "party.invite.accept", at=at, thing_id=invitation.id, owner_id=owner, by=by
        )
    if not discreet:  # members of a group never learn of each other: their joining is their own
        journey_id = party.journey_id
        audit.record(session, "party.join", at=at, thing_id=party.id, by=by, journey_id=journey_id)
    return participation
