"""Interval colouring: which track each span takes so that spans of one track never meet."""

from __future__ import annotations

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


def _crossings(first: Span, second: Span) -> int:
    """How many times two spans cross when the first has the nearer track."""
    count = 0
    for end in second.near:
        if first.lo <= end <= first.hi:
            count += 1
    for end in first.far:
        if second.lo <= end <= second.hi:
            count += 1
    return count


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


def _costs(spans: list[Span], tracks: list[list[int]]) -> list[list[int]]:
    """Crossings of every pair of tracks, the first on the near side of the second."""
    return [
        [
            sum(_crossings(spans[i], spans[j]) for i in first for j in second)
            if first is not second
            else 0
            for second in tracks
        ]
        for first in tracks
    ]


def _in_order(spans: list[Span], tracks: list[list[int]]) -> list[list[int]]:
    """The same tracks, each inserted where it crosses least: swapping neighbours saves nothing."""
    cost = _costs(spans, tracks)
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


def _settle(spans: list[Span], track_of: list[int], size: int, gap: int) -> None:
    """Move single spans to a free track with fewer crossings (small gutters only)."""
    everyone = range(len(spans))
    for i in everyone:
        span = spans[i]
        taken = {
            track_of[j]
            for j in everyone
            if j != i and spans[j].lo <= span.hi + gap and span.lo <= spans[j].hi + gap
        }
        costs = {}
        for track in range(size):
            if track not in taken:
                costs[track] = sum(
                    _crossings(span, spans[j])
                    if track < track_of[j]
                    else _crossings(spans[j], span)
                    for j in everyone
                    if j != i and track_of[j] != track
                )
        best = min(costs, key=lambda track: (costs[track], track != track_of[i], track))
        if costs[best] < costs[track_of[i]]:
            track_of[i] = best


def assign_tracks(spans: list[Span], gap: int) -> list[int]:
    """Track of each span, counted from 0 on the near side; as few tracks as can be.

    Spans of one track stay more than `gap` apart; the order of the tracks keeps crossings low.
    """
    tracks = _in_order(spans, _colour(spans, gap))
    track_of = [0] * len(spans)
    for number, members in enumerate(tracks):
        for index in members:
            track_of[index] = number
    if len(tracks) > 1 and len(spans) <= _SMALL:
        _settle(spans, track_of, len(tracks), gap)
    used = {track: number for number, track in enumerate(sorted(set(track_of)))}
    return [used[track] for track in track_of]
