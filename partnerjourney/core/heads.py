"""Heads: one row for each place that rows belong to, with a new version when one of them changes.

A place is a journey, a circle, an organisation, or the directory of names. Triggers write heads in
the transaction of the change, so no path forgets them. A reader's versions are those of the places
that it may read: what is hidden from it moves none of them. No answer shows a version; it only says
whether a page that was made for this very reader still stands (web/kept.py).
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlalchemy import BigInteger, Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Mapped, mapped_column

from partnerjourney.core import direct
from partnerjourney.core.db import Base, Sealed

DIRECTORY = uuid.UUID(int=0)


class Head(Sealed, Base):
    """The version of one place: a random number that triggers replace."""

    __tablename__ = "head"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(BigInteger)


@dataclass(frozen=True, slots=True)
class Seen:
    """Who looks, with which rights, and the versions of all that may be read of one journey.

    `rights` are role, signature, sign-in and language, in one text. What colleagues of the same
    rights read has the same `versions`; `others` are the person's theme, and
    the versions of its other organisations.
    """

    user_id: str
    created_at: datetime
    seen_at: datetime
    rights: str
    versions: str
    others: str


_SEEN = """
select s.user_id, s.created_at, s.seen_at,
  acting.role || ' ' || acting.signatory || ' ' || s.means || ' ' || u.language, (
  select {joined} from (select h.id, h.version from head h where h.id in (
    select {directory} union all select o.id
    union all select j.id from journey j where j.id = {journey} and j.organisation_id = o.id
    union all select p.journey_id from participation p
      where p.organisation_id = o.id and p.state = 'active' and p.journey_id = {journey}
    union all select c.circle_id from circle_seat c join participation p
      on p.journey_id = c.journey_id and p.id = c.participation_id
      where p.organisation_id = o.id and p.state = 'active' and p.journey_id = {journey}
  ) order by h.id) moved), u.theme || coalesce((
  select {joined} from (select h.id, h.version from head h where h.id in (
    select m.owner_id from membership m
      where m.user_id = s.user_id and m.owner_id <> o.id and m.ended_at is null
  ) order by h.id) moved), '')
from login_session s
join user_account u on u.id = s.user_id
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
    name, values = "pj_seen", (token_hash, slug, journey.hex)
    try:
        found = direct.ask(engine, name, seen_sql("sqlite"), values)
    except OperationalError:
        return None  # the page is made, and says what is wrong
    if not found:
        return None
    user, created_at, seen_at, rights, versions, others = found[0]
    moments = direct.moment(created_at), direct.moment(seen_at)
    return Seen(str(user), *moments, rights, versions or "", others or "")
