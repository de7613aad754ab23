"""Between which cards a hand-over is drawn."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from partnerjourney.maps.rules.ends import Passing, Stop, drawn_between, passages

PATH = [Stop(n, party) for n, party in enumerate("AABAC BBCA".replace(" ", ""))]


def test_without_cards_it_runs_from_the_last_card_before_to_the_first_after() -> None:
    assert drawn_between(PATH, [Passing("x", "A", "B")]) == {"x": (1, 2)}


def test_the_second_one_takes_the_second_place() -> None:
    found = drawn_between(PATH, [Passing("x", "A", "B"), Passing("y", "A", "B")])
    assert found == {"x": (1, 2), "y": (3, 5)}


def test_more_than_there_are_places_share_the_last() -> None:
    found = drawn_between(PATH, [Passing(n, "C", "B") for n in range(3)])
    assert set(found.values()) == {(4, 5)}


def test_one_named_card_finds_the_nearest_of_the_other_party() -> None:
    assert drawn_between(PATH, [Passing("x", "A", "B", from_card=3)]) == {"x": (3, 5)}
    assert drawn_between(PATH, [Passing("x", "A", "B", to_card=6)]) == {"x": (3, 6)}
    assert drawn_between(PATH, [Passing("x", "A", "B", 0, 6)]) == {"x": (0, 6)}


def test_backwards_when_the_path_never_passes_that_way() -> None:
    path = [Stop(1, "A"), Stop(2, "B")]
    assert drawn_between(path, [Passing("x", "B", "A")]) == {"x": (2, 1)}
    assert drawn_between(path, [Passing("x", "B", "A", from_card=2)]) == {"x": (2, 1)}


def test_a_card_that_is_gone_is_no_card() -> None:
    assert drawn_between(PATH, [Passing("x", "A", "B", from_card=99)]) == {"x": (1, 2)}


def test_a_party_without_cards_has_no_place() -> None:
    assert drawn_between(PATH, [Passing("x", "A", "Z"), Passing("y", "Z", "A", to_card=0)]) == {}


@given(
    st.lists(st.sampled_from("ABC"), max_size=12),
    st.lists(st.permutations("ABC").map(lambda p: (p[0], p[1])), max_size=6),
)
def test_every_end_lies_in_the_lane_of_its_party(
    lanes: list[str], sides: list[tuple[str, str]]
) -> None:
    path = [Stop(n, lane) for n, lane in enumerate(lanes)]
    found = drawn_between(path, [Passing(n, *pair) for n, pair in enumerate(sides)])
    for n, (giver, taker) in enumerate(sides):
        drawable = giver in lanes and taker in lanes
        assert (n in found) == drawable
        if drawable:
            start, end = found[n]
            assert lanes[start] == giver
            assert lanes[end] == taker
            assert start < end or not passages(path, giver, taker)  # type: ignore[operator]
