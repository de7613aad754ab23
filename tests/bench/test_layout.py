"""The layout of a large journey, in processor time, against drawing it without looking."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from partnerjourney.core import text_width
from partnerjourney.maps.rules.drawing import head_path, rounded_path
from partnerjourney.maps.rules.layout import layout_map
from partnerjourney.maps.rules.source import MapSource
from partnerjourney.maps.rules.style import SCREEN
from tests.bench.figures import Figures, short
from tests.maps.test_rules_layout import large

pytestmark = pytest.mark.bench


def _careless(source: MapSource) -> list[tuple[str, str]]:
    """Every card at its cell, every arrow straight through all that is in its way."""
    columns = {phase.key: 132 + 160 * n for n, phase in enumerate(source.phases)}
    lanes = {lane.key: 60 + 200 * n for n, lane in enumerate(source.lanes)}
    rows: dict[tuple[str, str], int] = {}
    at = {}
    for card in sorted(source.cards, key=lambda card: card.position):
        cell = (card.phase, card.lane)
        row = rows[cell] = rows.get(cell, -1) + 1
        at[card.key] = (columns[card.phase], lanes[card.lane] + 88 * row)
    drawn = []
    for edge in source.edges:
        (x, y), (end, down) = at[edge.from_card], at[edge.to_card]
        half = (x + end) // 8 * 4
        points = ((x + 120, y + 34), (half, y + 34), (half, down + 34), (end - 2, down + 34))
        drawn.append((rounded_path(points, SCREEN), head_path(points, SCREEN)))
    return drawn


def _least(work: Callable[[], object], *, rounds: int = 25) -> float:
    """Return the least processor time of a work, in seconds."""
    best = float("inf")
    for _ in range(rounds):
        before = time.process_time()
        work()
        best = min(best, time.process_time() - before)
    return best


def test_layout(figures: Figures) -> None:
    source = large(1)
    taken = _least(lambda: layout_map(source, text_width))
    floor = _least(lambda: _careless(source))
    figures.add(
        "no database",
        "layout of 300 cards, 150 hand-overs (CPU)",
        short(taken),
        floor=short(floor),
        ratio=taken / floor,
        target="≤ 20 ms",
        besides="floor: every card in its cell, arrows that avoid nothing",
    )
