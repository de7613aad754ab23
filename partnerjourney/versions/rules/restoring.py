"""Bringing an earlier version back into the working copy: what is done, proposed, or cannot be.

Nobody overwrites another party. What is the coordinator's own is done; what another party owns is
proposed to it where a proposal can say it; the rest is listed with the reason.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum

from partnerjourney.versions.rules.difference import Change, Mark, Thing, difference
from partnerjourney.versions.rules.snapshots import Snapshot

PROPOSABLE = ("name", "channel", "intended_experience", "moment_of_truth")
"""What of another party's card can be proposed."""


class Way(StrEnum):
    """What happens to a difference."""

    DO = "do"
    PROPOSE = "propose"
    CANNOT = "cannot"


class Why(StrEnum):
    """Why something cannot be brought back."""

    OWNED = "owned"
    NOBODY = "nobody"
    AGREED = "agreed"
    ELSEWHERE = "elsewhere"
    STANDING = "standing"
    FIELD = "field"


@dataclass(frozen=True)
class Step:
    """What is done with a change; `fields` are those that it is about, none for all of it."""

    way: Way
    change: Change
    fields: tuple[str, ...] = ()
    why: Why | None = None


def plan(
    now: Snapshot, wanted: Snapshot, *, own: Collection[str], stands: Collection[str]
) -> tuple[Step, ...]:
    """Return the steps that bring `now` back to `wanted`, in the order of the difference.

    `own` are the parties whose cards the coordinator draws, `stands` those behind which an
    organisation of their own stands: they are asked, and nothing they agreed to goes by itself.
    """
    groups = {party["id"] for party in now["parties"] if party["kind"] == "group"}
    changes = difference(now, wanted)
    found = [step for change in changes for step in _steps(change, own, stands, groups)]
    kept = _kept(now, found)
    return tuple(
        Step(Way.CANNOT, step.change, step.fields, Why.STANDING)
        if step.change.id in kept and Mark.RETIRED in step.change.marks
        else step
        for step in found
    )


def _kept(now: Snapshot, steps: Collection[Step]) -> set[str]:
    """Return the phases of `now` in which a card stays behind: such a phase does not go."""
    leaves = {
        step.change.id
        for step in steps
        if step.change.thing is Thing.CARD
        and step.way is Way.DO
        and (Mark.RETIRED in step.change.marks or "phase" in step.change.fields)
    }
    return {card["phase"] for card in now["cards"] if card["id"] not in leaves}


def _steps(
    change: Change, own: Collection[str], stands: Collection[str], groups: Collection[str]
) -> Iterator[Step]:
    if change.thing is Thing.CARD:
        yield from _card(change, own, stands)
    elif change.thing is Thing.HANDOVER:
        yield from _handover(change, own, stands, groups)
    elif change.thing is Thing.PHASE:
        yield Step(Way.DO, change, change.fields)
    elif change.thing is Thing.JOURNEY:
        yield from _journey(change)
    else:
        yield Step(Way.CANNOT, change, change.fields, Why.ELSEWHERE)


def _journey(change: Change) -> Iterator[Step]:
    """The kind of a journey is said on its own page, with what follows from it."""
    if does := tuple(name for name in change.fields if name != "kind"):
        yield Step(Way.DO, change, does)
    if "kind" in change.fields:
        yield Step(Way.CANNOT, change, ("kind",), Why.FIELD)


def _card(change: Change, own: Collection[str], stands: Collection[str]) -> Iterator[Step]:
    lanes = {one["party"] for one in (change.before, change.after) if one is not None}
    if lanes <= set(own):
        yield Step(Way.DO, change, change.fields)
        return
    said = tuple(name for name in change.fields if name in PROPOSABLE)
    owner = change.before["party"] if change.before is not None else None
    may_ask = Mark.CHANGED in change.marks and owner in stands
    if said and may_ask:
        yield Step(Way.PROPOSE, change, said)
    rest = tuple(name for name in change.fields if not may_ask or name not in said)
    if rest or Mark.CHANGED not in change.marks or Mark.MOVED in change.marks:
        why = Why.OWNED if lanes & set(stands) else Why.NOBODY
        yield Step(Way.CANNOT, change, rest, why)


def _handover(
    change: Change, own: Collection[str], stands: Collection[str], groups: Collection[str]
) -> Iterator[Step]:
    ends = {change.standing["from"], change.standing["to"]}
    others = (ends - set(own)) & set(stands)
    if Mark.RETIRED in change.marks and others:
        yield Step(Way.CANNOT, change, (), Why.AGREED)
        return
    if Mark.CHANGED not in change.marks:
        yield Step(Way.DO, change)
        return
    if "told" in change.fields:
        asked = others - set(groups)  # no member of a group decides that for the others
        yield Step(Way.PROPOSE if asked else Way.DO, change, ("told",))
    shape = [name for name in ("from_card", "to_card", "label") if name in change.fields]
    whose = {"from_card": change.standing["from"], "to_card": change.standing["to"]}
    mine = tuple(name for name in shape if name == "label" or whose[name] in own)
    if mine:
        yield Step(Way.DO, change, mine)
    if rest := tuple(name for name in shape if name not in mine):
        yield Step(Way.CANNOT, change, rest, Why.OWNED)
