"""The customer's judgement above the lanes: pills over the asking columns, brackets over stretches.

A bracket reaches from where the first covered arrow leaves its column to the asking card. The
pills of one column stand below each other, each further to the right, so that every stem runs free
past the pills under it.
"""

from __future__ import annotations

from dataclasses import dataclass

from partnerjourney.maps.rules.placed import Bracket, PlacedPill
from partnerjourney.maps.rules.source import MapPoint, Tone
from partnerjourney.maps.rules.style import LATTICE, Lettering, Style, snap

_CHIP = 22
_NAME_ROOM = 140
_NAME_ROOM_COMPACT = 84
_BADGE = 32
_MOST_CHIPS = 4
_NOTE_LINES = 2


@dataclass(slots=True)
class Block:
    """One point's pill with its name: sizes first, then its place in the stack of its column."""

    point: MapPoint
    column: int
    label: str
    chips: tuple[str, ...]
    label_w: int
    pill_w: int
    number: int = 0
    indent: int = 0
    below: int = 0
    notes: tuple[str, ...] = ()
    top: int = 0

    def width(self, style: Style) -> int:
        """Width of the whole block."""
        if style.pill_inline:
            return self.label_w + self.pill_w
        return max(self.label_w, self.pill_w)

    def height(self, style: Style) -> int:
        """Height of the whole block."""
        return style.label_h + style.pill_h + style.note_h * len(self.notes)


def pill_text(point: MapPoint, style: Style) -> float:
    """Size of the text in a point's pill: sentences about few answers are small."""
    return style.small if point.tone is Tone.FEW else style.text


def make_blocks(
    points: tuple[MapPoint, ...],
    columns: list[int],
    numbers: dict[str, int],
    style: Style,
    letters: Lettering,
) -> list[Block]:
    """Measure every point's pill and label; `numbers` are the hand-overs that the map shows."""
    blocks = []
    for point, column in zip(points, columns, strict=True):
        chips = tuple(
            str(n) for n in sorted(numbers[key] for key in point.covers if key in numbers)
        )
        if len(chips) > _MOST_CHIPS:
            chips = (chips[0], "…", chips[-1])
        room = _NAME_ROOM_COMPACT if style.pill_inline else _NAME_ROOM
        label = letters.fit(point.name, room, style.text, 600)
        name_w = letters.text_width(label, style.text, 600)
        label_w = _BADGE + name_w + 8 if style.pill_inline else name_w + 4 + _CHIP * len(chips)
        size = pill_text(point, style)
        rest = f" {point.rest}" if point.strong else point.rest
        text_w = letters.text_width(point.strong, size, 600) + letters.text_width(rest, size)
        pill_w = snap(text_w + 2 * style.pill_pad)
        blocks.append(Block(point, column, label, chips, snap(label_w), pill_w))
    by_column: dict[int, list[Block]] = {}
    for block in blocks:
        by_column.setdefault(block.column, []).append(block)
    for stack in by_column.values():
        for place, block in enumerate(stack):
            block.indent = place * style.stack_indent
            block.below = len(stack) - 1 - place
    ordered = sorted(range(len(blocks)), key=lambda i: (blocks[i].column, i))
    for number, index in enumerate(ordered, 1):
        blocks[index].number = number
    return blocks


def needed_rooms(blocks: list[Block], style: Style) -> list[tuple[int, int]]:
    """For each column with pills, left to right: the column and the width its pills need."""
    rooms: dict[int, int] = {}
    for block in blocks:
        need = block.indent + block.width(style)
        rooms[block.column] = max(rooms.get(block.column, 0), need)
    return sorted(rooms.items())


def write_notes(
    blocks: list[Block], xs: list[int], width: int, style: Style, letters: Lettering
) -> None:
    """Wrap each block's notes into the room up to the next column with pills (paper only)."""
    if not style.note_h:
        return
    starts = sorted({xs[block.column] for block in blocks})
    for block in blocks:
        x = xs[block.column] + block.indent
        end = min((start for start in starts if start > x), default=width)
        room = end - x - 2 * LATTICE
        text = " · ".join(block.point.notes)
        block.notes = tuple(letters.wrap(text, room, style.small, lines=_NOTE_LINES))


def stand_pills(blocks: list[Block], xs: list[int], style: Style) -> tuple[list[PlacedPill], int]:
    """Place the pills and say where the brackets may begin.

    The lowest pills of all columns stand on one line; on paper, where notes make some blocks
    higher, the first ones hang from one line.
    """
    by_column: dict[int, list[Block]] = {}
    for block in blocks:
        by_column.setdefault(block.column, []).append(block)
    heights = {
        column: sum(snap(block.height(style)) + LATTICE for block in stack) - LATTICE
        for column, stack in by_column.items()
    }
    tallest = max(heights.values(), default=0)
    for column, stack in by_column.items():
        top = style.title_h + (0 if style.pill_inline else tallest - heights[column])
        for block in stack:
            block.top = top
            top += snap(block.height(style)) + LATTICE
    return [_pill(block, xs[block.column], style) for block in blocks], style.title_h + tallest


def _pill(block: Block, column_x: int, style: Style) -> PlacedPill:
    """A block's pill where it stands."""
    x = column_x + block.indent
    y = block.top + style.label_h
    return PlacedPill(
        point=block.point,
        number=block.number,
        x=x + block.label_w if style.pill_inline else x,
        y=y,
        w=block.pill_w,
        h=style.pill_h,
        text=pill_text(block.point, style),
        label=block.label,
        label_x=x,
        label_y=block.top,
        label_w=block.label_w,
        chips=block.chips,
        notes=block.notes,
        notes_y=y + style.pill_h,
    )


def place_brackets(
    pills: list[PlacedPill],
    blocks: list[Block],
    reaches: list[tuple[int, int]],
    floor: int,
    style: Style,
) -> tuple[list[Bracket], int]:
    """A bracket for every point, wider ones lower where they overlap; also the head's height."""
    levels = [0] * len(reaches)
    order = sorted(range(len(reaches)), key=lambda i: (reaches[i][1] - reaches[i][0], i))
    for place, index in enumerate(order):
        left, right = reaches[index]
        levels[index] = max(
            (
                levels[other] + 1
                for other in order[:place]
                if reaches[other][0] <= right + LATTICE and left <= reaches[other][1] + LATTICE
            ),
            default=0,
        )
    brackets = []
    for pill, block, (left, right), level in zip(pills, blocks, reaches, levels, strict=True):
        x = pill.label_x + (style.stack_indent // 2 if block.below else style.stem_x)
        y = floor + style.stem + level * style.level
        bottom = pill.notes_y + style.note_h * len(block.notes)
        brackets.append(Bracket(block.point, level, left, right, y, style.foot, x, bottom))
    if not brackets:
        return [], snap(style.title_h)
    lowest = floor + style.stem + max(levels) * style.level + style.foot
    return brackets, snap(lowest + style.head_pad)
