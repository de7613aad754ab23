"""The paper that charts are drawn on: shapes and texts in, one SVG string out.

A page and a PDF show the same string. Every painted thing therefore carries a hex attribute of the
light theme, which the PDF takes, and a class, which lets `charts.css` repaint it in the dark.
Shapes of one style become one path and texts of one style one group: that keeps a chart small.
"""

from __future__ import annotations

import re

from partnerjourney.core.text_width import text_width

PAINTS = {
    "c-now": "#1456ad",
    "c-now-soft": "#e8f0fb",
    "c-base": "#5c6b7d",
    "c-target": "#101b27",
    "c-axis": "#b4c0cc",
    "c-grid": "#e0e6ec",
    "c-good": "#0a6843",
    "c-bad": "#b0251c",
    "c-on": "#ffffff",
    "c-promoter": "#1456ad",
    "c-passive": "#8fb4e3",
    "c-detractor": "#9aa8b7",
    "c-gap": "#fdf2df",
    "c-sunken": "#eef2f5",
    "c-text": "#101b27",
    "c-text-soft": "#46566a",
    "c-text-faint": "#5c6b7d",
}
_UNSAFE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_HEX = re.compile("#[0-9a-f]{6}")


def num(value: float) -> str:
    """A coordinate with at most one decimal, without a negative zero."""
    text = f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def escape(text: str) -> str:
    """Text for XML and HTML alike; signs that XML forbids are dropped."""
    if not text.isascii() or not text.isprintable():
        text = _UNSAFE.sub("", text)
    text = text.replace("&", "&amp;").replace("<", "&lt;")
    return text.replace(">", "&gt;").replace('"', "&quot;")


def dot(x: float, y: float, radius: float) -> str:
    """Path of a circle."""
    r, across = num(radius), num(2 * radius)
    return f"M{num(x - radius)} {num(y)}a{r} {r} 0 1 0 {across} 0a{r} {r} 0 1 0-{across} 0z"


def box(x: float, y: float, width: float, height: float, radius: float = 0) -> str:
    """Path of a rectangle, its four corners rounded."""
    r = min(radius, width / 2, height / 2)
    if r < 0.1:
        return f"M{num(x)} {num(y)}h{num(width)}v{num(height)}h{num(-width)}z"
    h, v, c = num(width - 2 * r), num(height - 2 * r), num(r)
    return (
        f"M{num(x + r)} {num(y)}h{h}a{c} {c} 0 0 1 {c} {c}v{v}a{c} {c} 0 0 1-{c} {c}"
        f"h-{h}a{c} {c} 0 0 1-{c}-{c}v-{v}a{c} {c} 0 0 1 {c}-{c}z"
    )


def bar(x: float, foot: float, width: float, height: float, radius: float) -> str:
    """Path of an upright bar that stands on its foot, its head rounded."""
    r = min(radius, width / 2, height)
    c, side = num(r), num(height - r)
    return (
        f"M{num(x)} {num(foot)}v-{side}a{c} {c} 0 0 1 {c}-{c}h{num(width - 2 * r)}"
        f"a{c} {c} 0 0 1 {c} {c}v{side}z"
    )


class Picture:
    """One chart in the making; width and height in px."""

    def __init__(self, width: float, height: float, title: str) -> None:
        """Start an empty picture; the title is its alternative text."""
        self.width, self.height, self.title = width, height, title
        self._shapes: dict[str, list[str]] = {}
        self._texts: dict[str, list[str]] = {}

    def fill(self, paint: str, path: str) -> None:
        """Add a filled path; styles lie over each other in the order of their first use."""
        self._shapes.setdefault(f'class="{paint}" fill="{PAINTS[paint]}"', []).append(path)

    def stroke(self, paint: str, path: str, width: float = 1, dash: str = "") -> None:
        """Add a drawn path, dashed by an SVG dash array such as `3 2`."""
        style = f'class="{paint}" fill="none" stroke="{PAINTS[paint]}"'
        if width != 1:
            style += f' stroke-width="{width}"'
        if dash:
            style += f' stroke-dasharray="{dash}"'
        self._shapes.setdefault(style, []).append(path)

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        size: float = 12,
        weight: int = 400,
        paint: str = "c-text-soft",
        anchor: str = "start",
        lead: str = "",
    ) -> None:
        """Add a line of text, its baseline at y; the anchor is start, middle or end.

        A lead stands before it on the line, bold and in the colour of figures.
        """
        if not text and not lead:
            return
        style = f'class="{paint}" fill="{PAINTS[paint]}" font-size="{size}"'
        if weight != 400:
            style += f' font-weight="{weight}"'
        if anchor != "start":
            style += f' text-anchor="{anchor}"'
        first = ""
        if lead:
            first = f'<tspan class="c-text" fill="{PAINTS["c-text"]}" font-weight="600">'
            first += f"{escape(lead)}</tspan>"
        element = f'<text x="{num(x)}" y="{num(y)}">{first}{escape(text)}</text>'
        self._texts.setdefault(style, []).append(element)

    def inside(self, x: float, text: str, size: float = 12, weight: int = 400) -> float:
        """The x nearest to x at which a centred text stays inside the picture."""
        half = text_width(text, size, weight) / 2
        return max(half, min(self.width - half, x))

    def svg(self) -> str:
        """The whole picture: shapes first, texts on top."""
        w, h = num(self.width), num(self.height)
        shapes = "".join(f'<path {s} d="{"".join(d)}"/>' for s, d in self._shapes.items())
        texts = "".join(f"<g {s}>{''.join(t)}</g>" for s, t in self._texts.items())
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="chart" width="{w}" height="{h}" '
            f'viewBox="0 0 {w} {h}" role="img" font-family="Inter, sans-serif">'
            f"<title>{escape(self.title)}</title>{shapes}{texts}</svg>"
        )


def _mixed(colour: str, share: float) -> str:
    """The colour with this share of white in it."""
    parts = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return "#" + "".join(f"{round(p + (255 - p) * share):02x}" for p in parts)


def in_brand(svg: str, colour: str) -> str:
    """The chart in an organisation's own colour (`#rrggbb`, else ValueError) for its report."""
    colour = colour.lower()
    if not _HEX.fullmatch(colour):
        message = f"not a colour: {colour!r}"
        raise ValueError(message)
    for ours, share in (("c-now", 0.0), ("c-passive", 0.55), ("c-now-soft", 0.9)):
        svg = svg.replace(f'="{PAINTS[ours]}"', f'="{_mixed(colour, share)}"')
    return svg
