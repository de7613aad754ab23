"""The orchestrator's colour, legible on a dark cover and on white paper."""

from __future__ import annotations

from dataclasses import dataclass

from partnerjourney.organisations.rules.colours import (
    BLACK,
    DEFAULT,
    WHITE,
    clean_colour,
    contrast,
    mix,
    palette,
)

_DARK_ENOUGH = 15.5
_LIGHT_ENOUGH = 8.5


@dataclass(frozen=True, slots=True)
class Brand:
    """Colours as #rrggbb: of text and marks on white, of the cover and what stands on it."""

    text: str
    soft: str
    line: str
    cover: str
    accent: str
    quiet: str
    hair: str


def brand_of(colour: str) -> Brand:
    """Return the colours of an organisation; ours where its own is no colour."""
    own = clean_colour(colour) or DEFAULT
    shades, bright = palette(own).light, palette(own).dark.text
    cover = _until(own, BLACK, WHITE, _DARK_ENOUGH)
    accent = _until(bright, WHITE, cover, _LIGHT_ENOUGH)
    return Brand(
        shades.text,
        shades.soft,
        shades.line,
        cover,
        accent,
        mix(accent, cover, 0.15),
        mix(accent, cover, 0.8),
    )


def _until(colour: str, towards: str, beside: str, enough: float) -> str:
    """The colour with so much of another in it that it stands out."""
    shades = (mix(colour, towards, step / 25) for step in range(26))
    return next((s for s in shades if contrast(s, beside) >= enough), towards)
