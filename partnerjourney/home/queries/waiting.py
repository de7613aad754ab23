"""What waits: proposals, people who ask to join, invitations without an answer."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from partnerjourney.core.parties import Journey, Party, PartyKind, User
from partnerjourney.journeys.queries import MyJourney
from partnerjourney.organisations.models import InvitationState, JoinRequest, PartyInvitation
from partnerjourney.proposals.queries import ListedProposal, listed
from partnerjourney.proposals.rules import State, waits_for


@dataclass(frozen=True)
class WaitingProposal:
    """A proposal that is open: `for_me` where the acting organisation answers, else for `others`.

    `mine` tells that the organisation put it forward.
    """

    journey: MyJourney
    found: ListedProposal
    by: str
    for_me: bool
    mine: bool
    others: str


@dataclass(frozen=True, slots=True)
class WaitingRequest:
    """A person who asks to join the organisation."""

    id: uuid.UUID
    person: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class WaitingInvitation:
    """An invitation to fill a party, sent and not answered yet."""

    id: uuid.UUID
    journey_id: uuid.UUID
    journey: str
    party: str
    expires_at: datetime


def proposals(session: Session, journeys: Collection[MyJourney]) -> list[WaitingProposal]:
    """Return the open proposals of these journeys, the next due first.

    What is put to a whole group stands once for each member that has yet to answer.
    """
    by_id = {journey.id: journey for journey in journeys}
    rows = [r for r in listed(session, by_id, states=(State.OPEN,)) if not r.proposal.members]
    names = _names(session, by_id, rows)
    return [_proposal(by_id[row.proposal.journey_id], row, names) for row in rows]


def _names(
    session: Session, journeys: Collection[uuid.UUID], rows: Collection[ListedProposal]
) -> dict[uuid.UUID, tuple[str, PartyKind]]:
    if not rows:
        return {}
    query = select(Party.id, Party.name, Party.kind).where(Party.journey_id.in_(journeys))
    return {row.id: (row.name, row.kind) for row in session.execute(query)}


def _by(row: ListedProposal, name: str, kind: PartyKind) -> str:
    """Say who put it forward: of a group its member."""
    return row.member if kind is PartyKind.GROUP and row.member else name


def _proposal(
    journey: MyJourney, row: ListedProposal, names: Mapping[uuid.UUID, tuple[str, PartyKind]]
) -> WaitingProposal:
    proposal = row.proposal
    own = {party.id for party in journey.parties if not party.observes}
    waiting = [uuid.UUID(one) for one in waits_for(proposal.asked, proposal.agreed)]
    asked = [names[party_id] for party_id in waiting if party_id not in own]
    others = [row.member if kind is PartyKind.GROUP and row.member else n for n, kind in asked]
    return WaitingProposal(
        journey,
        row,
        _by(row, *names[proposal.by_party_id]),
        bool(own & set(waiting)),
        proposal.by_party_id in own,
        ", ".join(others),
    )


def requests(session: Session) -> list[WaitingRequest]:
    """Return who asks to join the acting organisation, oldest first."""
    rows = session.execute(
        select(JoinRequest.id, User.name, JoinRequest.created_at)
        .join(User, User.id == JoinRequest.user_id)
        .where(JoinRequest.decided_at.is_(None))
        .order_by(JoinRequest.created_at, JoinRequest.id)
    )
    return [WaitingRequest(*row) for row in rows]


def invitations(session: Session, *, at: datetime) -> list[WaitingInvitation]:
    """Return the invitations that the acting organisation sent and nobody answered yet."""
    rows = session.execute(
        select(
            PartyInvitation.id,
            PartyInvitation.journey_id,
            Journey.name,
            Party.name,
            PartyInvitation.expires_at,
        )
        .join(Journey, Journey.id == PartyInvitation.journey_id)
        .join(
            Party,
            and_(
                Party.journey_id == PartyInvitation.journey_id,
                Party.id == PartyInvitation.party_id,
            ),
        )
        .where(
            PartyInvitation.state == InvitationState.OPEN,
            PartyInvitation.expires_at > at,
            Journey.retired_at.is_(None),
        )
        .order_by(PartyInvitation.expires_at, PartyInvitation.id)
    )
    return [WaitingInvitation(*row) for row in rows]
