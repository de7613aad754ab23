"""What a party without an account said by mail of a card or hand-over, and whether it stands."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from partnerjourney.confirming import words
from partnerjourney.confirming.queries import SaidByMail, card_said, handover_said
from partnerjourney.confirming.rules import Answer, Said
from partnerjourney.maps.queries import CardRow, EdgeRow, JourneyMap
from partnerjourney.web import moments


@dataclass(frozen=True, slots=True)
class Mailed:
    """What somebody said: in a sentence, line by line; `stands` while nothing changed since."""

    party_id: uuid.UUID
    outcome: str
    chip: tuple[str, str, str]
    text: str
    lines: tuple[words.Told, ...]
    stands: bool
    open: bool


def mailed(found: JourneyMap) -> Mapping[uuid.UUID, tuple[Mailed, ...]]:
    """Return card or hand-over → what was said of it by mail, of each party once."""
    parties = found.place.parties
    held: dict[uuid.UUID, tuple[Mailed, ...]] = {}
    for card in found.cards:
        if card.by_mail and parties[card.party_id].provisional:
            now = _card(found, card)
            held[card.id] = tuple(_mailed(found, one, one.name, now) for one in card.by_mail)
    for edge in found.edges:
        rows = [one for one in edge.by_mail if parties[one.party_id].provisional]
        if rows:
            now = _edge(found, edge)
            held[edge.id] = tuple(
                _mailed(found, one, f"{one.name} ({parties[one.party_id].name})", now)
                for one in rows
            )
    return held


def _mailed(found: JourneyMap, one: SaidByMail, name: str, now: Said) -> Mailed:
    zone = found.place.journey.time_zone
    told = words.told(one.said, one.answers)
    return Mailed(
        one.party_id,
        one.outcome.value,
        words.chip(one.outcome),
        words.by_mail(one.outcome, name, one.answered_at, zone, moments.near_day),
        tuple(line for line in told if line.words),
        dict(one.said) == dict(now),
        one.outcome is not Answer.RIGHT and one.handled_at is None,
    )


def _card(found: JourneyMap, card: CardRow) -> Said:
    phases = {phase.id: phase.name for phase in found.phases}
    return card_said(card, card.kind, phases[card.phase_id])


def _edge(found: JourneyMap, edge: EdgeRow) -> Said:
    """What stands of a hand-over; without its terms the reader was told of nothing either."""
    parties, terms = found.place.parties, next(iter(edge.terms), None)
    return handover_said(parties[edge.from_party_id], parties[edge.to_party_id], edge.told, terms)
