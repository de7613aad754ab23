"""The stretch of a measuring point: one path of hand-overs that ends at the card that asks."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Stop:
    """Where a hand-over begins or ends: a party, and where it is known the card.

    `order` is the card's rank on the path of the journey; without a card it says nothing.
    """

    party: object
    card: object = None
    order: int = -1


@dataclass(frozen=True, slots=True)
class Edge:
    """A hand-over from one stop to another."""

    key: object
    start: Stop
    end: Stop


@dataclass(frozen=True, slots=True)
class Asking:
    """The card that asks, and the parties that meet there (its initiator and receiver)."""

    at: Stop
    meets: frozenset[object] = field(default_factory=frozenset)

    @property
    def perceived_by(self) -> frozenset[object]:
        """All parties of the card."""
        return self.meets | {self.at.party}


class StretchError(ValueError):
    """A stretch that is no stretch: `fault` is empty, twice, broken or elsewhere."""

    def __init__(self, fault: str) -> None:
        super().__init__(f"the stretch is {fault}")
        self.fault = fault


def check_stretch(edges: Sequence[Edge], card: Asking) -> None:
    """Raise StretchError unless these hand-overs are one path that ends where the card asks."""
    if not edges:
        raise StretchError("empty")
    if len({edge.key for edge in edges}) < len(edges):
        raise StretchError("twice")
    if any(before.end.party != after.start.party for before, after in pairwise(edges)):
        raise StretchError("broken")
    if not _ends_at(edges[-1], card):
        raise StretchError("elsewhere")


def _ends_at(edge: Edge, card: Asking) -> bool:
    """Whether a hand-over ends at the card, ahead of it in its lane, or is itself what it asks."""
    if card.at.card in (edge.end.card, edge.start.card):
        return True
    if edge.end.card is None:
        return edge.end.party in card.perceived_by
    return edge.end.party == card.at.party and edge.end.order <= card.at.order


def default_stretch(
    edges: Collection[Edge],
    card: Asking,
    asked_cards: Collection[Stop],
    covered: Collection[object] = (),
) -> list[Edge]:
    """Return the path that leads to the card since the previous point, first hand-over first.

    It is followed backwards from the card. It begins where a question was asked before, where two
    branches meet, or where nothing comes in; so it is empty when branches meet at the card itself.
    Hand-overs that another point covers (`covered`, their keys) lie before that question too.
    """
    asked = [stop for stop in asked_cards if stop.card != card.at.card]
    path: list[Edge] = []
    here, coming = card.at, _into_card(edges, card)
    while len(coming) == 1 and coming[0] not in path:
        edge = coming[0]
        if edge.key in covered or _asked_between(asked, edge.end, here):
            break
        path.insert(0, edge)
        here = edge.start
        if any(_asked_at(stop, here) for stop in asked):
            break
        coming = _into(edges, here)
    return path


def _into_card(edges: Collection[Edge], card: Asking) -> list[Edge]:
    """The hand-overs into the card; between parties only: the one to the customer comes first."""
    outward = [
        edge
        for edge in edges
        if edge.start.party == card.at.party
        and edge.start.card in (None, card.at.card)
        and edge.end.card is None
        and edge.end.party in card.meets
        and edge.end.party != card.at.party
    ]
    direct = [edge for edge in edges if edge.end.card == card.at.card]
    return direct or outward or _into(edges, card.at)


def _into(edges: Collection[Edge], here: Stop) -> list[Edge]:
    """The last hand-overs that came into this lane, up to this place in it."""
    if here.card is not None:
        direct = [edge for edge in edges if edge.end.card == here.card]
        if direct:
            return direct
    lane = [edge for edge in edges if edge.end.party == here.party]
    if here.card is not None:
        lane = [edge for edge in lane if edge.end.order <= here.order]
    latest = max((edge.end.order for edge in lane), default=-1)
    return [edge for edge in lane if edge.end.order == latest]


def _asked_at(stop: Stop, here: Stop) -> bool:
    """Whether a question stands here; where no card is known, anywhere in the lane."""
    return stop.party == here.party if here.card is None else stop.card == here.card


def _asked_between(asked: Sequence[Stop], came: Stop, left: Stop) -> bool:
    """Whether a question stands in the lane from where one came in to before where one left."""
    return any(
        stop.party == left.party == came.party and came.order <= stop.order < left.order
        for stop in asked
    )
