"""Gutters: the track of every vertical piece of arrow, where its number stands, and the width."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from partnerjourney.maps.rules.grid import Rows
from partnerjourney.maps.rules.placed import Kind
from partnerjourney.maps.rules.routes import Route
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

    def __post_init__(self) -> None:
        """The piece reaches from its highest to its lowest end."""
        self.lo, self.hi = min(self.near + self.far), max(self.near + self.far)


@dataclass(slots=True)
class Gutter:
    """The space to the right of one column."""

    pieces: list[Piece] = field(default_factory=list)
    passing: list[int] = field(default_factory=list)
    tracks: int = 0
    pitch: int = 0
    before: int = 0
    width: int = 0


def _pieces(number: int, route: Route, rows: Rows, style: Style) -> Iterator[tuple[int, Piece]]:
    """The one or two vertical pieces of an arrow with their gutters."""
    y_out, y_in = route.y_out, route.y_in
    if route.kind is Kind.CHANNEL:
        middle = rows.channel_y(route.channel, route.channel_track, style)
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


def make_gutters(routes: list[Route], columns: int, rows: Rows, style: Style) -> list[Gutter]:
    """Tracks, numbers and least width of the gutter after each column."""
    gutters = [Gutter() for _ in range(columns)]
    for number, route in enumerate(routes):
        if route.kind in {Kind.DOWN, Kind.UP}:
            continue
        for place, piece in _pieces(number, route, rows, style):
            gutters[place].pieces.append(piece)
        if route.kind is Kind.CHANNEL:
            height = rows.channel_y(route.channel, route.channel_track, style)
            lo, hi = sorted((route.gutter_out, route.gutter_in))
            for place in range(lo + 1, hi):
                gutters[place].passing.append(height)
    for gutter in gutters:
        _lay_tracks(gutter, style)
    return gutters


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
    gutter.pitch = style.track_pitch
    if not _place_numbers(gutter, style):
        gutter.pitch = style.track_pitch_wide
        _place_numbers(gutter, style)
    near = [end for piece in gutter.pieces for end in piece.near]
    far = [end for piece in gutter.pieces for end in piece.far]
    gutter.before = _pad(gutter, 0, near, style)
    after = _pad(gutter, gutter.tracks - 1, far, style)
    gutter.width = gutter.before + after + (gutter.tracks - 1) * gutter.pitch


def _pad(gutter: Gutter, track: int, ends: list[int], style: Style) -> int:
    """Space between the cards and the track beside them: more where a number is near a head."""
    close = style.number_r + style.arrow_half
    for piece in gutter.pieces:
        if not piece.numbered or piece.track != track:
            continue
        if any(-close < end - piece.number_y < close for end in ends):
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


def _place_numbers(gutter: Gutter, style: Style) -> bool:
    """Set each number's height, clear of numbers beside it and of lines that cross its track.

    False when two numbers of neighbouring tracks cannot help touching at this pitch.
    """
    clear = 2 * style.number_r + 2
    placed: dict[int, list[int]] = {}
    fits = True
    numbered = [piece for piece in gutter.pieces if piece.numbered]
    for piece in sorted(numbered, key=lambda p: (p.hi - p.lo, p.route)):
        beside = [
            y
            for track in range(piece.track - 1, piece.track + 2)
            if abs(track - piece.track) * gutter.pitch < clear
            for y in placed.get(track, ())
        ]
        spot = _free_spot(piece, beside, _lines_over(gutter, piece), style)
        fits = fits and spot is not None
        piece.number_y = _middle(piece) if spot is None else spot
        placed.setdefault(piece.track, []).append(piece.number_y)
    return fits


def _free_spot(piece: Piece, beside: list[int], lines: list[int], style: Style) -> int | None:
    """Where a number touches no other number, and no line if that can be; None if nowhere."""
    clear = 2 * style.number_r + 2
    apart = style.number_r + 3
    fallback = None
    for y in _candidates(piece, style):
        if any(-clear < other - y < clear for other in beside):
            continue
        if not any(-apart < line - y < apart for line in lines):
            return y
        if fallback is None:
            fallback = y
    return fallback


def _lines_over(gutter: Gutter, piece: Piece) -> list[int]:
    """Heights at which other arrows cross this piece's track."""
    lines = [y for y in gutter.passing if piece.lo <= y <= piece.hi]
    for other in gutter.pieces:
        if other.track > piece.track:
            lines.extend(other.near)
        elif other.track < piece.track:
            lines.extend(other.far)
    return lines
