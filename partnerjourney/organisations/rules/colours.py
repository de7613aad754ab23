"""An organisation's colour, made legible: shades for text, fill, tint and line in two themes.

Contrast is that of WCAG 2.2: (L1 + 0.05) / (L2 + 0.05) with relative luminance L of sRGB. All text
made here has at least 4.5 on every surface on which it stands.
"""

from __future__ import annotations

import colorsys
import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

COLOUR = re.compile(r"#[0-9a-f]{6}")
"""What a stored colour looks like."""

DEFAULT = "#1456ad"
ENOUGH = 4.5

WHITE = "#ffffff"
BLACK = "#000000"
INK = "#101b27"
LIGHT = ("#ffffff", "#f5f7f9", "#eef2f5")
DARK = ("#121b27", "#0b121b", "#182434")
HOVER = 0.14
"""How much black a button gets under the pointer; static/css/app.css says the same."""


@dataclass(frozen=True)
class Shades:
    """One theme's colours, each as #rrggbb; `ink` is the text on `solid`."""

    text: str
    solid: str
    soft: str
    line: str
    ink: str


@dataclass(frozen=True)
class Palette:
    """An organisation's colours in both themes."""

    light: Shades
    dark: Shades


def clean_colour(text: str) -> str | None:
    """Return a colour as #rrggbb in lower case, also from #rgb or without the #; else None."""
    value = text.strip().lower().removeprefix("#")
    if re.fullmatch(r"[0-9a-f]{3}", value):
        value = "".join(c * 2 for c in value)
    return f"#{value}" if COLOUR.fullmatch(f"#{value}") else None


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours, 1 to 21."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def mix(one: str, other: str, share: float) -> str:
    """Return `one` with a share of `other` in it, mixed in sRGB as a browser's color-mix does."""
    parts = (a + (b - a) * share for a, b in zip(_channels(one), _channels(other), strict=True))
    return _hex(parts)


OWN = Palette(
    Shades("#1456ad", "#1456ad", "#e8f0fb", "#a9c7ee", WHITE),
    Shades("#7ab6ff", "#2467c4", "#14273f", "#2d5287", WHITE),
)
"""The product's own blue, as in static/css/app.css."""


def palette(colour: str) -> Palette:
    """Return the shades of a colour #rrggbb for both themes."""
    if colour == DEFAULT:
        return OWN
    return Palette(_shades(colour, LIGHT, 0.9, 0.0, 1.3), _shades(colour, DARK, 0.82, 1.0, 2.2))


def _shades(
    colour: str, surfaces: tuple[str, ...], tint: float, end: float, visible: float
) -> Shades:
    """Return shades for surfaces; `end` is the lightness away from them: 0 black, 1 white."""
    soft = mix(colour, surfaces[0], tint)
    text = next(
        shade
        for shade in _towards(colour, end)
        if all(contrast(shade, under) >= ENOUGH for under in (*surfaces, soft))
    )
    seen = next(s for s in _towards(colour, end) if contrast(s, surfaces[0]) >= visible)
    solid, ink = _fill(seen)
    return Shades(text, solid, soft, mix(text, surfaces[0], 0.6), ink)


def _fill(colour: str) -> tuple[str, str]:
    """Return a fill close to the colour and the ink that is legible on it, pressed or not."""
    return next(
        (solid, ink)
        for solid in _towards(colour, 0.0)
        for ink in (WHITE, INK)
        if min(contrast(solid, ink), contrast(mix(solid, BLACK, HOVER), ink)) >= ENOUGH
    )


def _towards(colour: str, end: float) -> Iterator[str]:
    """Yield the colour ever lighter or darker, in fifty steps, with its hue kept."""
    red, green, blue = (channel / 255 for channel in _channels(colour))
    hue, lightness, saturation = colorsys.rgb_to_hls(red, green, blue)
    yield colour
    for step in range(1, 51):
        shade = lightness + (end - lightness) * step / 50
        yield _hex(part * 255 for part in colorsys.hls_to_rgb(hue, shade, saturation))


@lru_cache(maxsize=1000)
def style_sheet(colour: str) -> str:
    """Return the CSS that gives a page an organisation's colours; it stands after app.css."""
    shades = palette(colour)
    pairs = (
        f"--brand-{name}: light-dark({getattr(shades.light, name)}, {getattr(shades.dark, name)});"
        for name in ("text", "solid", "soft", "line", "ink")
    )
    return ":root { " + " ".join(pairs) + " }\n"


def style_name(slug: str, organisation_id: str, colour: str) -> str:
    """Return the file name of an organisation's style sheet; nobody guesses that of another."""
    digest = hashlib.sha256(f"{organisation_id} {style_sheet(colour)}".encode()).hexdigest()
    return f"{slug}-{digest[:16]}"


def _hex(parts: Iterable[float]) -> str:
    return "#" + "".join(f"{round(part):02x}" for part in parts)


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(channel / 255) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
