"""What can be answered by mail: each feature registers its kinds here, with a page for each.

A kind's `show` returns the page of the thing as the link's person may see it; `answer` carries the
answer out, with the verbs that a signed-in person uses. Templates extend answering/answer.html.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy.orm import Session

from partnerjourney.answering.services.links import Opened

Typed = Mapping[str, str]
"""What was posted: field → text."""


@dataclass(frozen=True)
class Shown:
    """A page: its template and what it says."""

    template: str
    context: Mapping[str, Any] = field(default_factory=dict)


class Kind(Protocol):
    """One kind of thing that can be answered by mail."""

    def show(self, session: Session, opened: Opened, *, at: datetime) -> Shown:
        """Return the page that asks; raises NotFoundError where there is nothing to ask."""

    def answer(self, session: Session, opened: Opened, typed: Typed, *, at: datetime) -> Shown:
        """Carry out what was answered and return the page that says so.

        Raises InputError for what cannot be taken, and ConflictError (StaleVersionError) where the
        thing is not what the mail asked about: then the page is shown again, and nothing was done.
        """


KINDS: dict[str, Kind] = {}


def register(name: str, kind: Kind) -> None:
    """Let links of this kind open something."""
    KINDS[name] = kind
