"""Scales of charts: which values an axis shows, and where a value stands on it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from partnerjourney.core.text_width import text_width

Number = Callable[[float], str]

# Lowest and highest score, and the least that an axis shows.
_SCALES = {"nps": (-100, 100, -50, 50), "csat": (1, 5, 1, 5), "ces": (1, 7, 1, 7)}


@dataclass(frozen=True, slots=True)
class Estimate:
    """A score with the limits of its margin, on the scale as shown (NPS −100 to 100)."""

    score: float
    low: float | None = None
    high: float | None = None

    @property
    def values(self) -> tuple[float, ...]:
        """All of its numbers, to choose an axis by."""
        return tuple(v for v in (self.score, self.low, self.high) if v is not None)


@dataclass(frozen=True, slots=True)
class Axis:
    """What an axis shows; `zero` is the value with the stronger line, if there is one."""

    low: float
    high: float
    ticks: tuple[float, ...]
    zero: float | None = None

    def at(self, value: float, start: float, end: float) -> float:
        """The place of a value between the places of `low` and `high`, never beyond them."""
        share = (value - self.low) / (self.high - self.low)
        return start + max(0.0, min(1.0, share)) * (end - start)

    def shows(self, value: float) -> bool:
        """Whether the value lies on the axis; its ends are rounded to a millionth of it."""
        slack = (self.high - self.low) * 1e-6
        return self.low - slack <= value <= self.high + slack


def axis_for(rows: Iterable[Estimate | float | None], scale: str = "nps") -> Axis:
    """One axis for all rows of a table; the scale is nps, csat or ces (KeyError otherwise).

    An NPS axis goes in fifties, at least from −50 to +50; the others show their whole scale.
    """
    lowest, highest, least, most = _SCALES[scale]
    if scale != "nps":
        ticks = tuple(float(tick) for tick in range(lowest, highest + 1))
        return Axis(float(lowest), float(highest), ticks)
    values = [v for row in rows for v in _values(row)]
    low = max(lowest, 50 * math.floor(min([least, *values]) / 50))
    high = min(highest, 50 * math.ceil(max([most, *values]) / 50))
    return Axis(low, high, tuple(float(t) for t in range(low, high + 1, 50)), 0.0)


def close_axis(
    rows: Iterable[Estimate | float | None], scale: str = "nps", *, ticks: int = 4
) -> Axis:
    """An axis close around the values, for lines over time: about so many ticks."""
    lowest, highest, *_ = _SCALES[scale]
    return near_axis([v for row in rows for v in _values(row)], lowest, highest, ticks=ticks)


def near_axis(values: list[float], lowest: float, highest: float, *, ticks: int = 4) -> Axis:
    """An axis on round numbers close around the values, within the limits of their scale."""
    kept = [max(lowest, min(highest, v)) for v in values] or [lowest, highest]
    span = max(max(kept) - min(kept), (highest - lowest) / 10)
    step = _round_step(span / ticks)
    first = math.floor(round(min(kept) / step, 6))
    last = max(math.ceil(round(max(kept) / step, 6)), first + 2)
    while last * step > highest + 1e-9 and first * step > lowest + 1e-9:
        first, last = first - 1, last - 1
    marks = [step * i for i in range(first, last + 1)]
    shown = tuple(float(m) for m in marks if lowest - 1e-9 <= m <= highest + 1e-9)
    low, high = max(lowest, marks[0]), min(highest, marks[-1])
    return Axis(low, high, shown, 0.0 if low < 0 < high else None)


def _values(row: Estimate | float | None) -> tuple[float, ...]:
    if row is None:
        return ()
    return row.values if isinstance(row, Estimate) else (row,)


def _round_step(step: float) -> float:
    """The smallest of 1, 2, 5, 10 … that is at least the step."""
    size = 10.0 ** math.floor(math.log10(step))
    return next(size * m for m in (1, 2, 5, 10) if size * m >= step - 1e-9)


def tick_texts(
    axis: Axis, number: Number, start: float, end: float, *, width: float, size: float = 11
) -> list[tuple[float, str]]:
    """Centres and texts of the ticks that can be read side by side in a picture of this width."""
    zero = axis.ticks.index(axis.zero) if axis.zero in axis.ticks else 0
    for every in range(1, len(axis.ticks) + 1):
        found, edge, free = [], -math.inf, True
        for index, tick in enumerate(axis.ticks):
            if (index - zero) % every:
                continue
            text = number(tick)
            half = text_width(text, size, 600) / 2
            x = max(half, min(width - half, axis.at(tick, start, end)))
            free = free and x - half >= edge and half * 2 <= width
            edge = x + half + 6
            found.append((x, text))
        if free:
            return found
    return []
