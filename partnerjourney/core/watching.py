"""Watching: the triggers that move heads, and what each table's rows belong to.

Brought up to date after every migration, as row-level security is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import cache
from typing import Any

from sqlalchemy import Connection, text

from partnerjourney.core import predicates
from partnerjourney.core.border import run
from partnerjourney.core.db import CircleScoped, JourneyScoped, OrganisationPrivate
from partnerjourney.core.heads import DIRECTORY, seen_sql
from partnerjourney.core.parties import (
    Circle,
    CircleSeat,
    Journey,
    Organisation,
    Participation,
    Setting,
    User,
)

UNWATCHED = frozenset(
    {
        "audit_journey",
        "audit_circle",
        "audit_organisation",
        "journey_change",
        "circle_change",
        "contact",
        "event",
        "api_token",
    }
)
"""Tables that grow by themselves and stand on no kept page."""

_DIRECTORY = ("select {directory}",)
_OF_TABLE: dict[type[Any], tuple[str, ...]] = {
    Organisation: _DIRECTORY,
    Setting: _DIRECTORY,
    User: _DIRECTORY,
    Journey: ("select {row}.id", "select {row}.organisation_id"),
    Circle: ("select {row}.id",),
    CircleSeat: ("select {row}.circle_id",),
    Participation: (
        "select {row}.organisation_id",
        "select {row}.journey_id where not {row}.discreet",
        "select j.organisation_id from journey j where j.id = {row}.journey_id",
        (
            "select p.organisation_id from participation p"
            " where p.journey_id = {row}.journey_id and p.role = 'orchestrator'"
        ),
        (
            "select s.circle_id from circle_seat s"
            " where s.journey_id = {row}.journey_id and s.participation_id = {row}.id"
        ),
    ),
}
_OF_COLUMNS: dict[type[Any], tuple[str, ...]] = {User: ("name", "email")}
"""What others read of a row, where that is not all of it: language and theme are one's own."""
_OF_KIND: dict[type[Any], tuple[str, ...]] = {
    JourneyScoped: ("select {row}.journey_id",),
    CircleScoped: ("select {row}.circle_id",),
    OrganisationPrivate: ("select {row}.owner_id",),
}


def places(table: type[Any]) -> tuple[str, ...]:
    """Return SQL of the places that a `{row}` of a table belongs to; none where nobody reads it.

    A discreet participation moves its own organisation, those who coordinate, and the circles in
    which it sits: its peers notice nothing.
    """
    if table.__tablename__ in UNWATCHED:
        return ()
    return _OF_TABLE.get(table) or _OF_KIND.get(predicates.kind_of(table), ())


_VERBS = ("insert", "update", "delete")
_LIFT = (
    "do $$ declare t record; begin for t in select tgname, tgrelid::regclass as of from pg_trigger"
    " where tgname = 'head' loop execute format('drop trigger head on %s', t.of); end loop; end $$"
)


_MOVED = """create or replace function pj_moved_<number>() returns trigger language plpgsql
  security definer set search_path = public, pg_temp as $$ declare r record; begin
  r := case when tg_op = 'DELETE' then old else new end;
  insert into head select place.*, floor(random() * 281474976710656)::bigint
    from (<places>) as place order by 1
    on conflict (id) do update set version = excluded.version;
  return null; end $$"""


def lift(connection: Connection) -> None:
    """Take the triggers away for a migration, which changes rows and tables at once."""
    if connection.dialect.name == "postgresql":
        _say(connection, _LIFT)
        return
    found = "select name from sqlite_master where type = 'trigger' and name glob 'head_*'"
    for name in _say(connection, found).scalars().all():
        _say(connection, f"drop trigger {name}")


def apply(connection: Connection, *, prefix: str) -> None:
    """Bring the triggers and PostgreSQL's functions up to date; `prefix` is that of its roles."""
    lift(connection)
    if connection.dialect.name == "sqlite":
        for statement in _sqlite():
            _say(connection, statement)
        return
    for statement in _postgresql(prefix):
        _say(connection, statement)


def effective(connection: Connection) -> bool:
    """Say whether every watched table has this program's triggers, and they are on."""
    if connection.dialect.name == "sqlite":
        found = "select lower(sql) from sqlite_master where type = 'trigger'"
        return {said.lower() for said in _sqlite()} <= set(_say(connection, found).scalars())
    found = (
        "select tgrelid::regclass::text from pg_trigger where tgname = 'head' and tgenabled <> 'D'"
    )
    wanted = {table.__tablename__ for table in _watched()}
    made = "select obj_description(to_regprocedure('pj_seen(text, text, uuid)'), 'pg_proc')"
    same = _say(connection, made).scalar() == _print()
    return same and wanted <= set(_say(connection, found).scalars())


@cache
def _print() -> str:
    """Return what tells this program's triggers and functions from those of another version."""
    return hashlib.sha256("\n".join((*_functions(), *_triggers())).encode()).hexdigest()


def _say(connection: Connection, statement: str) -> Any:
    return run(connection, text(statement.replace(":", "\\:")))


def _watched() -> list[Any]:
    found = (table for table in predicates.tables() if places(table))
    return sorted(found, key=lambda table: str(table.__tablename__))


def _sqlite() -> Iterator[str]:
    for table in _watched():
        name = table.__tablename__
        for verb in _VERBS:
            row = "old" if verb == "delete" else "new"
            moved = "".join(
                f" insert into head select place.*, abs(random() >> 16) from ({one}) as place"  # noqa: S608
                " where true on conflict (id) do update set version = excluded.version;"
                for one in _written(table, row, f"'{DIRECTORY.hex}'")
            )
            when = _update(table) if verb == "update" else verb
            yield f"create trigger head_{name}_{verb} after {when} on {name} begin{moved} end"


def _update(table: Any) -> str:
    """Return which updates move the heads of a table."""
    columns = _OF_COLUMNS.get(table)
    return f"update of {', '.join(columns)}" if columns else "update"


def _written(table: Any, row: str, directory: str) -> list[str]:
    return [one.format(row=row, directory=directory) for one in places(table)]


def _postgresql(prefix: str) -> Iterator[str]:
    """Write heads at the end of a transaction, so that its locks are short."""
    yield f'grant create on schema public to "{prefix}_system"'
    yield f'set local role "{prefix}_system"'
    yield from _functions()
    yield f"comment on function pj_seen(text, text, uuid) is '{_print()}'"
    yield "reset role"
    yield f'revoke create on schema public from "{prefix}_system"'
    yield from _triggers()


def _shapes() -> list[tuple[str, ...]]:
    return sorted({places(table) for table in _watched()})


def _functions() -> Iterator[str]:
    yield "drop function if exists pj_seen(text, text, uuid)"  # an older one has other columns
    yield (
        "create function pj_seen(text, text, uuid) returns table (user_id uuid, created_at"
        " timestamptz, seen_at timestamptz, rights text, versions text, others text)"
        " language plpgsql stable"
        " security definer set search_path = public, pg_temp as $$ #variable_conflict use_column\n"
        f" begin return query {seen_sql('postgresql')}; end $$"  # plpgsql keeps its plans
    )
    for number, shape in enumerate(_shapes()):
        found = " union ".join(shape).format(row="r", directory=f"'{DIRECTORY}'::uuid")
        yield _MOVED.replace("<number>", str(number)).replace("<places>", found)


def _triggers() -> Iterator[str]:
    shapes = _shapes()
    for table in _watched():
        yield (
            f"create constraint trigger head after insert or {_update(table)} or delete on"
            f" {table.__tablename__} deferrable initially deferred for each row"
            f" execute function pj_moved_{shapes.index(places(table))}()"
        )
