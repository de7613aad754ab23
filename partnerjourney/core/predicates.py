"""What each scope may read of each kind of table: one predicate for the ORM and for PostgreSQL.

The ORM gets it as a criterion on every statement (core/narrowing.py), PostgreSQL as a row-level
security policy (core/rls.py). Only what they stand on differs (core/having.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_, true

from partnerjourney.core.db import (
    Base,
    CircleScoped,
    Directory,
    JourneyScoped,
    OrganisationPrivate,
    ProductWritten,
    Sealed,
)
from partnerjourney.core.having import Lookups
from partnerjourney.core.parties import (
    Circle,
    CircleSeat,
    Journey,
    Membership,
    Organisation,
    Participation,
    Setting,
    User,
)

Predicate = Callable[[Any, Lookups], ColumnElement[bool]]


def everybody(_cls: Any, _see: Lookups) -> ColumnElement[bool]:
    """Every row: of a directory."""
    return true()


def _participation(cls: Any, see: Lookups) -> ColumnElement[bool]:
    own = cls.organisation_id == see.acting
    return or_(
        cls.organisation_id == see.me,
        see.journeys(cls.journey_id) & or_(cls.discreet.is_(False), own),
        see.orchestrated(cls.journey_id),
        see.near(cls.id),
    )


MEMBER: dict[type[Any], Predicate] = {
    Directory: everybody,
    JourneyScoped: lambda cls, see: see.journeys(cls.journey_id),
    CircleScoped: lambda cls, see: see.circles(cls.circle_id),
    OrganisationPrivate: lambda cls, see: cls.owner_id == see.me,
    Sealed: lambda cls, see: false(),
    Journey: lambda cls, see: see.journeys(cls.id),
    Participation: _participation,
    Circle: lambda cls, see: see.circles(cls.id),
    CircleSeat: lambda cls, see: see.circles(cls.circle_id),
}
"""Kind or table → what a member reads, and writes unless the next two say otherwise."""

NOT_WRITTEN_BY_MEMBERS: tuple[type[Any], ...] = (
    Sealed,
    ProductWritten,
    Participation,
    Circle,
    CircleSeat,
    Setting,
)
"""Only verbs write these: who takes part decides what all others see."""

CHANGED_BY_MEMBERS: dict[type[Any], Predicate] = {
    Organisation: lambda cls, see: cls.id == see.me,
    User: lambda cls, see: cls.id == see.user,
}
"""Directory → which rows a member changes: its own. It adds and deletes none."""

TOKEN_READS: tuple[type[Any], ...] = (Membership,)
"""Private tables without a journey of which a token reads its organisation's rows."""


def of_token(table: type[Any]) -> Predicate:
    """Return what a token reads of a table: what its organisation reads, within its journeys.

    Private rows are within one where they name it. A token writes no private row and no directory.
    """
    kind = kind_of(table)
    if kind is Participation:
        return _participation_of_token
    if kind is not OrganisationPrivate:
        return MEMBER[kind]
    if "journey_id" in table.__table__.columns:
        return lambda cls, see: (cls.owner_id == see.acting) & see.journeys(cls.journey_id)
    if table in TOKEN_READS:
        return lambda cls, see: cls.owner_id == see.acting
    return MEMBER[Sealed]


def read_by_tokens() -> list[type[Any]]:
    """Return the private tables of which a token reads something: they need a policy of its own."""
    return [t for t in tables() if kind_of(t) is OrganisationPrivate and _opened_to_tokens(t)]


def _opened_to_tokens(table: type[Any]) -> bool:
    return table in TOKEN_READS or "journey_id" in table.__table__.columns


def _participation_of_token(cls: Any, see: Lookups) -> ColumnElement[bool]:
    return and_(see.journeys(cls.journey_id), _participation(cls, see))


_PLACES = frozenset({"owner_id", "journey_id", "circle_id"})


def fixed(table: type[Any]) -> frozenset[str]:
    """Return the columns that say whose row it is and which one: a member never changes them."""
    names = {column.key for column in table.__table__.primary_key}
    names |= _PLACES & set(table.__table__.columns.keys())
    if table in (Journey, Participation):
        names.add("organisation_id")
    return frozenset(names)


@dataclass(frozen=True)
class Grant:
    """What a respondent's link opens of one table: rows to read, to change, to add and remove."""

    read: Predicate
    write: bool = False
    add: bool = False


RESPONDENT: dict[type[Any], Grant] = {Organisation: Grant(everybody), Setting: Grant(everybody)}
"""Table → what a survey link opens; the features fill it in."""


def grant_respondent(
    table: type[Any], read: Predicate, *, write: bool = False, add: bool = False
) -> None:
    """Let a survey link read the rows of a table that `read` describes.

    `write` lets it change them, `add` also add such rows (core/granted.py) and remove them.
    """
    RESPONDENT[table] = Grant(read, write or add, add)


def kind_of(table: type[Any]) -> type[Any]:
    """Return the mixin or the table itself that decides who reads a mapped class."""
    if table in (Journey, Participation, Circle, CircleSeat):
        return table
    for kind in (Directory, JourneyScoped, CircleScoped, OrganisationPrivate, Sealed):
        if issubclass(table, kind):
            return kind
    raise TypeError(f"{table.__name__} has no kind: whose rows are these?")


def tables() -> Iterator[type[Any]]:
    """Yield every mapped class."""
    for mapper in Base.registry.mappers:
        yield mapper.class_
