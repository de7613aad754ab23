"""What the coordinator wrote about a party: its cards and its hand-overs, in path order."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from partnerjourney.core.parties import Party
from partnerjourney.handovers import services as handovers
from partnerjourney.handovers.models import Handover, HandoverTerms
from partnerjourney.touchpoints import services as touchpoints
from partnerjourney.touchpoints.models import Card


@dataclass(frozen=True)
class WrittenHandover:
    """A hand-over at which the party gives or takes."""

    number: int
    handover: Handover
    giver: Party
    taker: Party
    terms: HandoverTerms | None


@dataclass(frozen=True)
class Written:
    """All that stands of one party, or of several that one organisation fills."""

    cards: list[Card]
    handovers: list[WrittenHandover]


def written(
    session: Session,
    journey_id: uuid.UUID,
    parties: Mapping[uuid.UUID, Party],
    mine: Collection[uuid.UUID],
) -> Written:
    """Return what stands of the parties `mine`; terms as far as the session's scope sees them."""
    terms = handovers.all_terms(session, journey_id)
    found = []
    for number, handover in enumerate(handovers.handovers(session, journey_id), 1):
        content = handover.content
        if {content.from_party_id, content.to_party_id} & set(mine):
            found.append(
                WrittenHandover(
                    number=number,
                    handover=handover,
                    giver=parties[content.from_party_id],
                    taker=parties[content.to_party_id],
                    terms=terms.get(handover.id),
                )
            )
    cards = [c for c in touchpoints.cards(session, journey_id) if c.content.party_id in mine]
    return Written(cards, found)


def lanes(session: Session, journey_id: uuid.UUID) -> dict[uuid.UUID, Party]:
    """Return the parties of a journey by id."""
    rows = session.scalars(
        select(Party).where(Party.journey_id == journey_id, Party.retired_at.is_(None))
    )
    return {party.id: party for party in rows}
