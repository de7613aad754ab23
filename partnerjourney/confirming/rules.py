"""What a party is asked about a card or a hand-over, line by line, and what its answers say."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

Said = Mapping[str, Any]
"""What stands of a thing: field → value, as it was shown to who was asked."""


class Answer(StrEnum):
    """What somebody says of one line; of a thing it is the most serious of its lines."""

    RIGHT = "right"
    WRONG = "wrong"
    QUESTION = "question"


class AskingState(StrEnum):
    """Where the questions to one contact stand.

    Stopped: the contact wants no such mail. Bounced: its address does not take mail.
    """

    OPEN = "open"
    WITHDRAWN = "withdrawn"
    STOPPED = "stopped"
    BOUNCED = "bounced"


@dataclass(frozen=True)
class Line:
    """One thing to answer: its name, and the fields that it shows."""

    name: str
    fields: tuple[str, ...]


CARD = (
    Line("what", ("name", "kind")),
    Line("when", ("phase",)),
    Line("how", ("channel",)),
    Line("feels", ("feels",)),
)
HANDOVER = (
    Line("when", ("trigger", "time_limit")),
    Line("complete", ("checklist", "refuse_reasons")),
    Line("told", ("told",)),
    Line("call", ("contact_name", "contact_reach", "contact_hours")),
)
WHO = Line("who", ("from", "to"))
"""Asked of a hand-over of which nothing else was written yet."""


def lines(said: Said) -> tuple[Line, ...]:
    """Return what is asked of a thing: the lines of which something stands there."""
    if "from" not in said:
        return tuple(line for line in CARD if any(said.get(name) for name in line.fields))
    found = tuple(line for line in HANDOVER if any(said.get(name) for name in line.fields))
    return found or (WHO,)


def digest(said: Said) -> str:
    """Return what tells one text from another: the SHA-256 of all that was shown."""
    text = json.dumps(said, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def outcome(answers: Sequence[Answer]) -> Answer:
    """Return what the answers to all lines come down to."""
    for one in (Answer.WRONG, Answer.QUESTION):
        if one in answers:
            return one
    return Answer.RIGHT


# --- how often somebody is asked ------------------------------------------------------------------

BETWEEN = timedelta(hours=20)
"""Between two mails of our own accord to one contact; who answered may be written to at once."""
MOST = 3
"""Mails to a contact that never answered; after these a call works better."""
OFFERED_AFTER = 3
"""Answers to one asking before an invitation to join is mailed."""


class TooOften(StrEnum):
    """Why no mail goes out now."""

    TODAY = "today"
    UNANSWERED = "unanswered"


def too_often(mailed: int, last: datetime | None, answered: int, at: datetime) -> TooOften | None:
    """Say why a contact is not mailed again; None where it may be.

    `mailed` counts the mails it got, `last` is the latest, `answered` counts its answers.
    """
    if last is not None and at - last < BETWEEN:
        return TooOften.TODAY
    if mailed >= MOST and not answered:
        return TooOften.UNANSWERED
    return None
