"""The life of a complaint: reported → picked up → solved → closed; nobody is ever to blame.

"Not with us" passes it on and is no accusation; there is no field for a fault.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import TypeVar
from zoneinfo import ZoneInfo

Seat = TypeVar("Seat", bound=Hashable)


class Happened(StrEnum):
    """What happened, as the customer tells it."""

    LATE = "late"
    WRONG_ITEM = "wrong_item"
    DAMAGED = "damaged"
    INCOMPLETE = "incomplete"
    CONTRADICTORY = "contradictory"


class State(StrEnum):
    """Where a complaint stands."""

    REPORTED = "reported"
    PICKED_UP = "picked_up"
    SOLVED = "solved"
    CLOSED = "closed"


class Act(StrEnum):
    """What a party did or said; each is a line of the complaint's history."""

    REPORT = "report"
    PICK_UP = "pick_up"
    NOT_HERE = "not_here"
    SOLVE = "solve"
    NOT_SOLVED = "not_solved"
    TELL = "tell"
    VOICE = "voice"
    LINK = "link"
    CLOSE = "close"


ANSWERS = (Act.PICK_UP, Act.NOT_HERE, Act.SOLVE)
"""What a party that a complaint reaches may answer."""

_MOVES: dict[tuple[State, Act], State] = {
    (State.REPORTED, Act.PICK_UP): State.PICKED_UP,
    (State.REPORTED, Act.NOT_HERE): State.REPORTED,
    (State.REPORTED, Act.SOLVE): State.SOLVED,
    (State.PICKED_UP, Act.PICK_UP): State.PICKED_UP,
    (State.PICKED_UP, Act.NOT_HERE): State.REPORTED,
    (State.PICKED_UP, Act.SOLVE): State.SOLVED,
    (State.SOLVED, Act.NOT_SOLVED): State.REPORTED,
    (State.SOLVED, Act.CLOSE): State.CLOSED,
}
_BESIDE = frozenset({Act.TELL, Act.VOICE, Act.LINK})
"""What is done beside the answers, while it is open."""


@dataclass(frozen=True, slots=True)
class Reported:
    """What a desk enters: what happened, what the customer needs and before when; no name."""

    reference: str
    happened: Happened
    title: str
    needs: str
    due_at: datetime
    details: str = ""
    happened_on: date | None = None


class MoveError(ValueError):
    """This step does not exist from where the complaint stands."""


def after(state: State, act: Act) -> State:
    """Return where a complaint stands after an act; raises MoveError."""
    if act in _BESIDE and state is not State.CLOSED:
        return state
    moved = _MOVES.get((state, act))
    if moved is None:
        raise MoveError(f"{act} does not follow {state}")
    return moved


def waits_for(
    state: State,
    *,
    desk: Seat,
    picker: Seat | None,
    seats: Iterable[Seat],
    passed_on: Collection[Seat],
) -> frozenset[Seat]:
    """Return for whom a complaint waits; when all have passed it on, for the desk again.

    `seats` are those that somebody fills, `passed_on` those that said it is not with them.
    """
    if state is State.PICKED_UP and picker is not None:
        return frozenset({picker})
    if state is State.CLOSED:
        return frozenset()
    asked = frozenset(seats) - frozenset(passed_on) - {desk}
    return asked if state is State.REPORTED and asked else frozenset({desk})


def passed_on(history: Iterable[tuple[Seat, Act]]) -> frozenset[Seat]:
    """Return who said last that it is not with them; a complaint that comes back asks all anew."""
    said: set[Seat] = set()
    for seat, act in history:
        if act is Act.NOT_SOLVED:
            said.clear()
        elif act is Act.NOT_HERE:
            said.add(seat)
        elif act in ANSWERS:
            said.discard(seat)
    return frozenset(said)


def _weekday(day: date) -> bool:
    return day.weekday() < 5


def offered(
    now: datetime,
    zone: str,
    *,
    due: datetime | None = None,
    works: Callable[[date], bool] = _weekday,
) -> list[datetime]:
    """Return moments by which somebody may promise to act: later today, the next working day.

    `works` says whether who promises works on a day. `due` is when the customer needs it; it is
    offered too while it lies ahead. In order of time.
    """
    here = now.astimezone(ZoneInfo(zone))
    found: list[datetime] = []
    if works(here.date()) and here.hour < 16:
        found.append(_at(here.date(), 17, zone))
    next_day = here.date() + timedelta(days=1)
    while not works(next_day):
        next_day += timedelta(days=1)
    found.append(_at(next_day, 12, zone))
    if due is not None and due > now and due not in found:
        found.append(due)
    return sorted(found)


def _at(day: date, hour: int, zone: str) -> datetime:
    return datetime.combine(day, time(hour), ZoneInfo(zone))


def is_over(due: datetime | None, now: datetime) -> bool:
    """Say whether a moment that was asked or promised has passed."""
    return due is not None and due < now


def this_quarter(now: datetime) -> datetime:
    """Return the quarter of an hour that began last: pages that are kept know no finer time."""
    return now.replace(minute=now.minute // 15 * 15, second=0, microsecond=0)
