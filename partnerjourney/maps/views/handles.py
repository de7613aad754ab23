"""What a reader may take hold of on the map: nothing of another party's, nothing in a preview."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from partnerjourney.core.policy import Permission, allows
from partnerjourney.core.scopes import Member
from partnerjourney.journeys.services import Place
from partnerjourney.maps.queries import CardRow, JourneyMap
from partnerjourney.maps.rules.placed import MapLayout, PlacedCard

_PLUS = 24  # the side of a "+" below the last card of a cell


@dataclass(frozen=True, slots=True)
class Room:
    """A "+" on the map: in which phase and lane it adds a card, after which, and where it stands.

    `h` is 0 for the small one below a card; an empty cell is one large "+".
    """

    phase: str
    party: str
    after: str
    x: int
    y: int
    w: int
    h: int

    @property
    def to(self) -> str:
        """The place on the path, as forms send it."""
        return f"{self.phase}/{self.after}" if self.after else self.phase


@dataclass(frozen=True)
class Handles:
    """The reader's handles; `draws`: it orders phases and makes hand-overs.

    `lanes` and `cards` are those that it owns, for good or meanwhile; `places` tells of each card
    where it stands, as forms send it; `gaps` of each phase after which one it stands.
    """

    draws: bool
    lanes: frozenset[str]
    cards: frozenset[str]
    places: dict[str, str]
    versions: dict[str, int]
    gaps: dict[str, str]
    rooms: tuple[Room, ...]


def may_draw(actor: Member, place: Place) -> bool:
    """Say whether somebody orders phases and makes hand-overs here."""
    return allows(actor, Permission.JOURNEY_DRAW, place)


def own_lanes(actor: Member, place: Place) -> frozenset[uuid.UUID]:
    """Return the parties whose cards somebody may change."""
    return frozenset(
        party_id
        for party_id in place.parties
        if allows(actor, Permission.CARD_EDIT, place.owned(party_id))
    )


def may_edit(actor: Member, place: Place) -> bool:
    """Say whether there is anything on this map that somebody may change."""
    return may_draw(actor, place) or bool(own_lanes(actor, place))


def handles(found: JourneyMap, actor: Member, layout: MapLayout) -> Handles:
    """Return the handles of a reader on a map that is laid out."""
    lanes = frozenset(str(party) for party in own_lanes(actor, found.place))
    gaps, before = {}, ""
    for phase in found.phases:
        gaps[str(phase.id)] = before
        before = str(phase.id)
    return Handles(
        may_draw(actor, found.place),
        lanes,
        frozenset(str(card.id) for card in found.cards if str(card.party_id) in lanes),
        places(found),
        {str(card.id): card.version for card in found.cards}
        | {str(phase.id): phase.version for phase in found.phases},
        gaps,
        _rooms(found, layout, lanes),
    )


def places(found: JourneyMap) -> dict[str, str]:
    """Return where each card stands: its phase, or its phase and the card before it."""
    last: dict[uuid.UUID, CardRow] = {}
    told = {}
    for card in found.cards:
        before = last.get(card.phase_id)
        told[str(card.id)] = f"{card.phase_id}/{before.id}" if before else str(card.phase_id)
        last[card.phase_id] = card
    return told


def _rooms(found: JourneyMap, layout: MapLayout, lanes: frozenset[str]) -> tuple[Room, ...]:
    ends: dict[str, str] = {}
    for card in found.cards:
        ends[str(card.phase_id)] = str(card.id)
    lowest: dict[tuple[str, str], PlacedCard] = {}
    for placed in layout.cards:
        cell = (placed.card.phase, placed.card.lane)
        if cell not in lowest or placed.y > lowest[cell].y:
            lowest[cell] = placed
    style, rooms = layout.style, []
    for lane in layout.lanes:
        key = lane.lane.key
        if key not in lanes:
            continue
        for phase in layout.phases:
            over = lowest.get((phase.phase.key, key))
            if over is None:
                after = ends.get(phase.phase.key, "")
                where = (phase.x, lane.y + style.lane_pad, style.card_w, style.card_h)
            else:
                after = over.card.key
                where = (over.x + (over.w - _PLUS) // 2, over.y + over.h - 4, _PLUS, 0)
            rooms.append(Room(phase.phase.key, key, after, *where))
    return tuple(rooms)
