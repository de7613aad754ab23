"""The measures of a map, in px: one set for the screen, a compact one for a landscape page.

Every measure that places a card, a track or a lane is a multiple of 4, so that positions can be
given by the classes of a 4 px lattice instead of inline styles.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

LATTICE = 4


class Lettering(Protocol):
    """Measures and cuts text, as the module `core.text_width` does; handed in, rules stay pure."""

    def text_width(self, text: str, size: float = ..., weight: int = ...) -> float:
        """Width of one line in px."""

    def fit(self, text: str, width: float, size: float = ..., weight: int = ...) -> str:
        """The text, cut with an ellipsis where it is wider."""

    def wrap(
        self, text: str, width: float, size: float = ..., weight: int = ..., *, lines: int = ...
    ) -> Sequence[str]:
        """The text on at most so many lines."""


@dataclass(frozen=True, slots=True)
class Style:
    """Measures of one way of drawing; `straight` lets neighbours have a vertical arrow."""

    card_w: int = 120
    card_h: int = 68
    header_w: int = 112
    lane_pad: int = 16
    row_gap: int = 20
    straight: bool = True
    straight_x: int = 28
    straight_gap: int = 32
    port_pitch: int = 8
    # Gutters: empty, then the space before the first and after the last track, and between two.
    gutter_empty: int = 16
    gutter_pad: int = 16
    gutter_pad_wide: int = 20
    track_pitch: int = 12
    track_pitch_wide: int = 20
    track_gap: int = 8
    # Channels between lanes, below a lane's last row.
    channel_first: int = 24
    channel_pitch: int = 8
    channel_last: int = 8
    number_r: int = 9
    corner: int = 6
    arrow: int = 8
    arrow_half: int = 4
    tip_gap: int = 2
    # The customer's judgement above the lanes.
    title_h: int = 44
    label_h: int = 20
    pill_h: int = 24
    pill_pad: int = 12
    pill_inline: bool = False
    note_h: int = 0
    stack_indent: int = 16
    stem: int = 8
    stem_x: int = 20
    level: int = 6
    foot: int = 6
    head_pad: int = 12
    text: float = 12
    small: float = 11
    # At least so wide: what is left over is shared among the gutters.
    min_width: int = 0


SCREEN = Style()
PAPER = Style(
    card_w=140,
    card_h=40,
    header_w=124,
    lane_pad=8,
    row_gap=8,
    straight=False,
    gutter_empty=12,
    gutter_pad=12,
    gutter_pad_wide=16,
    track_pitch_wide=16,
    channel_first=8,
    channel_last=4,
    number_r=7,
    arrow=6,
    title_h=32,
    label_h=0,
    pill_h=20,
    pill_pad=10,
    pill_inline=True,
    note_h=14,
    stem=6,
    head_pad=10,
    small=10,
    min_width=1192,
)


def snap(value: float) -> int:
    """The next multiple of 4 px at or above."""
    return -int(-value // LATTICE) * LATTICE
