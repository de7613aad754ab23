"""Who must agree to a change, what silence means, and the life of a proposal.

Three classes of field. *Own*: its owner changes it, others are told. *Shared description*: the
other side of a hand-over agrees, or is silent where both switched that on. *Promise*: explicit
agreement of both, never silence.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

ANSWER_WITHIN = 5
"""Working days of the asked party after which a proposal is decided without its answer."""
OBJECT_WITHIN = 10
"""Working days in which what silence agreed to can be taken back."""
EMERGENCY_LONGEST = timedelta(hours=72)
"""How long an emergency change holds at most; then it falls back by itself."""


class FieldClass(StrEnum):
    """What it takes to change a field that two companies share."""

    OWN = "own"
    SHARED = "shared"
    PROMISE = "promise"


HANDOVER_FIELDS: Mapping[str, FieldClass] = {
    "name": FieldClass.SHARED,
    "trigger": FieldClass.SHARED,
    "told": FieldClass.SHARED,
    "time_limit": FieldClass.PROMISE,
    "checklist": FieldClass.PROMISE,
    "refuse_reasons": FieldClass.PROMISE,
    "contact_name": FieldClass.OWN,
    "contact_reach": FieldClass.OWN,
    "contact_hours": FieldClass.OWN,
}
"""The fields of a hand-over. Its contact is that of the giver, or of the taker of a customer."""

CARD_FIELDS = ("name", "channel", "intended_experience", "moment_of_truth")
"""What others may propose of a card; its owner changes all of it by itself."""


class Subject(StrEnum):
    """What a proposal is about."""

    HANDOVER = "handover"
    CARD = "card"


class State(StrEnum):
    """Where a proposal stands; only an open one can be decided."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    STALE = "stale"
    LAPSED = "lapsed"


RENEWABLE = frozenset({State.STALE, State.LAPSED, State.REJECTED})
"""What can be put forward again, on what stands by then."""


class Means(StrEnum):
    """How a party said yes."""

    SIGNED_IN = "signed in"
    MAIL = "mail"
    SILENCE = "silence"
    MANDATE = "mandate"


@dataclass(frozen=True)
class Change:
    """One field: what stood there when it was proposed, and what would."""

    before: Any
    after: Any


Fields = Mapping[str, Change]


def differing(now: Mapping[str, Any], wanted: Mapping[str, Any]) -> dict[str, Change]:
    """Return the fields whose wanted value is another than what stands now."""
    return {name: Change(now[name], value) for name, value in wanted.items() if now[name] != value}


def written(fields: Fields) -> dict[str, Any]:
    """Return fields as a document: name → {before, after}."""
    return {name: {"before": one.before, "after": one.after} for name, one in fields.items()}


def read(document: Mapping[str, Any]) -> dict[str, Change]:
    """Return the fields of a document that `written` made."""
    return {name: Change(one["before"], one["after"]) for name, one in document.items()}


def has_promise(names: Iterable[str]) -> bool:
    """Say whether one of these fields of a hand-over is a promise: then silence never agrees."""
    return any(HANDOVER_FIELDS[name] is FieldClass.PROMISE for name in names)


def stands(fields: Fields, now: Mapping[str, Any]) -> bool:
    """Say whether what a proposal was made upon still stands, so that it means what it says."""
    return all(now[name] == one.before for name, one in fields.items())


def restored(fields: Fields, now: Mapping[str, Any]) -> dict[str, Any]:
    """Return what taking a change back sets: the old values of all that still stands as changed.

    What somebody changed since is left as it is.
    """
    return {name: one.before for name, one in fields.items() if now[name] == one.after}


def waits_for(asked: Collection[str], agreed: Collection[str]) -> list[str]:
    """Return which of the asked have not agreed yet, in their order."""
    return [one for one in asked if one not in agreed]


def may_consent_by_silence(*, promise: bool, sides: Collection[str], on: Collection[str]) -> bool:
    """Say whether silence is consent: all sides switched that on, and nothing is promised."""
    return not promise and bool(sides) and set(sides) <= set(on)


def emergency_until(at: datetime, hours: int) -> datetime:
    """Return until when an emergency change holds; raises ValueError outside 1 to 72 hours."""
    if not 0 < hours <= EMERGENCY_LONGEST // timedelta(hours=1):
        raise ValueError(hours)
    return at + timedelta(hours=hours)
