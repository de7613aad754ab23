"""Whatever the journey, its map is readable: nothing covers anything and arrows can be followed."""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import replace
from itertools import combinations, pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnerjourney.core import text_width
from partnerjourney.maps.rules.layout import layout_map
from partnerjourney.maps.rules.placed import Kind, MapLayout, PlacedCard, PlacedEdge, Point
from partnerjourney.maps.rules.source import (
    MapCard,
    MapEdge,
    MapLane,
    MapPhase,
    MapPoint,
    MapSource,
    UnknownKey,
)
from partnerjourney.maps.rules.style import PAPER, SCREEN, Style
from tests.maps.sample_map import SAMPLE

Box = tuple[int, int, int, int]
STYLES = pytest.mark.parametrize("style", [SCREEN, PAPER], ids=["screen", "paper"])
WORDS = st.text("abc klmop", max_size=30)


@st.composite
def sources(draw: st.DrawFn) -> MapSource:
    """Any journey: crowded cells, hubs, loops, parallel, backward and far-reaching arrows."""
    phases = tuple(MapPhase(f"p{i}", f"Fase {i}") for i in range(draw(st.integers(1, 6))))
    lanes = tuple(
        MapLane(f"l{i}", draw(WORDS), provisional=bool(i % 2), subtitle="x", note=draw(WORDS) * i)
        for i in range(draw(st.integers(1, 5)))
    )
    cards = []
    for lane in lanes:
        for phase in phases:
            for position in range(draw(st.sampled_from([0, 0, 1, 1, 2, 3, 8]))):
                key = f"{lane.key}{phase.key}c{position}"
                cards.append(MapCard(key, lane.key, phase.key, "Kaart", position=-position))
    cards = cards or [MapCard("only", lanes[0].key, phases[0].key, "Kaart")]
    some = st.sampled_from([card.key for card in cards])
    hub = draw(some)
    pairs = draw(
        st.lists(st.one_of(st.tuples(some, some), st.tuples(st.just(hub), some)), max_size=24)
    )
    pairs += draw(st.lists(st.sampled_from(pairs), max_size=5)) if pairs else []
    column = {phase.key: index for index, phase in enumerate(phases)}
    far = [
        (a.key, b.key) for a in cards for b in cards if abs(column[a.phase] - column[b.phase]) > 1
    ]
    pairs += draw(st.lists(st.sampled_from(far), max_size=12)) if far else []  # there and back
    edges = tuple(MapEdge(f"e{i}", i, a, b) for i, (a, b) in enumerate(pairs, 1))
    keys = st.lists(st.sampled_from([edge.key for edge in edges] or ["none"]), max_size=4)
    points = tuple(
        MapPoint(
            f"m{i}", draw(some), draw(WORDS), tuple(draw(keys)), "+38", draw(WORDS), ("marge",)
        )
        for i in range(draw(st.integers(0, 6)))
    )
    return MapSource(phases, lanes, tuple(cards), edges, points)


def box(card: PlacedCard) -> Box:
    return card.x, card.y, card.x + card.w, card.y + card.h


def overlap(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def touch(a: Box, b: Box) -> bool:
    return a[0] <= b[2] and b[0] <= a[2] and a[1] <= b[3] and b[1] <= a[3]


def segments(edge: PlacedEdge) -> list[Box]:
    return [
        (min(a[0], b[0]), min(a[1], b[1]), max(a[0], b[0]), max(a[1], b[1]))
        for a, b in pairwise(edge.points)
    ]


def arrow_head(edge: PlacedEdge, style: Style) -> Box:
    (bx, by), (x, y) = edge.points[-2:]
    dx, dy = (x > bx) - (x < bx), (y > by) - (y < by)
    ends = [(x, y)]
    ends += [
        (x - dx * style.arrow + dy * side, y - dy * style.arrow + dx * side)
        for side in (-style.arrow_half, style.arrow_half)
    ]
    xs, ys = zip(*ends, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def number_box(edge: PlacedEdge, style: Style) -> Box:
    r = style.number_r
    return edge.number_x - r, edge.number_y - r, edge.number_x + r, edge.number_y + r


def cards_by_key(layout: MapLayout) -> dict[str, PlacedCard]:
    return {card.card.key: card for card in layout.cards}


@STYLES
@given(source=sources())
def test_no_two_cards_overlap_and_each_stands_in_its_lane_and_phase(
    source: MapSource, style: Style
) -> None:
    layout = layout_map(source, text_width, style)
    columns = {phase.phase.key: phase for phase in layout.phases}
    lanes = {lane.lane.key: lane for lane in layout.lanes}
    for card in layout.cards:
        lane = lanes[card.card.lane]
        assert card.x == columns[card.card.phase].x
        assert lane.y < card.y
        assert card.y + card.h < lane.y + lane.h
    for one, other in combinations(layout.cards, 2):
        assert not touch(box(one), box(other))
    assert [card.card for card in layout.cards] == list(source.cards)


@STYLES
@given(source=sources())
def test_an_arrow_touches_no_card_but_its_own(source: MapSource, style: Style) -> None:
    layout = layout_map(source, text_width, style)
    cards = cards_by_key(layout)
    for edge in layout.edges:
        start, end = cards[edge.edge.from_card], cards[edge.edge.to_card]
        parts = segments(edge)
        for card in layout.cards:
            touched = [index for index, part in enumerate(parts) if touch(part, box(card))]
            # The tip stays 2 px short of the card, so only the first segment may touch, at its end.
            assert touched == ([0] if card is start else [])
        (x, y), (tip_x, tip_y) = edge.points[0], edge.points[-1]
        if edge.kind in {Kind.DOWN, Kind.UP}:
            assert x == tip_x == start.x + style.straight_x
            assert y in {start.y, start.y + start.h}
            assert tip_y in {end.y - style.tip_gap, end.y + end.h + style.tip_gap}
        else:
            assert x == start.x + start.w
            assert start.y < y < start.y + start.h
            assert tip_x in {end.x - style.tip_gap, end.x + end.w + style.tip_gap}
            assert end.y < tip_y < end.y + end.h


@STYLES
@given(source=sources())
def test_two_arrows_never_share_a_line(source: MapSource, style: Style) -> None:
    layout = layout_map(source, text_width, style)
    upright, flat = defaultdict(list), defaultdict(list)
    for edge in layout.edges:
        for a, b in pairwise(edge.points):
            assert (a[0] == b[0]) != (a[1] == b[1])
            if a[0] == b[0]:
                upright[a[0]].append((min(a[1], b[1]), max(a[1], b[1])))
            else:
                flat[a[1]].append((min(a[0], b[0]), max(a[0], b[0])))
    for lines in (*upright.values(), *flat.values()):
        for (_, end), (start, _) in pairwise(sorted(lines)):
            assert end < start


@STYLES
@given(source=sources())
def test_numbers_cover_no_other_number_no_card_and_no_head_and_stand_on_their_arrow(
    source: MapSource, style: Style
) -> None:
    layout = layout_map(source, text_width, style)
    for one, other in combinations(layout.edges, 2):
        apart = (one.number_x - other.number_x) ** 2 + (one.number_y - other.number_y) ** 2
        assert apart >= (2 * style.number_r) ** 2
    heads = [arrow_head(edge, style) for edge in layout.edges]
    for edge in layout.edges:
        for card in layout.cards:
            assert not overlap(number_box(edge, style), box(card))
        assert not any(overlap(number_box(edge, style), head) for head in heads)
        middle = (edge.number_x, edge.number_y, edge.number_x, edge.number_y)
        assert any(touch(part, middle) for part in segments(edge))


@STYLES
@given(source=sources())
def test_pills_cover_no_head_of_an_arrow_and_no_other_pill(source: MapSource, style: Style) -> None:
    layout = layout_map(source, text_width, style)
    columns = {phase.phase.key: phase for phase in layout.phases}
    cards = cards_by_key(layout)
    boxes = []
    for pill in layout.pills:
        left = min(pill.label_x, pill.x)
        right = max(pill.label_x + pill.label_w, pill.x + pill.w)
        boxes.append((left, min(pill.y, pill.label_y), right, pill.y + pill.h))
        assert pill.label_x >= columns[cards[pill.point.card].card.phase].x
        assert pill.y + pill.h < layout.head_h
    for one, other in combinations(boxes, 2):
        assert not touch(one, other)
    for edge in layout.edges:
        head = arrow_head(edge, style)
        assert not any(overlap(head, pill) for pill in boxes)


@STYLES
@given(source=sources())
def test_a_bracket_spans_its_asking_column_and_overlapping_ones_have_levels(
    source: MapSource, style: Style
) -> None:
    layout = layout_map(source, text_width, style)
    cards = cards_by_key(layout)
    for bracket in layout.brackets:
        asking = cards[bracket.point.card]
        assert bracket.x1 <= asking.x < asking.x + asking.w <= bracket.x2
        assert bracket.x1 < bracket.stem_x < bracket.x2
        assert bracket.stem_y < bracket.y < bracket.y + bracket.foot < layout.head_h
    for one, other in combinations(layout.brackets, 2):
        if one.x1 <= other.x2 and other.x1 <= one.x2:
            assert abs(one.y - other.y) >= style.level
            wider, narrower = sorted((one, other), key=lambda b: b.x1 - b.x2)
            if wider.x2 - wider.x1 > narrower.x2 - narrower.x1:
                assert wider.y > narrower.y
    for bracket in layout.brackets:
        stem = (bracket.stem_x, bracket.stem_y, bracket.stem_x, bracket.y)
        for pill in layout.pills:
            if pill.point is not bracket.point:
                left = min(pill.label_x, pill.x)
                assert not overlap(
                    (stem[0] - 1, stem[1], stem[2] + 1, stem[3]),
                    (left, pill.label_y, pill.x + pill.w, pill.y + pill.h),
                )


@STYLES
@given(source=sources())
def test_everything_is_inside_and_on_the_lattice(source: MapSource, style: Style) -> None:
    layout = layout_map(source, text_width, style)
    boxes = [box(card) for card in layout.cards]
    boxes += [(pill.x, pill.y, pill.x + pill.w, pill.y + pill.h) for pill in layout.pills]
    boxes += [number_box(edge, style) for edge in layout.edges]
    boxes += [(lane.x, 0, lane.x + lane.w, layout.height) for lane in layout.phases]
    boxes += [(0, lane.y, layout.width, lane.y + lane.h) for lane in layout.lanes]
    points: list[Point] = [point for edge in layout.edges for point in edge.points]
    points += [(bracket.x2, bracket.y) for bracket in layout.brackets]
    for left, top, right, bottom in [*boxes, *((x, y, x, y) for x, y in points)]:
        assert 0 <= left <= right <= layout.width
        assert 0 <= top <= bottom <= layout.height
    fours = [layout.width, layout.height, layout.head_h]
    for card in layout.cards:
        fours += [card.x, card.y, card.w, card.h]
    for pill in layout.pills:
        fours += [pill.x, pill.y, pill.w, pill.h]
    for lane in layout.lanes:
        fours += [lane.y, lane.h]
    for edge in layout.edges:
        fours += [edge.number_x, edge.number_y]
        fours += [value for point in edge.points[:-1] for value in point]
    assert [value for value in fours if value % 4] == []
    twos = [value for edge in layout.edges for value in edge.points[-1]]
    twos += [value for b in layout.brackets for value in (b.x1, b.x2, b.y, b.stem_x, b.stem_y)]
    assert [value for value in twos if value % 2] == []


@STYLES
@given(source=sources())
def test_the_same_journey_gives_the_same_map(source: MapSource, style: Style) -> None:
    assert layout_map(source, text_width, style) == layout_map(source, text_width, style)


def large(seed: int, *, cards: int = 300, edges: int = 150) -> MapSource:
    """A journey as large as any: twelve phases, eight parties, arrows everywhere and back."""
    chosen = random.Random(seed)
    phases = tuple(MapPhase(f"p{i}", f"Fase {i}") for i in range(12))
    lanes = tuple(MapLane(f"l{i}", f"Partij {i}", provisional=i % 3 == 2) for i in range(8))
    drawn = tuple(
        MapCard(f"c{i}", f"l{chosen.randrange(8)}", f"p{chosen.randrange(12)}", "Kaart", position=i)
        for i in range(cards)
    )
    ends = [(chosen.randrange(cards), chosen.randrange(cards)) for _ in range(edges)]
    arrows = tuple(MapEdge(f"e{i}", i, f"c{a}", f"c{b}") for i, (a, b) in enumerate(ends, 1))
    points = tuple(
        MapPoint(f"m{i}", f"c{chosen.randrange(cards)}", "Levering", (f"e{i + 1}",), "+38", "· 150")
        for i in range(12)
    )
    return MapSource(phases, lanes, drawn, arrows, points)


@pytest.mark.parametrize(
    "rule",
    [
        test_no_two_cards_overlap_and_each_stands_in_its_lane_and_phase,
        test_an_arrow_touches_no_card_but_its_own,
        test_two_arrows_never_share_a_line,
        test_numbers_cover_no_other_number_no_card_and_no_head_and_stand_on_their_arrow,
        test_pills_cover_no_head_of_an_arrow_and_no_other_pill,
    ],
    ids=["cards", "arrows", "lines", "numbers", "pills"],
)
def test_a_journey_of_300_cards_and_150_hand_overs_keeps_the_rules(rule: Any) -> None:
    rule.hypothesis.inner_test(source=large(1), style=SCREEN)


@STYLES
def test_lanes_and_gutters_grow_with_what_runs_through_them(style: Style) -> None:
    source = large(2, edges=0)
    far = [(a, b) for a in source.cards for b in source.cards if (a.phase, b.phase) == ("p9", "p2")]
    sizes = []
    for number in (0, 6, 24):
        edges = tuple(MapEdge(f"e{i}", i, a.key, b.key) for i, (a, b) in enumerate(far[:number], 1))
        grown = layout_map(replace(source, edges=edges, points=()), text_width, style)
        sizes.append((grown.width, sum(lane.h for lane in grown.lanes)))
    assert sizes == sorted(set(sizes))
    assert sizes[0][0] < sizes[2][0]
    assert sizes[0][1] < sizes[2][1]


def test_the_sample_stands_as_it_was_designed() -> None:
    layout = layout_map(SAMPLE, text_width)
    edges = {edge.edge.number: edge for edge in layout.edges}
    cards = cards_by_key(layout)
    kinds = {number: edge.kind for number, edge in edges.items()}
    assert [number for number, kind in kinds.items() if kind is Kind.DOWN] == [1, 4, 9, 10, 11]
    assert {kinds[n] for n in (2, 3, 5, 6, 7, 8, 12)} == {Kind.GUTTER}
    assert all((card.w, card.h) == (120, 68) for card in layout.cards)
    assert cards["sms"].arrow_on_top
    assert not cards["neemt"].arrow_on_top
    gutters = [phase.room - phase.w for phase in layout.phases]
    assert gutters[:5] == [44, 16, 32, 32, 32]
    by_point = {bracket.point.key: bracket for bracket in layout.brackets}
    assert by_point["levering"].y - by_point["afspraak"].y == 6
    assert by_point["levering"].x1 == edges[2].points[1][0]
    assert layout.width <= 1028


def test_no_arrows_cross_where_they_need_not() -> None:
    layout = layout_map(SAMPLE, text_width)
    crossings = [
        (one.edge.number, other.edge.number)
        for one, other in combinations(layout.edges, 2)
        for a in segments(one)
        for b in segments(other)
        if touch(a, b)
    ]
    assert crossings == []


def test_a_number_keeps_clear_of_a_line_that_crosses_its_arrow_midway() -> None:
    phases = tuple(MapPhase(key, key) for key in "abcd")
    cards = (
        *(MapCard(f"{lane}{i}", lane, "b", "x", position=i) for lane in "lm" for i in range(2)),
        MapCard("start", "l", "a", "x"),
        MapCard("end", "m", "d", "x"),
    )
    edges = (MapEdge("around", 1, "l0", "m1"), MapEdge("across", 2, "start", "end"))
    source = MapSource(phases, (MapLane("l", "L"), MapLane("m", "M")), cards, edges)
    around, across = layout_map(source, text_width).edges
    (top, bottom), channel = sorted(y for _, y in around.points[1:3]), across.points[2][1]
    assert abs((top + bottom) / 2 - channel) < SCREEN.number_r
    assert not any(overlap(number_box(around, SCREEN), part) for part in segments(across))


@pytest.mark.parametrize(
    "pairs",
    [
        [("a0", "b0"), ("a0", "b0"), ("a1", "b1"), ("a1", "a1")],
        [("a0", "b0")],
        [("a1", "a1")],
        [("a0", "a1"), ("a0", "a1"), ("a1", "a0")],
    ],
    ids=["crowd", "level", "itself", "to and fro"],
)
@STYLES
def test_a_number_covers_no_head_of_an_arrow_even_on_a_short_way(
    pairs: list[tuple[str, str]], style: Style
) -> None:
    cards = tuple(
        MapCard(f"{phase}{i}", "l", phase, "x", position=i) for phase in "ab" for i in range(2)
    )
    edges = tuple(MapEdge(f"e{i}", i, one, other) for i, (one, other) in enumerate(pairs, 1))
    source = MapSource((MapPhase("a", "A"), MapPhase("b", "B")), (MapLane("l", "L"),), cards, edges)
    layout = layout_map(source, text_width, style)
    heads = [arrow_head(edge, style) for edge in layout.edges]
    for edge in layout.edges:
        assert not any(overlap(number_box(edge, style), head) for head in heads)


def test_two_points_of_one_column_stand_below_each_other_with_free_stems() -> None:
    points = tuple(MapPoint(f"m{i}", "neemt", "Levering", (), "+38", "· 150") for i in range(3))
    layout = layout_map(replace(SAMPLE, points=points), text_width)
    assert len({pill.y for pill in layout.pills}) == 3
    assert [pill.x - layout.pills[0].x for pill in layout.pills] == [0, 16, 32]
    assert len({bracket.stem_x for bracket in layout.brackets}) == 3
    one = layout_map(replace(SAMPLE, points=points[:1]), text_width)
    assert layout.head_h - one.head_h == 2 * 48 + 2 * SCREEN.level


def test_a_covered_handover_that_the_reader_does_not_see_is_skipped() -> None:
    point = replace(SAMPLE.points[2], covers=("h4", "hidden"))
    layout = layout_map(replace(SAMPLE, points=(point,)), text_width)
    assert layout.pills[0].chips == ("4",)


def test_a_hub_of_many_arrows_grows_and_keeps_every_arrow_apart() -> None:
    cards = (
        MapCard("hub", "l", "a", "x"),
        *(MapCard(f"c{i}", "l", "b", "x", position=i) for i in range(12)),
    )
    edges = tuple(MapEdge(f"e{i}", i + 1, "hub", f"c{i}") for i in range(12))
    source = MapSource((MapPhase("a", "A"), MapPhase("b", "B")), (MapLane("l", "L"),), cards, edges)
    layout = layout_map(source, text_width)
    assert layout.cards[0].h > SCREEN.card_h
    assert len({edge.points[0] for edge in layout.edges}) == 12


@pytest.mark.parametrize(
    "broken",
    [
        replace(SAMPLE, edges=(MapEdge("e", 1, "kiest", "nowhere"),)),
        replace(SAMPLE, cards=(*SAMPLE.cards, MapCard("new", "nobody", "hulp", "x"))),
        replace(SAMPLE, cards=(*SAMPLE.cards, MapCard("new", "klant", "never", "x"))),
        replace(SAMPLE, points=(MapPoint("m", "nowhere", "x"),)),
    ],
    ids=["arrow", "lane", "phase", "point"],
)
def test_a_key_that_the_map_does_not_have_is_refused(broken: MapSource) -> None:
    with pytest.raises(UnknownKey):
        layout_map(broken, text_width)


def test_a_map_without_cards_is_still_a_map() -> None:
    bare = replace(SAMPLE, cards=(), edges=(), points=())
    assert layout_map(replace(bare, phases=()), text_width).lanes, "before its first phase too"
    layout = layout_map(bare, text_width)
    assert layout.cards == ()
    assert layout.height > layout.head_h > 0
