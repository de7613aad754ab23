"""Arrows and brackets as SVG: literal colours for paper, classes for the screen's style sheet."""

from __future__ import annotations

from collections.abc import Collection
from html import escape
from typing import TYPE_CHECKING

from partnerjourney.maps.rules.source import Tone
from partnerjourney.maps.rules.style import Style

if TYPE_CHECKING:
    from partnerjourney.maps.rules.placed import Bracket, MapLayout, PlacedEdge, Point

BRAND = "#1456ad"
ARROW = "#6c7c8e"
LINE = "#b4c0cc"
SURFACE = "#ffffff"
INK = "#46566a"
TONES = {
    Tone.PLAIN: LINE,
    Tone.GOOD: "#0a6843",
    Tone.WARN: "#854a00",
    Tone.BAD: "#b0251c",
    Tone.FEW: LINE,
}
_CONTROLS = dict.fromkeys(c for c in range(32) if chr(c) not in "\t\n\r") | {
    0xFFFE: None,
    0xFFFF: None,
}


def plain(text: str) -> str:
    """Text for XML: escaped, without the control characters that XML forbids."""
    return escape(text.translate(_CONTROLS))


def rounded_path(points: tuple[Point, ...], style: Style) -> str:
    """Path data of a right-angled line with rounded corners, ending in its arrow's head."""
    x, y = points[0]
    parts = [f"M{x} {y}"]
    corner, room, sx, sy = style.corner, -1, 0, 0
    for nx, ny in points[1:]:
        if nx == x:
            tx, ty, half = 0, (ny > y) - (ny < y), abs(ny - y) // 2
        else:
            tx, ty, half = 1 if nx > x else -1, 0, abs(nx - x) // 2
        if room >= 0:  # the line came here in the direction (sx, sy) and goes on in (tx, ty)
            r = corner if room >= corner <= half else min(room, half) // 2 * 2
            if r:
                parts.append(f"L{x - r * sx} {y - r * sy}Q{x} {y} {x + r * tx} {y + r * ty}")
            else:
                parts.append(f"L{x} {y}")
        x, y, room, sx, sy = nx, ny, half, tx, ty
    back = style.arrow - 2
    parts.append(f"L{x - back * sx} {y - back * sy}")
    return "".join(parts)


def head_path(points: tuple[Point, ...], style: Style) -> str:
    """Path data of the arrow's head, a triangle with its tip at the last point."""
    (bx, by), (x, y) = points[-2], points[-1]
    dx, dy = (x > bx) - (x < bx), (y > by) - (y < by)
    rx, ry = x - dx * style.arrow, y - dy * style.arrow
    half = style.arrow_half
    return f"M{x} {y}L{rx - dy * half} {ry - dx * half}L{rx + dy * half} {ry + dx * half}Z"


def bracket_path(bracket: Bracket) -> str:
    """Path data of a bracket with its two feet and its stem."""
    low = bracket.y + bracket.foot
    return (
        f"M{bracket.x1} {low}V{bracket.y}H{bracket.x2}V{low}"
        f"M{bracket.stem_x} {bracket.stem_y}V{bracket.y}"
    )


def edges_svg(
    layout: MapLayout,
    *,
    title: str,
    selected: str | None = None,
    stretch: Collection[str] = (),
    with_numbers: bool = False,
) -> str:
    """One SVG over the whole map with all arrows and brackets.

    With a selected hand-over, that one is thick, the others of `stretch` are thin in brand colour
    and all else is dimmed. Without numbers the page lays its own links over the SVG.
    """
    states = {e.edge.key: _state(e.edge.key, selected, stretch) for e in layout.edges}
    rank = {"is-dimmed": 0, "": 1, "is-stretch": 2, "is-selected": 3}
    edges = sorted(layout.edges, key=lambda e: rank[states[e.edge.key]])
    size = f"{layout.width} {layout.height}"
    parts = [
        '<svg xmlns="http://www.w3.org/2000/svg" class="map-edges" role="img" ',
        f'viewBox="0 0 {size}"><title>{plain(title)}</title>',
    ]
    chosen = [b for b in layout.brackets if selected in b.point.covers]
    parts += [bracket_svg(b) for b in layout.brackets if b not in chosen]
    parts += [bracket_svg(b, chosen=True) for b in chosen]
    parts += [edge_svg(edge, states[edge.edge.key]) for edge in edges]
    if with_numbers:
        parts += [number_svg(edge, states[edge.edge.key], layout.style) for edge in edges]
    return "".join([*parts, "</svg>"])


def _state(key: str, selected: str | None, stretch: Collection[str]) -> str:
    """The class of an arrow, given what is selected."""
    if key == selected:
        return "is-selected"
    if key in stretch:
        return "is-stretch"
    return "" if selected is None and not stretch else "is-dimmed"


def _class(*names: str) -> str:
    """A class attribute's value."""
    return " ".join(name for name in names if name)


def bracket_svg(bracket: Bracket, *, chosen: bool = False) -> str:
    """A point's bracket; dashed where there are too few answers."""
    tone = bracket.point.tone
    colour, width = (BRAND, "2.25") if chosen else (TONES[tone], "1.5")
    dashes = ' stroke-dasharray="4 3"' if tone is Tone.FEW else ""
    names = _class("map-bracket", f"is-{tone}", "is-selected" if chosen else "")
    return (
        f'<path class="{names}" d="{bracket_path(bracket)}" fill="none" stroke="{colour}" '
        f'stroke-width="{width}"{dashes}/>'
    )


def edge_svg(edge: PlacedEdge, state: str = "", colour: str = ARROW, dashes: str = "") -> str:
    """An arrow: its line and its head."""
    stroke = BRAND if state in {"is-selected", "is-stretch"} else colour
    width = "2.25" if state == "is-selected" else "1.5"
    dash = f' stroke-dasharray="{dashes}"' if dashes else ""
    return (
        f'<path class="{_class("map-edge", state)}" d="{edge.path}" fill="none" stroke="{stroke}" '
        f'stroke-width="{width}" stroke-linejoin="round"{dash}/>'
        f'<path class="{_class("map-arrow", state)}" d="{edge.head}" fill="{stroke}"/>'
    )


def number_svg(edge: PlacedEdge, state: str, style: Style) -> str:
    """An arrow's number in its circle."""
    fill = BRAND if state == "is-selected" else SURFACE
    stroke = BRAND if state in {"is-selected", "is-stretch"} else LINE
    ink = SURFACE if state == "is-selected" else BRAND if state == "is-stretch" else INK
    size = style.number_r + 2 if edge.edge.number < 100 else style.number_r
    x, y = edge.number_x, edge.number_y
    return (
        f'<g class="{_class("map-number", state)}"><circle cx="{x}" cy="{y}" '
        f'r="{style.number_r}" fill="{fill}" stroke="{stroke}"/>'
        f'<text x="{x}" y="{y + size * 0.36:.1f}" text-anchor="middle" font-size="{size}" '
        f'font-weight="600" fill="{ink}">{edge.edge.number}</text></g>'
    )
