"""What a journey map is drawn from: phases, lanes, cards, hand-overs and measuring points."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class UnknownKey(ValueError):
    """A card, hand-over or point names a phase, lane or card that the map does not have."""


class Tone(StrEnum):
    """How a pill and its bracket are drawn: by a stored verdict, never by the figure itself."""

    PLAIN = "plain"
    GOOD = "good"
    WARN = "warn"
    BAD = "bad"
    FEW = "few"


@dataclass(frozen=True, slots=True)
class MapPhase:
    """A column of the map."""

    key: str
    name: str


@dataclass(frozen=True, slots=True)
class MapLane:
    """A party's row; `note` is the sentence that a provisional lane carries."""

    key: str
    name: str
    kind: str = "organisation"
    provisional: bool = False
    subtitle: str = ""
    note: str = ""

    @property
    def is_customer(self) -> bool:
        """Whether this is the customer's own lane."""
        return self.kind == "customer"


@dataclass(frozen=True, slots=True)
class MapCard:
    """A touchpoint, or a step behind the scenes; `position` orders the cards of one cell."""

    key: str
    lane: str
    phase: str
    title: str
    channel: str = ""
    is_step: bool = False
    flags: tuple[str, ...] = ()
    position: int = 0


@dataclass(frozen=True, slots=True)
class MapEdge:
    """A hand-over from one card to another; `number` is what everybody calls it by."""

    key: str
    number: int
    from_card: str
    to_card: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class MapPoint:
    """A measuring point: `strong` and `rest` stand in the pill, `notes` beside it on paper.

    `covers` are the hand-overs of its stretch; one that the reader's map does not show is skipped.
    """

    key: str
    card: str
    name: str
    covers: tuple[str, ...] = ()
    strong: str = ""
    rest: str = ""
    notes: tuple[str, ...] = ()
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, slots=True)
class MapSource:
    """All that is drawn, in the order of the path; every card's lane and phase must be here."""

    phases: tuple[MapPhase, ...]
    lanes: tuple[MapLane, ...]
    cards: tuple[MapCard, ...]
    edges: tuple[MapEdge, ...] = ()
    points: tuple[MapPoint, ...] = ()


def positions(things: Iterable[MapPhase | MapLane | MapCard | MapEdge]) -> dict[str, int]:
    """The place of each key in its list."""
    return {thing.key: index for index, thing in enumerate(things)}


def place_of(key: str, among: dict[str, int], what: str) -> int:
    """The place of a key; UnknownKey when it is not there."""
    try:
        return among[key]
    except KeyError:
        raise UnknownKey(f"No {what} {key!r} on this map.") from None
