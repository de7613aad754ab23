"""What became of a case at each hand-over, from the events in force alone, in whatever order.

Late is judged by the promise that came with the case's events (of several the latest holds), else
by the hand-over's time limit, counted from its `offered` event, else from the completion of the
hand-over before it in that case. Of several completions the latest counts: an order in two parcels
is there when the second one is. `missing`, `failing` and `ad_hoc` only stand when a sender says
so: absence is unknown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from partnerjourney.events.rules.kinds import EventKind, State
from partnerjourney.events.rules.promises import deadline, local_day

_ENDINGS = frozenset({EventKind.MISSING, EventKind.FAILING, EventKind.AD_HOC})


@dataclass(slots=True)
class Said:
    """One event in force; `limit` is the hand-over's time limit on the day that it came in."""

    handover: Any
    circle: Any
    kind: EventKind
    at: datetime | None
    promised_at: datetime | None
    limit: str | None = None


@dataclass(frozen=True, slots=True)
class Leg:
    """One hand-over of the map: its place, its parties and the circle without any member."""

    handover: Any
    position: int
    giver: Any
    taker: Any
    circle: Any
    to_customer: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one case at one hand-over, in which circle, counted on which day."""

    circle: Any
    state: State
    completed_at: datetime | None
    day: date | None


class Path:
    """The hand-overs of a journey, and which of them come before which."""

    def __init__(self, legs: Iterable[Leg], zone: ZoneInfo) -> None:
        ordered = sorted(legs, key=lambda leg: leg.position)
        self.zone = zone
        self.legs = {leg.handover: leg for leg in ordered}
        self.before = {
            leg.handover: tuple(
                other.handover
                for other in reversed(ordered)
                if other.taker == leg.giver and other.position < leg.position
            )
            for leg in ordered
        }
        self.after: dict[Any, list[Any]] = defaultdict(list)
        for handover, befores in self.before.items():
            for other in befores:
                self.after[other].append(handover)

    def outcomes(self, events: Iterable[Said]) -> dict[Any, Outcome]:
        """Return hand-over → outcome for one case; hand-overs without events are left out."""
        said: dict[Any, list[Said]] = defaultdict(list)
        for event in events:
            said[event.handover].append(event)
        circles = {h: self._circle(h, rows) for h, rows in said.items()}
        used = {
            h: [row for row in rows if row.circle in (circles[h], self._base(h))]
            for h, rows in said.items()
        }
        completed = {h: completion(rows) for h, rows in used.items()}
        return {
            h: self._outcome(circles[h], rows, completed[h], self.previous(h, completed))
            for h, rows in used.items()
        }

    def _base(self, handover: Any) -> Any:
        leg = self.legs.get(handover)
        return leg.circle if leg else None

    def _circle(self, handover: Any, rows: Sequence[Said]) -> Any:
        """Choose whose case it is: the group's member that completed it last, else any member.

        What other members of the group said stays in their circles: it does not count here.
        """
        base = self._base(handover)
        own = [row for row in rows if row.circle != base]
        if not own:
            return base
        done = [row for row in own if row.kind is EventKind.COMPLETED]
        return max(done or own, key=lambda row: (_moment(row), str(row.circle))).circle

    def previous(self, handover: Any, completed: Mapping[Any, datetime | None]) -> datetime | None:
        """Return when the hand-over before this one was completed in the case, if it was."""
        moments = (completed.get(other) for other in self.before.get(handover, ()))
        return next((moment for moment in moments if moment is not None), None)

    def _outcome(
        self, circle: Any, rows: Sequence[Said], done: datetime | None, previous: datetime | None
    ) -> Outcome:
        due = promise(rows, previous, self.zone)
        endings = [row.at for row in rows if row.kind in _ENDINGS and row.at is not None]
        counted = done or max(endings, default=None)
        day = local_day(counted, self.zone) if counted else None
        return Outcome(circle, state(rows, done, due), done, day)


def _moment(row: Said) -> float:
    moment = row.at or row.promised_at
    return moment.timestamp() if moment else 0.0


def completion(rows: Iterable[Said]) -> datetime | None:
    """Return when the last of the completions was, or None."""
    return max((row.at for row in rows if row.kind is EventKind.COMPLETED and row.at), default=None)


def promise(rows: Sequence[Said], previous: datetime | None, zone: ZoneInfo) -> datetime | None:
    """Return until when a hand-over was promised in one case, or None where nothing says so.

    `previous` is when the hand-over before it was completed in that case.
    """
    own = [row.promised_at for row in rows if row.promised_at is not None]
    if own:
        return max(own)
    done = [row for row in rows if row.kind is EventKind.COMPLETED]
    limit = max(done, key=lambda row: (_moment(row), row.limit or "")).limit if done else None
    offers = [row.at for row in rows if row.kind is EventKind.OFFERED and row.at is not None]
    start = max(offers, default=previous)
    return None if limit is None or start is None else deadline(start, limit, zone)


def state(
    rows: Iterable[Said], completed_at: datetime | None, promised_at: datetime | None
) -> State:
    """Return what became of the case: missing, failing, late, ad_hoc, none; else unknown."""
    kinds = {row.kind for row in rows}
    if EventKind.MISSING in kinds:
        return State.MISSING
    if EventKind.FAILING in kinds:
        return State.FAILING
    known = completed_at is not None and promised_at is not None
    if known and completed_at > promised_at:  # type: ignore[operator]
        return State.LATE
    if EventKind.AD_HOC in kinds:
        return State.AD_HOC
    return State.NONE if known else State.UNKNOWN


# --- what is odd ---------------------------------------------------------------------------------

WRONG_ORDER = "wrong_order"
EARLY_DELIVERY = "delivered_before_taken_over"
OLDER_ANSWER = "older_than_event"


def oddity(
    path: Path, event: Said, case: Iterable[Said], stored: Iterable[Said]
) -> tuple[str, str] | None:
    """Return (rule, message) for a completion with stamps in the wrong order, or None.

    `case` holds all events of the case, `stored` those that were there before this event came.
    """
    if event.kind is not EventKind.COMPLETED or event.at is None:
        return None
    previous = path.previous(event.handover, _completions(case))
    if previous is not None and event.at < previous:
        if path.legs[event.handover].to_customer:
            return EARLY_DELIVERY, "delivered before the party that delivers had taken it over"
        return WRONG_ORDER, "earlier than the hand-over before it"
    later = _completions(stored)
    for other in path.after.get(event.handover, ()):
        then = later.get(other)
        if then is not None and then < event.at:
            return WRONG_ORDER, "later than the hand-over after it"
    return None


def _completions(events: Iterable[Said]) -> dict[Any, datetime | None]:
    rows: dict[Any, list[Said]] = defaultdict(list)
    for event in events:
        rows[event.handover].append(event)
    return {handover: completion(said) for handover, said in rows.items()}


def older_than_event(answered_at: datetime, completed_at: datetime | None) -> bool:
    """Say whether an answer is older than the event that it judges."""
    return completed_at is not None and answered_at < completed_at
