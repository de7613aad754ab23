"""The map of a journey that is only a document yet, drawn as the real one will be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext

from partnerjourney.core import text_width
from partnerjourney.core.parties import monogram
from partnerjourney.maps.rules.drawing import edges_svg
from partnerjourney.maps.rules.ends import Passing, Stop, drawn_between
from partnerjourney.maps.rules.layout import layout_map
from partnerjourney.maps.rules.placed import MapLayout
from partnerjourney.maps.rules.references import end_of
from partnerjourney.maps.rules.source import MapCard, MapEdge, MapLane, MapPhase, MapSource
from partnerjourney.web import lattice
from partnerjourney.web.words import channel_icon, channel_word

MOST_DRAWN = 120
"""With more cards than these the table says more than the picture."""


@dataclass(frozen=True)
class Picture:
    """The layout with its arrows, and the monogram of each lane; nothing is marked on it."""

    layout: MapLayout
    svg: str
    monograms: Mapping[str, str]
    lattice: Any = lattice
    marks: Mapping[str, Any] = field(default_factory=dict)
    gone: frozenset[str] = frozenset()


def picture(document: Mapping[str, Any]) -> Picture | None:
    """Return the picture of a journey's document; None where there is nothing, or too much."""
    cards = document.get("cards", [])
    if not cards or len(cards) > MOST_DRAWN:
        return None
    parties = sorted(document["parties"], key=lambda party: party["kind"] != "customer")
    drawn = _drawn(document)
    source = MapSource(
        phases=tuple(MapPhase(phase["key"], phase["name"]) for phase in document["phases"]),
        lanes=tuple(
            MapLane(
                party["key"],
                party["name"],
                kind=party["kind"],
                subtitle=party.get("subtitle", "")
                or (gettext("Coordinates") if party.get("orchestrator") else ""),
            )
            for party in parties
        ),
        cards=tuple(_card(card, position) for position, card in enumerate(cards)),
        edges=tuple(
            MapEdge(handover["key"], number, *drawn[handover["key"]])
            for number, handover in enumerate(document.get("handovers", []), 1)
            if handover["key"] in drawn
        ),
        points=(),
    )
    layout = layout_map(source, text_width)
    svg = edges_svg(layout, title=gettext("Arrows: the hand-overs"))
    return Picture(layout, svg, {party["key"]: monogram(party["name"]) for party in parties})


def _drawn(document: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """Return between which cards each hand-over is drawn."""
    parties = {party["key"]: party for party in document["parties"]}
    cards = {card["key"]: card for card in document["cards"]}
    passings = []
    for handover in document.get("handovers", []):
        (giver, start), (taker, end) = (
            end_of(handover, side, parties, cards) for side in ("from", "to")
        )
        passings.append(Passing(handover["key"], giver, taker, start, end))
    found = drawn_between([Stop(card["key"], card["party"]) for card in cards.values()], passings)
    return {str(key): (str(a), str(b)) for key, (a, b) in found.items()}


def _card(card: Mapping[str, Any], position: int) -> MapCard:
    channel = card.get("channel")
    icon = channel_icon(channel)
    return MapCard(
        card["key"],
        card["party"],
        card["phase"],
        card["name"],
        channel_word(channel),
        is_step=card["kind"] == "step",
        flags=(icon, "star") if card.get("moment_of_truth") else (icon,),
        position=position,
    )
