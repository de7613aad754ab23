"""What a party says beside a number: its own alone, seen by those who share that number."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from partnerjourney.core import audit
from partnerjourney.core.circles import participation_joined
from partnerjourney.core.errors import NotFoundError, StaleVersionError
from partnerjourney.core.parties import CircleSeat, Participation
from partnerjourney.core.policy import Permission, require
from partnerjourney.core.scopes import Actor
from partnerjourney.journeys.services import Place
from partnerjourney.measurement.models import StoredExplanation
from partnerjourney.surveys.models import Point, PointCircle, Wave
from partnerjourney.surveys.services import points


def explain(
    session: Session,
    actor: Actor,
    place: Place,
    point: Point,
    wave: Wave,
    party_id: uuid.UUID,
    *,
    text: str,
    version: int,
    at: datetime,
) -> None:
    """Set what a party of the actor's says beside a point's number of one wave; '' takes it back.

    `version` is that of the text it replaces, 0 where there is none; `point` is to be locked.
    Raises NotFoundError for a party that is not of this journey or has no seat at the point,
    NotAllowedError for one that is not the actor's, StaleVersionError when another saved first.
    """
    if party_id not in place.parties:
        raise NotFoundError
    require(actor, Permission.EXPLANATION_EDIT, place.owned(party_id))
    circle_ids = _seats(session, actor, point, party_id)
    if not circle_ids:
        raise NotFoundError
    rows = _rows(session, wave, party_id, circle_ids)
    known = max((row.version for row in rows.values()), default=0)
    said = next((row.text for row in rows.values() if row.version == known), "")
    if version != known:
        raise StaleVersionError({"text": said, "version": known})
    if text == said:
        return
    for circle_id in circle_ids:
        row = rows.get(circle_id)
        if row is None:
            row = StoredExplanation(
                journey_id=place.id,
                circle_id=circle_id,
                point_id=point.id,
                wave_id=wave.id,
                party_id=party_id,
            )
            session.add(row)
        row.text, row.written_at, row.version = text, at, known + 1
        session.flush()
        audit.record(
            session,
            "explanation.set" if text else "explanation.take_back",
            at=at,
            thing_id=row.id,
            journey_id=place.id,
            circle_id=circle_id,
            before=said or None,
            after=text or None,
        )
    session.flush()


def _seats(session: Session, actor: Actor, point: Point, party_id: uuid.UUID) -> list[uuid.UUID]:
    """The circles of a point in which the actor's organisation sits for a party."""
    return list(
        session.scalars(
            select(PointCircle.circle_id)
            .join(
                CircleSeat,
                (CircleSeat.journey_id == PointCircle.journey_id)
                & (CircleSeat.circle_id == PointCircle.circle_id),
            )
            .join(
                Participation,
                (Participation.journey_id == CircleSeat.journey_id)
                & (Participation.id == CircleSeat.participation_id),
            )
            .where(
                PointCircle.journey_id == point.journey_id,
                PointCircle.point_id == point.id,
                CircleSeat.party_id == party_id,
                Participation.organisation_id == actor.organisation_id,
            )
            .order_by(PointCircle.circle_id)
        )
    )


def _rows(
    session: Session, wave: Wave, party_id: uuid.UUID, circle_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, StoredExplanation]:
    """What stands there for a party, per circle in which the actor sits for it."""
    rows = session.scalars(
        select(StoredExplanation).where(
            StoredExplanation.journey_id == wave.journey_id,
            StoredExplanation.circle_id.in_(circle_ids),
            StoredExplanation.wave_id == wave.id,
            StoredExplanation.party_id == party_id,
        )
    )
    return {row.circle_id: row for row in rows}


@participation_joined.connect
def _repeat_for_member(system: Session, *, participation: Participation) -> None:
    """Let a new member of a group read what the others on the stretch say.

    The points are locked first: who writes meanwhile writes for the new circles, or is repeated.
    """
    if not participation.discreet:
        return
    locked = system.scalars(
        select(Point)
        .where(Point.journey_id == participation.journey_id)
        .order_by(Point.id)
        .with_for_update(key_share=True)
    ).all()
    told = set(
        system.scalars(
            select(StoredExplanation.point_id).where(
                StoredExplanation.journey_id == participation.journey_id
            )
        )
    )
    for point in locked:
        if point.id in told:
            points.make_circles(system, point.journey_id, point.id)
            _repeat(system, point, str(participation.id))
    system.flush()


def _repeat(system: Session, point: Point, member: str) -> None:
    """Copy what stands in each circle of a point to the one that has this member besides."""
    circle_ids = points.circles_of_point(system, point)
    beside = {
        circle_ids[members - {member}]: circle_id
        for members, circle_id in circle_ids.items()
        if member in members
    }
    rows = system.scalars(
        select(StoredExplanation).where(
            StoredExplanation.journey_id == point.journey_id,
            StoredExplanation.point_id == point.id,
        )
    ).all()
    there = {(row.circle_id, row.wave_id, row.party_id) for row in rows}
    for row in rows:
        circle_id = beside.get(row.circle_id)
        if not row.text or circle_id is None:
            continue
        if (circle_id, row.wave_id, row.party_id) in there:
            continue
        system.add(
            StoredExplanation(
                journey_id=row.journey_id,
                circle_id=circle_id,
                point_id=row.point_id,
                wave_id=row.wave_id,
                party_id=row.party_id,
                text=row.text,
                written_at=row.written_at,
                version=row.version,
            )
        )
