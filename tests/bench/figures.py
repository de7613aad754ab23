"""Figures of benchmarks: ours beside its floor, in one table per engine.

Both are measured in turns and the best of each counts: other work on the machine only adds.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

_HEADS = ("what", "ours", "floor", "ratio", "target", "besides")


@dataclass
class Figures:
    """What was measured on each engine."""

    tables: dict[str, list[tuple[str, ...]]] = field(default_factory=dict)

    def add(
        self,
        engine: str,
        what: str,
        ours: str,
        *,
        floor: str = "",
        ratio: float | None = None,
        target: str = "",
        besides: str = "",
    ) -> None:
        """Note one line; figures carry their unit."""
        shown = "" if ratio is None else f"{ratio:.2f}"
        self.tables.setdefault(engine, []).append((what, ours, floor, shown, target, besides))

    def __str__(self) -> str:
        return "\n".join(_table(engine, rows) for engine, rows in self.tables.items())


def _table(engine: str, rows: list[tuple[str, ...]]) -> str:
    lines = [_HEADS, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(_HEADS))]
    told = [
        "  ".join(
            cell.rjust(width) if 0 < column < 4 else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    ]
    return "\n".join(["", engine, told[0], "-" * (sum(widths) + 2 * len(widths) - 2), *told[1:]])


def in_turns(
    *works: Callable[[], object], rounds: int = 7, seconds: float = 4
) -> tuple[float, ...]:
    """Return the shortest time of each work in seconds, after one go each to warm up."""
    best = [float("inf")] * len(works)
    for work in works:
        work()
    started, done = time.perf_counter(), 0
    while done < rounds or time.perf_counter() - started < seconds / 2:
        for index, work in enumerate(works):
            before = time.perf_counter()
            work()
            best[index] = min(best[index], time.perf_counter() - before)
        done += 1
        if time.perf_counter() - started > seconds:
            break
    return tuple(best)


def short(seconds: float) -> str:
    """Return a duration with a unit that suits it."""
    if seconds < 0.001:
        return f"{seconds * 1e6:.0f} µs"
    return f"{seconds * 1e3:.1f} ms" if seconds < 1 else f"{seconds:.2f} s"
