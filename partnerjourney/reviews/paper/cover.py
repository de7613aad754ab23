"""The picture on the cover: the customer's way past the parties, drawn from the hand-overs."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from partnerjourney.core.text_width import fit
from partnerjourney.maps.rules.drawing import plain
from partnerjourney.reviews.paper.brand import Brand
from partnerjourney.reviews.rules import Facts

WIDTH, PITCH = 794, 80
_LANES, _STOPS = 6, 8
_CORNER, _DOT = 18, 10
_LEFT, _RIGHT = 244, 712


def picture(facts: Facts, brand: Brand, title: str) -> str:
    """Return the picture as SVG over the whole width of the page; empty without hand-overs."""
    stops = _stops(facts)
    if len(stops) < 2:
        return ""
    lanes = [party for party in facts.parties if party.key in set(stops)]
    height = PITCH * len(lanes)
    rows = {party.key: PITCH * place + 40 for place, party in enumerate(lanes)}
    step = (_RIGHT - _LEFT) / (len(stops) - 1)
    points = [(_LEFT + step * place, rows[key]) for place, key in enumerate(stops)]
    customers = {party.key for party in lanes if party.kind == "customer"}
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" ',
        f'viewBox="0 0 {WIDTH} {height}" role="img" font-family="Inter" font-size="11.5" ',
        f'fill="{brand.quiet}"><title>{plain(title)}</title>',
    ]
    for party in lanes:
        y = rows[party.key]
        parts.append(f'<path d="M0 {y}H{WIDTH}" stroke="{brand.hair}"/>')
        parts.append(f'<text x="84" y="{y - 11}">{plain(fit(party.name, 136, 11.5))}</text>')
    parts.append(f'<path d="{_way(points)}" fill="none" stroke="{brand.accent}" stroke-width="3"/>')
    for (x, y), key in zip(points, stops, strict=True):
        inside = brand.accent if key in customers else brand.cover
        parts.append(
            f'<circle cx="{x:.1f}" cy="{y}" r="{_DOT}" fill="{inside}"'
            f' stroke="{brand.accent}" stroke-width="3"/>'
        )
    return "".join([*parts, "</svg>"])


def _stops(facts: Facts) -> list[str]:
    """The parties that the customer or the goods pass, in the order of the hand-overs."""
    known: list[str] = []
    stops: list[str] = []
    for handover in facts.handovers:
        for key in (handover.giver, handover.taker):
            if stops[-1:] == [key]:
                continue
            if key not in known and len(known) == _LANES:
                return stops
            known += [key] if key not in known else []
            stops.append(key)
            if len(stops) == _STOPS:
                return stops
    return stops


def _way(points: Sequence[tuple[float, int]]) -> str:
    """Path data: level through every stop, upright half-way between two, corners rounded."""
    parts = [f"M0 {points[0][1]}"]
    for (x, y), (next_x, next_y) in pairwise(points):
        middle, side = (x + next_x) / 2, 1 if next_y > y else -1
        corner = min(_CORNER, (next_x - x) / 2 - _DOT)
        parts.append(
            f"H{middle - corner:.1f}Q{middle:.1f} {y} {middle:.1f} {y + side * corner:.1f}"
            f"V{next_y - side * corner:.1f}Q{middle:.1f} {next_y} {middle + corner:.1f} {next_y}"
        )
    return "".join([*parts, f"H{WIDTH}"])
