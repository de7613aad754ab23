"""Interval colouring: which track each span takes so that spans of one track never meet."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

_SMALL = 16


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a gutter (or channel) with the positions of its ends.

    `near` are ends that leave towards the first track's side, `far` those towards the last's.
    """

    lo: int
    hi: int
    near: tuple[int, ...] = ()
    far: tuple[int, ...] = ()


def _crossings(spans: list[Span]) -> list[tuple[int, int]]:
    """Every crossing as a pair: the first span would cross the second if its track were nearer."""
    starts = sorted((span.lo, span.hi, index) for index, span in enumerate(spans))
    where = [start for start, _, _ in starts]
    found = []
    for index, span in enumerate(spans):
        for end in span.near:
            begun = starts[: bisect_right(where, end)]
            found += [(other, index) for _, hi, other in begun if end <= hi]
        for end in span.far:
            begun = starts[: bisect_right(where, end)]
            found += [(index, other) for _, hi, other in begun if end <= hi]
    return found


def _colour(spans: list[Span], gap: int) -> list[list[int]]:
    """Fewest tracks, each a list of spans more than `gap` apart (first fit by start)."""
    tracks: list[list[int]] = []
    ends: list[int] = []
    for index in sorted(range(len(spans)), key=lambda i: (spans[i].lo, spans[i].hi, i)):
        span = spans[index]
        best = -1
        for track, end in enumerate(ends):
            if end + gap < span.lo and (best < 0 or end > ends[best]):
                best = track
        if best < 0:
            tracks.append([])
            ends.append(0)
        tracks[best].append(index)
        ends[best] = span.hi
    return tracks


def _in_order(tracks: list[list[int]], crossings: list[tuple[int, int]]) -> list[list[int]]:
    """The same tracks, each inserted where it crosses least: swapping neighbours saves nothing."""
    track_of = {index: track for track, members in enumerate(tracks) for index in members}
    cost = [[0] * len(tracks) for _ in tracks]
    for first, second in crossings:
        cost[track_of[first]][track_of[second]] += 1
    order: list[int] = []
    for track in range(len(tracks)):
        total = sum(cost[track][other] for other in order)
        best, place = total, 0
        for at, other in enumerate(order, 1):
            total += cost[other][track] - cost[track][other]
            if total < best:
                best, place = total, at
        order.insert(place, track)
    return [tracks[track] for track in order]


def _settle(
    spans: list[Span],
    track_of: list[int],
    size: int,
    gap: int,
    crossings: list[tuple[int, int]],
) -> None:
    """Move single spans to a free track with fewer crossings (small gutters only)."""
    everyone = range(len(spans))
    cost = [[0] * len(spans) for _ in spans]
    for first, second in crossings:
        cost[first][second] += 1
    for i in everyone:
        lo, hi = spans[i].lo - gap, spans[i].hi + gap
        others = [j for j in everyone if j != i]
        taken = {track_of[j] for j in others if spans[j].lo <= hi and lo <= spans[j].hi}
        costs = {
            track: sum(
                cost[i][j] if track < track_of[j] else cost[j][i]
                for j in others
                if track_of[j] != track
            )
            for track in range(size)
            if track not in taken
        }
        best = min(costs, key=lambda track: (costs[track], track != track_of[i], track))
        if costs[best] < costs[track_of[i]]:
            track_of[i] = best


def assign_tracks(spans: list[Span], gap: int) -> list[int]:
    """Track of each span, counted from 0 on the near side; as few tracks as can be.

    Spans of one track stay more than `gap` apart; the order of the tracks keeps crossings low.
    """
    crossings = _crossings(spans)
    tracks = _in_order(_colour(spans, gap), crossings)
    track_of = [0] * len(spans)
    for number, members in enumerate(tracks):
        for index in members:
            track_of[index] = number
    if len(tracks) > 1 and len(spans) <= _SMALL:
        _settle(spans, track_of, len(tracks), gap, crossings)
    used = {track: number for number, track in enumerate(sorted(set(track_of)))}
    return [used[track] for track in track_of]
