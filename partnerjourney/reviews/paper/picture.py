"""The map on one landscape page, as the reader of the report sees the journey."""

from __future__ import annotations

import re

from partnerjourney.core import text_width
from partnerjourney.maps.rules.layout import layout_map
from partnerjourney.maps.rules.paper import PaperTexts, paper_svg
from partnerjourney.maps.rules.source import (
    MapCard,
    MapEdge,
    MapLane,
    MapPhase,
    MapPoint,
    MapSource,
    Tone,
)
from partnerjourney.maps.rules.style import PAPER
from partnerjourney.reviews.paper import words
from partnerjourney.reviews.rules import CardFact, Facts, PartyFact, PointFact
from partnerjourney.web import numbers
from partnerjourney.web.texts import gettext as _
from partnerjourney.web.words import channel_word

WIDE, HIGH = 1031.0, 536.0
"""The room for the map on the landscape page, in px."""

_TONES = {"good": Tone.GOOD, "bad": Tone.BAD}


def drawn(facts: Facts, title: str, accent: str) -> str:
    """Return the map as SVG that fits the page; empty for a journey without cards."""
    if not facts.cards:
        return ""
    layout = layout_map(source(facts), text_width, PAPER)
    texts = PaperTexts(
        title=title,
        judgement=_("The customer’s verdict"),
        judgement_note=_("score · answers"),
        step=_("step"),
        accent=accent,
    )
    svg = paper_svg(layout, texts, text_width)
    scale = min(WIDE / layout.width, HIGH / layout.height)
    size = f'width="{layout.width * scale:.1f}" height="{layout.height * scale:.1f}"'
    return re.sub(r"^<svg ", f"<svg {size} ", svg, count=1)


def source(facts: Facts) -> MapSource:
    """Return what is drawn; what the facts do not hold together is left out."""
    lanes, phases = {p.key for p in facts.parties}, {p.key for p in facts.phases}
    cards = [card for card in facts.cards if card.party in lanes and card.phase in phases]
    known = {card.key for card in cards}
    return MapSource(
        phases=tuple(MapPhase(phase.key, phase.name) for phase in facts.phases),
        lanes=tuple(_lane(party, facts) for party in facts.parties),
        cards=tuple(_card(card, place) for place, card in enumerate(cards)),
        edges=tuple(
            MapEdge(f"h{edge.number}", edge.number, edge.from_card or "", edge.to_card or "")
            for edge in facts.handovers
            if {edge.from_card, edge.to_card} <= known
        ),
        points=tuple(_point(point, facts) for point in facts.points if point.card in known),
    )


def _lane(party: PartyFact, facts: Facts) -> MapLane:
    note = ""
    if party.provisional:
        note = _("Provisional: filled in by %(brand)s", brand=facts.brand)
    return MapLane(
        party.key,
        party.name,
        kind=party.kind,
        provisional=party.provisional,
        subtitle=words.role(party),
        note=note,
    )


def _card(card: CardFact, position: int) -> MapCard:
    return MapCard(
        card.key,
        card.party,
        card.phase,
        card.name,
        channel_word(card.channel),
        is_step=card.step,
        position=position,
    )


def _point(point: PointFact, facts: Facts) -> MapPoint:
    covers = tuple(f"h{number}" for number in point.covers)
    said, kind = words.verdict(point, facts)
    said = said[:1].lower() + said[1:]
    view = point.now
    if not view.n or view.few:
        answers = numbers.answers(view.n) if view.n else _("no answers")
        told = numbers.few((g.low, g.high, g.count) for g in view.groups) if view.n else ""
        notes = tuple(note for note in (told.partition(": ")[2], said if view.n else "") if note)
        return MapPoint(
            f"m{point.number}", point.card, point.name, covers, "", answers, notes, Tone.FEW
        )
    return MapPoint(
        f"m{point.number}",
        point.card,
        point.name,
        covers,
        words.figure(view),
        f"· {numbers.count(view.n)}",
        (words.with_margin(view), said),
        _TONES.get(kind, Tone.PLAIN),
    )
