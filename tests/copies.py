"""What a test begins with is made once per worker and engine, then brought back for each test.

Put `made_once` on a function that fills an empty database by the product's own verbs. Its first
call runs; each later one puts the same rows back, which takes a hundredth of the time.
"""

from __future__ import annotations

import copy
import functools
from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from sqlalchemy import Engine

from partnerjourney.core import clock

Given = ParamSpec("Given")
Made = TypeVar("Made")


class Database(Protocol):
    """A test's own database, which can remember what it holds."""

    engine: Engine

    def is_empty(self) -> bool:
        """Say whether nobody has put anything into it."""

    def dump(self) -> Any:
        """Remember what it holds."""

    def restore(self, rows: Any) -> None:
        """Bring back what it held."""


@dataclass(frozen=True)
class _Copy:
    """What a function made, and the rows of it."""

    thing: Any
    rows: Any


_databases: dict[int, Database] = {}
_copies: dict[tuple[Any, ...], _Copy] = {}


def remember(database: Database) -> None:
    """Let copies be brought back into a database, from now on."""
    _databases[id(database.engine)] = database


def bring_back(engine: Engine, key: tuple[Any, ...], make: Callable[[], Made]) -> Made:
    """Return what `make` makes in the test's database, by a copy from the second time on.

    A database that holds something already, or is not the test's own, gets a new one.
    """
    database = _databases.get(id(engine))
    if database is None or not database.is_empty():
        return make()
    key = (engine.dialect.name, *key)
    if key in _copies:
        database.restore(_copies[key].rows)
    else:
        made = make()
        _copies[key] = _Copy(_own(made), database.dump())
        return made
    found: Made = _own(_copies[key].thing)
    return found


def made_once(
    build: Callable[Concatenate[Engine, Given], Made],
) -> Callable[Concatenate[Engine, Given], Made]:
    """Let a function that fills an empty database run once per worker, engine and arguments."""

    @functools.wraps(build)
    def built(engine: Engine, *args: Given.args, **given: Given.kwargs) -> Made:
        key = (build.__module__, build.__qualname__, clock._set.get(), repr((args, given)))
        return bring_back(engine, key, lambda: build(engine, *args, **given))

    return built


def _own(thing: Any) -> Any:
    """Return a thing whose collections a test may change without another noticing."""
    if not is_dataclass(thing) or isinstance(thing, type):
        return copy.copy(thing)
    found = copy.copy(thing)
    for field in fields(found):
        held = getattr(found, field.name)
        if is_dataclass(held) and not isinstance(held, type):
            object.__setattr__(found, field.name, _own(held))
        elif isinstance(held, (dict, list, set)):
            object.__setattr__(found, field.name, copy.copy(held))
    return found
