"""The overview: who is where, who comes once, of what nothing is heard."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from partnerjourney.checks.rules import (
    Line,
    Seen,
    once,
    party_lines,
    role_lines,
    without,
    without_signal,
)

PHASES = ["order", "deliver", "use"]
CARDS = [
    Seen("orders", "order", "customer", frozenset({"buyer", "boss"}), is_own=False),
    Seen("packs", "deliver", "brand", is_step=True),
    Seen("brings", "deliver", "courier", frozenset({"user"}), is_own=False),
    Seen("welcome", "deliver", "brand", frozenset({"user", "buyer"})),
]


def test_the_grid_counts_the_cards_of_each_party_and_role() -> None:
    assert party_lines(PHASES, ["customer", "brand"], CARDS) == [
        Line("customer", (1, 0, 0)),
        Line("brand", (0, 2, 0)),
    ]
    assert role_lines(PHASES, ["buyer", "user"], CARDS) == [
        Line("buyer", (1, 1, 0)),
        Line("user", (0, 2, 0)),
    ]


def test_a_phase_without_anybody_is_named() -> None:
    assert without(PHASES, party_lines(PHASES, ["customer", "brand", "courier"], CARDS)) == ["use"]
    assert without(PHASES, []) == PHASES


def test_who_comes_in_one_phase_only_comes_once_however_often() -> None:
    lines = role_lines(PHASES, ["buyer", "boss", "user", "nobody"], CARDS)
    assert [line.key for line in once(lines)] == ["boss", "user"]


def test_a_touchpoint_of_others_needs_a_signal() -> None:
    assert [c.key for c in without_signal(CARDS, {"orders"})] == ["brings"]
    assert without_signal(CARDS, {"orders", "brings"}) == []


cards = st.lists(
    st.builds(
        Seen,
        st.integers(),
        st.sampled_from(PHASES),
        st.sampled_from(["a", "b"]),
        st.frozensets(st.sampled_from(["x", "y"])),
        st.booleans(),
        st.booleans(),
    )
)


@given(cards)
def test_every_card_stands_in_the_grid_once(found: list[Seen]) -> None:
    lines = party_lines(PHASES, ["a", "b"], found)
    assert sum(sum(line.cards) for line in lines) == len(found)
    empty = without(PHASES, lines)
    assert all(card.phase not in empty for card in found)


@given(cards, st.sets(st.integers()))
def test_a_signal_more_never_adds_to_what_is_not_heard(found: list[Seen], heard: set[int]) -> None:
    fewer = without_signal(found, heard)
    assert set(map(id, without_signal(found, {*heard, 0}))) <= set(map(id, fewer))
    assert not [card for card in fewer if card.is_own or card.is_step]
