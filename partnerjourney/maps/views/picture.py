"""From what was read to what is drawn: the source of the layout, in the reader's words."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from zoneinfo import ZoneInfo

from flask_babel import format_date, gettext, ngettext

from partnerjourney.core import text_width
from partnerjourney.core.parties import Party, PartyKind
from partnerjourney.core.texts import N_
from partnerjourney.maps.queries import CardRow, EdgeRow, JourneyMap, PointRow
from partnerjourney.maps.rules.drawing import edges_svg
from partnerjourney.maps.rules.ends import Passing, Stop, drawn_between
from partnerjourney.maps.rules.layout import layout_map
from partnerjourney.maps.rules.placed import MapLayout
from partnerjourney.maps.rules.source import (
    MapCard,
    MapEdge,
    MapLane,
    MapPhase,
    MapPoint,
    MapSource,
    Tone,
)
from partnerjourney.maps.views.announced import in_lane
from partnerjourney.maps.views.badges import Badge, badges, reported
from partnerjourney.maps.views.judgements import Judgement
from partnerjourney.web.words import channel_icon, channel_words


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the reader selected: a card or hand-over; a party or customer role that stands out."""

    card: uuid.UUID | None = None
    edge: uuid.UUID | None = None
    party: uuid.UUID | None = None
    role: uuid.UUID | None = None

    @property
    def some(self) -> bool:
        """Whether a card or hand-over is selected."""
        return self.card is not None or self.edge is not None


@dataclass(frozen=True)
class Picture:
    """The map as the template draws it; sets hold ids as texts, as the layout has them."""

    layout: MapLayout
    svg: str
    card: str | None
    edge: str | None
    selected: str | None
    lit: frozenset[str]
    names: Mapping[str, str]
    judged: Mapping[str, Judgement]
    period: str
    endpoints: frozenset[str]
    stretch: frozenset[str]
    dimmed: frozenset[str]
    badges: Mapping[str, Badge]
    reported: Mapping[str, str]
    asked: frozenset[str]
    undrawn: tuple[EdgeRow, ...]


def ends(found: JourneyMap) -> dict[uuid.UUID, tuple[CardRow, CardRow]]:
    """Return between which cards each hand-over is drawn; one without a place is left out."""
    cards = {card.id: card for card in found.cards}
    drawn = drawn_between(
        [Stop(card.id, card.party_id) for card in found.cards],
        [
            Passing(
                edge.id, edge.from_party_id, edge.to_party_id, edge.from_card_id, edge.to_card_id
            )
            for edge in found.edges
        ],
    )
    return {
        edge.id: (cards[drawn[edge.id][0]], cards[drawn[edge.id][1]])  # type: ignore[index]
        for edge in found.edges
        if edge.id in drawn
    }


def draw(
    found: JourneyMap,
    drawn: Mapping[uuid.UUID, tuple[CardRow, CardRow]],
    judgements: Mapping[uuid.UUID, Judgement],
    chosen: Chosen,
    *,
    today: date,
) -> Picture:
    """Lay out the map, and mark what is selected."""
    source = _source(found, drawn, judgements, chosen.role, today)
    layout = _layout(source, found.place.standing.organisation_id)
    stretch = _stretch(found, chosen)
    selected = str(chosen.edge) if chosen.edge else None
    numbers = {str(edge.id): str(edge.number) for edge in found.edges}
    periods = {judgement.days for judgement in judgements.values() if judgement.days}
    picked = drawn.get(chosen.edge) if chosen.edge else None
    title = gettext("Arrows: the hand-overs, and brackets over what is asked about")
    return Picture(
        layout,
        edges_svg(layout, title=title, selected=selected, stretch=stretch),
        str(chosen.card) if chosen.card else None,
        selected,
        numbers.get(selected) if selected else None,
        frozenset(numbers[key] for key in stretch),
        _names(found),
        {str(key): judgement for key, judgement in judgements.items()},
        periods.pop() if len(periods) == 1 else "",
        frozenset(str(card.id) for card in picked or ()),
        stretch,
        _dimmed(found, drawn, chosen, stretch),
        badges(found, drawn),
        reported(found, drawn),
        frozenset(str(point.card_id) for point in found.points),
        tuple(edge for edge in found.edges if edge.id not in drawn),
    )


def _names(found: JourneyMap) -> dict[str, str]:
    """From whom to whom each hand-over goes."""
    parties = found.place.parties
    return {
        str(edge.id): f"{parties[edge.from_party_id].name} → {parties[edge.to_party_id].name}"
        for edge in found.edges
    }


def _dimmed(
    found: JourneyMap,
    drawn: Mapping[uuid.UUID, tuple[CardRow, CardRow]],
    chosen: Chosen,
    stretch: frozenset[str],
) -> frozenset[str]:
    """The cards that are not on the path of the chosen party, nor a moment of the chosen role."""
    if chosen.role is not None:
        return frozenset(str(c.id) for c in found.cards if not c.is_truth_for(chosen.role))
    if chosen.party is None:
        return frozenset()
    ends_on_path = [pair for key, pair in drawn.items() if str(key) in stretch]
    on_path = {card.id for pair in ends_on_path for card in pair}
    return frozenset(
        str(card.id)
        for card in found.cards
        if card.party_id != chosen.party and card.id not in on_path
    )


def _stretch(found: JourneyMap, chosen: Chosen) -> frozenset[str]:
    """The hand-overs that belong to what is selected, drawn thin in the brand's colour."""
    keys: set[uuid.UUID] = set()
    if chosen.edge:
        for point in found.points:
            if chosen.edge in point.covers:
                keys |= set(point.covers)
        keys.discard(chosen.edge)
    elif chosen.party:
        keys = {
            edge.id
            for edge in found.edges
            if chosen.party in (edge.from_party_id, edge.to_party_id)
        }
    return frozenset(str(key) for key in keys)


@lru_cache(maxsize=128)
def _layout(source: MapSource, _reader: uuid.UUID) -> MapLayout:
    """The layout hangs on nothing but its source, so equal ones of one organisation share it."""
    return layout_map(source, text_width)


def _source(
    found: JourneyMap,
    drawn: Mapping[uuid.UUID, tuple[CardRow, CardRow]],
    judgements: Mapping[uuid.UUID, Judgement],
    role: uuid.UUID | None,
    today: date,
) -> MapSource:
    channels = channel_words(card.channel for card in found.cards)
    return MapSource(
        phases=tuple(MapPhase(str(phase.id), phase.name) for phase in found.phases),
        lanes=_lanes(found, today),
        cards=tuple(
            _card(card, position, role, channels[card.channel])
            for position, card in enumerate(found.cards)
        ),
        edges=tuple(
            MapEdge(str(edge.id), edge.number, *(str(card.id) for card in drawn[edge.id]))
            for edge in found.edges
            if edge.id in drawn
        ),
        points=tuple(_point(point, judgements.get(point.id)) for point in found.points),
    )


def _lanes(found: JourneyMap, today: date) -> tuple[MapLane, ...]:
    lead = found.place.orchestrator
    parties = sorted(
        found.place.parties.values(), key=lambda party: party.kind is not PartyKind.CUSTOMER
    )
    lanes = []
    for party in parties:
        provisional = party.provisional and not party.orchestrator
        notes = [_note(found, party, lead)] if provisional or party.suspended_at else []
        notes += in_lane(found, party.id, today)
        lanes.append(
            MapLane(
                str(party.id),
                party.name,
                kind=party.kind.value,
                provisional=provisional,
                subtitle=_role(party, members=len(found.members_of(party.id))),
                note=" · ".join(notes),
            )
        )
    return tuple(lanes)


def _note(found: JourneyMap, party: Party, lead: Party | None) -> str:
    """Say why a lane is provisional, or stands still."""
    place = found.place
    if party.suspended_at is not None:
        return str(gettext("Suspended: stands as it was"))
    chosen = place.parties.get(party.interim_party_id) if party.interim_party_id else None
    interim = chosen or lead
    brand = interim.name if interim else ""
    if party.left_at is None:
        text = N_("Filled in by %(brand)s for now; not confirmed by %(party)s yet")
        return str(gettext(text, brand=brand, party=party.name))
    day = party.left_at.astimezone(ZoneInfo(place.journey.time_zone)).date()
    text = N_("Filled in by %(brand)s for now; %(party)s left on %(day)s")
    words = {"brand": brand, "party": party.left_name or party.name}
    return str(gettext(text, day=str(format_date(day, "d MMMM y")), **words))


def _role(party: Party, *, members: int) -> str:
    """Say what a lane is; `members` is 0 where the reader may not know how many there are."""
    if party.kind is PartyKind.GROUP:
        group = gettext("Group")
        if members:
            group = ngettext("Group of %(num)s", "Group of %(num)s", members)
        return f"{party.subtitle} · {group[:1].lower()}{group[1:]}" if party.subtitle else group
    return party.subtitle or (gettext("Coordinates") if party.orchestrator else "")


def _card(card: CardRow, position: int, role: uuid.UUID | None, channel: str) -> MapCard:
    icon = channel_icon(card.channel)
    return MapCard(
        str(card.id),
        str(card.party_id),
        str(card.phase_id),
        card.name,
        channel,
        is_step=card.is_step,
        flags=(icon, "star") if card.is_truth_for(role) else (icon,),
        position=position,
    )


def _point(point: PointRow, judgement: Judgement | None) -> MapPoint:
    covers = tuple(str(handover) for handover in point.covers)
    name = point.subject[:1].upper() + point.subject[1:]
    if judgement is None:
        return MapPoint(str(point.id), str(point.card_id), name, covers, tone=Tone.FEW)
    return MapPoint(
        str(point.id),
        str(point.card_id),
        name,
        covers,
        judgement.strong,
        f"· {judgement.rest}" if judgement.strong else judgement.rest,
        tone=Tone(judgement.tone),
    )
