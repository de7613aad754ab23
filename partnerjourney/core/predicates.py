"""What each scope may read of each kind of table: one predicate for the ORM and for PostgreSQL.

The ORM gets it as a criterion on every statement (core/border.py), PostgreSQL as a row-level
security policy (core/rls.py). Only the lookups differ: subqueries there, functions here.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, false, func, literal_column, or_, select, true, union

from partnerjourney.core.db import (
    Base,
    CircleScoped,
    Directory,
    JourneyScoped,
    OrganisationPrivate,
    ProductWritten,
    Sealed,
)
from partnerjourney.core.parties import (
    Circle,
    CircleSeat,
    Journey,
    Organisation,
    Participation,
    ParticipationRole,
    ParticipationState,
    Setting,
    User,
)

Predicate = Callable[[Any, "Lookups"], ColumnElement[bool]]


@dataclass(frozen=True)
class Lookups:
    """The selectables that predicates stand on, for one member or one survey link."""

    me: Any
    journeys: Any
    orchestrated: Any
    circles: Any
    near: Any
    invitation: Any
    user: Any = None


def journeys_of(me: Any) -> Any:
    """Select the journeys that an organisation takes part in, or made itself."""
    p, j = Participation.__table__.alias(), Journey.__table__.alias()
    taken = select(p.c.journey_id).where(
        p.c.organisation_id == me, p.c.state == ParticipationState.ACTIVE
    )
    return union(taken, select(j.c.id).where(j.c.organisation_id == me))


def orchestrated_by(me: Any) -> Any:
    """Select the journeys that an organisation coordinates."""
    p, j = Participation.__table__.alias(), Journey.__table__.alias()
    taken = select(p.c.journey_id).where(
        p.c.organisation_id == me,
        p.c.state == ParticipationState.ACTIVE,
        p.c.role == ParticipationRole.ORCHESTRATOR,
    )
    return union(taken, select(j.c.id).where(j.c.organisation_id == me))


def circles_of(me: Any) -> Select[tuple[uuid.UUID]]:
    """Select the circles in which an organisation has a seat."""
    s, p = CircleSeat.__table__.alias(), Participation.__table__.alias()
    return (
        select(s.c.circle_id)
        .join(p, (p.c.journey_id == s.c.journey_id) & (p.c.id == s.c.participation_id))
        .where(p.c.organisation_id == me, p.c.state == ParticipationState.ACTIVE)
    )


def near(me: Any) -> Select[tuple[uuid.UUID]]:
    """Select the participations that share a circle with an organisation."""
    s = CircleSeat.__table__.alias()
    return select(s.c.participation_id).where(
        s.c.circle_id.in_(circles_of(me)), s.c.participation_id.is_not(None)
    )


def orm_lookups(me: Any) -> Lookups:
    """Return a member's lookups as subqueries, for the ORM."""
    return Lookups(me, journeys_of(me), orchestrated_by(me), circles_of(me), near(me), None)


def rls_lookups() -> Lookups:
    """Return lookups as PostgreSQL settings and functions, for policies."""
    return Lookups(
        literal_column("pj_me()"),
        select(func.pj_journeys()),
        select(func.pj_orchestrated()),
        select(func.pj_circles()),
        select(func.pj_near()),
        literal_column("pj_invitation()"),
        literal_column("pj_user()"),
    )


def everybody(_cls: Any, _see: Lookups) -> ColumnElement[bool]:
    """Every row: of a directory."""
    return true()


def _participation(cls: Any, see: Lookups) -> ColumnElement[bool]:
    return or_(
        cls.organisation_id == see.me,
        cls.journey_id.in_(see.journeys) & cls.discreet.is_(False),
        cls.journey_id.in_(see.orchestrated),
        cls.id.in_(see.near),
    )


MEMBER: dict[type[Any], Predicate] = {
    Directory: everybody,
    JourneyScoped: lambda cls, see: cls.journey_id.in_(see.journeys),
    CircleScoped: lambda cls, see: cls.circle_id.in_(see.circles),
    OrganisationPrivate: lambda cls, see: cls.owner_id == see.me,
    Sealed: lambda cls, see: false(),
    Journey: lambda cls, see: cls.id.in_(see.journeys),
    Participation: _participation,
    Circle: lambda cls, see: cls.id.in_(see.circles),
    CircleSeat: lambda cls, see: cls.circle_id.in_(see.circles),
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
