"""When somebody leaves, what it announced stands no more; what others said goes on without it."""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from partnerjourney.announcements.models import Announcement, MemberAnnouncement
from partnerjourney.core.departing import Departure, participation_left


@participation_left.connect
def _end_or_move(system: Session, *, departure: Departure) -> None:
    gone = departure.participation
    here = (
        Announcement.journey_id == gone.journey_id,
        Announcement.party_id == gone.party_id,
        Announcement.organisation_id == gone.organisation_id,
        Announcement.withdrawn_at.is_(None),
    )
    if not gone.discreet:
        system.execute(update(Announcement).where(*here).values(withdrawn_at=departure.at))
    rows = system.scalars(
        select(MemberAnnouncement)
        .where(
            MemberAnnouncement.journey_id == gone.journey_id,
            MemberAnnouncement.circle_id.in_(departure.closed),
            MemberAnnouncement.withdrawn_at.is_(None),
        )
        .with_for_update()
    ).all()
    for row in rows:
        if row.member_id == gone.id:
            row.withdrawn_at = departure.at
        elif row.circle_id in departure.successors:
            row.circle_id = departure.successors[row.circle_id]
    system.flush()
