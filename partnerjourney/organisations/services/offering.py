"""An invitation to join, for a contact that answered by mail: mailed, as any other."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from partnerjourney.core import audit, jobs
from partnerjourney.core.parties import Journey, Party
from partnerjourney.core.policy import Permission, Standing, allows
from partnerjourney.organisations.models import InvitationState, PartyInvitation
from partnerjourney.organisations.queries import acting
from partnerjourney.organisations.rules import PARTY_INVITATION_LASTS
from partnerjourney.organisations.services.inviting import INVITATION_JOB


@dataclass(frozen=True)
class _There:
    """A journey as the policy asks for it."""

    standing: Standing


def offered(
    system: Session,
    *,
    owner_id: uuid.UUID,
    party: Party,
    email: str,
    name: str,
    language: str,
    by_id: uuid.UUID | None,
    at: datetime,
) -> PartyInvitation | None:
    """Return the invitation that an address has for a party, made and mailed where it has none.

    The mail proves whose address it is: no page shows the link. None where an invitation to it was
    withdrawn or declined, or where `by_id` may not invite any more. Under the System scope.
    """
    earlier = system.scalars(
        select(PartyInvitation).where(
            PartyInvitation.owner_id == owner_id,
            PartyInvitation.journey_id == party.journey_id,
            PartyInvitation.party_id == party.id,
            PartyInvitation.email == email,
        )
    ).all()
    for one in earlier:
        if one.state is InvitationState.OPEN and one.expires_at > at:
            return one
    answered = (InvitationState.WITHDRAWN, InvitationState.DECLINED)
    if any(one.state in answered for one in earlier) or not _may_invite(
        system, owner_id, by_id, party.journey_id
    ):
        return None
    made = PartyInvitation(
        owner_id=owner_id,
        journey_id=party.journey_id,
        party_id=party.id,
        email=email,
        name=name,
        language=language,
        invited_by_id=by_id,
        created_at=at,
        expires_at=at + PARTY_INVITATION_LASTS,
    )
    system.add(made)
    system.flush()
    jobs.enqueue(
        system,
        INVITATION_JOB,
        at=at,
        dedupe_key=made.id.hex,
        thing_id=made.id,
        organisation_id=owner_id,
        user_id=by_id,
    )
    audit.record(
        system, "party.invite", at=at, thing_id=made.id, owner_id=owner_id, after=[party.key, email]
    )
    return made


def _may_invite(
    system: Session, owner_id: uuid.UUID, user_id: uuid.UUID | None, journey_id: uuid.UUID
) -> bool:
    """Say whether a person may still invite for an organisation to a journey."""
    actor = acting(system, owner_id, user_id) if user_id else None
    leads = system.get_one(Journey, journey_id).organisation_id == owner_id
    there = _There(Standing(journey_id, owner_id, frozenset(), orchestrates=leads))
    return actor is not None and allows(actor, Permission.PARTY_INVITE, there)
