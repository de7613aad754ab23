"""Tracks: as few as can be, never two spans on one, and no crossing that a swap would avoid."""

from __future__ import annotations

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from partnerjourney.maps.rules.tracks import Span, assign_tracks


@st.composite
def spans(draw: st.DrawFn, least: int = 0) -> list[Span]:
    """Pieces with two ends that leave to either side."""
    found = []
    for _ in range(draw(st.integers(least, least + 20))):
        a, b = draw(st.integers(0, 60)), draw(st.integers(0, 60))
        sides = draw(st.tuples(st.booleans(), st.booleans()))
        ends = [(a, sides[0]), (b, sides[1])]
        near = tuple(at for at, is_near in ends if is_near)
        far = tuple(at for at, is_near in ends if not is_near)
        found.append(Span(min(a, b), max(a, b), near, far))
    return found


@given(spans=spans(), gap=st.integers(0, 8))
def test_spans_of_one_track_keep_apart_and_no_track_is_wasted(spans: list[Span], gap: int) -> None:
    tracks = assign_tracks(spans, gap)
    assert len(tracks) == len(spans)
    for (one, a), (other, b) in combinations(zip(spans, tracks, strict=True), 2):
        if a == b:
            assert one.hi + gap < other.lo or other.hi + gap < one.lo
    depth = max((sum(s.lo <= at <= s.hi + gap for s in spans) for at in range(-9, 80)), default=0)
    assert max(tracks, default=-1) + 1 <= depth
    assert sorted(set(tracks)) == list(range(len(set(tracks))))


def test_arrows_that_return_nest_and_arrows_that_pass_are_staggered() -> None:
    outer, inner = Span(0, 90, near=(0, 90)), Span(30, 60, near=(30, 60))
    assert assign_tracks([outer, inner], 4) == [1, 0]
    early, late = Span(0, 60, near=(0,), far=(60,)), Span(20, 90, near=(20,), far=(90,))
    assert assign_tracks([early, late], 4) == [1, 0]


def crossings(spans: list[Span], tracks: list[int]) -> int:
    """Lines that leave to one side and meet a piece on a track there."""
    return sum(
        other.lo <= end <= other.hi
        for one, a in zip(spans, tracks, strict=True)
        for other, b in zip(spans, tracks, strict=True)
        for end in (one.near if b < a else one.far if b > a else ())
    )


@given(spans=spans(least=17))
def test_swapping_two_neighbouring_tracks_saves_no_crossing(spans: list[Span]) -> None:
    tracks = assign_tracks(spans, 0)
    best = crossings(spans, tracks)
    for at in range(max(tracks)):
        swapped = [{at: at + 1, at + 1: at}.get(track, track) for track in tracks]
        assert crossings(spans, swapped) >= best
