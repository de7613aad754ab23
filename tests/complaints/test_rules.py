"""The life of a complaint, in plain Python."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnerjourney.complaints.rules import (
    Act,
    MoveError,
    State,
    after,
    is_over,
    offered,
    passed_on,
    this_quarter,
    waits_for,
)

ZONE = "Europe/Amsterdam"


def test_it_goes_from_reported_to_closed() -> None:
    state = State.REPORTED
    for act, then in (
        (Act.NOT_HERE, State.REPORTED),
        (Act.PICK_UP, State.PICKED_UP),
        (Act.TELL, State.PICKED_UP),
        (Act.SOLVE, State.SOLVED),
        (Act.NOT_SOLVED, State.REPORTED),
        (Act.SOLVE, State.SOLVED),
        (Act.CLOSE, State.CLOSED),
    ):
        state = after(state, act)
        assert state is then


@given(st.sampled_from(Act))
def test_nothing_follows_once_it_is_closed(act: Act) -> None:
    with pytest.raises(MoveError):
        after(State.CLOSED, act)


def test_only_what_is_solved_is_closed() -> None:
    for state in (State.REPORTED, State.PICKED_UP):
        with pytest.raises(MoveError):
            after(state, Act.CLOSE)


def test_it_waits_for_all_it_was_shared_with_and_then_for_who_picked_it_up() -> None:
    seats = ("desk", "warehouse", "courier")

    def waits(state: State, picker: str | None = None, said: tuple[str, ...] = ()) -> set[str]:
        found = waits_for(state, desk="desk", picker=picker, seats=seats, passed_on=said)
        return set(found)

    assert waits(State.REPORTED) == {"warehouse", "courier"}
    assert waits(State.REPORTED, said=("warehouse",)) == {"courier"}
    assert waits(State.REPORTED, said=("warehouse", "courier")) == {"desk"}
    assert waits(State.PICKED_UP, picker="courier") == {"courier"}
    assert waits(State.SOLVED) == {"desk"}
    assert waits(State.CLOSED) == set()


def test_a_complaint_that_comes_back_asks_all_anew() -> None:
    said = [("warehouse", Act.NOT_HERE), ("courier", Act.PICK_UP), ("courier", Act.NOT_HERE)]
    assert passed_on(said) == {"warehouse", "courier"}
    assert passed_on([*said, ("warehouse", Act.PICK_UP)]) == {"courier"}
    assert passed_on([*said, ("desk", Act.NOT_SOLVED)]) == set()


def test_moments_to_promise_are_later_today_and_the_next_working_day() -> None:
    thursday = datetime(2026, 3, 5, 9, 0, tzinfo=UTC)
    found = [f"{at:%a %d %H.%M}" for at in offered(thursday, ZONE)]
    assert found == ["Thu 05 17.00", "Fri 06 12.00"]
    friday = datetime(2026, 3, 6, 15, 30, tzinfo=UTC)  # 16.30 in Amsterdam
    needed = datetime(2026, 3, 7, 9, 0, tzinfo=UTC)
    assert [f"{at:%a %H.%M}" for at in offered(friday, ZONE, due=needed)] == [
        "Sat 09.00",
        "Mon 12.00",
    ]
    assert needed not in offered(needed, ZONE, due=needed)


def test_a_moment_has_passed_only_after_it() -> None:
    due = datetime(2026, 3, 5, 12, 0, tzinfo=UTC)
    assert not is_over(due, due)
    assert is_over(due, datetime(2026, 3, 5, 12, 15, tzinfo=UTC))
    assert not is_over(None, due)
    assert this_quarter(datetime(2026, 3, 5, 12, 14, 59, tzinfo=UTC)) == due
