"""What each scope may read of each kind of table: one predicate for the ORM and for PostgreSQL.

The ORM gets it as a criterion on every statement (core/narrowing.py), PostgreSQL as a row-level
security policy (core/rls.py). Only the lookups differ: subqueries on SQLite; on PostgreSQL
functions (core/lookups.py), asked once a statement, with the organisation bound by the ORM and
taken from the transaction's settings by policies.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Select,
    Uuid,
    any_,
    cast,
    false,
    func,
    literal_column,
    or_,
    select,
    true,
    union,
)

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
Among = Callable[[Any], ColumnElement[bool]]
"""Says of a column whether its value is one of those that a member has."""


@dataclass(frozen=True)
class Lookups:
    """What predicates stand on, for one member or one survey link."""

    me: Any
    journeys: Any  # these four are `Among`; a survey link has none of them
    orchestrated: Any
    circles: Any
    near: Any
    invitation: Any
    opened: Callable[[str], Any] | None = None
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
    """Return a member's lookups as subqueries."""
    return Lookups(
        me,
        _in(journeys_of(me)),
        _in(orchestrated_by(me)),
        _in(circles_of(me)),
        _in(near(me)),
        None,
    )


def _in(query: Any) -> Among:
    return lambda column: column.in_(query)


def function_lookups(me: Any, *, finding: bool = False) -> Lookups:
    """Return a member's lookups as functions of PostgreSQL, which know this organisation alone.

    A circle is one of few, else of many. `finding` is for statements that name no journey: theirs
    are named too, since every key begins with the journey and few rows of a table may be theirs.
    """
    few, many = _any_of(func.pj_few_circles(me)), _in(select(func.pj_many_circles(me)))
    journeys = _any_of(func.pj_journeys(me))

    def circles(column: Any) -> ColumnElement[bool]:
        own = or_(few(column), many(column))
        return journeys(column.table.c.journey_id) & own if finding else own

    orchestrated, beside = _any_of(func.pj_orchestrated(me)), _any_of(func.pj_near(me))
    return Lookups(me, journeys, orchestrated, circles, beside, None)


def _any_of(function: Any) -> Among:
    """Ask a function that returns an array; as a subquery it is asked once, not once a row."""
    found = cast(select(function).scalar_subquery(), ARRAY(Uuid()))
    return lambda column: column == any_(found)


MEMBER_SETTING = (
    "(case when current_setting('app.scope', true) = 'member'"
    " then nullif(current_setting('app.organisation', true), '')::uuid end)"
)
"""Who the member of a transaction acts for, in PostgreSQL's words; null in every other scope."""
_USER_SETTING = "(select nullif(current_setting('app.user', true), '')::uuid)"


def rls_lookups() -> Lookups:
    """Return lookups as PostgreSQL's functions over the transaction's settings, for policies."""
    me = literal_column(MEMBER_SETTING, Uuid())
    return replace(
        function_lookups(me),
        me=literal_column(f"(select {MEMBER_SETTING})", Uuid()),
        invitation=_opened("id"),
        opened=_opened,
        user=literal_column(_USER_SETTING, Uuid()),
    )


OPENED = ("id", "journey_id", "circle_id", "point_id", "wave_id", "case_id", "question_id")
"""What PostgreSQL looks up once a transaction for a survey link: the setting app.opened."""


def _opened(column: str) -> Any:
    """Return one of OPENED in PostgreSQL's words; null in every other scope."""
    setting = "string_to_array(current_setting('app.opened', true), ' ', '-')"
    return literal_column(f"(select ({setting})[{OPENED.index(column) + 1}]::uuid)", Uuid())


opened_by_link: Any = None
"""A select of the columns OPENED for `:token`; the surveys say it."""


def open_by_link(query: Any) -> None:
    """Say how what a survey link opens is found."""
    global opened_by_link  # noqa: PLW0603 - said once, when the tables are loaded
    opened_by_link = query


def everybody(_cls: Any, _see: Lookups) -> ColumnElement[bool]:
    """Every row: of a directory."""
    return true()


def _participation(cls: Any, see: Lookups) -> ColumnElement[bool]:
    return or_(
        cls.organisation_id == see.me,
        see.journeys(cls.journey_id) & cls.discreet.is_(False),
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
