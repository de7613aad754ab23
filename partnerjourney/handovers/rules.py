"""What a hand-over is: where one is needed, whether it is complete, how long it may take."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from uuid import UUID

_DURATION = re.compile(
    r"P(?=\d|T\d)(?:(?P<weeks>\d{1,3})W)?(?:(?P<days>\d{1,3})D)?"
    r"(?:T(?=\d)(?:(?P<hours>\d{1,4})H)?(?:(?P<minutes>\d{1,5})M)?)?"
)

TERMS = (
    "name",
    "trigger",
    "time_limit",
    "checklist",
    "refuse_reasons",
    "contact_name",
    "contact_reach",
    "contact_hours",
)
"""The fields of the terms, in the order of the form."""
OF_PEOPLE = frozenset({"contact_name", "contact_reach"})
"""What is written about people: a history tells only that it changed."""


def shown(changes: Mapping[str, tuple[Any, Any]]) -> dict[str, tuple[Any, Any]]:
    """Return what a history shows of a change: field → before and after."""
    return {name: (None, None) if name in OF_PEOPLE else told for name, told in changes.items()}


@dataclass(frozen=True)
class TimeLimit:
    """How long a hand-over may take: working days, or clock time in minutes."""

    working_days: int
    minutes: int


class DurationError(ValueError):
    """Not a duration that we take: weeks, days, hours and minutes of ISO 8601."""


def parse_time_limit(text: str) -> TimeLimit:
    """Read an ISO 8601 duration: `PT48H` is clock time, `P2D` are working days (P1W is five)."""
    found = _DURATION.fullmatch(text)
    if found is None:
        raise DurationError(text)
    part = {name: int(value or 0) for name, value in found.groupdict().items()}
    days = part["weeks"] * 5 + part["days"]
    minutes = part["hours"] * 60 + part["minutes"]
    if not days and not minutes:
        raise DurationError(text)
    return TimeLimit(days, minutes)


@dataclass(frozen=True)
class PathCard:
    """A card on the path, as the offer of hand-overs sees it."""

    key: UUID
    party: UUID


def offered(
    path: Sequence[PathCard], existing: Iterable[tuple[UUID | None, UUID | None]]
) -> list[tuple[PathCard, PathCard]]:
    """Return where the path changes party and no hand-over stands yet, in path order.

    `existing` names (from card, to card) of the hand-overs that are there.
    """
    there = set(existing)
    return [(a, b) for a, b in pairwise(path) if a.party != b.party and (a.key, b.key) not in there]


def missing(terms: dict[str, object], told: str) -> list[str]:
    """Return which fields a complete hand-over still lacks, in the order of the form."""
    wanted = ("name", "trigger", "time_limit", "checklist", "contact_name", "contact_reach")
    gaps = [field for field in wanted if not terms.get(field)]
    return gaps if told else [*gaps, "told"]
