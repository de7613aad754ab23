"""The corners of every arrow and the reach of every bracket, once rows and columns are known."""

from __future__ import annotations

from dataclasses import dataclass

from partnerjourney.maps.rules.drawing import head_path, rounded_path
from partnerjourney.maps.rules.grid import Grid, Rows
from partnerjourney.maps.rules.gutters import Piece
from partnerjourney.maps.rules.placed import Kind, PlacedEdge, Point
from partnerjourney.maps.rules.routes import STRAIGHT, Route
from partnerjourney.maps.rules.source import MapEdge
from partnerjourney.maps.rules.style import LATTICE, Style

Line = tuple[tuple[Point, ...], Point]
"""An arrow's corners, and the middle of its number."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What the outputs are read from once all is decided; heights still without the head."""

    style: Style
    grid: Grid
    rows: Rows
    heights: list[int]
    pieces: list[list[Piece]]
    xs: list[int]
    width: int

    def card_y(self, card: int) -> int:
        """Top of a card."""
        return self.rows.row_y[self.grid.lane[card]][self.grid.row[card]]


def make_edge(
    edge: MapEdge, route: Route, pieces: list[Piece], frame: Frame, head: int
) -> PlacedEdge:
    """The finished arrow below the head: a straight one from its cards, another from its pieces."""
    style = frame.style
    if route.kind in STRAIGHT:
        points, (x, y) = _straight(route, frame, head)
    else:
        points, (x, y) = _bent(route, pieces, frame, head)
    return PlacedEdge(
        edge, route.kind, points, rounded_path(points, style), head_path(points, style), x, y
    )


def _straight(route: Route, frame: Frame, head: int) -> Line:
    """A vertical arrow between neighbours; its number near the start, or midway if it is long."""
    style = frame.style
    x = frame.xs[frame.grid.column[route.start]] + style.straight_x
    start, end = head + frame.card_y(route.start), head + frame.card_y(route.end)
    if route.kind is Kind.DOWN:
        start += frame.heights[route.start]
        sign = 1
    else:
        end += frame.heights[route.end]
        sign = -1
    length = abs(end - start)
    away = style.straight_gap // 2 - LATTICE
    if length > 2 * style.straight_gap:
        away = length // (2 * LATTICE) * LATTICE
    return ((x, start), (x, end - sign * style.tip_gap)), (x, start + sign * away)


def _bent(route: Route, pieces: list[Piece], frame: Frame, head: int) -> Line:
    """An arrow through its gutters, and its channel if it has one."""
    style, grid = frame.style, frame.grid
    target = frame.xs[grid.column[route.end]]
    tip = target - style.tip_gap if route.enters_left else target + style.card_w + style.tip_gap
    y, number = route.y_out, (0, 0)
    points = [(frame.xs[grid.column[route.start]] + style.card_w, head + y)]
    for piece in pieces:
        x = piece.x
        if piece.numbered:
            number = (x, head + piece.number_y)
        if route.kind is not Kind.LEVEL:
            other = piece.lo + piece.hi - y
            points += ((x, head + y), (x, head + other))
            y = other
    points.append((tip, head + route.y_in))
    return tuple(points), number


def reach(asking: int, covered: list[int], routes: list[Route], frame: Frame) -> tuple[int, int]:
    """Left and right end of a bracket: from the first arrow's track to the asking card's column."""
    width = frame.style.card_w
    left = frame.xs[asking]
    right = left + width
    for number in covered:
        route = routes[number]
        start = frame.xs[frame.grid.column[route.start]]
        end = frame.xs[frame.grid.column[route.end]]
        if route.enters_left:
            start = frame.pieces[number][0].x
            left, right = min(left, start), max(right, end + width)
        else:
            left, right = min(left, end), max(right, start + width)
    return left, right
