"""What waits for an organisation: a registry that the features fill, each with its own kinds.

A kind finds its items under the scope of the person who reads them, so nobody is told of what it
may not see. An item says by when and where, never what: mails are made of it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from partnerjourney.core.parties import Organisation
from partnerjourney.core.scopes import Member


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that waits: the day by whose end it is due, its kind, the path of its page.

    `source` names where it comes from, the brand and the journey, and holds nothing else.
    """

    due: date
    kind: str
    path: str
    source: str = ""


Find = Callable[[Session, Member, datetime], Sequence[Item]]
Say = Callable[[int], str]


@dataclass(frozen=True)
class Kind:
    """How things of one kind are found, and how so many of them are called."""

    name: str
    find: Find
    say: Say


KINDS: dict[str, Kind] = {}


def register(name: str, find: Find, *, say: Say) -> None:
    """Say how what waits is found: `find(session, actor, at)`, in the actor's own session.

    `say(n)` names n of them in the language that is spoken, as in ‘2 people ask to join’.
    """
    KINDS[name] = Kind(name, find, say)


def items(session: Session, actor: Member, at: datetime) -> list[Item]:
    """Return what waits for the actor's organisation and this person, by day, then by kind."""
    found = [item for kind in KINDS.values() for item in kind.find(session, actor, at)]
    order = list(KINDS)
    return sorted(found, key=lambda item: (item.due, order.index(item.kind), item.path))


def place(session: Session, actor: Member) -> str:
    """Return the path under which the pages of the actor's organisation live."""
    return f"/o/{session.get_one(Organisation, actor.organisation_id).slug}"
