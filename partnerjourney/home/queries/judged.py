"""What customers say of the points that an organisation shares, over all its journeys."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from partnerjourney.core.parties import Organisation
from partnerjourney.core.scopes import Member
from partnerjourney.events.models import Event, FactCell
from partnerjourney.journeys.models import PhaseContent
from partnerjourney.journeys.queries import MyJourney
from partnerjourney.measurement.models import Cell, StoredVerdict
from partnerjourney.measurement.rules import Histogram, ScoreView, score_view
from partnerjourney.surveys.models import Point, PointCircle, PointCover, Wave
from partnerjourney.surveys.rules import WaveKind, WaveState
from partnerjourney.touchpoints.models import CardContent

_SCORES = tuple(getattr(Cell, f"s{score}") for score in range(11))


@dataclass(frozen=True, slots=True)
class JudgedPoint:
    """A point's latest wave that has answers, and all cases of the hand-over that it judges."""

    journey_id: uuid.UUID
    subject: str
    view: ScoreView
    verdict: str | None
    cases: Mapping[str, int]


def judged(session: Session, journeys: Sequence[MyJourney]) -> dict[uuid.UUID, list[JudgedPoint]]:
    """Return, per journey, its shared points in path order; five statements for any number."""
    points = _points(session)
    if not points:
        return {}
    zones = {journey.id: ZoneInfo(journey.time_zone) for journey in journeys}
    waves, counts = _waves(session), _counts(session)
    mine = [point for point in points.values() if point.journey_id in zones]
    shown = {point.id: _shown(waves.get(point.id, []), counts, point.id) for point in mine}
    windows = {
        point.handover_id: _window(shown[point.id], zones[point.journey_id])
        for point in mine
        if point.handover_id is not None
    }
    verdicts, cases = _verdicts(session), _cases(session, windows)
    found: dict[uuid.UUID, list[JudgedPoint]] = {}
    for point in mine:
        wave = shown[point.id]
        found.setdefault(point.journey_id, []).append(
            JudgedPoint(
                point.journey_id,
                point.subject,
                _view(point, wave, counts, zones[point.journey_id]),
                verdicts.get(wave.id) if wave else None,
                cases.get(point.handover_id, {}),
            )
        )
    return found


@dataclass(frozen=True, slots=True)
class DataAges:
    """When an organisation last delivered what happened, and when the others that it reads did.

    `others` are by name; whoever never delivered is not among them.
    """

    own: datetime | None
    others: Sequence[tuple[str, datetime]]


def data_ages(session: Session, actor: Member) -> dict[uuid.UUID, DataAges]:
    """Return, per journey, how old the data are that this scope reads, by who sent them."""
    last = func.max(Event.received_at)
    rows = session.execute(
        select(Event.journey_id, Event.sender_id, Organisation.name, last)
        .join(Organisation, Organisation.id == Event.sender_id)
        .group_by(Event.journey_id, Event.sender_id, Organisation.name)
        .order_by(Organisation.name, Event.sender_id)
    )
    own: dict[uuid.UUID, datetime] = {}
    others: dict[uuid.UUID, list[tuple[str, datetime]]] = {}
    for journey_id, sender_id, name, at in rows:
        others.setdefault(journey_id, [])
        if sender_id == actor.organisation_id:
            own[journey_id] = at
        else:
            others[journey_id].append((name, at))
    return {key: DataAges(own.get(key), tuple(found)) for key, found in others.items()}


def _points(session: Session) -> dict[uuid.UUID, Any]:
    """Return the shared points in path order, each with the last hand-over of its stretch."""
    shared = select(PointCircle.point_id)
    rows = session.execute(
        select(
            Point.id, Point.key, Point.journey_id, Point.subject, Point.metric,
            PointCover.handover_id,
        )
        .join(
            CardContent,
            and_(CardContent.journey_id == Point.journey_id, CardContent.id == Point.card_id),
        )
        .join(
            PhaseContent,
            and_(
                PhaseContent.journey_id == Point.journey_id,
                PhaseContent.id == CardContent.phase_id,
            ),
        )
        .outerjoin(
            PointCover,
            and_(PointCover.journey_id == Point.journey_id, PointCover.point_id == Point.id),
        )
        .where(Point.retired_at.is_(None), Point.id.in_(shared))
        .order_by(
            PhaseContent.position, CardContent.position, Point.key, Point.id, PointCover.position
        )
    )  # fmt: skip
    return {row.id: row for row in rows}


def _waves(session: Session) -> dict[uuid.UUID, list[Any]]:
    """Return the waves of points, planned ones first, each kind latest first."""
    rows = session.execute(
        select(
            Wave.id, Wave.point_id, Wave.key, Wave.kind, Wave.state, Wave.opened_at, Wave.closed_at
        ).order_by(Wave.opened_at.desc(), Wave.id.desc())
    )
    found: dict[uuid.UUID, list[Any]] = {}
    for row in sorted(rows, key=lambda row: row.kind is WaveKind.OUTSIDE):
        found.setdefault(row.point_id, []).append(row)
    return found


def _counts(session: Session) -> dict[tuple[uuid.UUID, uuid.UUID], Any]:
    answered = sum(_SCORES[1:], _SCORES[0]) > 0
    rows = session.execute(
        select(
            Cell.point_id,
            Cell.wave_id,
            *(func.sum(column) for column in _SCORES),
            func.min(Cell.day).filter(answered),
            func.max(Cell.day).filter(answered),
        ).group_by(Cell.point_id, Cell.wave_id)
    )
    return {(row[0], row[1]): row for row in rows}


def _shown(waves: Sequence[Any], counts: Mapping[Any, Any], point_id: uuid.UUID) -> Any:
    """The latest wave with answers, else the latest; answers outside waves come last."""
    for wave in waves:
        row = counts.get((point_id, wave.id))
        if row is not None and any(row[2:13]):
            return wave
    return waves[0] if waves else None


def _view(point: Any, wave: Any, counts: Mapping[Any, Any], zone: ZoneInfo) -> ScoreView:
    metric = point.metric
    row = counts.get((point.id, wave.id)) if wave else None
    numbers = [int(number) for number in row[2:13]] if row is not None else [0] * 11
    return score_view(
        Histogram.of(metric, {value: numbers[value] for value in metric.values}),
        point=point.key,
        period=_period(wave, row, zone),
        wave=wave.key if wave else None,
    )


def _period(wave: Any, row: Any, zone: ZoneInfo) -> tuple[date | None, date | None]:
    """The days of a wave in the journey's zone; of answers outside waves their own."""
    if wave is None or wave.kind is WaveKind.OUTSIDE:
        return (row[13], row[14]) if row is not None else (None, None)
    return _window(wave, zone)


def _window(wave: Any, zone: ZoneInfo) -> tuple[date | None, date | None]:
    """The days over which a wave's cases are counted; open ends are None."""
    if wave is None or wave.kind is WaveKind.OUTSIDE:
        return None, None
    first = wave.opened_at.astimezone(zone).date()
    if wave.state is WaveState.OPEN or wave.closed_at is None:
        return first, None
    return first, max(first, wave.closed_at.astimezone(zone).date())


def _verdicts(session: Session) -> dict[uuid.UUID, str]:
    rows = session.execute(
        select(StoredVerdict.wave_id, StoredVerdict.verdict).where(
            StoredVerdict.family == "primary"
        )
    )
    return {row[0]: row[1] for row in rows}


def _cases(
    session: Session, windows: Mapping[uuid.UUID, tuple[date | None, date | None]]
) -> dict[uuid.UUID | None, dict[str, int]]:
    """Count the cases of hand-overs per state, each within its days."""
    if not windows:
        return {}
    rows = session.execute(
        select(FactCell.handover_id, FactCell.state, func.sum(FactCell.cases))
        .where(or_(*(_within(key, *window) for key, window in windows.items())))
        .group_by(FactCell.handover_id, FactCell.state)
    )
    found: dict[uuid.UUID | None, dict[str, int]] = {}
    for handover_id, state, number in rows:
        found.setdefault(handover_id, {})[state.value] = int(number)
    return found


def _within(handover_id: uuid.UUID, first: date | None, last: date | None) -> ColumnElement[bool]:
    found: ColumnElement[bool] = FactCell.handover_id == handover_id
    if first is not None:
        found &= FactCell.day >= first
    if last is not None:
        found &= FactCell.day <= last
    return found
