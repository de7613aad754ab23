"""Heads: one row for each place that rows belong to, with a new version when one of them changes.

A place is a journey, a circle, an organisation, or the directory of names. Triggers write heads in
the transaction of the change, so no path forgets them. A reader's versions are those of the places
that it may read: what is hidden from it moves none of them. No answer shows a version; it only says
whether a page that was made for this very reader still stands (web/kept.py).
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, Connection, Engine, text
from sqlalchemy.orm import Mapped, mapped_column

from partnerjourney.core import predicates
from partnerjourney.core.border import run
from partnerjourney.core.db import Base, CircleScoped, JourneyScoped, OrganisationPrivate, Sealed
from partnerjourney.core.parties import (
    Circle,
    CircleSeat,
    Journey,
    Organisation,
    Participation,
    Setting,
    User,
)

DIRECTORY = uuid.UUID(int=0)
UNWATCHED = frozenset({"audit_journey", "audit_circle", "audit_organisation", "contact", "event"})
"""Tables that grow by themselves and stand on no kept page."""


class Head(Sealed, Base):
    """The version of one place: a random number that triggers replace."""

    __tablename__ = "head"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)


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


# --- reading ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Seen:
    """Who looks, and the versions of all that this person may read of one journey."""

    user_id: str
    created_at: datetime
    seen_at: datetime
    versions: str


_SEEN = """
select s.user_id, s.created_at, s.seen_at, (
  select {joined} from (select h.id, h.version from head h where h.id in (
    select {directory} union all select m.owner_id from membership m where m.user_id = s.user_id
    union all select j.id from journey j where j.id = {journey} and j.organisation_id = o.id
    union all select p.journey_id from participation p
      where p.organisation_id = o.id and p.state = 'active' and p.journey_id = {journey}
    union all select c.circle_id from circle_seat c join participation p
      on p.journey_id = c.journey_id and p.id = c.participation_id
      where p.organisation_id = o.id and p.state = 'active' and p.journey_id = {journey}
  ) order by h.id) moved)
from login_session s
join membership acting on acting.user_id = s.user_id and acting.ended_at is null
join organisation o on o.id = acting.owner_id and o.slug = {slug}
where s.token_hash = {token} and s.ended_at is null"""


@cache
def _seen(dialect: str) -> str:
    """Return the statement for SQLite, or for the body of PostgreSQL's function."""
    if dialect == "sqlite":
        joined, directory = "group_concat(moved.id || moved.version)", f"'{DIRECTORY.hex}'"
        given = {"token": "?1", "slug": "?2", "journey": "?3"}
    else:
        joined = "string_agg(moved.id::text || moved.version, ',' order by moved.id)"
        directory = f"'{DIRECTORY}'::uuid"
        given = {"token": "$1", "slug": "$2", "journey": "$3"}
    return _SEEN.format(joined=joined, directory=directory, **given)


def see(engine: Engine, *, token_hash: str, slug: str, journey: uuid.UUID) -> Seen | None:
    """Return who is signed in for an organisation, and what stands, in one statement.

    None for a stranger. Whether the sign-in grew too old is for the caller to judge.
    """
    raw = engine.raw_connection()
    try:
        if engine.dialect.name == "sqlite":
            cursor = raw.driver_connection.execute(  # type: ignore[union-attr]
                _seen("sqlite"), (token_hash, slug, journey.hex)
            )
            found = cursor.fetchone()
        else:
            found = _asked(raw, (token_hash, slug, str(journey)))
    except engine.dialect.loaded_dbapi.Error:
        raw.invalidate()  # the page is made, and says what is wrong
        return None
    finally:
        raw.close()
    if found is None:
        return None
    user, created_at, seen_at, versions = found
    return Seen(str(user), _moment(created_at), _moment(seen_at), versions or "")


_ASK = b"select * from pj_seen($1, $2, $3::uuid)"
_NAME = b"pj_seen"


def _asked(raw: Any, values: tuple[str, ...]) -> list[str] | None:
    """Ask PostgreSQL's own function by libpq: it needs no scope, so no transaction around it."""
    from psycopg import OperationalError  # an extra, needed on PostgreSQL alone
    from psycopg.pq import ExecStatus

    connection, given = raw.driver_connection, [value.encode() for value in values]
    libpq, ready = connection.pgconn, raw.info.get(_NAME)
    if ready is None:  # a pooler in between keeps no prepared statements
        may = connection.prepare_threshold is not None
        ready = may and libpq.prepare(_NAME, _ASK).status == ExecStatus.COMMAND_OK
        raw.info[_NAME] = ready
    result = libpq.exec_prepared(_NAME, given) if ready else libpq.exec_params(_ASK, given)
    if result.status != ExecStatus.TUPLES_OK:
        raise OperationalError(result.error_message.decode(errors="replace"))
    if not result.ntuples:
        return None
    return [(result.get_value(0, column) or b"").decode() for column in range(result.nfields)]


def _moment(value: str) -> datetime:
    found = datetime.fromisoformat(value)
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found


# --- the triggers -------------------------------------------------------------------------------

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
            yield f"create trigger head_{name}_{verb} after {verb} on {name} begin{moved} end"


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
    yield (
        "create or replace function pj_seen(text, text, uuid) returns table (user_id uuid,"
        " created_at timestamptz, seen_at timestamptz, versions text) language plpgsql stable"
        " security definer set search_path = public, pg_temp as $$ #variable_conflict use_column\n"
        f" begin return query {_seen('postgresql')}; end $$"  # plpgsql keeps its plans
    )
    for number, shape in enumerate(_shapes()):
        found = " union ".join(shape).format(row="r", directory=f"'{DIRECTORY}'::uuid")
        yield _MOVED.replace("<number>", str(number)).replace("<places>", found)


def _triggers() -> Iterator[str]:
    shapes = _shapes()
    for table in _watched():
        yield (
            f"create constraint trigger head after insert or update or delete on"
            f" {table.__tablename__} deferrable initially deferred for each row"
            f" execute function pj_moved_{shapes.index(places(table))}()"
        )
