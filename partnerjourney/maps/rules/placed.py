"""Where everything on a map stands, in px from its top left corner.

x, y, w, h of phases, lanes, cards and pills and the middle of every number are multiples of 4.
Brackets, stems and the tips of arrows are multiples of 2.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from partnerjourney.maps.rules.source import MapCard, MapEdge, MapLane, MapPhase, MapPoint
from partnerjourney.maps.rules.style import Style

Point = tuple[int, int]


class Kind(StrEnum):
    """The way an arrow takes."""

    DOWN = "down"
    UP = "up"
    LEVEL = "level"
    GUTTER = "gutter"
    CHANNEL = "channel"


@dataclass(frozen=True, slots=True)
class PlacedPhase:
    """A column, counted from 1: `w` is the cards' width, `room` reaches to the next column."""

    phase: MapPhase
    number: int
    x: int
    w: int
    room: int


@dataclass(frozen=True, slots=True)
class PlacedLane:
    """A row over the whole width; its note may be `note_w` wide from the header's left edge."""

    lane: MapLane
    y: int
    h: int
    note_w: int


class PlacedCard(NamedTuple):
    """A card; `arrow_on_top` means a head arrives at its top edge, so badges keep to the right."""

    card: MapCard
    x: int
    y: int
    w: int
    h: int
    arrow_on_top: bool = False


class PlacedEdge(NamedTuple):
    """An arrow: its corners from the card it leaves to its tip, and both as SVG path data."""

    edge: MapEdge
    kind: Kind
    points: tuple[Point, ...]
    path: str
    head: str
    number_x: int
    number_y: int


@dataclass(frozen=True, slots=True)
class Bracket:
    """The line over a stretch: feet at x1 and x2, a stem from the pill at (stem_x, stem_y)."""

    point: MapPoint
    level: int
    x1: int
    x2: int
    y: int
    foot: int
    stem_x: int
    stem_y: int


@dataclass(frozen=True, slots=True)
class PlacedPill:
    """A point's judgement: a pill (text size `text`), its name with the numbers of its stretch.

    More than four hand-overs show as first, … and last in `chips`.
    """

    point: MapPoint
    number: int
    x: int
    y: int
    w: int
    h: int
    text: float
    label: str
    label_x: int
    label_y: int
    label_w: int
    chips: tuple[str, ...]
    notes: tuple[str, ...]
    notes_y: int


@dataclass(frozen=True, slots=True)
class MapLayout:
    """The whole map; every tuple is in the order of its source, pills and brackets by point."""

    style: Style
    width: int
    height: int
    head_h: int
    header_w: int
    phases: tuple[PlacedPhase, ...]
    lanes: tuple[PlacedLane, ...]
    cards: tuple[PlacedCard, ...]
    edges: tuple[PlacedEdge, ...]
    pills: tuple[PlacedPill, ...]
    brackets: tuple[Bracket, ...]
