"""How two snapshots differ: what was added, changed, moved and taken off, thing by thing."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from partnerjourney.versions.rules.snapshots import Snapshot


class Thing(StrEnum):
    """What can differ, in the order in which it is told."""

    JOURNEY = "journey"
    PARTY = "party"
    ROLE = "role"
    PHASE = "phase"
    CARD = "card"
    HANDOVER = "handover"


class Mark(StrEnum):
    """What became of a thing; one that is both changed and moved has both marks."""

    ADDED = "added"
    CHANGED = "changed"
    MOVED = "moved"
    RETIRED = "retired"


FIELDS: Mapping[Thing, tuple[str, ...]] = {
    Thing.JOURNEY: ("name", "kind", "form_of_address"),
    Thing.PARTY: ("name", "subtitle", "kind", "orchestrator"),
    Thing.ROLE: ("kind", "name", "department"),
    Thing.PHASE: ("name", "is_use"),
    Thing.CARD: (
        "name",
        "channel",
        "initiator",
        "receiver",
        "intended_experience",
        "moment_of_truth",
        "perceived",
        "perceived_told",
        "control",
        "roles",
    ),
    Thing.HANDOVER: ("from_card", "to_card", "label", "told"),
}
"""What a thing says beside where it stands."""

PLACES: Mapping[Thing, tuple[str, ...]] = {Thing.CARD: ("phase", "party")}
"""Where a thing stands beside its order."""

_LISTS = {
    Thing.PARTY: "parties",
    Thing.ROLE: "roles",
    Thing.PHASE: "phases",
    Thing.CARD: "cards",
    Thing.HANDOVER: "handovers",
}


@dataclass(frozen=True)
class Change:
    """One thing that differs: as it stood before and as it stands after; None where it was not.

    `fields` are those that say something else, of a moved card also `phase` and `party`.
    """

    thing: Thing
    id: str
    marks: tuple[Mark, ...]
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None
    fields: tuple[str, ...] = ()

    @property
    def standing(self) -> Mapping[str, Any]:
        """The thing as it stands after, or as it stood last."""
        found = self.after if self.after is not None else self.before
        assert found is not None
        return found


def difference(before: Snapshot, after: Snapshot) -> tuple[Change, ...]:
    """Return what differs, by kind of thing, each in the order of the map; what is gone last."""
    return (
        *_journey(before, after),
        *(change for thing in _LISTS for change in _things(thing, before, after)),
    )


def whole(snapshot: Snapshot) -> tuple[Change, ...]:
    """Return all that a first version says, as if it were added to nothing."""
    nothing = {**snapshot, **{name: [] for name in _LISTS.values()}}
    return difference(nothing, snapshot)


def _journey(before: Snapshot, after: Snapshot) -> Iterator[Change]:
    old, new = before["journey"], after["journey"]
    fields = tuple(name for name in FIELDS[Thing.JOURNEY] if old[name] != new[name])
    if fields:
        yield Change(Thing.JOURNEY, "", (Mark.CHANGED,), old, new, fields)


def _things(thing: Thing, before: Snapshot, after: Snapshot) -> Iterator[Change]:
    old = {one["id"]: one for one in before[_LISTS[thing]]}
    new = {one["id"]: one for one in after[_LISTS[thing]]}
    elsewhere = _out_of_order(thing, old, new)
    for key, one in new.items():
        was = old.get(key)
        if was is None:
            yield Change(thing, key, (Mark.ADDED,), None, one)
            continue
        said = tuple(name for name in FIELDS[thing] if was[name] != one[name])
        place = tuple(name for name in PLACES.get(thing, ()) if was[name] != one[name])
        marks = [Mark.CHANGED] if said else []
        marks += [Mark.MOVED] if place or key in elsewhere else []
        if marks:
            yield Change(thing, key, tuple(marks), was, one, (*place, *said))
    for key, was in old.items():
        if key not in new:
            yield Change(thing, key, (Mark.RETIRED,), was, None)


def _out_of_order(
    thing: Thing, old: Mapping[str, Mapping[str, Any]], new: Mapping[str, Mapping[str, Any]]
) -> set[str]:
    """Return what was put elsewhere among what stands beside it: as few things as explain it."""
    if thing is Thing.PHASE:
        return _moved([key for key in old if key in new], [key for key in new if key in old])
    if thing is not Thing.CARD:
        return set()
    rows: dict[str, tuple[list[str], list[str]]] = {}
    for number, cards in enumerate((old, new)):
        for key, card in cards.items():
            if key in old and key in new and old[key]["phase"] == new[key]["phase"]:
                rows.setdefault(card["phase"], ([], []))[number].append(key)
    return {key for row in rows.values() for key in _moved(*row)}


def _moved(before: Sequence[str], after: Sequence[str]) -> set[str]:
    """Return what must be put elsewhere to make one order of the other: the fewest."""
    if list(before) == list(after):
        return set()
    place = {key: index for index, key in enumerate(after)}
    row = [place[key] for key in before]
    tails: list[int] = []
    length: list[int] = []
    for value in row:
        at = bisect_left(tails, value)
        tails[at : at + 1] = [value]
        length.append(at)
    stays: set[str] = set()
    wanted = len(tails) - 1
    for index in range(len(row) - 1, -1, -1):
        if length[index] == wanted:
            stays.add(before[index])
            wanted -= 1
    return set(before) - stays
