"""What stands of a party, whom was asked about it, and what was answered."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from partnerjourney.confirming.models import AskedThing, PartyAsking
from partnerjourney.confirming.rules import Answer, AskingState, Said
from partnerjourney.core.parties import Journey, Party
from partnerjourney.handovers import services as handovers
from partnerjourney.handovers.models import HandoverTerms
from partnerjourney.journeys import services as journeys
from partnerjourney.touchpoints import services as touchpoints
from partnerjourney.touchpoints.models import Card
from partnerjourney.touchpoints.rules import CardKind

TERMS = (
    "trigger",
    "time_limit",
    "checklist",
    "refuse_reasons",
    "contact_name",
    "contact_reach",
    "contact_hours",
)
"""What a hand-over's terms say to who is asked; its name stands above."""


@dataclass(frozen=True)
class Thing:
    """A card or hand-over of a party: what stands there, and the circle that shares it.

    `circle_id` is None for a card; `others` are the parties beside it and the coordinator that read
    the answers; `number` is that of a hand-over.
    """

    id: uuid.UUID
    name: str
    said: Said
    circle_id: uuid.UUID | None = None
    other: Party | None = None
    number: int = 0

    @property
    def is_card(self) -> bool:
        """Whether it is a card."""
        return self.circle_id is None


def things(
    session: Session, journey_id: uuid.UUID, parties: Mapping[uuid.UUID, Party], party: Party
) -> list[Thing]:
    """Return what stands of a party, in path order: its cards, then its hand-overs."""
    phases = {phase.id: phase.content.name for phase in journeys.phases(session, journey_id)}
    found = [
        Thing(
            card.id,
            card.content.name,
            card_said(card.content, card.kind, phases[card.content.phase_id]),
        )
        for card in touchpoints.cards(session, journey_id)
        if card.content.party_id == party.id
    ]
    terms = handovers.all_terms(session, journey_id)
    for number, one in enumerate(handovers.handovers(session, journey_id), 1):
        sides = (one.content.from_party_id, one.content.to_party_id)
        mine = terms.get(one.id)
        if party.id not in sides or mine is None:
            continue
        other = parties[sides[0] if sides[1] == party.id else sides[1]]
        giver, taker = (parties[side] for side in sides)
        said = handover_said(giver, taker, one.content.told, mine)
        found.append(Thing(one.id, mine.name, said, mine.circle_id, other, number))
    return found


def card_said(content: Any, kind: CardKind, phase: str) -> Said:
    """Return what a card says to who is asked; `content` has its fields, `phase` is a name.

    What somebody said stands while this still says the same.
    """
    return {
        "name": content.name,
        "kind": kind.value,
        "phase": phase,
        "channel": content.channel or "",
        "feels": content.intended_experience,
    }


def handover_said(from_party: Party, to_party: Party, told: str, terms: Any) -> Said:
    """Return what a hand-over says to who is asked; `terms` is None where they are not shared."""
    said = {
        "from": from_party.name,
        "to": to_party.name,
        "name": terms.name if terms else "",
        "told": told,
        **{name: (getattr(terms, name) or "") if terms else "" for name in TERMS},
    }
    if not said["contact_hours"]:  # else what was said before there were hours would say another
        del said["contact_hours"]
    return said


# --- who was asked, and what was answered --------------------------------------------------------


def asking_of(session: Session, party: Party) -> PartyAsking | None:
    """Return the latest asking about a party, whatever became of it."""
    return session.scalar(
        select(PartyAsking)
        .where(PartyAsking.journey_id == party.journey_id, PartyAsking.party_id == party.id)
        .order_by(PartyAsking.created_at.desc(), PartyAsking.id)
        .limit(1)
    )


def asked(
    session: Session, journey_id: uuid.UUID, party_ids: Collection[uuid.UUID]
) -> list[AskedThing]:
    """Return the questions about some parties that none replaced, as far as the scope sees them."""
    if not party_ids:
        return []
    return list(
        session.scalars(
            select(AskedThing)
            .where(
                AskedThing.journey_id == journey_id,
                AskedThing.party_id.in_(party_ids),
                AskedThing.replaced_at.is_(None),
            )
            .order_by(AskedThing.asked_at, AskedThing.position, AskedThing.id)
        )
    )


def latest(rows: Sequence[AskedThing]) -> dict[tuple[uuid.UUID, uuid.UUID], AskedThing]:
    """Return (party, card or hand-over) → the question about it."""
    return {(row.party_id, thing_of(row)): row for row in rows}


def thing_of(row: AskedThing) -> uuid.UUID:
    """Return the card or hand-over that a question is about."""
    found = row.card_id or row.handover_id
    assert found is not None
    return found


@dataclass(frozen=True, slots=True)
class ToHandle:
    """What a contact said that the coordinator has yet to handle."""

    journey_id: uuid.UUID
    journey: str
    zone: str
    party_id: uuid.UUID
    party: str
    name: str
    outcome: Answer
    answered_at: datetime
    said: Said


def to_handle(session: Session, journeys_led: Collection[uuid.UUID]) -> list[ToHandle]:
    """Return the answers in these journeys that say something is not right, oldest first."""
    if not journeys_led:
        return []
    rows = session.execute(
        select(AskedThing, Journey.name, Journey.time_zone, Party.name)
        .join(Journey, Journey.id == AskedThing.journey_id)
        .join(
            Party,
            (Party.journey_id == AskedThing.journey_id) & (Party.id == AskedThing.party_id),
        )
        .where(
            AskedThing.journey_id.in_(journeys_led),
            AskedThing.outcome.in_((Answer.WRONG, Answer.QUESTION)),
            AskedThing.handled_at.is_(None),
            AskedThing.replaced_at.is_(None),
        )
        .order_by(AskedThing.answered_at, AskedThing.id)
    )
    return [
        ToHandle(
            row.journey_id,
            journey,
            zone,
            row.party_id,
            party,
            row.name,
            row.outcome or Answer.QUESTION,
            row.answered_at or row.asked_at,
            row.said,
        )
        for row, journey, zone, party in rows
    ]


BY_MAIL = (
    AskedThing.id,
    AskedThing.party_id,
    AskedThing.outcome,
    AskedThing.name,
    AskedThing.answered_at,
    AskedThing.said,
    AskedThing.answers,
    AskedThing.handled_at,
)
"""The columns of a SaidByMail, for statements that join it."""


@dataclass(frozen=True, slots=True)
class SaidByMail:
    """What a contact said of one card or hand-over, on behalf of a party; the latest about it."""

    id: uuid.UUID
    party_id: uuid.UUID
    outcome: Answer
    name: str
    answered_at: datetime
    said: Said
    answers: Mapping[str, Any]
    handled_at: datetime | None


_STANDS = (AskedThing.answered_at.is_not(None), AskedThing.replaced_at.is_(None))


def said_of_card(card: Any = Card) -> Any:
    """Return what joins the answers by mail to a card."""
    return and_(AskedThing.journey_id == card.journey_id, AskedThing.card_id == card.id, *_STANDS)


def said_of_terms(terms: Any = HandoverTerms) -> Any:
    """Return what joins the answers by mail to a row of terms, in its own circle."""
    return and_(
        AskedThing.journey_id == terms.journey_id,
        AskedThing.circle_id == terms.circle_id,
        AskedThing.handover_id == terms.handover_id,
        *_STANDS,
    )


def open_asking(session: Session, party: Party) -> PartyAsking | None:
    """Return the asking about a party that is open."""
    found = asking_of(session, party)
    return found if found is not None and found.state is AskingState.OPEN else None
