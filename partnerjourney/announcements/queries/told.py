"""The announcements that a reader is told, in the journeys in which it takes part."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, Uuid, and_, cast, null, select, union_all
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
    since: date | None = None,
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
    """Return what stands in these journeys and did not end before a day, by its first day.

    Who says it is named: one more statement, where anything stands.
    """
    if not journeys:
        return []
    parts = selected(lambda table: table.journey_id.in_(journeys), since=since)
    return named(session, [told_row(row) for row in session.execute(union_all(*parts))])


def named(session: Session, rows: Collection[Told]) -> list[Told]:
    """Return announcements with the names of who makes them, by their first day."""
    if not rows:
        return []
    query = (
        select(Party.id, Party.name, Party.kind, Party.position, Organisation.id, Organisation.name)
        .join(Organisation, and_(Organisation.id.in_({row.organisation_id for row in rows})))
        .where(
            Party.journey_id.in_({row.journey_id for row in rows}),
            Party.id.in_({row.party_id for row in rows}),
        )
    )
    names: dict[tuple[uuid.UUID, uuid.UUID], tuple[str, int]] = {}
    for party_id, party, kind, position, organisation_id, organisation in session.execute(query):
        by = organisation if kind is PartyKind.GROUP else party
        names[party_id, organisation_id] = by, position
    found = [(names.get((row.party_id, row.organisation_id), ("", 0)), row) for row in rows]
    found.sort(key=lambda one: (one[1].first_day, one[0][1], one[0][0], one[1].id))
    return [replace(row, by=by) for (by, _), row in found]
