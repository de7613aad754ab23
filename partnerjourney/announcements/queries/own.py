"""The announcements of the acting organisation, and where each stands."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from partnerjourney.announcements.models import (
    Announcement,
    AnnouncementPlace,
    MemberAnnouncement,
    OwnAnnouncement,
)
from partnerjourney.core.errors import NotFoundError
from partnerjourney.core.parties import Journey, Organisation


@dataclass(frozen=True, slots=True)
class Standing:
    """A journey in which an announcement was made; `there` while it is read there.

    `apart`: the organisation takes no part now, so what was said stands there as it was.
    """

    journey_id: uuid.UUID
    journey: str
    brand: str
    there: bool
    apart: bool
    to_circle: bool


@dataclass(frozen=True)
class Own:
    """An announcement and its places, by brand."""

    row: OwnAnnouncement
    places: tuple[Standing, ...]

    @property
    def stands(self) -> bool:
        """Whether anybody reads it."""
        if any(place.there for place in self.places):
            return True
        return self.row.withdrawn_at is None and any(place.apart for place in self.places)


def own(session: Session, announcement_id: uuid.UUID | None = None) -> list[Own]:
    """Return the organisation's announcements, the latest first day first; or one of them."""
    query = (
        select(
            OwnAnnouncement,
            AnnouncementPlace,
            Journey.name,
            Organisation.name,
            Announcement,
            MemberAnnouncement,
        )
        .outerjoin(
            AnnouncementPlace,
            and_(
                AnnouncementPlace.owner_id == OwnAnnouncement.owner_id,
                AnnouncementPlace.announcement_id == OwnAnnouncement.id,
            ),
        )
        .outerjoin(Journey, Journey.id == AnnouncementPlace.journey_id)
        .outerjoin(Organisation, Organisation.id == Journey.organisation_id)
        .outerjoin(Announcement, _shown(Announcement))
        .outerjoin(MemberAnnouncement, _shown(MemberAnnouncement))
        .order_by(OwnAnnouncement.first_day.desc(), OwnAnnouncement.id.desc())
    )
    if announcement_id is not None:
        query = query.where(OwnAnnouncement.id == announcement_id)
    rows: dict[uuid.UUID, OwnAnnouncement] = {}
    places: dict[uuid.UUID, list[Standing]] = {}
    found: list[Any] = list(session.execute(query))
    for row, place, journey, brand, whole, member in found:
        rows[row.id] = row
        places.setdefault(row.id, [])
        if place is not None:
            said = [row for row in (whole, member) if row is not None]
            there = any(row.withdrawn_at is None for row in said)
            standing = Standing(
                place.journey_id,
                journey or "",
                brand or "",
                there,
                apart=not said,
                to_circle=member is not None,
            )
            places[row.id].append(standing)
    return [
        Own(row, tuple(sorted(places[key], key=lambda one: (one.brand, one.journey))))
        for key, row in rows.items()
    ]


def _shown(table: Any) -> Any:
    return and_(
        table.journey_id == AnnouncementPlace.journey_id, table.id == AnnouncementPlace.shown_id
    )


def own_in(session: Session, journey_id: uuid.UUID) -> dict[uuid.UUID, uuid.UUID]:
    """Return which of the organisation's announcements its rows in a journey are, by their ids."""
    rows = session.execute(
        select(AnnouncementPlace.shown_id, AnnouncementPlace.announcement_id).where(
            AnnouncementPlace.journey_id == journey_id
        )
    )
    return {row.shown_id: row.announcement_id for row in rows}


def one(session: Session, announcement_id: uuid.UUID) -> Own:
    """Return one of the organisation's announcements; raises NotFoundError."""
    found = own(session, announcement_id)
    if not found:
        raise NotFoundError
    return found[0]
