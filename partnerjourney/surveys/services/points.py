"""Measuring points: the stretch that they ask about, and the circles that share it."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from partnerjourney.core import audit, border, circles
from partnerjourney.core.errors import ConflictError, NotFoundError
from partnerjourney.core.parties import Participation, ParticipationState, Party, PartyKind
from partnerjourney.core.policy import Permission, require
from partnerjourney.core.scopes import Actor
from partnerjourney.handovers.models import HandoverContent
from partnerjourney.journeys.services import Place
from partnerjourney.surveys.models import Point, PointCircle, PointCover
from partnerjourney.surveys.rules import Metric
from partnerjourney.surveys.services.paths import Path


def add_point(
    session: Session,
    actor: Actor,
    place: Place,
    *,
    key: str,
    card_id: uuid.UUID,
    metric: Metric,
    subject: str,
    covers: Sequence[uuid.UUID] | None = None,
    at: datetime,
) -> Point:
    """Ask a question on a touchpoint, about a stretch: by default all since the previous point.

    Raises InputError for `card_id`, `covers` or `key` that cannot be, ConflictError for a key
    that is taken.
    """
    require(actor, Permission.JOURNEY_DRAW, place)
    path = Path(session, place.id)
    card = path.asking(card_id)
    edges = path.stretch(card, covers)
    taken = select(Point.id).where(Point.journey_id == place.id, Point.key == key)
    if session.scalar(taken):
        raise ConflictError(f"there is a measuring point called {key} already")
    point = Point(
        journey_id=place.id, key=key, card_id=card_id, metric=Metric(metric), subject=subject
    )
    point.covers = [
        PointCover(journey_id=place.id, handover_id=edge.key, position=number)
        for number, edge in enumerate(edges)
    ]
    session.add(point)
    session.flush()
    with border.verb(session, "share a measuring point") as system:
        base = make_circles(system, point.journey_id, point.id)
    point.base_circle_id = base
    session.flush()
    audit.record(
        session,
        "point.add",
        at=at,
        thing_id=point.id,
        journey_id=place.id,
        circle_id=base,
        after=key,
    )
    return point


def retire_point(
    session: Session, actor: Actor, place: Place, point: Point, *, at: datetime
) -> None:
    """Stop asking at a point; its answers stay."""
    require(actor, Permission.JOURNEY_DRAW, place)
    if point.retired_at is None:
        point.retired_at = at
        session.flush()
        audit.record(session, "point.retire", at=at, thing_id=point.id, journey_id=place.id)


def find_point(session: Session, place: Place, point_id: uuid.UUID, *, lock: bool = False) -> Point:
    """Return a point whose stretch the session's scope shares; raises NotFoundError for others."""
    query = (
        select(Point)
        .where(Point.journey_id == place.id, Point.id == point_id, Point.retired_at.is_(None))
        .where(
            select(PointCircle.id)
            .where(PointCircle.journey_id == place.id, PointCircle.point_id == point_id)
            .exists()
        )
    )
    point = session.scalar(query.with_for_update(key_share=True) if lock else query)
    if point is None:
        raise NotFoundError
    return point


# --- circles -------------------------------------------------------------------------------------


def make_circles(system: Session, journey_id: uuid.UUID, point_id: uuid.UUID) -> uuid.UUID:
    """Make what is missing of a point's circles and return its base circle, without any member.

    Every combination of members of the groups on its stretch has a circle, also those in which
    the member of one group is known and that of another is not.
    """
    parties = _parties(system, journey_id, point_id)
    groups = [party for party in parties if party.kind is PartyKind.GROUP]
    members = _members(system, journey_id, groups)
    there = {
        row.circle_id
        for row in system.scalars(
            select(PointCircle).where(
                PointCircle.journey_id == journey_id, PointCircle.point_id == point_id
            )
        )
    }
    base: uuid.UUID | None = None
    for chosen in itertools.product(*([None, *members[group.id]] for group in groups)):
        sits = {
            group.id: member
            for group, member in zip(groups, chosen, strict=True)
            if member is not None
        }
        circle = circles.circle_for(system, journey_id, parties, members=sits)
        base = base or circle
        if circle not in there:
            system.add(
                PointCircle(
                    journey_id=journey_id,
                    circle_id=circle,
                    point_id=point_id,
                    members=sorted(str(member) for member in sits.values()),
                )
            )
    system.flush()
    assert base is not None
    return base


def _parties(system: Session, journey_id: uuid.UUID, point_id: uuid.UUID) -> list[Party]:
    """All givers and takers of the stretch and the orchestrator, in the order of the lanes."""
    ends = select(HandoverContent.from_party_id, HandoverContent.to_party_id).join(
        PointCover,
        (PointCover.journey_id == HandoverContent.journey_id)
        & (PointCover.handover_id == HandoverContent.id),
    )
    rows = system.execute(
        ends.where(PointCover.journey_id == journey_id, PointCover.point_id == point_id)
    )
    on_it = {party for row in rows for party in row}
    return list(
        system.scalars(
            select(Party)
            .where(
                Party.journey_id == journey_id,
                Party.retired_at.is_(None),
                Party.id.in_(on_it) | Party.orchestrator.is_(True),
            )
            .order_by(Party.position, Party.id)
        )
    )


def _members(
    system: Session, journey_id: uuid.UUID, groups: Sequence[Party]
) -> dict[uuid.UUID, list[uuid.UUID]]:
    found: dict[uuid.UUID, list[uuid.UUID]] = {group.id: [] for group in groups}
    rows = system.execute(
        select(Participation.party_id, Participation.id)
        .where(
            Participation.journey_id == journey_id,
            Participation.party_id.in_(found),
            Participation.discreet.is_(True),
            Participation.state != ParticipationState.LEFT,
        )
        .order_by(Participation.id)
    )
    for party, participation in rows:
        found[party].append(participation)
    return found


@circles.participation_joined.connect
def _add_member_circles(system: Session, *, participation: Participation) -> None:
    """Give a new member of a group its own circles at every point whose stretch has the group."""
    if not participation.discreet:
        return
    points = system.scalars(
        select(PointCover.point_id)
        .join(
            HandoverContent,
            (HandoverContent.journey_id == PointCover.journey_id)
            & (HandoverContent.id == PointCover.handover_id),
        )
        .where(
            PointCover.journey_id == participation.journey_id,
            (HandoverContent.from_party_id == participation.party_id)
            | (HandoverContent.to_party_id == participation.party_id),
        )
        .distinct()
    )
    for point_id in list(points):
        make_circles(system, participation.journey_id, point_id)


def circle_of(session: Session, point: Point, members: Iterable[uuid.UUID] = ()) -> uuid.UUID:
    """Return the circle of a point in which exactly these members of its groups sit.

    `members` are ids of participations; those of groups that are not on the stretch do not count.
    """
    found = circles_of_point(session, point)
    known = frozenset[str]().union(*found)
    return found[frozenset(str(member) for member in members) & known]


def circles_of_point(session: Session, point: Point) -> Mapping[frozenset[str], uuid.UUID]:
    """Return members → circle of a point, for many cases at once."""
    rows = session.execute(
        select(PointCircle.circle_id, PointCircle.members).where(
            PointCircle.journey_id == point.journey_id, PointCircle.point_id == point.id
        )
    )
    return {frozenset(row.members): row.circle_id for row in rows}
