"""Circles: who shares what. Made by verbs only; equal sets of seats are one circle.

`participation_joined` tells the features above that somebody joined: a member of a group needs
circles and rows of its own. Receivers get (session, participation=…) under the System scope.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable, Mapping

from blinker import Signal
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from partnerjourney.core import border
from partnerjourney.core.parties import (
    Circle,
    CircleSeat,
    Participation,
    ParticipationState,
    Party,
    PartyKind,
)

participation_joined = Signal("an organisation fills a party, or became a member of a group")

NO_MEMBERS: Mapping[uuid.UUID, uuid.UUID] = {}


def key_of(party_ids: Iterable[uuid.UUID], members: Mapping[uuid.UUID, uuid.UUID]) -> str:
    """Return the name of a set of seats: the SHA-256 of its parties and of the groups' members."""
    seats = sorted(f"{party}:{members.get(party, '')}" for party in party_ids)
    return hashlib.sha256("\n".join(seats).encode()).hexdigest()


def circle_for(
    session: Session,
    journey_id: uuid.UUID,
    parties: Iterable[Party],
    *,
    members: Mapping[uuid.UUID, uuid.UUID] = NO_MEMBERS,
) -> uuid.UUID:
    """Return the id of the circle of these parties, made where missing.

    `members` names, per group party, the participation that sits for it; a group that it leaves
    out keeps an empty seat for good. Parties that nobody can represent have no seat.
    """
    seated = {party.id: party for party in parties if party.represented}
    chosen = {party: member for party, member in members.items() if party in seated}
    if border.lifted(session):
        return _circle_for(session, journey_id, seated, chosen)
    with border.verb(session, "make a circle") as system:
        return _circle_for(system, journey_id, seated, chosen)


def _circle_for(
    session: Session,
    journey_id: uuid.UUID,
    seated: Mapping[uuid.UUID, Party],
    members: Mapping[uuid.UUID, uuid.UUID],
) -> uuid.UUID:
    key = key_of(seated, members)
    found = session.scalar(
        select(Circle.id).where(
            Circle.journey_id == journey_id, Circle.key == key, Circle.closed_at.is_(None)
        )
    )
    if found is not None:
        return found
    circle = Circle(journey_id=journey_id, key=key)
    session.add(circle)
    session.flush()
    fills = _participations(session, journey_id, seated)
    for party in seated.values():
        group = party.kind is PartyKind.GROUP
        sits = members.get(party.id) if group else fills.get(party.id)
        session.add(
            CircleSeat(
                journey_id=journey_id,
                circle_id=circle.id,
                party_id=party.id,
                participation_id=sits,
            )
        )
    session.flush()
    return circle.id


def _participations(
    session: Session, journey_id: uuid.UUID, seated: Mapping[uuid.UUID, Party]
) -> dict[uuid.UUID, uuid.UUID]:
    rows = session.execute(
        select(Participation.party_id, Participation.id)
        .where(
            Participation.journey_id == journey_id,
            Participation.party_id.in_(seated),
            Participation.state != ParticipationState.LEFT,  # who is suspended keeps its seat
            Participation.discreet.is_(False),
        )
        .order_by(Participation.joined_at.desc())
    )
    found: dict[uuid.UUID, uuid.UUID] = {row.party_id: row.id for row in rows}
    return found


def members_of(session: Session, journey_id: uuid.UUID, party_id: uuid.UUID) -> list[Participation]:
    """Return the members of a group, suspended ones too, as far as this scope sees them."""
    return list(
        session.scalars(
            select(Participation)
            .where(
                Participation.journey_id == journey_id,
                Participation.party_id == party_id,
                Participation.state != ParticipationState.LEFT,
            )
            .order_by(Participation.id)
        )
    )


def join(system: Session, participation: Participation) -> None:
    """Add a participation, take the empty seats of its party, and tell the features above.

    Runs under the System scope, in the transaction that accepts the invitation.
    """
    system.add(participation)
    system.flush()
    if not participation.discreet:
        system.execute(
            update(CircleSeat)
            .where(
                CircleSeat.journey_id == participation.journey_id,
                CircleSeat.party_id == participation.party_id,
                CircleSeat.participation_id.is_(None),
            )
            .values(participation_id=participation.id)
        )
    participation_joined.send(system, participation=participation)
