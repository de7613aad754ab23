"""Smooth lines that never swing beyond their points (Fritsch and Carlson 1980)."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from partnerjourney.web.charts.svg import num

Point = tuple[float, float]
# The places of the four control points; in x they always stand at thirds, so that one parameter
# names the same x on two curves over the same stretch.
Piece = tuple[Point, Point, Point, Point]


def pieces(points: Sequence[Point]) -> list[Piece]:
    """Cubic pieces through the points, which stand in order of x; monotone between two points."""
    steps = [(b[1] - a[1]) / max(b[0] - a[0], 0.1) for a, b in pairwise(points)]
    if not steps:
        return []
    slopes = [steps[0], *(_slope(a, b) for a, b in pairwise(steps)), steps[-1]]
    found: list[Piece] = []
    for index, (a, b) in enumerate(pairwise(points)):
        third = (b[0] - a[0]) / 3
        first = (a[0] + third, a[1] + slopes[index] * third)
        second = (b[0] - third, b[1] - slopes[index + 1] * third)
        found.append((a, first, second, b))
    return found


def _slope(before: float, after: float) -> float:
    """Slope in a point: flat at a turn, else the harmonic mean, which keeps the piece monotone."""
    if before * after <= 0:
        return 0.0
    return 2 * before * after / (before + after)


def height_at(piece: Piece, t: float) -> float:
    """The y of a piece at its parameter (0 to 1)."""
    u = 1 - t
    (_, a), (_, b), (_, c), (_, d) = piece
    return u * u * u * a + 3 * u * u * t * b + 3 * u * t * t * c + t * t * t * d


def samples(piece: Piece) -> list[Point]:
    """Five points along a piece, without its ends."""
    (left, _), *_, (right, _) = piece
    parts = [part / 6 for part in range(1, 6)]
    return [(left + (right - left) * t, height_at(piece, t)) for t in parts]


def crossing(one: Piece, other: Piece) -> float:
    """The parameter where two pieces that change places cross, by halving."""
    low, high = 0.0, 1.0
    side = height_at(one, 0) > height_at(other, 0)
    for _ in range(12):
        middle = (low + high) / 2
        if (height_at(one, middle) > height_at(other, middle)) is side:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def cut(piece: Piece, t: float) -> tuple[Piece, Piece]:
    """The piece in two, at its parameter (de Casteljau)."""
    a, b, c, d = piece
    ab, bc, cd = _between(a, b, t), _between(b, c, t), _between(c, d, t)
    abc, bcd = _between(ab, bc, t), _between(bc, cd, t)
    middle = _between(abc, bcd, t)
    return (a, ab, abc, middle), (middle, bcd, cd, d)


def _between(a: Point, b: Point, t: float) -> Point:
    return a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t


def path(found: Sequence[Piece], *, start: str = "M") -> str:
    """SVG path through connected pieces."""
    if not found:
        return ""
    parts = [f"{start}{num(found[0][0][0])} {num(found[0][0][1])}"]
    for _, a, b, c in found:
        parts.append("C" + " ".join(num(v) for v in (*a, *b, *c)))
    return "".join(parts)


def backwards(found: Sequence[Piece]) -> list[Piece]:
    """The same pieces from the other end."""
    return [(d, c, b, a) for a, b, c, d in reversed(found)]
