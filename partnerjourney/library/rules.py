"""What a library holds, where it is used, and what a change of it can do at each place."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

MANY = 25
"""So many places are changed within the request; more are the worker's."""
CHUNK = 20
"""So many places one transaction of the worker changes."""

Values = Mapping[str, str]
"""Field → what it says; an empty text where it says nothing."""


class Kind(StrEnum):
    """What an item is."""

    CARD = "card"
    HOURS = "hours"
    CONTACT = "contact"
    TEXT = "text"


class Spot(StrEnum):
    """What of a card or hand-over an item fills; one item fills it, never two."""

    CARD = "card"
    CONTACT = "contact"
    HOURS = "hours"
    TOLD = "told"


SPOTS: Mapping[Kind, Spot] = {
    Kind.CARD: Spot.CARD,
    Kind.HOURS: Spot.HOURS,
    Kind.CONTACT: Spot.CONTACT,
    Kind.TEXT: Spot.TOLD,
}

FIELDS: Mapping[Kind, tuple[str, ...]] = {
    Kind.CARD: ("name", "channel", "intended_experience"),
    Kind.HOURS: ("contact_hours",),
    Kind.CONTACT: ("contact_name", "contact_reach"),
    Kind.TEXT: ("told",),
}
"""The fields of each kind. None of them is a promise: a library never changes one."""

LONGEST: Mapping[str, int] = {
    "name": 80,
    "channel": 40,
    "intended_experience": 300,
    "contact_name": 120,
    "contact_reach": 200,
    "contact_hours": 200,
    "told": 500,
}


class Way(StrEnum):
    """What a change does at a place."""

    DIRECT = "direct"
    PROPOSAL = "proposal"
    SAME = "same"
    CANNOT = "cannot"


class Why(StrEnum):
    """Why nothing can be changed at a place."""

    APART = "apart"
    GONE = "gone"
    EMERGENCY = "emergency"
    GROUP = "group"


class Standing(StrEnum):
    """How a place stands to the item that it uses."""

    SAME = "same"
    BEHIND = "behind"
    DIFFERS = "differs"
    APART = "apart"


class Result(StrEnum):
    """What became of a place when a change was made."""

    WAITS = "waits"
    DONE = "done"
    PROPOSED = "proposed"
    SAME = "same"
    STALE = "stale"
    CANNOT = "cannot"
    LEFT = "left"


def base(values: Values) -> str:
    """Return what tells these values from others: what a change was shown upon."""
    text = json.dumps(dict(values), sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def standing(now: Values | None, taken: Values, item: Values) -> Standing:
    """Say how a place stands: as the item, as it was left, or changed since by somebody.

    `taken` is what stood there when the library last wrote or was put into use.
    """
    if now is None:
        return Standing.APART
    own = {name: now[name] for name in item}
    if own == dict(item):
        return Standing.SAME
    left = {name: taken.get(name) for name in item}
    return Standing.BEHIND if own == left else Standing.DIFFERS


@dataclass(frozen=True, slots=True)
class Count:
    """How many places a change touches, by what it does there."""

    direct: int = 0
    proposal: int = 0
    same: int = 0
    cannot: int = 0


def count(ways: Iterable[Way]) -> Count:
    """Count the places of a change."""
    found = list(ways)
    return Count(*(found.count(way) for way in (Way.DIRECT, Way.PROPOSAL, Way.SAME, Way.CANNOT)))


def way(*, told: bool, asked: bool, mandated: bool, own: bool, of_member: bool) -> Way:
    """Say what changing a field of a hand-over needs; `told` is what the customer is told.

    `asked`: some other party must agree, which a group never does to what the customer is told;
    `mandated`: all of these let one do it for them; `own`: the contact is one's own; `of_member`:
    one is a member of a group.
    """
    if told and of_member:
        return Way.CANNOT
    if not told:
        return Way.DIRECT if own else Way.CANNOT
    return Way.DIRECT if mandated or not asked else Way.PROPOSAL
