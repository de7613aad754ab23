"""What a version is, how two differ, whom a difference touches, and what can be brought back."""

from __future__ import annotations

from partnerjourney.versions.rules.difference import FIELDS, Change, Mark, Thing, difference, whole
from partnerjourney.versions.rules.merging import merged
from partnerjourney.versions.rules.restoring import Step, Way, Why, plan
from partnerjourney.versions.rules.snapshots import Snapshot, canonical, digest
from partnerjourney.versions.rules.states import (
    Answer,
    Means,
    State,
    next_of,
    waits_for,
)
from partnerjourney.versions.rules.touched import asked, touched

__all__ = [
    "FIELDS",
    "Answer",
    "Change",
    "Mark",
    "Means",
    "Snapshot",
    "State",
    "Step",
    "Thing",
    "Way",
    "Why",
    "asked",
    "canonical",
    "difference",
    "digest",
    "merged",
    "next_of",
    "plan",
    "touched",
    "waits_for",
    "whole",
]
