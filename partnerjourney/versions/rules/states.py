"""The life of a version, and of one party's answer to it."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum


class State(StrEnum):
    """Where a version stands. A draft was never asked about, or came back; its text stays."""

    DRAFT = "draft"
    ALIGNMENT = "alignment"
    AGREED = "agreed"
    IN_USE = "in_use"
    SUPERSEDED = "superseded"
    ARCHIVED = "archived"


class Answer(StrEnum):
    """What one of the asked said; void: it was never needed in the end."""

    WAITING = "waiting"
    AGREED = "agreed"
    REFUSED = "refused"
    VOID = "void"


class Means(StrEnum):
    """How somebody answered."""

    SIGNED_IN = "signed in"
    MAIL = "mail"


_STEPS = {
    "put_forward": ({State.DRAFT}, State.ALIGNMENT),
    "send_back": ({State.ALIGNMENT}, State.DRAFT),
    "agree": ({State.ALIGNMENT}, State.AGREED),
    "use": ({State.AGREED}, State.IN_USE),
    "supersede": ({State.AGREED, State.IN_USE}, State.SUPERSEDED),
    "archive": ({State.DRAFT, State.AGREED, State.IN_USE}, State.ARCHIVED),
}


def next_of(state: State, step: str) -> State | None:
    """Return the state after a step, or None where the step does not exist from here."""
    sources, target = _STEPS[step]
    return target if state in sources else None


def waits_for(asked: Collection[str], agreed: Collection[str]) -> list[str]:
    """Return which of the asked parties have not said yes, in their order."""
    return [party for party in asked if party not in agreed]
