"""The map as two tables, cards and hand-overs: the same data in the same order."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from partnerjourney.core.parties import Party
from partnerjourney.maps.queries import CardRow, EdgeRow, JourneyMap
from partnerjourney.maps.views.judgements import Judgement
from partnerjourney.maps.views.picture import Chosen
from partnerjourney.web.words import channel_words

Ends = Mapping[uuid.UUID, tuple[CardRow, CardRow]]


@dataclass(frozen=True, slots=True)
class CardLine:
    """A card in the table: its phase, its owner, its channel, and what leaves or enters it."""

    card: CardRow
    phase: str
    owner: Party
    channel: str
    edges: tuple[EdgeRow, ...]
    judgements: tuple[Judgement, ...]


@dataclass(frozen=True, slots=True)
class EdgeLine:
    """A hand-over in the table; its phase is that of the card it leaves."""

    edge: EdgeRow
    phase: str
    giver: Party
    taker: Party
    from_card: str
    to_card: str
    judgements: tuple[Judgement, ...]

    @property
    def name(self) -> str:
        """What the hand-over is called: its name where it is shared, else its label."""
        terms = self.edge.terms
        return (terms[0].name if terms else "") or self.edge.label


def card_rows(
    found: JourneyMap,
    drawn: Ends,
    judged: Mapping[uuid.UUID, Judgement],
    chosen: Chosen,
) -> list[CardLine]:
    """Return the cards in path order: of the chosen party, the moments of the chosen role."""
    phases = {phase.id: phase.name for phase in found.phases}
    channels = channel_words(card.channel for card in found.cards)
    touching: dict[uuid.UUID, list[EdgeRow]] = {}
    for edge in found.edges:
        for card in drawn.get(edge.id, ()):
            touching.setdefault(card.id, []).append(edge)
    return [
        CardLine(
            card,
            phases[card.phase_id],
            found.place.parties[card.party_id],
            channels[card.channel],
            tuple(touching.get(card.id, ())),
            tuple(
                judged[point.id]
                for point in found.points
                if point.card_id == card.id and point.id in judged
            ),
        )
        for card in found.cards
        if chosen.party is None or card.party_id == chosen.party
        if chosen.role is None or card.is_truth_for(chosen.role)
    ]


def edge_rows(
    found: JourneyMap,
    drawn: Ends,
    judged: Mapping[uuid.UUID, Judgement],
    chosen: Chosen,
) -> list[EdgeLine]:
    """Return the hand-overs by number, of one party where the reader chose one."""
    return [
        edge_line(found, drawn, judged, edge)
        for edge in found.edges
        if chosen.party is None or chosen.party in (edge.from_party_id, edge.to_party_id)
    ]


def edge_line(
    found: JourneyMap, drawn: Ends, judged: Mapping[uuid.UUID, Judgement], edge: EdgeRow
) -> EdgeLine:
    """Return one hand-over as the table tells it."""
    phases = {phase.id: phase.name for phase in found.phases}
    cards: Sequence[CardRow] = drawn.get(edge.id, ())
    return EdgeLine(
        edge,
        phases[cards[0].phase_id] if cards else "",
        found.place.parties[edge.from_party_id],
        found.place.parties[edge.to_party_id],
        cards[0].name if cards else "",
        cards[1].name if cards else "",
        tuple(
            judged[point.id]
            for point in found.points
            if edge.id in point.covers and point.id in judged
        ),
    )
