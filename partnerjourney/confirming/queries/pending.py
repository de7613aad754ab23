"""Askings that want something of somebody: of the contact, or of the coordinator."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from partnerjourney.answering.services import LASTS
from partnerjourney.confirming.models import AskedThing, PartyAsking
from partnerjourney.confirming.rules import AskingState
from partnerjourney.core.parties import (
    Journey,
    Participation,
    ParticipationRole,
    ParticipationState,
    Party,
)


@dataclass(frozen=True, slots=True)
class Pending:
    """Whom was asked about a party that nobody joined as, and how many questions are left.

    `at` is when it got into its state, `until` when the links of its latest mail die.
    """

    journey_id: uuid.UUID
    journey: str
    zone: str
    party_id: uuid.UUID
    party: str
    name: str
    email: str
    state: AskingState
    mails: int
    mailed_at: datetime | None
    at: datetime
    until: datetime
    left: int
    answered: int


def pending(
    session: Session, journeys_led: Collection[uuid.UUID], *, at: datetime
) -> list[Pending]:
    """Return the latest asking about each party in these journeys, as long as it wants something.

    That is while it is open; and for as long as a link lasts where the contact wants no mail, or
    its address takes none. In one statement.
    """
    if not journeys_led:
        return []
    mine = (
        AskedThing.journey_id == PartyAsking.journey_id,
        AskedThing.asking_id == PartyAsking.id,
    )
    said = AskedThing.answered_at.is_not(None)
    waits = (~said, AskedThing.replaced_at.is_(None))
    number = select(func.count(AskedThing.id)).correlate(PartyAsking)
    rows = session.execute(
        select(
            PartyAsking,
            Journey.name,
            Journey.time_zone,
            Party,
            number.where(*mine, *waits).scalar_subquery(),
            number.where(*mine, said).scalar_subquery(),
        )
        .join(Journey, Journey.id == PartyAsking.journey_id)
        .join(
            Party,
            (Party.journey_id == PartyAsking.journey_id) & (Party.id == PartyAsking.party_id),
        )
        .where(
            PartyAsking.journey_id.in_(journeys_led),
            Party.retired_at.is_(None),
            ~select(Participation.id)
            .where(
                Participation.journey_id == PartyAsking.journey_id,
                Participation.party_id == PartyAsking.party_id,
                Participation.role != ParticipationRole.OBSERVER,
                Participation.state != ParticipationState.LEFT,
            )
            .exists(),
        )
        .order_by(PartyAsking.created_at, PartyAsking.id)
    )
    latest_of = {asking.party_id: row for row in rows for asking in row[:1]}
    found = [_pending(*row) for row in latest_of.values() if row[3].provisional]
    ended = (AskingState.STOPPED, AskingState.BOUNCED)
    return [
        one
        for one in found
        if one.state is AskingState.OPEN or (one.state in ended and one.at + LASTS > at)
    ]


def _pending(
    asking: PartyAsking, journey: str, zone: str, party: Party, left: int, answered: int
) -> Pending:
    mailed = asking.mailed_at or asking.created_at
    return Pending(
        asking.journey_id,
        journey,
        zone,
        asking.party_id,
        party.name,
        asking.name,
        asking.email,
        asking.state,
        asking.mails,
        asking.mailed_at,
        asking.ended_at or mailed,
        mailed + LASTS,
        left,
        answered,
    )
