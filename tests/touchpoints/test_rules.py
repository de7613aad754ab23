"""Whose a touchpoint seems and is, who controls it, and where value clashes between roles."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnerjourney.touchpoints.rules import (
    IMPACTS,
    Control,
    Weighed,
    clashes,
    control_of,
    done_by,
    undecided,
)


@pytest.mark.parametrize(
    ("impacts", "expected"),
    [
        ((2, -1), True),  # time sheets: good for the organisation, bad for who fills them in
        ((1, -2), True),
        ((1, 0), False),
        ((0, -2), False),
        ((2, 1), False),
        ((-1, -2), False),
        ((), False),
        ((None, 1, None, -1), True),
    ],
)
def test_value_clashes_where_good_and_bad_meet(
    impacts: tuple[int | None, ...], expected: bool
) -> None:
    assert clashes(Weighed(n, impact=impact) for n, impact in enumerate(impacts)) is expected


weights = st.lists(
    st.builds(Weighed, st.integers(0, 9), st.booleans(), st.sampled_from([None, *IMPACTS]))
)


@given(weights, st.randoms(use_true_random=False))
def test_the_order_of_roles_and_moments_of_truth_do_not_matter(
    rows: list[Weighed], chance: st.DrawFn
) -> None:
    other = [Weighed(row.role, not row.moment_of_truth, row.impact) for row in rows]
    chance.shuffle(other)  # type: ignore[attr-defined]
    assert clashes(rows) == clashes(other)


@given(weights)
def test_a_role_that_is_neutral_or_silent_changes_nothing(rows: list[Weighed]) -> None:
    for impact in (0, None):
        assert clashes([*rows, Weighed(10, impact=impact)]) == clashes(rows)


@pytest.mark.parametrize(
    ("owner", "initiator", "receiver", "expected"),
    [
        ("courier", "courier", "customer", "courier"),
        ("courier", None, None, "courier"),
        ("customer", "courier", "customer", "courier"),
        ("customer", "customer", "desk", "desk"),
        ("customer", "customer", None, None),
        ("customer", None, None, None),
    ],
)
def test_behind_a_card_in_the_customers_lane_stands_the_other_side(
    owner: str, initiator: str | None, receiver: str | None, expected: str | None
) -> None:
    assert done_by(owner, initiator, receiver, "customer") == expected


@pytest.mark.parametrize(
    ("perceived", "done", "told", "expected"),
    [
        ("brand", "courier", "", True),
        ("brand", "courier", "  \n", True),
        ("brand", "courier", "Our courier comes.", False),
        ("courier", "courier", "", False),
        (None, "courier", "", False),
        ("brand", None, "", False),
    ],
)
def test_a_mistaken_owner_asks_for_a_decision(
    perceived: str | None, done: str | None, told: str, expected: bool
) -> None:
    assert undecided(perceived, done, told) is expected


def test_control_is_what_was_said_else_what_the_lane_tells() -> None:
    assert control_of(None, of_customer=True, of_brand=False) is Control.CUSTOMER
    assert control_of(None, of_customer=False, of_brand=True) is Control.OWN
    assert control_of(None, of_customer=False, of_brand=False) is Control.PARTNER
    for said in Control:
        assert control_of(said, of_customer=True, of_brand=True) is said
