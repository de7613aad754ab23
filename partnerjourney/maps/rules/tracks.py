"""Interval colouring: which track each span takes so that spans of one track never meet."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from itertools import accumulate
from struct import unpack
from typing import NamedTuple

_SMALL = 16
_BITS = 16


class Span(NamedTuple):
    """A stretch of a gutter (or channel) with the positions of its ends.

    `near` are ends that leave towards the first track's side, `far` those towards the last's.
    """

    lo: int
    hi: int
    near: tuple[int, ...] = ()
    far: tuple[int, ...] = ()


def _met(spans: list[Span], place: list[int], size: int) -> list[tuple[int, ...]]:
    """Per place: how many ends of each other it meets that leave to the near side, less to the far.

    `place` is a span's track, or its own number. Behind another instead of before it, a place
    crosses so much more as it is met by the other's ends, less what the other is met by its own.
    Counts of all places are packed into one number, so that a single subtraction counts all.
    """
    units = [1 << _BITS * at for at in place]
    pairs = list(zip(spans, units, strict=True))
    ends = [(end, unit) for span, unit in pairs for end in span.near]
    ends += [(end, -unit) for span, unit in pairs for end in span.far]
    ends.sort()
    heights = [end for end, _ in ends]
    sums = [0, *accumulate([unit for _, unit in ends])]
    # Half of what a place's bits hold is nothing, so that no count is below zero.
    met = [sum([1 << _BITS * at + _BITS - 1 for at in range(size)])] * size
    for span, at in zip(spans, place, strict=True):
        met[at] += sums[bisect_right(heights, span.hi)] - sums[bisect_left(heights, span.lo)]
    return [unpack(f"<{size}H", one.to_bytes(_BITS // 8 * size, "little")) for one in met]


def _colour(spans: list[Span], gap: int) -> tuple[list[int], int]:
    """The track of each span, as few as can be, spans of one more than `gap` apart; how many."""
    track_of = [0] * len(spans)
    free: list[tuple[int, int]] = []  # where each track ends, and its number below zero
    for lo, hi, index in sorted((span.lo, span.hi, i) for i, span in enumerate(spans)):
        # The track that ends last before the span starts; of several the first.
        fits = bisect_left(free, (lo - gap,)) - 1
        track = -free.pop(fits)[1] if fits >= 0 else len(free)
        insort(free, (hi, -track))
        track_of[index] = track
    return track_of, len(free)


def _in_order(met: list[tuple[int, ...]]) -> list[int]:
    """The tracks, each inserted where it crosses least: swapping neighbours saves nothing."""
    order: list[int] = []
    for track, own in enumerate(met):
        total = best = place = 0
        for at, other in enumerate(order, 1):
            total += met[other][track] - own[other]
            if total < best:
                best, place = total, at
        order.insert(place, track)
    return order


def _settle(spans: list[Span], track_of: list[int], size: int, gap: int) -> None:
    """Move single spans to a free track with fewer crossings (small gutters only)."""
    everyone = range(len(spans))
    met = _met(spans, list(everyone), len(spans))
    for i, (own, span) in enumerate(zip(met, spans, strict=True)):
        lo, hi, here = span.lo - gap, span.hi + gap, track_of[i]
        more, taken = [0] * size, set()
        for j in everyone:
            track = track_of[j]
            more[track] += met[j][i] - own[j]
            if spans[j].lo <= hi and lo <= spans[j].hi and j != i:
                taken.add(track)
        # On a free track a span crosses as often as on the first, and `more` for those before.
        costs = enumerate(accumulate(more[:-1], initial=0))
        track_of[i] = min(
            (cost, track != here, track) for track, cost in costs if track not in taken
        )[2]


def assign_tracks(spans: list[Span], gap: int) -> list[int]:
    """Track of each span, counted from 0 on the near side; as few tracks as can be.

    Spans of one track stay more than `gap` apart; the order of the tracks keeps crossings low.
    """
    colours, size = _colour(spans, gap)
    order = _in_order(_met(spans, colours, size))
    number_of = [0] * size
    for number, track in enumerate(order):
        number_of[track] = number
    track_of = [number_of[colour] for colour in colours]
    if size > 1 and len(spans) <= _SMALL:
        _settle(spans, track_of, size, gap)
    used = {track: number for number, track in enumerate(sorted(set(track_of)))}
    return [used[track] for track in track_of]
