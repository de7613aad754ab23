"""Probes: every way to ask for the rows of a table. Each returns the keys that it got to see."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import exists, false, func, lambda_stmt, lateral, literal, select, true
from sqlalchemy.orm import Session, aliased, undefer

from partnerjourney.core.parties import Setting
from tests.factories import key

Keys = set[tuple[Any, ...]]
Read = Callable[[Session, Any, Keys], Keys]
READS: dict[str, Read] = {}


def read(probe: Read) -> Read:
    """Register a probe under its name."""
    READS[probe.__name__] = probe
    return probe


BY_KEY = {
    "get",
    "get_populating",
    "existence",
    "count",
    "scalar_subquery",
    "membership_in_subquery",
}
"""Probes that ask for one row at a time: they get a few."""


def pk(table: Any) -> list[Any]:
    """Return the attributes that make up the primary key of a mapped class or an alias."""
    mapper = table.__mapper__ if hasattr(table, "__mapper__") else table._aliased_insp.mapper
    return [getattr(table, mapper.get_property_by_column(c).key) for c in mapper.primary_key]


def is_row(table: Any, found: tuple[Any, ...]) -> Any:
    """Return the condition that a row has this primary key."""
    condition = true()
    for column, value in zip(pk(table), found, strict=True):
        condition = condition & (column == value)
    return condition


def _keys(rows: Iterable[Any]) -> Keys:
    return {tuple(row) for row in rows}


@read
def entity(session: Session, table: Any, _all: Keys) -> Keys:
    return {key(row) for row in session.scalars(select(table)).unique()}


@read
def deferred_columns(session: Session, table: Any, _all: Keys) -> Keys:
    rows = session.scalars(select(table).options(undefer("*")))
    return {key(row) for row in rows.unique()}


@read
def query(session: Session, table: Any, _all: Keys) -> Keys:
    return {key(row) for row in session.query(table).all()}


@read
def columns(session: Session, table: Any, _all: Keys) -> Keys:
    return _keys(session.execute(select(*pk(table))))


@read
def alias(session: Session, table: Any, _all: Keys) -> Keys:
    other = aliased(table)
    return _keys(session.execute(select(*pk(other))))


@read
def alias_of_core_subquery(session: Session, table: Any, _all: Keys) -> Keys:
    other = aliased(table, select(table.__table__).subquery())
    return _keys(session.execute(select(*pk(other))))


@read
def core_table(session: Session, table: Any, _all: Keys) -> Keys:
    return _keys(session.execute(select(*table.__table__.primary_key)))


@read
def core_table_beside_orm(session: Session, table: Any, _all: Keys) -> Keys:
    core = table.__table__.alias()
    found = session.execute(
        select(Setting.key, *(core.c[c.key] for c in table.__table__.primary_key)).join_from(
            Setting, core, true()
        )
    )
    return {tuple(row)[1:] for row in found}


@read
def of_one_journey(session: Session, table: Any, everything: Keys) -> Keys:
    """Naming the journey, as most statements do: circles are looked up in another way then."""
    names = [column.key for column in pk(table)]
    if "journey_id" not in names:
        return entity(session, table, everything)
    journeys = {found[names.index("journey_id")] for found in everything}
    return {
        tuple(row)
        for journey in journeys
        for row in session.execute(select(*pk(table)).where(table.journey_id == journey))
    }


@read
def get(session: Session, table: Any, everything: Keys) -> Keys:
    return {pk for pk in everything if session.get(table, pk) is not None}


@read
def get_populating(session: Session, table: Any, everything: Keys) -> Keys:
    options: dict[str, Any] = {"populate_existing": True}
    return {pk for pk in everything if session.get(table, pk, **options) is not None}


@read
def existence(session: Session, table: Any, everything: Keys) -> Keys:
    return {
        found
        for found in everything
        if session.scalar(select(exists().where(is_row(table, found))))
        or session.scalar(
            select(literal(1)).where(exists(select(table).where(is_row(table, found))))
        )
    }


@read
def count(session: Session, table: Any, everything: Keys) -> Keys:
    return {
        found
        for found in everything
        if session.scalar(select(func.count()).select_from(table).where(is_row(table, found)))
    }


@read
def union(session: Session, table: Any, _all: Keys) -> Keys:
    none = select(*pk(table)).where(false())
    return _keys(session.execute(none.union_all(select(*pk(table)))))


@read
def union_of_core(session: Session, table: Any, _all: Keys) -> Keys:
    core = select(*table.__table__.primary_key)
    return _keys(session.execute(core.union(core)))


@read
def intersection_within(session: Session, table: Any, _all: Keys) -> Keys:
    both = select(*pk(table)).intersect(select(*pk(table))).subquery()
    return _keys(session.execute(select(both)))


@read
def subquery(session: Session, table: Any, _all: Keys) -> Keys:
    return _keys(session.execute(select(select(*pk(table)).subquery())))


@read
def cte(session: Session, table: Any, _all: Keys) -> Keys:
    return _keys(session.execute(select(select(*pk(table)).cte("found"))))


@read
def cte_of_core(session: Session, table: Any, _all: Keys) -> Keys:
    found = select(*table.__table__.primary_key).cte("found")
    return _keys(session.execute(select(*found.c)))


@read
def recursive_cte(session: Session, table: Any, _all: Keys) -> Keys:
    first = select(*pk(table)).cte("found", recursive=True)
    more = first.union(select(*pk(table)))
    return _keys(session.execute(select(*more.c)))


@read
def scalar_subquery(session: Session, table: Any, everything: Keys) -> Keys:
    return {
        found
        for found in everything
        if session.execute(
            select(
                Setting.key,
                select(func.count(pk(table)[0])).where(is_row(table, found)).scalar_subquery(),
            ).limit(1)
        ).one()[1]
    }


@read
def membership_in_subquery(session: Session, table: Any, everything: Keys) -> Keys:
    first = pk(table)[0]
    return {
        found
        for found in everything
        if session.scalar(
            select(func.count(Setting.key)).where(
                literal(found[0], first.type).in_(select(first).where(is_row(table, found)))
            )
        )
    }


@read
def joined(session: Session, table: Any, _all: Keys) -> Keys:
    rows = session.execute(select(Setting.key, *pk(table)).join(table, true()))
    return {tuple(row)[1:] for row in rows}


@read
def outer_joined(session: Session, table: Any, _all: Keys) -> Keys:
    other = aliased(table)
    rows = session.execute(select(Setting.key, *pk(other)).outerjoin(other, true()))
    return {tuple(row)[1:] for row in rows if row[1] is not None}


@read
def column_expression(session: Session, table: Any, everything: Keys) -> Keys:
    """Only expressions, no column or entity by itself."""
    expressions = [func.coalesce(column, column) for column in pk(table)]
    return _keys(session.execute(select(*expressions)))


@read
def lambda_statement(session: Session, table: Any, _all: Keys) -> Keys:
    key_of = pk(table)
    statement = lambda_stmt(lambda: select(*key_of), track_on=[table])
    return _keys(session.execute(statement))


@read
def correlated(session: Session, table: Any, everything: Keys) -> Keys:
    other = aliased(table)
    return _keys(
        session.execute(
            select(*pk(other)).where(
                exists(
                    select(table).where(
                        *(a == b for a, b in zip(pk(table), pk(other), strict=True))
                    )
                )
            )
        )
    )


@read
def lateral_join(session: Session, table: Any, _all: Keys) -> Keys:
    if session.get_bind().dialect.name == "sqlite":  # it knows none
        return entity(session, table, _all)
    side = lateral(select(*pk(table)))
    rows = session.execute(select(Setting.key, *side.c).join(side, true()))
    return {tuple(row)[1:] for row in rows}


@read
def streamed(session: Session, table: Any, _all: Keys) -> Keys:
    rows = session.execute(select(*pk(table)), execution_options={"yield_per": 2})
    return _keys(rows)


@read
def after_commit(session: Session, table: Any, everything: Keys) -> Keys:
    entity(session, table, everything)
    session.commit()
    session.expunge_all()
    return entity(session, table, everything)


@read
def after_rollback(session: Session, table: Any, everything: Keys) -> Keys:
    entity(session, table, everything)
    session.rollback()
    return entity(session, table, everything)


@read
def within_savepoint(session: Session, table: Any, everything: Keys) -> Keys:
    with session.begin_nested():
        return entity(session, table, everything)


@read
def expired(session: Session, table: Any, everything: Keys) -> Keys:
    rows = list(session.scalars(select(table)).unique())
    for row in rows:
        session.expire(row)
    return {key(row) for row in rows if row.__mapper__.columns and _loaded(row)}


def _loaded(row: Any) -> bool:
    for column in row.__mapper__.column_attrs:
        getattr(row, column.key)
    return True
