"""Heads: one row for each place that rows belong to, with a new version when one of them changes.

A place is a journey, a circle, an organisation, or the directory of names. Triggers write heads in
the transaction of the change, so no path forgets them. A reader's versions are those of the places
that it may read: what is hidden from it moves none of them. No answer shows a version; it only says
whether a page that was made for this very reader still stands (web/kept.py).
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, Engine
from sqlalchemy.orm import Mapped, mapped_column

from partnerjourney.core.db import Base, Sealed

DIRECTORY = uuid.UUID(int=0)


class Head(Sealed, Base):
    """The version of one place: a random number that triggers replace."""

    __tablename__ = "head"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)


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
def seen_sql(dialect: str) -> str:
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
                seen_sql("sqlite"), (token_hash, slug, journey.hex)
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
