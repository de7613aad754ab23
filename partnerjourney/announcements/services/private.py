"""An organisation's own rows of what it announces, as a key comes to them: not by itself."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from partnerjourney.announcements.models import AnnouncementPlace, OwnAnnouncement
from partnerjourney.announcements.services.shown import TABLES
from partnerjourney.core.errors import ConflictError, NotFoundError
from partnerjourney.core.owned import private
from partnerjourney.core.parties import Organisation
from partnerjourney.core.policy import Permission, require
from partnerjourney.core.scopes import Actor, Token


def nowhere_else(own: Session, actor: Actor, row: OwnAnnouncement) -> None:
    """Raise ConflictError to a key that is not for every journey in which this stands."""
    if not isinstance(actor, Token):
        return
    for table in TABLES:
        query = (
            select(table.id)
            .join(AnnouncementPlace, AnnouncementPlace.shown_id == table.id)
            .where(
                AnnouncementPlace.owner_id == row.owner_id,
                AnnouncementPlace.announcement_id == row.id,
                AnnouncementPlace.journey_id == table.journey_id,
                table.journey_id.not_in(actor.journeys),
                table.withdrawn_at.is_(None),
            )
        )
        if own.scalars(query.limit(1)).first() is not None:
            raise ConflictError("it stands in a journey that this key is not for")


@dataclass(frozen=True, slots=True)
class Ours:
    """An announcement of the organisation, and where it stands as far as the actor may know."""

    row: OwnAnnouncement
    journeys: tuple[uuid.UUID, ...]


def ours(session: Session, actor: Actor, organisation: Organisation) -> list[Ours]:
    """Return what the organisation announces; for a key what stands in the journeys that it is for.

    What stands nowhere is not among it.
    """
    require(actor, Permission.ORGANISATION_READ, organisation)
    return _ours(session, actor, organisation)


def find_ours(
    session: Session, actor: Actor, organisation: Organisation, announcement_id: uuid.UUID
) -> Ours:
    """Return one of these; raises NotFoundError."""
    require(actor, Permission.ORGANISATION_READ, organisation)
    return _one(session, actor, organisation, announcement_id)


def to_change(
    session: Session, actor: Actor, organisation: Organisation, announcement_id: uuid.UUID
) -> Ours:
    """Return one of these to who may change it, held until it is done; raises NotFoundError."""
    require(actor, Permission.ANNOUNCEMENT_MAKE, organisation)
    with private(session, actor) as own:
        mine = OwnAnnouncement.owner_id == organisation.id, OwnAnnouncement.id == announcement_id
        own.scalar(select(OwnAnnouncement.id).where(*mine).with_for_update())
    return _one(session, actor, organisation, announcement_id)


def _one(
    session: Session, actor: Actor, organisation: Organisation, announcement_id: uuid.UUID
) -> Ours:
    for one in _ours(session, actor, organisation):
        if one.row.id == announcement_id:
            return one
    raise NotFoundError


def _ours(session: Session, actor: Actor, organisation: Organisation) -> list[Ours]:
    journeys: dict[uuid.UUID, list[uuid.UUID]] = {}
    for table in TABLES:
        # in the session's own scope: a place in a journey that is not the key's is not there
        query = (
            select(AnnouncementPlace.announcement_id, AnnouncementPlace.journey_id)
            .join(
                table,
                (table.journey_id == AnnouncementPlace.journey_id)
                & (table.id == AnnouncementPlace.shown_id),
            )
            .where(table.withdrawn_at.is_(None), table.organisation_id == organisation.id)
        )
        for announcement_id, journey_id in session.execute(query):
            journeys.setdefault(announcement_id, []).append(journey_id)
    with private(session, actor) as own:
        rows = own.scalars(
            select(OwnAnnouncement)
            .where(
                OwnAnnouncement.owner_id == organisation.id,
                OwnAnnouncement.id.in_(journeys),
            )
            .order_by(OwnAnnouncement.first_day, OwnAnnouncement.id)
        ).all()
    return [Ours(row, tuple(sorted(journeys[row.id]))) for row in rows]
