"""What is found in the journeys of an organisation: five statements, whatever is looked for.

The session's border decides what can be found: of a hand-over that is not shared, nothing but what
everybody in the journey sees of it.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from partnerjourney.core.parties import Journey, Organisation, Party
from partnerjourney.handovers.models import Handover, HandoverContent, HandoverTerms
from partnerjourney.journeys.models import Phase, PhaseContent
from partnerjourney.searching.rules import MOST, holds, words
from partnerjourney.touchpoints.models import Card, CardContent


@dataclass(frozen=True, slots=True)
class Find:
    """One thing: its kind ('journey', 'card', 'handover', 'party', 'phase'), id, and what it says.

    `beside` is a second line: the lane of a card, what the customer is told at a hand-over.
    """

    kind: str
    id: uuid.UUID
    name: str
    beside: str = ""


@dataclass(frozen=True)
class Found:
    """What was found in one journey, in the order of kinds and of the path."""

    journey: Journey
    brand: str
    finds: tuple[Find, ...]


def search(
    session: Session, query: str, *, journey_id: uuid.UUID | None = None
) -> tuple[list[Found], bool]:
    """Return what is found, by journey, and whether there is more than is shown."""
    wanted = words(query)
    if not wanted:
        return [], False
    rows = select(Journey, Organisation.name).join(
        Organisation, Organisation.id == Journey.organisation_id
    )
    rows = rows.where(Journey.retired_at.is_(None)).order_by(Journey.name, Journey.id)
    if journey_id is not None:
        rows = rows.where(Journey.id == journey_id)
    journeys = {journey.id: (journey, brand) for journey, brand in session.execute(rows)}
    finds: dict[uuid.UUID, list[Find]] = {key: [] for key in journeys}
    left = MOST
    for key, find in _all(session, journeys, wanted, journey_id):
        if left == 0:
            return _told(journeys, finds), True
        finds[key].append(find)
        left -= 1
    return _told(journeys, finds), False


def _told(
    journeys: dict[uuid.UUID, tuple[Journey, str]], finds: dict[uuid.UUID, list[Find]]
) -> list[Found]:
    return [Found(*journeys[key], tuple(found)) for key, found in finds.items() if found]


def _all(
    session: Session,
    journeys: dict[uuid.UUID, tuple[Journey, str]],
    wanted: list[str],
    journey_id: uuid.UUID | None,
) -> Iterator[tuple[uuid.UUID, Find]]:
    for key, (journey, _brand) in journeys.items():
        if holds(wanted, [journey.name]):
            yield key, Find("journey", key, journey.name)
    parties = {
        (party.journey_id, party.id): party.name
        for party in session.scalars(
            _within(select(Party).where(Party.retired_at.is_(None)), Party, journey_id)
        )
    }
    yield from (row for row in _cards(session, parties, wanted, journey_id) if row[0] in journeys)
    yield from (row for row in _edges(session, parties, wanted, journey_id) if row[0] in journeys)
    for (key, party_id), name in parties.items():
        if key in journeys and holds(wanted, [name]):
            yield key, Find("party", party_id, name)
    phases = select(Phase.journey_id, Phase.id, PhaseContent.name).join(Phase.content)
    phases = phases.where(Phase.retired_at.is_(None)).order_by(PhaseContent.position)
    for key, phase_id, name in session.execute(_within(phases, Phase, journey_id)):
        if key in journeys and holds(wanted, [name]):
            yield key, Find("phase", phase_id, name)


def _within(query: Any, table: Any, journey_id: uuid.UUID | None) -> Any:
    return query if journey_id is None else query.where(table.journey_id == journey_id)


def _cards(
    session: Session,
    parties: dict[tuple[uuid.UUID, uuid.UUID], str],
    wanted: list[str],
    journey_id: uuid.UUID | None,
) -> Iterator[tuple[uuid.UUID, Find]]:
    query = (
        select(
            Card.journey_id,
            Card.id,
            CardContent.party_id,
            CardContent.name,
            CardContent.intended_experience,
        )
        .join(Card.content)
        .where(Card.retired_at.is_(None))
        .order_by(CardContent.position, Card.id)
    )
    for key, card_id, party_id, name, feel in session.execute(_within(query, Card, journey_id)):
        lane = parties.get((key, party_id), "")
        if holds(wanted, [name, feel]) or holds(wanted, [name, lane]):
            yield key, Find("card", card_id, name, lane)


def _edges(
    session: Session,
    parties: dict[tuple[uuid.UUID, uuid.UUID], str],
    wanted: list[str],
    journey_id: uuid.UUID | None,
) -> Iterator[tuple[uuid.UUID, Find]]:
    query = (
        select(Handover, HandoverTerms)
        .join(Handover.content)
        .outerjoin(
            HandoverTerms,
            (HandoverTerms.journey_id == Handover.journey_id)
            & (HandoverTerms.handover_id == Handover.id)
            & HandoverTerms.member_id.is_(None),
        )
        .where(Handover.retired_at.is_(None))
        .order_by(HandoverContent.position, Handover.id)
    )
    for handover, terms in session.execute(_within(query, Handover, journey_id)):
        content, key = handover.content, handover.journey_id
        ends = [parties.get((key, p), "") for p in (content.from_party_id, content.to_party_id)]
        said = [content.label, content.told, *ends]
        if terms is not None:
            said += [terms.name, terms.trigger, *terms.checklist]
        if holds(wanted, said):
            name = terms.name if terms is not None and terms.name else " → ".join(ends)
            yield key, Find("handover", handover.id, name, content.told or " → ".join(ends))
