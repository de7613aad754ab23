"""Gutters: the track of every vertical piece of arrow, where its number stands, and the width."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain

from partnerjourney.maps.rules.placed import Kind
from partnerjourney.maps.rules.routes import STRAIGHT, Route
from partnerjourney.maps.rules.style import LATTICE, Style
from partnerjourney.maps.rules.tracks import Span, assign_tracks

_TRIES = 40


@dataclass(slots=True)
class Piece:
    """A vertical piece of an arrow in one gutter; `near` and `far` are the heights of its ends."""

    route: int
    near: tuple[int, ...]
    far: tuple[int, ...]
    numbered: bool
    lo: int = 0
    hi: int = 0
    track: int = 0
    number_y: int = 0
    x: int = 0

    def __post_init__(self) -> None:
        """The piece reaches from its highest to its lowest end."""
        self.lo, self.hi = sorted(self.near + self.far)


@dataclass(slots=True)
class Gutter:
    """The space to the right of one column."""

    pieces: list[Piece] = field(default_factory=list)
    passing: list[int] = field(default_factory=list)
    tracks: int = 0
    pitch: int = 0
    before: int = 0
    width: int = 0


def _pieces(number: int, route: Route) -> Iterator[tuple[int, Piece]]:
    """The one or two vertical pieces of an arrow on its way, with their gutters."""
    y_out, y_in = route.y_out, route.y_in
    if route.kind is Kind.CHANNEL:
        middle = route.y_channel
        first = abs(middle - y_out) >= abs(middle - y_in)
        if route.turns_right:
            yield route.gutter_out, Piece(number, (y_out,), (middle,), first)
            yield route.gutter_in, Piece(number, (middle,), (y_in,), not first)
        else:
            yield route.gutter_out, Piece(number, (y_out, middle), (), first)
            yield route.gutter_in, Piece(number, (y_in,), (middle,), not first)
    elif route.enters_left:
        yield route.gutter_out, Piece(number, (y_out,), (y_in,), numbered=True)
    else:
        yield route.gutter_out, Piece(number, (y_out, y_in), (), numbered=True)


def make_gutters(
    routes: list[Route], columns: int, style: Style
) -> tuple[list[Gutter], list[list[Piece]]]:
    """Tracks, numbers and least width of the gutter after each column; the pieces per arrow."""
    gutters = [Gutter() for _ in range(columns)]
    pieces: list[list[Piece]] = [[] for _ in routes]
    for number, route in enumerate(routes):
        if route.kind in STRAIGHT:
            continue
        for place, piece in _pieces(number, route):
            gutters[place].pieces.append(piece)
            pieces[number].append(piece)
        if route.kind is Kind.CHANNEL:
            lo, hi = sorted((route.gutter_out, route.gutter_in))
            for place in range(lo + 1, hi):
                gutters[place].passing.append(route.y_channel)
    for gutter in gutters:
        _lay_tracks(gutter, style)
    return gutters, pieces


def stand(gutters: list[Gutter], xs: list[int], style: Style) -> None:
    """Set where the tracks run, now that the columns begin at `xs`.

    What a gutter has beyond its need lies on both sides; the last one ends with its need.
    """
    rights = [x + style.card_w for x in xs]
    for gutter, right, end in zip(gutters, rights, [*xs[1:], *rights[-1:]], strict=True):
        spare = max(0, end - right - gutter.width) // (2 * LATTICE) * LATTICE
        first = right + spare + gutter.before
        for piece in gutter.pieces:
            piece.x = first + piece.track * gutter.pitch


def _lay_tracks(gutter: Gutter, style: Style) -> None:
    """Colour the pieces, place the numbers and add up the width."""
    gutter.width = style.gutter_empty
    if not gutter.pieces:
        return
    reach = style.number_r + 1
    spans = []
    for piece in gutter.pieces:
        lo, hi = piece.lo, piece.hi
        if piece.numbered and hi - lo < 2 * reach:
            # A short piece takes the room of its number, so that numbers of a track never touch.
            middle = _middle(piece)
            lo, hi = min(lo, middle - reach), max(hi, middle + reach)
        spans.append(Span(lo, hi, piece.near, piece.far))
    for piece, track in zip(gutter.pieces, assign_tracks(spans, style.track_gap), strict=True):
        piece.track = track
    gutter.tracks = max(piece.track for piece in gutter.pieces) + 1
    near, far = _ends(gutter)
    lines = [sorted(chain(*far[:at], *near[at + 1 :])) for at in range(gutter.tracks)]
    gutter.passing.sort()
    gutter.pitch = style.track_pitch
    if not _place_numbers(gutter, lines, style):
        gutter.pitch = style.track_pitch_wide
        _place_numbers(gutter, lines, style)
    gutter.before = _pad(gutter, 0, sorted(chain(*near)), style)
    after = _pad(gutter, gutter.tracks - 1, sorted(chain(*far)), style)
    gutter.width = gutter.before + after + (gutter.tracks - 1) * gutter.pitch


def _ends(gutter: Gutter) -> tuple[list[list[int]], list[list[int]]]:
    """The heights of the ends to the near and to the far side, per track."""
    near: list[list[int]] = [[] for _ in range(gutter.tracks)]
    far: list[list[int]] = [[] for _ in range(gutter.tracks)]
    for piece in gutter.pieces:
        near[piece.track] += piece.near
        far[piece.track] += piece.far
    return near, far


def _touches(heights: list[int], y: int, room: int) -> bool:
    """Whether one of these heights, from low to high, is less than `room` from y."""
    first = bisect_right(heights, y - room)
    return first < len(heights) and heights[first] < y + room


def _pad(gutter: Gutter, track: int, ends: list[int], style: Style) -> int:
    """Space between the cards and the track beside them: more where a number is near a head."""
    close = style.number_r + style.arrow_half
    for piece in gutter.pieces:
        if not piece.numbered or piece.track != track:
            continue
        if _touches(ends, piece.number_y, close):
            return style.gutter_pad_wide
    return style.gutter_pad


def _middle(piece: Piece) -> int:
    """The middle of a piece on the lattice."""
    return (piece.lo + piece.hi) // (2 * LATTICE) * LATTICE


def _candidates(piece: Piece, style: Style) -> Iterator[int]:
    """Heights for a number, from the middle of its piece outwards."""
    middle = _middle(piece)
    yield middle
    margin = style.number_r + style.arrow_half + 1
    for step in range(1, _TRIES):
        away = step * 2 * LATTICE
        if middle + away <= piece.hi - margin:
            yield middle + away
        if middle - away >= piece.lo + margin:
            yield middle - away
        elif middle + away > piece.hi:
            return


def _place_numbers(gutter: Gutter, lines: list[list[int]], style: Style) -> bool:
    """Set each number's height, clear of numbers beside it and of lines that cross its track.

    `lines` are the ends that cross each track. False when two numbers of neighbouring tracks
    cannot help touching at this pitch, and a wider one is to be tried.
    """
    reach = (2 * style.number_r + 1) // gutter.pitch  # so many tracks away a number can touch
    placed: list[list[int]] = [[] for _ in range(gutter.tracks)]
    numbered = [piece for piece in gutter.pieces if piece.numbered]
    for piece in sorted(numbered, key=lambda p: (p.hi - p.lo, p.route)):
        beside = placed[max(0, piece.track - reach) : piece.track + reach + 1]
        through = gutter.passing[
            bisect_left(gutter.passing, piece.lo) : bisect_right(gutter.passing, piece.hi)
        ]
        spot = _free_spot(piece, beside, (lines[piece.track], through), style)
        if spot is None and gutter.pitch < style.track_pitch_wide:
            return False
        piece.number_y = _middle(piece) if spot is None else spot
        insort(placed[piece.track], piece.number_y)
    return True


def _free_spot(
    piece: Piece, beside: list[list[int]], lines: tuple[list[int], ...], style: Style
) -> int | None:
    """Where a number touches no other number, and no line if that can be; None if nowhere."""
    clear = 2 * style.number_r + 2
    apart = style.number_r + 3
    fallback = None
    for y in _candidates(piece, style):
        if any(_touches(numbers, y, clear) for numbers in beside if numbers):
            continue
        if not any(_touches(heights, y, apart) for heights in lines if heights):
            return y
        if fallback is None:
            fallback = y
    return fallback
