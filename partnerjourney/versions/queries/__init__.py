"""Reads of versions: snapshots, lists with their answers, and what waits."""

from __future__ import annotations

from partnerjourney.versions.queries.listing import (
    Answered,
    answers_of,
    earlier_yes,
    listed,
    numbers,
    people,
)
from partnerjourney.versions.queries.snapshots import in_use, snapshot, snapshot_of, working
from partnerjourney.versions.queries.waiting import (
    LedVersion,
    Next,
    WaitingVersion,
    WaitingVersions,
    waiting,
)

__all__ = [
    "Answered",
    "LedVersion",
    "Next",
    "WaitingVersion",
    "WaitingVersions",
    "answers_of",
    "earlier_yes",
    "in_use",
    "listed",
    "numbers",
    "people",
    "snapshot",
    "snapshot_of",
    "waiting",
    "working",
]
