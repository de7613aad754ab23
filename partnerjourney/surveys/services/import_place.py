"""The measuring point that a file of answers is about, as the acting organisation shares it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from partnerjourney.core.errors import NotFoundError
from partnerjourney.core.parties import Organisation, Participation
from partnerjourney.core.policy import Permission, require
from partnerjourney.core.scopes import Actor
from partnerjourney.events.rules.mapping import AnswerColumns
from partnerjourney.events.services import MappingFault
from partnerjourney.journeys.services import Place, find
from partnerjourney.surveys.models import Point, PointCover, Wave
from partnerjourney.surveys.rules import WaveKind, WaveState
from partnerjourney.surveys.services import points


@dataclass(frozen=True)
class Asked:
    """A point as the actor shares it: its wave, and its circles by the members that sit in them."""

    place: Place
    point: Point
    wave: Wave | None
    circles: Mapping[frozenset[str], uuid.UUID]
    members: Mapping[str, str]
    judged: uuid.UUID | None

    @property
    def zone(self) -> ZoneInfo:
        """The journey's zone."""
        return ZoneInfo(self.place.journey.time_zone)

    def circle(self, member: str) -> uuid.UUID | None:
        """Return the circle of an answer: the named member's, or that without any.

        A member of a group does not share the latter; what it sends goes to its own.
        """
        sits = min(self.circles, key=len)
        if not member:
            return self.circles[sits]
        participation = self.members.get(member)
        return None if participation is None else self.circles.get(sits | {participation})


def asked_of(session: Session, actor: Actor, journey_id: uuid.UUID, spec: AnswerColumns) -> Asked:
    """Find what the mapping names; raises MappingFault."""
    place = find(session, actor, journey_id)
    require(actor, Permission.EVENT_IMPORT, place)
    point = session.scalar(
        select(Point).where(
            Point.journey_id == place.id, Point.key == spec.point, Point.retired_at.is_(None)
        )
    )
    circles = {} if point is None else points.circles_of_point(session, point)
    if point is None or not circles:
        raise MappingFault(f"answer.point: unknown measuring point {spec.point!r}")
    if point.metric.value != spec.metric:
        raise MappingFault(f"answer.metric: {spec.point} asks {point.metric}, not {spec.metric}")
    wave = _wave(session, point, spec.wave)
    if spec.wave is not None and (wave is None or wave.kind is WaveKind.OUTSIDE):
        raise MappingFault(f"answer.wave: unknown wave {spec.wave!r}")
    if wave is not None and wave.state is not WaveState.OPEN:
        raise MappingFault(f"answer.wave: {spec.wave} is not open")
    judged = session.scalar(
        select(PointCover.handover_id)
        .where(PointCover.journey_id == place.id, PointCover.point_id == point.id)
        .order_by(PointCover.position.desc())
        .limit(1)
    )
    return Asked(place, point, wave, circles, _members(session, circles), judged)


def still_asked(session: Session, actor: Actor, asked: Asked) -> Asked:
    """Ask border and policy again, for the next chunk; raises NotFoundError and NotAllowedError."""
    place = find(session, actor, asked.place.id)
    require(actor, Permission.EVENT_IMPORT, place)
    circles = points.circles_of_point(session, asked.point)
    if not circles:
        raise NotFoundError("the measuring point is not shared any more")
    return replace(asked, place=place, circles=circles)


def _wave(session: Session, point: Point, key: str | None) -> Wave | None:
    named = Wave.kind == WaveKind.OUTSIDE if key is None else Wave.key == key
    return session.scalar(
        select(Wave).where(Wave.journey_id == point.journey_id, Wave.point_id == point.id, named)
    )


def _members(session: Session, circles: Mapping[frozenset[str], Any]) -> dict[str, str]:
    """Return the slugs of the members of groups on the stretch → their participations' ids."""
    known = [uuid.UUID(member) for member in sorted(frozenset().union(*circles))]
    if not known:
        return {}
    rows = session.execute(
        select(Organisation.slug, Participation.id)
        .join(Organisation, Organisation.id == Participation.organisation_id)
        .where(Participation.id.in_(known))
    )
    return {row.slug: str(row.id) for row in rows}
