"""The layout of a journey map: from what is drawn to where everything stands.

Order of the work: cards into cells; the way of every arrow; channels (they make lanes grow); rows
and ports; tracks in the gutters (they make columns move apart); pills and brackets. Pure and
deterministic: the same source gives the same map, whoever asks.
"""

from __future__ import annotations

from partnerjourney.maps.rules.arrows import Frame, make_edge, reach
from partnerjourney.maps.rules.grid import (
    Grid,
    Rows,
    free_starts,
    header_height,
    make_grid,
    make_rows,
    note_width,
)
from partnerjourney.maps.rules.gutters import Gutter, make_gutters, stand
from partnerjourney.maps.rules.head import (
    Block,
    make_blocks,
    needed_rooms,
    place_brackets,
    stand_pills,
    write_notes,
)
from partnerjourney.maps.rules.placed import (
    Kind,
    MapLayout,
    PlacedCard,
    PlacedLane,
    PlacedPhase,
)
from partnerjourney.maps.rules.routes import (
    STRAIGHT,
    Route,
    assign_channels,
    assign_ports,
    card_heights,
    make_routes,
)
from partnerjourney.maps.rules.source import MapSource, place_of, positions
from partnerjourney.maps.rules.style import LATTICE, SCREEN, Lettering, Style


def layout_map(source: MapSource, letters: Lettering, style: Style = SCREEN) -> MapLayout:
    """Place everything on the map; UnknownKey when a card, arrow or point hangs in the air."""
    grid = make_grid(source)
    cards = positions(source.cards)
    ends = [
        (place_of(edge.from_card, cards, "card"), place_of(edge.to_card, cards, "card"))
        for edge in source.edges
    ]
    asking = [grid.column[place_of(point.card, cards, "card")] for point in source.points]
    routes = make_routes(ends, grid, style)
    heights = card_heights(routes, len(source.cards), style)
    rows, note_ws = _rows(source, grid, routes, heights, style, letters)
    assign_ports(routes, grid, rows, heights, style)
    gutters, pieces = make_gutters(routes, len(source.phases), style)
    numbers = {edge.key: edge.number for edge in source.edges}
    blocks = make_blocks(source.points, asking, numbers, style, letters)
    xs, width = _columns(gutters, needed_rooms(blocks, style), style)
    stand(gutters, xs, style)
    frame = Frame(style, grid, rows, heights, pieces, xs, width)
    write_notes(blocks, xs, width, style, letters)
    return _assemble(source, frame, routes, blocks, note_ws)


def _rows(
    source: MapSource,
    grid: Grid,
    routes: list[Route],
    heights: list[int],
    style: Style,
    letters: Lettering,
) -> tuple[Rows, list[int]]:
    """Heights of all rows with their channels, and how wide each lane's note may be."""
    joined = [
        (r.start, r.end) if r.kind is Kind.DOWN else (r.end, r.start)
        for r in routes
        if r.kind in STRAIGHT
    ]
    free = free_starts(grid, len(source.lanes), joined)
    note_ws = [note_width(style, free=is_free) for is_free in free]
    least = [
        header_height(lane, note_w, style, letters)
        for lane, note_w in zip(source.lanes, note_ws, strict=True)
    ]
    channels = assign_channels(routes, grid)
    rows = make_rows(grid, style, heights=heights, joined=joined, channels=channels, least=least)
    return rows, note_ws


def _columns(
    gutters: list[Gutter], rooms: list[tuple[int, int]], style: Style
) -> tuple[list[int], int]:
    """Left side of every column, and the map's width: gutters grow for pills and for the page."""
    widths = [gutter.width for gutter in gutters]
    for place, (column, need) in enumerate(rooms):
        until = rooms[place + 1][0] if place + 1 < len(rooms) else len(widths)
        have = sum(style.card_w + width for width in widths[column:until])
        gap = LATTICE if until == len(widths) else 2 * LATTICE
        widths[until - 1] += max(0, need + gap - have)
    total = style.header_w + sum(style.card_w + width for width in widths)
    spare = (style.min_width - total) // LATTICE
    if spare > 0 and widths:
        each, rest = divmod(spare, len(widths))
        for gutter in range(len(widths)):
            widths[gutter] += LATTICE * (each + (gutter < rest))
    xs, x = [], style.header_w
    for width in widths:
        xs.append(x)
        x += style.card_w + width
    return xs, max(x, style.min_width // LATTICE * LATTICE)


def _assemble(
    source: MapSource,
    frame: Frame,
    routes: list[Route],
    blocks: list[Block],
    note_ws: list[int],
) -> MapLayout:
    """Put the head on top and hand everything out."""
    style, xs = frame.style, frame.xs
    index = positions(source.edges)
    reaches = [
        reach(
            block.column,
            [index[key] for key in block.point.covers if key in index],
            routes,
            frame,
        )
        for block in blocks
    ]
    pills, floor = stand_pills(blocks, xs, style)
    brackets, head = place_brackets(pills, blocks, reaches, floor, style)
    return MapLayout(
        style=style,
        width=frame.width,
        height=head + sum(frame.rows.lane_h),
        head_h=head,
        header_w=style.header_w,
        phases=_phases(source, frame),
        lanes=_lanes(source, frame, note_ws, head),
        cards=_cards(source, routes, frame, head),
        edges=tuple(
            make_edge(edge, route, pieces, frame, head)
            for edge, route, pieces in zip(source.edges, routes, frame.pieces, strict=True)
        ),
        pills=tuple(pills),
        brackets=tuple(brackets),
    )


def _phases(source: MapSource, frame: Frame) -> tuple[PlacedPhase, ...]:
    """The columns with the room up to the next."""
    ends = [*frame.xs, frame.width][1:]
    return tuple(
        PlacedPhase(phase, number, x, frame.style.card_w, end - x)
        for number, (phase, x, end) in enumerate(zip(source.phases, frame.xs, ends, strict=True), 1)
    )


def _cards(
    source: MapSource, routes: list[Route], frame: Frame, head: int
) -> tuple[PlacedCard, ...]:
    """The cards below the head."""
    tops = {route.end for route in routes if route.kind is Kind.DOWN}
    width, columns = frame.style.card_w, frame.grid.column
    return tuple(
        [
            PlacedCard(card, frame.xs[column], head + frame.card_y(i), width, height, i in tops)
            for i, (card, column, height) in enumerate(
                zip(source.cards, columns, frame.heights, strict=True)
            )
        ]
    )


def _lanes(
    source: MapSource, frame: Frame, note_ws: list[int], head: int
) -> tuple[PlacedLane, ...]:
    """The lanes below the head."""
    places = zip(source.lanes, frame.rows.lane_y, frame.rows.lane_h, note_ws, strict=True)
    return tuple(PlacedLane(lane, head + y, h, note_w) for lane, y, h, note_w in places)
