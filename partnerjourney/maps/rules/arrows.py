"""The corners of every arrow and the reach of every bracket, once rows and columns are known."""

from __future__ import annotations

from dataclasses import dataclass

from partnerjourney.maps.rules.drawing import head_path, rounded_path
from partnerjourney.maps.rules.grid import Grid, Rows
from partnerjourney.maps.rules.gutters import Gutter, Piece
from partnerjourney.maps.rules.placed import Kind, PlacedEdge, Point
from partnerjourney.maps.rules.routes import Route
from partnerjourney.maps.rules.source import MapEdge
from partnerjourney.maps.rules.style import LATTICE, Style

STRAIGHT = (Kind.DOWN, Kind.UP)


@dataclass(frozen=True, slots=True)
class Frame:
    """What the outputs are read from once all is decided; heights still without the head."""

    style: Style
    grid: Grid
    rows: Rows
    heights: list[int]
    gutters: list[Gutter]
    pieces: list[list[tuple[int, Piece]]]
    xs: list[int]
    width: int

    def card_y(self, card: int) -> int:
        """Top of a card."""
        return self.rows.row_y[self.grid.lane[card]][self.grid.row[card]]

    def track_x(self, gutter: int, piece: Piece) -> int:
        """Where a piece's track runs; what a gutter has beyond its need lies on both sides."""
        right = self.xs[gutter] + self.style.card_w
        end = self.xs[gutter + 1] if gutter + 1 < len(self.xs) else right
        spare = max(0, end - right - self.gutters[gutter].width) // (2 * LATTICE) * LATTICE
        return (
            right + spare + self.gutters[gutter].before + piece.track * self.gutters[gutter].pitch
        )


@dataclass(slots=True)
class Line:
    """An arrow's corners and the middle of its number, without the head's height."""

    points: list[Point]
    number: Point


def make_lines(routes: list[Route], frame: Frame) -> list[Line]:
    """The corners of all arrows: straight ones from their cards, others from their pieces."""
    return [
        _straight(route, frame) if route.kind in STRAIGHT else _bent(route, own, frame)
        for route, own in zip(routes, frame.pieces, strict=True)
    ]


def _straight(route: Route, frame: Frame) -> Line:
    """A vertical arrow between neighbours; its number near the start, or midway if it is long."""
    style = frame.style
    x = frame.xs[frame.grid.column[route.start]] + style.straight_x
    start, end = frame.card_y(route.start), frame.card_y(route.end)
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
    return Line([(x, start), (x, end - sign * style.tip_gap)], (x, start + sign * away))


def _bent(route: Route, pieces: list[tuple[int, Piece]], frame: Frame) -> Line:
    """An arrow through its gutters, and its channel if it has one."""
    style, grid = frame.style, frame.grid
    right = frame.xs[grid.column[route.start]] + style.card_w
    target = frame.xs[grid.column[route.end]]
    tip = target - style.tip_gap if route.enters_left else target + style.card_w + style.tip_gap
    points = [(right, route.y_out)]
    if route.kind is not Kind.LEVEL:
        y = route.y_out
        # The pieces come in the order of the gutters; a backward arrow walks them from behind.
        for gutter, piece in sorted(pieces, key=lambda p: p[0] != route.gutter_out):
            x = frame.track_x(gutter, piece)
            heights = piece.near + piece.far
            after = heights[0] if heights[-1] == y else heights[-1]
            points += [(x, y), (x, after)]
            y = after
    points.append((tip, route.y_in))
    gutter, piece = next(own for own in pieces if own[1].numbered)
    return Line(points, (frame.track_x(gutter, piece), piece.number_y))


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
            start = min(
                x
                for gutter, piece in frame.pieces[number]
                if gutter == route.gutter_out
                for x in [frame.track_x(gutter, piece)]
            )
            left, right = min(left, start), max(right, end + width)
        else:
            left, right = min(left, end), max(right, start + width)
    return left, right


def finish(edge: MapEdge, route: Route, line: Line, head: int, style: Style) -> PlacedEdge:
    """The finished arrow, moved down by the head."""
    points = tuple((x, y + head) for x, y in line.points)
    return PlacedEdge(
        edge,
        route.kind,
        points,
        rounded_path(points, style),
        head_path(points, style),
        line.number[0],
        line.number[1] + head,
    )
