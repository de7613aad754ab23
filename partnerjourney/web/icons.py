"""The icons of static/icons.svg for what cannot use the sprite: SVG charts, PDFs and mails."""

from __future__ import annotations

import re
from functools import cache
from html import escape
from pathlib import Path

SPRITE = Path(__file__).parents[1] / "static" / "icons.svg"

_SYMBOL = re.compile(r'<symbol id="([a-z0-9-]+)" viewBox="0 0 24 24">(.*?)</symbol>')


@cache
def bodies() -> dict[str, str]:
    """Return name → SVG elements of every icon, drawn on 24 × 24 with a stroke of 2."""
    return dict(_SYMBOL.findall(SPRITE.read_text(encoding="utf-8")))


def group(name: str, *, x: float, y: float, side: float, colour: str) -> str:
    """Return an icon as an SVG <g> with its top left corner at (x, y); raises KeyError.

    `side` is in px, `colour` a literal hex: a PDF reads neither currentColor nor var().
    """
    return (
        f'<g transform="translate({x:g} {y:g}) scale({side / 24:.4g})" fill="none"'
        f' stroke="{colour}" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">'
        f"{bodies()[name]}</g>"
    )


def picture(name: str, *, side: float, colour: str, title: str = "") -> str:
    """Return an icon as an <svg> of its own, side in px; a PDF needs the title. Raises KeyError."""
    words = f"<title>{escape(title)}</title>" if title else ""
    role = 'role="img"' if title else 'aria-hidden="true"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{side:g}" height="{side:g}"'
        f' viewBox="0 0 {side:g} {side:g}" {role}>{words}'
        f"{group(name, x=0, y=0, side=side, colour=colour)}</svg>"
    )
