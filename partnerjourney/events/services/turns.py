"""Taking turns on SQLite: who writes chunk after chunk leaves others time for their own writes.

SQLite has one write lock, and who waits for it sleeps and asks again, up to a tenth of a second
apart: without pauses the others would mostly ask while the next chunk holds it.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from sqlalchemy import text
from sqlalchemy.orm import Session

from partnerjourney.core import border

SHARE = 3.0
"""So many times as long as a chunk was written, the lock is left alone afterwards."""

MEMORY, LONGEST = 2.0, 0.2
"""Seconds: how long others count as writing after they wrote, and the longest pause."""


class Turns:
    """Whether others write during a run, and its pauses for them. `look` reads in a transaction."""

    def __init__(self, look: Callable[[Callable[[Session], int]], int]) -> None:
        self._look = look
        self._version: int | None = None
        self._until = 0.0

    @property
    def others(self) -> bool:
        """Whether somebody else wrote a moment ago."""
        return time.monotonic() < self._until

    def leave(self, held: float) -> None:
        """Leave the lock to others after a chunk that was written in `held` seconds."""
        version = self._look(_version)
        if self._version is not None and version != self._version:
            self._until = time.monotonic() + MEMORY
        self._version = version
        if self.others:
            time.sleep(min(SHARE * held, LONGEST))


def _version(session: Session) -> int:
    """Return a number that changes when another connection has written."""
    with border.verb(session, "see whether others write") as system:
        return int(system.scalar(text("PRAGMA data_version")) or 0)
