"""The statements behind the map: column rows, not entities, whatever the number of cards."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from sqlalchemy import Select, and_, bindparam, select
from sqlalchemy.orm import Session

from partnerjourney.announcements.queries import Told
from partnerjourney.core.parties import CircleSeat, Participation, Party, PartyKind
from partnerjourney.journeys.services import Place
from partnerjourney.maps.queries.announced import members, members_and_announced
from partnerjourney.maps.queries.edges import edges
from partnerjourney.maps.queries.path import path_of
from partnerjourney.maps.queries.seen import (
    CardRow,
    JourneyMap,
    MemberRow,
    PointRow,
)
from partnerjourney.surveys.models import Point, PointCircle, PointCover


def read(
    session: Session,
    place: Place,
    *,
    viewpoint: Party | None = None,
    today: date | None = None,
) -> JourneyMap:
    """Read the map of a journey; the caller has asked whether the viewpoint is allowed.

    With `today` it has what parties announce and what is not over by then.
    """
    circles = None if viewpoint is None else _circles_of(place, viewpoint)
    phases, cards, roles = path_of(session, place.id, circles, mine=place.standing.party_ids)
    found, complaints = edges(session, place.id, circles)
    inside, announced = _members(session, place, viewpoint, circles, today)
    return JourneyMap(
        place,
        viewpoint,
        phases,
        cards,
        found,
        _points(session, place.id, cards, circles),
        inside,
        roles,
        complaints,
        announced,
    )


def _circles_of(place: Place, viewpoint: Party) -> Select[Any]:
    """Select the circles of a party; of a group those that stand for any one of its members."""
    query = select(CircleSeat.circle_id).where(
        CircleSeat.journey_id == place.id, CircleSeat.party_id == viewpoint.id
    )
    if viewpoint.kind is PartyKind.GROUP:
        query = query.where(CircleSeat.participation_id.is_(None))
    return query


_POINT = (Point.id, Point.key, Point.card_id, Point.subject, Point.metric)
_OWN = (  # every point, once for each hand-over of its stretch, in the stretch's order
    select(*_POINT, PointCover.handover_id)
    .join(
        PointCircle,
        and_(PointCircle.journey_id == Point.journey_id, PointCircle.point_id == Point.id),
    )
    .outerjoin(
        PointCover,
        and_(PointCover.journey_id == Point.journey_id, PointCover.point_id == Point.id),
    )
    .where(Point.journey_id == bindparam("journey"), Point.retired_at.is_(None))
    .group_by(*_POINT, PointCover.handover_id, PointCover.position)
    .order_by(Point.id, PointCover.position)
)


def _points(
    session: Session,
    journey_id: uuid.UUID,
    cards: tuple[CardRow, ...],
    circles: Select[Any] | None,
) -> tuple[PointRow, ...]:
    """Return the points whose circle the reader shares, in path order."""
    found: dict[uuid.UUID, Any] = {}
    covers: dict[uuid.UUID, list[uuid.UUID]] = {}
    query = _OWN if circles is None else _OWN.where(PointCircle.circle_id.in_(circles))
    for row in session.execute(query, {"journey": journey_id}):
        found.setdefault(row.id, row)
        covers.setdefault(row.id, [])
        if row.handover_id is not None:
            covers[row.id].append(row.handover_id)
    place = {card.id: index for index, card in enumerate(cards)}
    points = [
        PointRow(
            row.id,
            row.key,
            row.card_id,
            row.subject,
            row.metric,
            tuple(covers[row.id]),
        )
        for row in found.values()
        if row.card_id in place
    ]
    return tuple(sorted(points, key=lambda point: (place[point.card_id], point.key)))


def _members(
    session: Session,
    place: Place,
    viewpoint: Party | None,
    circles: Select[Any] | None,
    today: date | None,
) -> tuple[tuple[MemberRow, ...], tuple[Told, ...]]:
    """Return the members of groups that the reader knows of, by name, and what is announced."""
    near = None
    if viewpoint is not None:
        near = and_(
            Participation.party_id != viewpoint.id,
            Participation.id.in_(
                select(CircleSeat.participation_id).where(
                    CircleSeat.journey_id == place.id,
                    CircleSeat.circle_id.in_(_circles_of(place, viewpoint)),
                    CircleSeat.party_id != viewpoint.id,
                )
            ),
        )
    if today is None:
        return members(session, place, near), ()
    return members_and_announced(session, place, near, today=today, circles=circles)
