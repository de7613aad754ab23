"""Position classes on a 4 px lattice, so that a page can place things without inline styles.

`x12 y33 w41 h17` means left 48 px, top 132 px, width 164 px, height 68 px. What lies further than
the fine classes reach gets a second, coarse class on top: 10,000 px from the left is `x100 X2`
(400 + 2 × 4800 px). Run as a module it writes static/css/lattice.css.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

STEP = 4
"""Pixels between two lines of the lattice."""

SHEET = Path(__file__).parents[1] / "static" / "css" / "lattice.css"


@dataclass(frozen=True, slots=True)
class _Axis:
    """One kind of class: `fine` steps of 4 px, then coarse classes of `fine` steps each."""

    letter: str
    rule: str
    far: str
    fine: int
    coarse: int


# A coarse class adds a margin to a position, a padding to a size: the fine ones leave them free.
_AXES = {
    "x": _Axis("x", "left", "margin-left", 1200, 8),
    "y": _Axis("y", "top", "margin-top", 1500, 8),
    "w": _Axis("w", "width", "box-sizing:content-box;padding-right", 300, 32),
    "h": _Axis("h", "height", "box-sizing:content-box;padding-bottom", 600, 32),
}


def snap(pixels: float) -> int:
    """Return the nearest line of the lattice, in steps of 4 px."""
    return round(pixels / STEP)


def _classes(axis: _Axis, pixels: float) -> str:
    coarse, fine = divmod(snap(pixels), axis.fine)
    if not 0 <= coarse <= axis.coarse:
        message = f"{axis.rule} of {pixels} px lies outside the lattice"
        raise ValueError(message)
    near = f"{axis.letter}{fine}"
    return f"{near} {axis.letter.upper()}{coarse}" if coarse else near


@lru_cache(maxsize=2048)
def place(left: float, top: float) -> str:
    """Return the classes for a position in px; raises ValueError outside the lattice."""
    return f"{_classes(_AXES['x'], left)} {_classes(_AXES['y'], top)}"


@lru_cache(maxsize=2048)
def size(width: float | None = None, height: float | None = None) -> str:
    """Return the classes for a size in px; None leaves that side to the content."""
    sides = (("w", width), ("h", height))
    return " ".join(_classes(_AXES[letter], px) for letter, px in sides if px is not None)


def sheet() -> str:
    """Return the style sheet with all classes."""
    rules = ["/* Written by partnerjourney/web/lattice.py; do not edit. */\n"]
    for axis in _AXES.values():
        fine = (f".{axis.letter}{n}{{{axis.rule}:{n * STEP}px}}" for n in range(axis.fine + 1))
        coarse = (
            f".{axis.letter.upper()}{n}{{{axis.far}:{n * axis.fine * STEP}px}}"
            for n in range(1, axis.coarse + 1)
        )
        rules += [*fine, "\n", *coarse, "\n"]
    return "".join(rules)


if __name__ == "__main__":
    SHEET.write_text(sheet(), encoding="utf-8")
