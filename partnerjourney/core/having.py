"""What a scope has: its journeys, circles and neighbours, on which predicates stand.

Subqueries on SQLite; on PostgreSQL functions (core/lookups.py), asked once a statement, with the
organisation bound by the ORM and taken from the transaction's settings by policies.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Dialect,
    Select,
    Text,
    TypeDecorator,
    Uuid,
    any_,
    cast,
    column,
    func,
    literal_column,
    or_,
    select,
    table,
    union,
)

from partnerjourney.core.parties import (
    CircleSeat,
    Journey,
    Participation,
    ParticipationRole,
    ParticipationState,
)

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
    acting: Any = None  # the organisation for which a member or a token acts
    opened: Callable[[str], Any] | None = None
    user: Any = None


def _lean(mapped: Any, *names: str) -> Any:
    """Return a table with the named columns alone: a copy of all would cost most of a lookup."""
    found = (mapped.__table__.c[name] for name in names)
    return table(mapped.__tablename__, *(column(one.name, one.type) for one in found))


_JOURNEY = _lean(Journey, "id", "organisation_id")
_PARTICIPATION = _lean(Participation, "id", "journey_id", "organisation_id", "state", "role")
_SEAT = _lean(CircleSeat, "journey_id", "circle_id", "participation_id")


def journeys_of(me: Any, within: Among | None = None) -> Any:
    """Select the journeys that an organisation takes part in, or made itself.

    This and the next three take `within`: whether a journey is one of a token's.
    """
    p, j = _PARTICIPATION.alias(), _JOURNEY.alias()
    taken = select(p.c.journey_id).where(
        p.c.organisation_id == me,
        p.c.state == ParticipationState.ACTIVE,
        *_only(within, p.c.journey_id),
    )
    made = select(j.c.id).where(j.c.organisation_id == me, *_only(within, j.c.id))
    return union(taken, made)


def orchestrated_by(me: Any, within: Among | None = None) -> Any:
    """Select the journeys that an organisation coordinates."""
    p, j = _PARTICIPATION.alias(), _JOURNEY.alias()
    taken = select(p.c.journey_id).where(
        p.c.organisation_id == me,
        p.c.state == ParticipationState.ACTIVE,
        p.c.role == ParticipationRole.ORCHESTRATOR,
        *_only(within, p.c.journey_id),
    )
    made = select(j.c.id).where(j.c.organisation_id == me, *_only(within, j.c.id))
    return union(taken, made)


def circles_of(me: Any, within: Among | None = None) -> Select[tuple[uuid.UUID]]:
    """Select the circles in which an organisation has a seat."""
    s, p = _SEAT.alias(), _PARTICIPATION.alias()
    return (
        select(s.c.circle_id)
        .join(p, (p.c.journey_id == s.c.journey_id) & (p.c.id == s.c.participation_id))
        .where(
            p.c.organisation_id == me,
            p.c.state == ParticipationState.ACTIVE,
            *_only(within, p.c.journey_id),
        )
    )


def near(me: Any, within: Among | None = None) -> Select[tuple[uuid.UUID]]:
    """Select the participations that share a circle with an organisation."""
    s = _SEAT.alias()
    return select(s.c.participation_id).where(
        s.c.circle_id.in_(circles_of(me, within)), s.c.participation_id.is_not(None)
    )


def _only(within: Among | None, journey: Any) -> list[ColumnElement[bool]]:
    return [] if within is None else [within(journey)]


def orm_lookups(me: Any, within: Any = None) -> Lookups:
    """Return a member's lookups as subqueries, or a token's: `within` is bound, see `Within`."""
    among = None if within is None else _listed(within)
    return Lookups(
        me,
        _in(lambda: journeys_of(me, among)),
        _in(lambda: orchestrated_by(me, among)),
        _in(lambda: circles_of(me, among)),
        _in(lambda: near(me, among)),
        None,
        acting=me,
    )


class Within(TypeDecorator[tuple[uuid.UUID, ...]]):
    """Journeys as one bound value: an array on PostgreSQL, JSON on SQLite."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        """Say how the database takes it."""
        postgresql = dialect.name == "postgresql"
        return dialect.type_descriptor(ARRAY(Uuid()) if postgresql else Text())

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """Write it down."""
        if dialect.name == "postgresql":
            return list(value)
        return json.dumps([one.hex for one in value])


def _listed(within: Any) -> Among:
    """SQLite: say whether a journey stands in a JSON list."""
    listed = func.json_each(within).table_valued(column("value", Uuid()))
    return lambda journey: journey.in_(select(listed.c.value))


def _in(query: Callable[[], Any]) -> Among:
    """Ask a query, which is made where a predicate needs it."""
    return lambda column: column.in_(query())


def function_lookups(me: Any, within: Any = None, *, finding: bool = False) -> Lookups:
    """Return a member's lookups as functions of PostgreSQL, which know this organisation alone.

    `within` is that of a token: the functions know its journeys alone. A circle is one of few, else
    of many. `finding` is for statements that name no journey: theirs are named too, since every key
    begins with the journey and few rows of a table may be theirs.
    """
    whose = (me,) if within is None else (me, within)
    few = _any_of(lambda: func.pj_few_circles(*whose))
    many = _in(lambda: select(func.pj_many_circles(*whose)))
    journeys = _any_of(lambda: func.pj_journeys(*whose))

    def circles(column: Any) -> ColumnElement[bool]:
        own = or_(few(column), many(column))
        return journeys(column.table.c.journey_id) & own if finding else own

    orchestrated = _any_of(lambda: func.pj_orchestrated(*whose))
    beside = _any_of(lambda: func.pj_near(*whose))
    return Lookups(me, journeys, orchestrated, circles, beside, None, me)


def _any_of(function: Callable[[], Any]) -> Among:
    """Ask a function that returns an array; as a subquery it is asked once, not once a row."""

    def among(column: Any) -> ColumnElement[bool]:
        found = cast(select(function()).scalar_subquery(), ARRAY(Uuid()))
        asked: ColumnElement[bool] = column == any_(found)
        return asked

    return among


MEMBER_SETTING = (
    "(case when current_setting('app.scope', true) = 'member'"
    " then nullif(current_setting('app.organisation', true), '')::uuid end)"
)
"""Who the member of a transaction acts for, in PostgreSQL's words; null in every other scope."""
TOKEN_SETTING = MEMBER_SETTING.replace("'member'", "'token'")
"""Who the token of a transaction acts for; null in every other scope."""
ACTING_SETTING = MEMBER_SETTING.replace("= 'member'", "in ('member', 'token')")
"""Who a member or a token acts for: what functions are asked in policies."""
WITHIN_SETTING = "nullif(current_setting('app.journeys', true), '')::uuid[]"
"""The journeys of the transaction's token."""
_USER_SETTING = "(select nullif(current_setting('app.user', true), '')::uuid)"


def rls_lookups() -> Lookups:
    """Return lookups as PostgreSQL's functions over the transaction's settings, for policies."""
    return replace(
        function_lookups(literal_column(ACTING_SETTING, Uuid())),
        me=literal_column(f"(select {MEMBER_SETTING})", Uuid()),
        acting=literal_column(f"(select {ACTING_SETTING})", Uuid()),
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
