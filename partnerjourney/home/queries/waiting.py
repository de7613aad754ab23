"""What waits: changes of hand-overs, people who ask to join, invitations without an answer."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session, aliased

from partnerjourney.core.parties import Journey, Organisation, Participation, Party, PartyKind, User
from partnerjourney.handovers.models import Handover, HandoverContent, HandoverTerms
from partnerjourney.handovers.rules import TERMS
from partnerjourney.journeys.queries import MyJourney
from partnerjourney.organisations.models import InvitationState, JoinRequest, PartyInvitation


@dataclass(frozen=True)
class WaitingChange:
    """A change of a hand-over that one side made and the other has not confirmed yet.

    `for_me` tells that the acting organisation must answer; else it waits for `others`.
    """

    journey: MyJourney
    handover_id: uuid.UUID
    terms_id: uuid.UUID
    version: int
    name: str
    giver: str
    taker: str
    changed_by: str
    changed_at: datetime | None
    before: Mapping[str, Any]
    now: Mapping[str, Any]
    for_me: bool
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


def changes(session: Session, journeys: Collection[MyJourney]) -> list[WaitingChange]:
    """Return the changes that wait in these journeys, oldest first.

    Of a group its members' rows count; the definition only while it has no members.
    """
    by_id = {journey.id: journey for journey in journeys}
    return [
        _change(by_id[row[0].journey_id], *row)
        for row in session.execute(_unconfirmed())
        if row[0].journey_id in by_id
    ]


def _unconfirmed() -> Select[*tuple[Any, ...]]:
    """Select the terms that wait, with their hand-over, its sides and a member's name."""
    member, giver, taker = aliased(HandoverTerms), aliased(Party), aliased(Party)
    has_members = (
        select(member.id)
        .where(
            member.journey_id == HandoverTerms.journey_id,
            member.handover_id == HandoverTerms.handover_id,
            member.member_id.is_not(None),
            member.retired_at.is_(None),
        )
        .exists()
    )
    on_map = and_(
        Handover.journey_id == HandoverTerms.journey_id,
        Handover.id == HandoverTerms.handover_id,
        Handover.retired_at.is_(None),
    )
    content = and_(
        HandoverContent.journey_id == Handover.journey_id, HandoverContent.id == Handover.id
    )
    gives = and_(giver.journey_id == Handover.journey_id, giver.id == HandoverContent.from_party_id)
    takes = and_(taker.journey_id == Handover.journey_id, taker.id == HandoverContent.to_party_id)
    of_member = and_(
        Participation.journey_id == HandoverTerms.journey_id,
        Participation.id == HandoverTerms.member_id,
    )
    return (
        select(HandoverTerms, HandoverContent, giver, taker, Organisation.name)
        .join(Handover, on_map)
        .join(HandoverContent, content)
        .join(giver, gives)
        .join(taker, takes)
        .outerjoin(Participation, of_member)
        .outerjoin(Organisation, Organisation.id == Participation.organisation_id)
        .where(
            HandoverTerms.before.is_not(None),
            HandoverTerms.retired_at.is_(None),
            or_(HandoverTerms.member_id.is_not(None), ~has_members),
        )
        .order_by(HandoverTerms.changed_at, HandoverTerms.id)
    )


def _change(
    journey: MyJourney,
    terms: HandoverTerms,
    content: HandoverContent,
    giver: Party,
    taker: Party,
    member: str | None,
) -> WaitingChange:
    own = {party.id for party in journey.parties if not party.observes}
    mine = own & {giver.id, taker.id}
    sides = [side for side in (giver, taker) if side.id != terms.changed_by_id and side.represented]
    by = next((side.name for side in (giver, taker) if side.id == terms.changed_by_id), "")
    waited = [
        member if member and side.kind is PartyKind.GROUP else side.name
        for side in sides
        if side.id not in own
    ]
    fields = terms.before or {}
    now = {name: getattr(terms, name) for name in fields if name in TERMS}
    return WaitingChange(
        journey,
        content.id,
        terms.id,
        terms.version,
        terms.name or content.label,
        giver.name,
        taker.name,
        by or journey.brand,
        terms.changed_at,
        fields,
        {**now, "told": content.told},
        bool(mine) and terms.changed_by_id not in mine,
        ", ".join(waited),
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
