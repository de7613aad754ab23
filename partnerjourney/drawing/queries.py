"""What the page for drawing shows: phases with their cards, hand-overs, offers, points."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy.orm import Session

from partnerjourney.core.parties import Party
from partnerjourney.handovers import services as handovers
from partnerjourney.handovers.models import Handover, HandoverTerms
from partnerjourney.handovers.rules import TERMS, PathCard, missing, offered
from partnerjourney.journeys import services as journeys
from partnerjourney.journeys.models import Phase
from partnerjourney.journeys.services import Place
from partnerjourney.surveys.models import Point
from partnerjourney.surveys.queries import shared_points
from partnerjourney.touchpoints import services as touchpoints
from partnerjourney.touchpoints.models import Card


@dataclass(frozen=True)
class Numbered:
    """A hand-over with its number, its terms where shared, and what is missing in it."""

    number: int
    handover: Handover
    giver: Party
    taker: Party
    terms: HandoverTerms | None
    gaps: tuple[str, ...]


@dataclass(frozen=True)
class Offer:
    """A place where the path changes party and no hand-over stands yet."""

    giver: Card
    taker: Card


@dataclass(frozen=True)
class Drawing:
    """All of a journey that can be drawn."""

    place: Place
    phases: list[Phase]
    cards: dict[uuid.UUID, list[Card]]
    names: dict[uuid.UUID, Card]
    handovers: list[Numbered]
    offers: list[Offer]
    points: list[Point]

    def owner(self, card: Card) -> Party:
        """Return the party in whose lane a card stands."""
        return self.place.parties[card.content.party_id]

    def lanes(self) -> list[tuple[uuid.UUID, str]]:
        """Return the lanes in which the acting organisation draws, to choose from."""
        standing = self.place.standing
        mine = standing.party_ids | standing.interim_ids
        return [(p.id, p.name) for p in self.place.parties.values() if p.id in mine]

    def card_choices(self, kind: str | None = None) -> list[tuple[uuid.UUID, str]]:
        """Return the cards in path order, to choose from."""
        return [
            (card.id, f"{card.content.name} ({self.owner(card).name})")
            for card in self.names.values()
            if kind in (None, card.kind)
        ]

    def handover_choices(self) -> list[tuple[uuid.UUID, str]]:
        """Return the hand-overs by number, to choose from."""
        return [
            (item.handover.id, f"{item.number}. {item.giver.name} → {item.taker.name}")
            for item in self.handovers
        ]

    def numbers(self, point: Point) -> list[int]:
        """Return the numbers of the hand-overs of a stretch."""
        known = {item.handover.id: item.number for item in self.handovers}
        return [known[c.handover_id] for c in point.covers if c.handover_id in known]

    def speaks_at(self, item: Numbered) -> bool:
        """Say whether the acting organisation stands at an end, for good or meanwhile."""
        standing = self.place.standing
        mine = standing.party_ids | standing.interim_sides | standing.group_ids
        return bool(mine & {item.giver.id, item.taker.id})

    def editable(self, card: Card) -> bool:
        """Say whether the acting organisation owns this card, for good or meanwhile."""
        standing = self.place.standing
        return card.content.party_id in standing.party_ids | standing.interim_ids


def drawing(session: Session, place: Place) -> Drawing:
    """Read everything in a fixed number of statements."""
    phases = journeys.phases(session, place.id)
    path = touchpoints.cards(session, place.id)
    by_phase: dict[uuid.UUID, list[Card]] = {phase.id: [] for phase in phases}
    for card in path:
        by_phase[card.content.phase_id].append(card)
    terms = handovers.all_terms(session, place.id)
    rows = handovers.handovers(session, place.id)
    numbered = []
    for number, handover in enumerate(rows, 1):
        content, mine = handover.content, terms.get(handover.id)
        gaps = () if mine is None else missing({n: getattr(mine, n) for n in TERMS}, content.told)
        numbered.append(
            Numbered(
                number=number,
                handover=handover,
                giver=place.parties[content.from_party_id],
                taker=place.parties[content.to_party_id],
                terms=mine,
                gaps=tuple(gaps),
            )
        )
    names = {card.id: card for card in path}
    there = [(h.content.from_card_id, h.content.to_card_id) for h in rows]
    gaps_on_path = offered([PathCard(card.id, card.content.party_id) for card in path], there)
    offers = [Offer(names[a.key], names[b.key]) for a, b in gaps_on_path]
    shared = shared_points(session, place.id)
    return Drawing(place, phases, by_phase, names, numbered, offers, shared)
