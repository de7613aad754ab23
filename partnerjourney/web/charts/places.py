"""Places for labels: a text is drawn only where it touches no other text and stays inside."""

from __future__ import annotations

from dataclasses import dataclass

from partnerjourney.core.text_width import text_width
from partnerjourney.web.charts.svg import Picture

Box = tuple[float, float, float, float]

_ABOVE, _BELOW = 0.76, 0.24


@dataclass(frozen=True, slots=True)
class Label:
    """A text that looks for a place: what it says and in which letter."""

    text: str
    size: float = 12
    weight: int = 400
    paint: str = "c-text-soft"

    @property
    def width(self) -> float:
        """Its width in px."""
        return text_width(self.text, self.size, self.weight)


class Places:
    """The boxes that are taken in a picture."""

    def __init__(self, picture: Picture) -> None:
        """Start with nothing taken."""
        self._picture = picture
        self._taken: list[Box] = []
        self._lines: list[Box] = []

    def take(self, left: float, top: float, right: float, bottom: float) -> None:
        """Keep a box free of labels."""
        self._taken.append((left, top, right, bottom))

    def write(self, x: float, y: float, label: Label, *, anchor: str = "start") -> None:
        """Draw a label where it has to stand, and keep others away from it."""
        width = label.width
        left = x - {"start": 0.0, "middle": width / 2, "end": width}[anchor]
        self.take(left, y - label.size * _ABOVE, left + width, y + label.size * _BELOW)
        self._picture.text(
            x,
            y,
            label.text,
            size=label.size,
            weight=label.weight,
            paint=label.paint,
            anchor=anchor,
        )

    def avoid(self, left: float, top: float, right: float, bottom: float) -> None:
        """Keep labels off a line where that can be."""
        self._lines.append((left, top, right, bottom))

    def put(self, label: Label, *spots: tuple[float, float], strict: bool = False) -> bool:
        """Draw the label centred at the first free spot (x, baseline); False when none is free.

        A spot on a line is taken only when no other is left, and never when strict.
        """
        taken = [*self._taken, *self._lines]
        return self._put(label, spots, taken) or (
            not strict and self._put(label, spots, self._taken)
        )

    def _put(self, label: Label, spots: tuple[tuple[float, float], ...], taken: list[Box]) -> bool:
        if not label.text:
            return False
        half = label.width / 2
        for wish, y in spots:
            x = max(half, min(self._picture.width - half, wish))
            box = (x - half, y - label.size * _ABOVE, x + half, y + label.size * _BELOW)
            if abs(x - wish) > 24 or not self._free(box, taken):
                continue
            self._taken.append(box)
            self._picture.text(
                x,
                y,
                label.text,
                size=label.size,
                weight=label.weight,
                paint=label.paint,
                anchor="middle",
            )
            return True
        return False

    def _free(self, box: Box, taken: list[Box]) -> bool:
        left, top, right, bottom = box
        if left < -0.1 or top < 0 or right > self._picture.width + 0.1:
            return False
        if bottom > self._picture.height:
            return False
        left, right = left - 2, right + 2
        for other_left, other_top, other_right, other_bottom in taken:
            across = other_left < right and left < other_right
            if across and other_top < bottom and top < other_bottom:
                return False
        return True


def apart(wishes: list[float], gap: float, low: float, high: float) -> list[float]:
    """Places as near as possible to the wishes (any order), at least a gap apart, low to high."""
    order = sorted(range(len(wishes)), key=lambda i: wishes[i])
    gap = min(gap, (high - low) / max(1, len(wishes) - 1))
    found = [0.0] * len(wishes)
    edge = low
    for index in order:
        found[index] = max(edge, min(high, wishes[index]))
        edge = found[index] + gap
    edge = high
    for index in reversed(order):
        found[index] = min(edge, found[index])
        edge = found[index] - gap
    return found
