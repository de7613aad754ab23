"""The announcements that a reader is told, in the journeys in which it takes part."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import BindParameter, Select, Uuid, and_, cast, null, select, union_all
from sqlalchemy.orm import Session

from partnerjourney.announcements.models import Announcement, MemberAnnouncement
from partnerjourney.announcements.rules import Kind
from partnerjourney.core.parties import Organisation, Party, PartyKind, monogram

COLUMNS = (
    "id",
    "journey_id",
    "party_id",
    "organisation_id",
    "member_id",
    "kind",
    "text",
    "first_day",
    "last_day",
    "said_at",
)
"""What a statement of `selected` gives, in this order."""


@dataclass(frozen=True, slots=True)
class Told:
    """An announcement as its reader sees it; `by` is the party, of a group the member."""

    id: uuid.UUID
    journey_id: uuid.UUID
    party_id: uuid.UUID
    organisation_id: uuid.UUID
    member_id: uuid.UUID | None
    kind: Kind
    text: str
    first_day: date
    last_day: date | None
    said_at: datetime
    by: str = ""

    @property
    def monogram(self) -> str:
        """Two letters that stand for who announces."""
        return monogram(self.by)


def selected(
    *where: Any,
    since: date | BindParameter[date] | None = None,
    circles: Select[Any] | None = None,
    before: Sequence[Any] = (),
) -> list[Select[Any]]:
    """Select what stands of both kinds of row, to be joined in a union.

    `where` is asked of each table: a function of it. `since` leaves out what ended before, and
    `circles` limits what members of groups say: the preview of what another party sees. Columns
    of `before` stand in front.
    """
    found = []
    for table in (Announcement, MemberAnnouncement):
        columns = [
            cast(null(), Uuid).label("member_id")
            if name == "member_id" and table is Announcement
            else getattr(table, name)
            for name in COLUMNS
        ]
        query = select(*before, *columns).where(
            table.withdrawn_at.is_(None), *(ask(table) for ask in where)
        )
        if since is not None:
            query = query.where(table.last_day.is_(None) | (table.last_day >= since))
        if circles is not None and table is MemberAnnouncement:
            query = query.where(MemberAnnouncement.circle_id.in_(circles))
        found.append(query)
    return found


def told_row(row: Any) -> Told:
    """Return a row of `selected`."""
    return Told(*row[: len(COLUMNS)])


def told(
    session: Session, journeys: Collection[uuid.UUID], *, since: date | None = None
) -> list[Told]:
    """Return what stands in these journeys and did not end before a day, by its first day."""
    if not journeys:
        return []
    said = union_all(*selected(lambda table: table.journey_id.in_(journeys), since=since))
    one = said.subquery("said")
    query = (
        select(*one.c, Party.name, Party.kind, Party.position, Organisation.name)
        .join(Party, and_(Party.journey_id == one.c.journey_id, Party.id == one.c.party_id))
        .join(Organisation, Organisation.id == one.c.organisation_id)
    )
    found = []
    for row in map(tuple, session.execute(query)):
        party, kind, position, organisation = row[len(COLUMNS) :]
        by = organisation if kind is PartyKind.GROUP else party
        found.append((position, replace(told_row(row), by=by)))
    found.sort(key=lambda pair: (pair[1].first_day, pair[0], pair[1].by, pair[1].id))
    return [row for _, row in found]
