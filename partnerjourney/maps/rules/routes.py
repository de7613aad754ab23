"""The way each arrow takes, the channel it crosses in, and the ports where it meets its cards.

Neighbours in a column, of one lane or of two that touch, get a straight vertical arrow, cards side
by side a level one. All others leave on the right into the gutter of their column; backward arrows
and arrows over several phases change gutters through a channel between two lanes. A card's right
side has its ports at multiples of 8 px, its left side halfway between them, so that no two arrows
ever share a line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from partnerjourney.maps.rules.grid import Grid, Rows
from partnerjourney.maps.rules.placed import Kind
from partnerjourney.maps.rules.style import Style
from partnerjourney.maps.rules.tracks import Span, assign_tracks

STRAIGHT = (Kind.DOWN, Kind.UP)
_RIGHT, _LEFT = 0, 1
# Ends sort into arrows from above (0, 1), level ones (2) and arrows from below (3, 4).
_LEVEL = 2
End = tuple[int, int, int, int, bool]
Sides = dict[int, list[End]]
"""Per card the arrow ends of one side: three numbers that sort them, route, leaves."""


@dataclass(slots=True)
class Route:
    """One arrow: from, to, kind; its gutters; its channel's lane, track and height; its ports'."""

    start: int
    end: int
    kind: Kind
    gutter_out: int = 0
    gutter_in: int = 0
    entry: int = _RIGHT
    channel: int = -1
    channel_track: int = 0
    y_channel: int = 0
    y_out: int = 0
    y_in: int = 0

    @property
    def enters_left(self) -> bool:
        """Whether the arrow arrives at the left side of its card."""
        return self.entry == _LEFT

    @property
    def turns_right(self) -> bool:
        """Whether the channel runs to the right."""
        return self.gutter_in > self.gutter_out


def make_routes(ends: list[tuple[int, int]], grid: Grid, style: Style) -> list[Route]:
    """The kind and the gutters of every arrow, given by its two cards."""
    below = {
        upper: lower
        for stack in grid.stacks
        for upper, lower in pairwise(stack)
        if grid.lane[lower] - grid.lane[upper] <= 1
    }
    taken: set[tuple[int, int]] = set()
    routes = []
    for start, end in ends:
        column, target = grid.column[start], grid.column[end]
        if style.straight and (below.get(start) == end or below.get(end) == start):
            pair = (min(start, end), max(start, end))
            if pair not in taken:
                taken.add(pair)
                kind = Kind.DOWN if below.get(start) == end else Kind.UP
                routes.append(Route(start, end, kind, column, column))
                continue
        if target == column:
            routes.append(Route(start, end, Kind.GUTTER, column, column))
        elif target == column + 1:
            same = grid.lane[start] == grid.lane[end] and grid.row[start] == grid.row[end]
            kind = Kind.LEVEL if same else Kind.GUTTER
            routes.append(Route(start, end, kind, column, column, _LEFT))
        elif target > column:
            routes.append(Route(start, end, Kind.CHANNEL, column, target - 1, _LEFT))
        else:
            routes.append(Route(start, end, Kind.CHANNEL, column, target))
    return routes


def _channel_of(route: Route, grid: Grid, load: list[list[int]]) -> int:
    """The lane below which an arrow crosses: the emptiest on its way, then the nearest."""
    first, last = grid.lane[route.start], grid.lane[route.end]
    if first == last:
        choices = [first] if first == 0 or grid.row[route.start] else [first, first - 1]
    elif first < last:
        choices = list(range(first, last))
    else:
        choices = list(range(first - 1, last - 1, -1))
    lo, hi = sorted((route.gutter_out, route.gutter_in))
    best, least = choices[0], -1
    for lane in choices:
        burden = max(load[lane][lo : hi + 1])
        if least < 0 or burden < least:
            best, least = lane, burden
    for gutter in range(lo, hi + 1):
        load[best][gutter] += 1
    return best


def assign_channels(routes: list[Route], grid: Grid) -> list[int]:
    """Give every crossing arrow a lane's channel and a track in it; the tracks per lane."""
    lanes = len(grid.rows)
    load = [[0] * len(grid.stacks) for _ in range(lanes)]
    members: list[list[Route]] = [[] for _ in range(lanes)]
    for route in routes:
        if route.kind is Kind.CHANNEL:
            route.channel = _channel_of(route, grid, load)
            members[route.channel].append(route)
    counts = []
    for lane, crossing in enumerate(members):
        spans = []
        for route in crossing:
            up: list[int] = []
            down: list[int] = []
            for card, gutter in ((route.start, route.gutter_out), (route.end, route.gutter_in)):
                (up if grid.lane[card] <= lane else down).append(gutter)
            lo, hi = sorted((route.gutter_out, route.gutter_in))
            spans.append(Span(lo, hi, tuple(up), tuple(down)))
        tracks = assign_tracks(spans, 0)
        for route, track in zip(crossing, tracks, strict=True):
            route.channel_track = track
        counts.append(max(tracks, default=-1) + 1)
    return counts


def card_heights(routes: list[Route], cards: int, style: Style) -> list[int]:
    """Height of every card: the style's, or more where so many arrows meet one of its sides."""
    right, left, level = [0] * cards, [0] * cards, [0] * cards
    for route in routes:
        if route.kind in STRAIGHT:
            continue
        right[route.start] += 1
        if route.kind is Kind.LEVEL:
            level[route.end] += 1
        elif route.enters_left:
            left[route.end] += 1
        else:
            right[route.end] += 1
    pitch = style.port_pitch
    heights = []
    for card in range(cards):
        # A level arrow arrives between two ports of the left side and takes both.
        need = max(right[card], left[card] + 2 * level[card])
        heights.append(max(style.card_h, pitch * need + pitch + pitch // 2))
    for route in routes:
        if route.kind is Kind.LEVEL and max(heights[route.start], heights[route.end]) > (
            style.card_h
        ):
            route.kind = Kind.GUTTER
    return heights


def _key(number: int, distance: int, *, returns: bool) -> tuple[int, int, int]:
    """Where an end sorts on its side, so that arrows of one card nest and do not cross.

    `distance` is the way down to the other end (negative: up); `returns` when that end leaves the
    gutter on the side it came from. Ties keep their order on both cards, or turn it round when
    both are on one side.
    """
    if distance < 0:
        return (0, -distance, -number) if returns else (1, distance, number)
    return (4, -distance, number) if returns else (3, distance, number)


def assign_ports(
    routes: list[Route], grid: Grid, rows: Rows, heights: list[int], style: Style
) -> None:
    """Set the heights at which every arrow leaves, crosses and arrives."""
    right, left = Sides(), Sides()
    top = [rows.row_y[grid.lane[c]][grid.row[c]] for c in range(len(heights))]
    for number, route in enumerate(routes):
        if route.kind in STRAIGHT:
            continue
        start, end, enters_left = route.start, route.end, route.entry == _LEFT
        y_out, y_in = top[start], top[end]
        if route.kind is Kind.LEVEL:
            out = into = (_LEVEL, number, 0)
        elif route.kind is Kind.CHANNEL:
            middle = rows.channel_y(route.channel, route.channel_track, style)
            route.y_channel = middle
            out = _key(number, middle - y_out, returns=not route.turns_right)
            into = _key(number, middle - y_in, returns=False)
        else:
            out = _key(number, y_in - y_out, returns=not enters_left)
            into = _key(number, y_out - y_in, returns=not enters_left)
        right.setdefault(start, []).append((*out, number, True))
        (left if enters_left else right).setdefault(end, []).append((*into, number, False))
    _spread_right(right, routes, top, heights, style)
    _spread_left(left, routes, top, heights, style)


def _spread_right(
    sides: Sides, routes: list[Route], top: list[int], heights: list[int], style: Style
) -> None:
    """Turn the order of the ends at the right sides into heights."""
    for card, ends in sides.items():
        slots = _slots(heights[card], 0, style)
        for (*_, number, leaves), y in zip(sorted(ends), _middle(slots, len(ends)), strict=True):
            if leaves:
                routes[number].y_out = top[card] + y
            else:
                routes[number].y_in = top[card] + y


def _spread_left(
    sides: Sides, routes: list[Route], top: list[int], heights: list[int], style: Style
) -> None:
    """Do the same at the left sides, where level arrows arrive as high as they left."""
    for card, ends in sides.items():
        bent = sorted(end for end in ends if end[0] != _LEVEL)
        slots = _slots(heights[card], style.port_pitch // 2, style)
        if len(bent) == len(ends):
            free = _middle(slots, len(bent))
        else:
            level = [routes[end[3]] for end in ends if end[0] == _LEVEL]
            for route in level:
                route.y_in = route.y_out
            above = sum(end[0] < _LEVEL for end in bent)
            taken = [route.y_out - top[card] for route in level]
            free = _around(slots, len(bent), above, taken, style)
        for (*_, number, _), y in zip(bent, free, strict=True):
            routes[number].y_in = top[card] + y


def _slots(height: int, shift: int, style: Style) -> range:
    """The port heights on one side of a card."""
    pitch = style.port_pitch
    return range(pitch + shift, height - pitch + 1, pitch)


def _middle(slots: Sequence[int], count: int) -> Sequence[int]:
    """So many of the slots around the middle, every second one where there is room."""
    step = 2 if 2 * count - 1 <= len(slots) else 1
    first = max(0, (len(slots) - (step * (count - 1) + 1)) // 2)
    return slots[first : first + step * count : step]


def _around(
    slots: Sequence[int], count: int, above: int, taken: list[int], style: Style
) -> Sequence[int]:
    """So many of the slots around those that level arrows take."""
    pitch = style.port_pitch
    slots = [y for y in slots if all(abs(y - level) >= pitch for level in taken)]
    split = sum(y < taken[0] for y in slots)
    first = min(max(0, split - above), len(slots) - count)
    return slots[first : first + count]
