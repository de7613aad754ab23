"""Who would read a conversation, by name, before its first word is written."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from partnerjourney.comments.queries.threads import About, Seen
from partnerjourney.comments.rules import Audience
from partnerjourney.core.parties import (
    Circle,
    CircleSeat,
    Membership,
    Organisation,
    Participation,
    Party,
    PartyKind,
    Role,
    User,
)
from partnerjourney.core.policy import Permission, allows
from partnerjourney.core.scopes import Actor, Member
from partnerjourney.handovers.models import Handover, HandoverContent, HandoverTerms
from partnerjourney.journeys.services import Place

NEEDS = {
    Audience.OWN: Permission.COMMENT_OWN,
    Audience.EDGE: Permission.COMMENT_EDGE,
    Audience.JOURNEY: Permission.COMMENT_JOURNEY,
}
"""Audience → what it takes to write for it."""


@dataclass(frozen=True, slots=True)
class Choice:
    """An audience: its readers by name, and the parties that nobody fills yet.

    `names` are the parties by id, of a group the member that reads it; `parties` those of others,
    which can be asked for. `slugs` name the organisations of a circle. `closed`: somebody of it has
    left, so nothing is added.
    """

    audience: Audience
    circle_id: uuid.UUID | None
    readers: tuple[str, ...]
    to_come: tuple[str, ...]
    parties: Mapping[uuid.UUID, str]
    names: Mapping[uuid.UUID, str] = field(default_factory=dict)
    closed: bool = False
    slugs: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Choices:
    """The audiences that the actor can choose from, and the colleagues that it can ask for.

    `as_member` tells that the whole journey is no choice since others of its group would learn of
    the actor.
    """

    found: tuple[Choice, ...]
    colleagues: Mapping[uuid.UUID, str]
    as_member: bool = False

    def get(self, audience: Audience, circle_id: uuid.UUID | None) -> Choice | None:
        """Return the choice of that name; an edge without a circle is the only one there is."""
        same = [one for one in self.found if one.audience is audience]
        if audience is Audience.EDGE and circle_id is None:
            return same[0] if len(same) == 1 else None
        return next((one for one in same if one.circle_id == circle_id), None)


def choices(session: Session, actor: Actor, place: Place, about: About) -> Choices:
    """Return who could read a conversation about something; four statements at most."""
    name = session.scalar(select(Organisation.name).where(Organisation.id == actor.organisation_id))
    found = []
    if isinstance(actor, Member) and allows(actor, Permission.COMMENT_OWN, place):
        found.append(Choice(Audience.OWN, None, (name or "",), (), {}))
    if about.handover_id is not None and allows(actor, Permission.COMMENT_EDGE, place):
        circle_ids = _circles(session, place, about.handover_id)
        seated = _seated(session, place, circle_ids)
        found += [one for one in seated if _others(one, name or "")]
    if allows(actor, Permission.COMMENT_JOURNEY, place):
        found.append(_journey(place))
    standing = place.standing
    hidden = bool(standing.group_ids) and not standing.party_ids and not standing.orchestrates
    return Choices(tuple(found), colleagues(session, actor), hidden)


def _others(choice: Choice, own: str) -> bool:
    return bool(set(choice.readers) - {own} or choice.to_come)


def _journey(place: Place) -> Choice:
    represented = [party for party in place.parties.values() if party.represented]
    mine = place.standing.party_ids | place.standing.group_ids
    return Choice(
        Audience.JOURNEY,
        None,
        tuple(party.name for party in represented if not party.provisional),
        tuple(party.name for party in represented if party.provisional),
        {party.id: party.name for party in represented if party.id not in mine},
        {party.id: party.name for party in represented},
    )


def _circles(session: Session, place: Place, handover_id: uuid.UUID) -> list[uuid.UUID]:
    """The circles of a hand-over that the actor shares; of a group those of its members alone."""
    rows = session.execute(
        select(
            HandoverTerms.circle_id,
            HandoverTerms.member_id,
            HandoverContent.from_party_id,
            HandoverContent.to_party_id,
        )
        .join(
            Handover,
            (Handover.journey_id == HandoverTerms.journey_id)
            & (Handover.id == HandoverTerms.handover_id),
        )
        .join(
            HandoverContent,
            (HandoverContent.journey_id == Handover.journey_id)
            & (HandoverContent.id == Handover.id),
        )
        .where(
            HandoverTerms.journey_id == place.id,
            HandoverTerms.handover_id == handover_id,
            HandoverTerms.retired_at.is_(None),
            Handover.retired_at.is_(None),
        )
    ).all()
    found = []
    for circle_id, member_id, *ends in rows:
        kinds = {place.parties[end].kind for end in ends if end in place.parties}
        if member_id is not None or PartyKind.GROUP not in kinds:
            found.append(circle_id)
    return found


def readers_of(session: Session, actor: Actor, place: Place, seen: Seen) -> Choice:
    """Return who reads a conversation that exists, as it stands today."""
    if seen.audience is Audience.JOURNEY:
        return _journey(place)
    if seen.audience is Audience.OWN:
        name = session.scalar(
            select(Organisation.name).where(Organisation.id == actor.organisation_id)
        )
        return Choice(Audience.OWN, None, (name or "",), (), {})
    assert seen.circle_id is not None
    return _seated(session, place, [seen.circle_id])[0]


def _seated(session: Session, place: Place, circle_ids: Collection[uuid.UUID]) -> list[Choice]:
    """Return the circles as choices, by the names of who sits in them as their lanes stand."""
    if not circle_ids:
        return []
    rows = session.execute(
        select(
            CircleSeat.circle_id,
            Circle.closed_at,
            Party.id,
            Party.name,
            Party.kind,
            Participation.organisation_id,
            Organisation.name.label("organisation"),
            Organisation.slug,
        )
        .join(
            Circle,
            (Circle.journey_id == CircleSeat.journey_id) & (Circle.id == CircleSeat.circle_id),
        )
        .join(
            Party,
            (Party.journey_id == CircleSeat.journey_id) & (Party.id == CircleSeat.party_id),
        )
        .outerjoin(
            Participation,
            (Participation.journey_id == CircleSeat.journey_id)
            & (Participation.id == CircleSeat.participation_id),
        )
        .outerjoin(Organisation, Organisation.id == Participation.organisation_id)
        .where(CircleSeat.journey_id == place.id, CircleSeat.circle_id.in_(circle_ids))
        .order_by(Party.orchestrator, Party.position, Party.id)
    ).all()
    me, found = place.standing.organisation_id, []
    for circle_id in circle_ids:
        seats = [row for row in rows if row.circle_id == circle_id]
        taken = [row for row in seats if row.organisation_id is not None]
        group = PartyKind.GROUP
        names = {row.id: row.organisation if row.kind is group else row.name for row in taken}
        mine = {row.id for row in taken if row.organisation_id == me}
        found.append(
            Choice(
                Audience.EDGE,
                circle_id,
                tuple(dict.fromkeys(row.organisation for row in taken)),
                tuple(row.name for row in seats if row.organisation_id is None),
                {party_id: name for party_id, name in names.items() if party_id not in mine},
                names,
                any(row.closed_at is not None for row in seats),
                frozenset(row.slug for row in taken),
            )
        )
    return sorted(found, key=lambda choice: choice.readers)


def colleagues(session: Session, actor: Actor) -> dict[uuid.UUID, str]:
    """Return who else answers for the actor's organisation, by name; nobody for a system of it."""
    if not isinstance(actor, Member):
        return {}
    rows = session.execute(
        select(User.id, User.name)
        .join(Membership, Membership.user_id == User.id)
        .where(
            Membership.owner_id == actor.organisation_id,
            Membership.ended_at.is_(None),
            Membership.role != Role.VIEWER,
        )
        .order_by(User.name, User.id)
    )
    return {row.id: row.name for row in rows if row.id != actor.user_id}
