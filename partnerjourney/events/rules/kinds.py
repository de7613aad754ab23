"""The kinds of event, and the states of a case at a hand-over."""

from __future__ import annotations

from enum import StrEnum


class EventKind(StrEnum):
    """What happened at a hand-over; `expected` only carries a promise."""

    EXPECTED = "expected"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    COMPLETED = "completed"
    MISSING = "missing"
    FAILING = "failing"
    AD_HOC = "ad_hoc"


class State(StrEnum):
    """What became of a case at a hand-over; `none` means: no deviation."""

    MISSING = "missing"
    FAILING = "failing"
    LATE = "late"
    AD_HOC = "ad_hoc"
    NONE = "none"
    UNKNOWN = "unknown"
