"""A calm line above a page, said by features above the one whose page it is.

What is registered for a page is asked each time with what that page read; it makes no statement
that grows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Strip:
    """A line: its icon, what it says, and where its link leads."""

    icon: str
    text: str
    link: str = ""
    href: str = ""


Find = Callable[[Any], Strip | None]
_FINDS: dict[str, list[Find]] = {}


def register(page: str, find: Find) -> None:
    """Have a line said above a page wherever `find` has one for what it read."""
    _FINDS.setdefault(page, []).append(find)


def strips(page: str, found: Any) -> list[Strip]:
    """Return the lines above a page."""
    return [strip for find in _FINDS.get(page, ()) if (strip := find(found)) is not None]
