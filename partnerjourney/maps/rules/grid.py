"""Cards in cells: which column, lane and row each has, and how high the lanes must be."""

from __future__ import annotations

from dataclasses import dataclass

from partnerjourney.maps.rules.source import MapLane, MapSource, place_of, positions
from partnerjourney.maps.rules.style import Lettering, Style, snap

_MONOGRAM = 24
_MARGIN = 12
_NAME_X = 8


@dataclass(frozen=True, slots=True)
class Grid:
    """Column, lane and row of every card, and each column's cards from top to bottom."""

    column: list[int]
    lane: list[int]
    row: list[int]
    rows: list[int]
    stacks: list[list[int]]


@dataclass(frozen=True, slots=True)
class Rows:
    """Heights without the head: top and height of each lane, top of each row, end of the rows."""

    lane_y: list[int]
    lane_h: list[int]
    row_y: list[list[int]]
    rows_end: list[int]

    def channel_y(self, lane: int, track: int, style: Style) -> int:
        """Height of a channel's track below a lane's last row."""
        return self.rows_end[lane] + style.channel_first + track * style.channel_pitch


def make_grid(source: MapSource) -> Grid:
    """Stack the cards of each lane and phase by position; UnknownKey for a lane or phase."""
    phases, lanes = positions(source.phases), positions(source.lanes)
    column = [place_of(card.phase, phases, "phase") for card in source.cards]
    lane = [place_of(card.lane, lanes, "lane") for card in source.cards]
    order = sorted(
        range(len(source.cards)), key=lambda i: (column[i], lane[i], source.cards[i].position, i)
    )
    row = [0] * len(order)
    rows = [1] * len(source.lanes)
    stacks: list[list[int]] = [[] for _ in source.phases]
    for card in order:
        stack = stacks[column[card]]
        if stack and lane[stack[-1]] == lane[card]:
            row[card] = row[stack[-1]] + 1
        stack.append(card)
        rows[lane[card]] = max(rows[lane[card]], row[card] + 1)
    return Grid(column, lane, row, rows, stacks)


def free_starts(grid: Grid, lanes: int, joined: list[tuple[int, int]]) -> list[bool]:
    """Per lane: is its cell in the first column empty of cards and of straight arrows?"""
    free = [True] * lanes
    if grid.stacks:
        for card in grid.stacks[0]:
            free[grid.lane[card]] = False
    for upper, lower in joined:
        if grid.column[upper] == 0:
            for lane in range(grid.lane[upper], grid.lane[lower] + 1):
                free[lane] = False
    return free


def note_width(style: Style, *, free: bool) -> int:
    """How wide a lane's note may be: the header, and the first column where that is empty."""
    more = style.card_w if free and not style.pill_inline else 0
    return style.header_w - _MARGIN - _NAME_X + more


def header_height(lane: MapLane, note_w: int, style: Style, letters: Lettering) -> int:
    """How high a lane must be for its own name, subtitle and note."""
    name_w = style.header_w - _MARGIN - _MONOGRAM - _NAME_X - 4
    inner = style.header_w - _MARGIN - _NAME_X
    if style.pill_inline:
        name_w, monogram = inner, 0
    else:
        monogram = _MONOGRAM
    names = len(letters.wrap(lane.name, name_w, style.text, 600, lines=4))
    subtitles = len(letters.wrap(lane.subtitle, inner, style.small, lines=4))
    notes = len(letters.wrap(lane.note, note_w, style.small, lines=12))
    height = max(monogram, 16 * names) + 15 * subtitles + (4 + 15 * notes if notes else 0)
    return snap(style.lane_pad + height + style.lane_pad // 2)


def make_rows(
    grid: Grid,
    style: Style,
    *,
    heights: list[int],
    joined: list[tuple[int, int]],
    channels: list[int],
    least: list[int],
) -> Rows:
    """Heights of all rows and lanes; `joined` pairs of cards have a straight arrow between them."""
    high = [[style.card_h] * count for count in grid.rows]
    gaps = [[style.row_gap] * count for count in grid.rows]
    for card, height in enumerate(heights):
        lane, row = grid.lane[card], grid.row[card]
        high[lane][row] = max(high[lane][row], height)
    for upper, lower in joined:
        if grid.lane[upper] == grid.lane[lower]:
            gaps[grid.lane[upper]][grid.row[upper]] = style.straight_gap
    rows = Rows([], [], [], [])
    top = 0
    for lane, tracks in enumerate(channels):
        y = top + style.lane_pad
        starts = []
        for height, gap in zip(high[lane], gaps[lane], strict=True):
            starts.append(y)
            y += height + gap
        end = y - gaps[lane][-1]
        foot = style.lane_pad
        if tracks:
            foot = style.channel_first + (tracks - 1) * style.channel_pitch + style.channel_last
        rows.row_y.append(starts)
        rows.rows_end.append(end)
        rows.lane_y.append(top)
        rows.lane_h.append(max(end - top + max(foot, style.lane_pad), least[lane]))
        top += rows.lane_h[-1]
    return rows
