"""An announcement as it stands in one journey: who reads it there, and its own row."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from partnerjourney.announcements.models import Announcement, MemberAnnouncement, Row
from partnerjourney.core import audit, circles
from partnerjourney.core.errors import ConflictError, NotFoundError
from partnerjourney.core.parties import Participation, Party, PartyKind
from partnerjourney.core.policy import Permission, require
from partnerjourney.core.scopes import Actor
from partnerjourney.handovers.services import handovers
from partnerjourney.journeys.services import Place

TABLES: tuple[type[Any], ...] = (Announcement, MemberAnnouncement)


def stand(session: Session, place: Place, words: Mapping[str, Any], *, at: datetime) -> Row:
    """Let an announcement of the acting organisation stand in a journey; return its row.

    A party tells the whole journey. A member of a group tells whom it works with at hand-overs and
    who coordinates, in a circle in which it sits alone of its group. Raises ConflictError for who
    only reads along.
    """
    own = sorted(place.mine, key=lambda party: party.kind is PartyKind.GROUP)
    if not own:
        raise ConflictError("who reads along announces nothing")
    party, me = own[0], place.standing.organisation_id
    made: Row
    if party.kind is PartyKind.GROUP:
        member = _member(session, place, party)
        made = MemberAnnouncement(
            journey_id=place.id,
            circle_id=_circle(session, place, party, member),
            member_id=member.id,
            party_id=party.id,
            organisation_id=me,
            said_at=at,
            **words,
        )
    else:
        made = Announcement(
            journey_id=place.id, party_id=party.id, organisation_id=me, said_at=at, **words
        )
    session.add(made)
    session.flush()
    record(session, made, "announcement.make", after=words, at=at)
    return made


def _member(session: Session, place: Place, group: Party) -> Participation:
    members = circles.members_of(session, place.id, group.id)
    return next(m for m in members if m.organisation_id == place.standing.organisation_id)


def _circle(session: Session, place: Place, group: Party, member: Participation) -> uuid.UUID:
    """Return the circle of a member, who coordinates, and who stands across a hand-over."""
    near = {group.id} | ({place.orchestrator.id} if place.orchestrator else set())
    for handover in handovers(session, place.id):
        ends = {handover.content.from_party_id, handover.content.to_party_id}
        if group.id in ends:
            near |= ends
    parties = [party for party in place.parties.values() if party.id in near]
    return circles.circle_for(session, place.id, parties, members={group.id: member.id})


def find_shown(session: Session, place: Place, shown_id: uuid.UUID, *, lock: bool = False) -> Row:
    """Return an announcement that stands in a journey, for who reads it; raises NotFoundError."""
    for table in TABLES:
        query = select(table).where(
            table.journey_id == place.id, table.id == shown_id, table.withdrawn_at.is_(None)
        )
        found: Row | None = session.scalar(query.with_for_update() if lock else query)
        if found is not None:
            return found
    raise NotFoundError


def may_withdraw(actor: Actor, row: Row) -> None:
    """Raise NotAllowedError unless the actor's own organisation announced it."""
    require(actor, Permission.ANNOUNCEMENT_WITHDRAW, row)


def withdraw_here(session: Session, actor: Actor, row: Row, *, at: datetime) -> None:
    """Take back in one journey what one's own organisation announced there."""
    may_withdraw(actor, row)
    end(session, row, at=at)


def end(session: Session, row: Row, *, at: datetime) -> None:
    """Let an announcement stand no more."""
    row.withdrawn_at = at
    session.flush()
    record(session, row, "announcement.withdraw", at=at)


def record(
    session: Session, row: Row, verb: str, *, at: datetime, before: Any = None, after: Any = None
) -> None:
    """Write an act into the history of those who read the row."""
    audit.record(
        session,
        verb,
        at=at,
        thing_id=row.id,
        journey_id=row.journey_id,
        circle_id=row.circle_id if isinstance(row, MemberAnnouncement) else None,
        before=before,
        after=after,
    )
