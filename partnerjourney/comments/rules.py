"""Who reads a conversation, chosen before its first word, and how long a comment can be mended."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum


class Audience(StrEnum):
    """Who reads a conversation and all that is answered in it; nothing makes it more.

    OWN is one organisation; EDGE those who share one hand-over, for a group one of its members;
    JOURNEY every party of the journey.
    """

    OWN = "own"
    EDGE = "edge"
    JOURNEY = "journey"


LONGEST = 2000
"""Characters of one comment."""
EDIT_WITHIN = timedelta(minutes=15)
"""How long its author can mend a comment; after that it stands as others have read it."""
MOST_MENTIONS = 20
"""Parties and colleagues that one comment asks for."""


def editable(written_at: datetime, now: datetime) -> bool:
    """Say whether a comment of that moment can still be mended."""
    return now - written_at <= EDIT_WITHIN


def this_quarter(now: datetime) -> datetime:
    """Return the quarter of an hour that began last: pages that are kept know no finer time."""
    return now.replace(minute=now.minute // 15 * 15, second=0, microsecond=0)
