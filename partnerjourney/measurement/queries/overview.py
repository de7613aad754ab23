"""What the measurement page, the map's pills and the report say of every measuring point."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from partnerjourney.journeys.services import Place
from partnerjourney.measurement.models import Cell, StoredVerdict
from partnerjourney.measurement.queries.cells import Sums, sums_by
from partnerjourney.measurement.queries.facts import Facts, facts
from partnerjourney.measurement.queries.points import MeasuredPoint, points
from partnerjourney.measurement.rules import Histogram, ScoreView, Verdict, score_view
from partnerjourney.surveys.models import Wave
from partnerjourney.surveys.rules import WaveKind, WaveState


@dataclass(frozen=True, slots=True)
class Period:
    """What the reader chose: a wave by its key, days, everything, or none of these.

    Then each point shows its latest wave.
    """

    wave: str | None = None
    first: date | None = None
    last: date | None = None
    everything: bool = False

    @property
    def free(self) -> bool:
        """Whether no wave was chosen but days, so that no verdict belongs to what is shown."""
        days = self.first is not None or self.last is not None
        return self.wave is None and (self.everything or days)


@dataclass(frozen=True, slots=True)
class WaveInfo:
    """A wave of one point; days in the journey's zone, `last` is when it closed or will close."""

    id: uuid.UUID
    key: str
    kind: WaveKind
    open: bool
    first: date
    last: date | None


@dataclass(frozen=True, slots=True)
class GivenVerdict:
    """A stored verdict: the word, the day on which it was given, the numbers on which it stands."""

    word: Verdict
    given_on: date
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Row:
    """One measuring point: its score in the period, its baseline, its verdict, its cases."""

    point: MeasuredPoint
    now: ScoreView
    wave: WaveInfo | None
    baseline: ScoreView | None
    baseline_wave: WaveInfo | None
    verdict: GivenVerdict | None
    facts: Facts
    deviations: Mapping[str, GivenVerdict]

    @property
    def is_baseline(self) -> bool:
        """Whether what is shown is the baseline itself, so that there is nothing to compare."""
        return self.wave is not None and self.wave.kind is WaveKind.BASELINE


@dataclass(frozen=True, slots=True)
class Overview:
    """All rows that a reader shares, in path order, and the waves among which it can choose."""

    period: Period
    rows: tuple[Row, ...]
    waves: tuple[WaveInfo, ...]
    cases: Mapping[uuid.UUID, Facts] = field(default_factory=dict)

    def row(self, point_id: uuid.UUID) -> Row | None:
        """Return the row of a point that the reader shares."""
        return next((row for row in self.rows if row.point.id == point_id), None)


def overview(
    session: Session,
    place: Place,
    period: Period | None = None,
    *,
    known: Sequence[MeasuredPoint] | None = None,
    besides: Collection[uuid.UUID] = (),
) -> Overview:
    """Return what the reader sees of a journey's measuring points; a fixed number of statements.

    `known` are the points that the caller has read already; `besides` names further hand-overs
    whose cases are counted over all days.

    Without a period each point shows its latest wave that has answers, else the latest one;
    without any wave its answers outside waves.
    """
    period = period or Period()
    found = points(session, place) if known is None else known
    if not found:
        cases = facts(session, place, dict.fromkeys(besides, (None, None)))
        return Overview(period, (), (), cases)
    zone = ZoneInfo(place.journey.time_zone)
    waves = _waves(session, place, {point.id for point in found}, zone)
    metrics = {point.id: point.metric for point in found}
    by_wave = sums_by(session, place.id, metrics, Cell.wave_id)
    free: dict[tuple[Any, ...], Sums] = {}
    if period.free:
        bounds = [Cell.day >= period.first] if period.first else []
        bounds += [Cell.day <= period.last] if period.last else []
        free = sums_by(session, place.id, metrics, where=bounds)
    chosen = {
        point.id: None if period.free else _chosen(waves[point.id], by_wave, point, period)
        for point in found
    }
    given = _verdicts(session, place, [w.id for w in chosen.values() if w], zone)
    every = dict.fromkeys(besides, (None, None))
    cases = facts(session, place, {**every, **_windows(found, chosen, period)})
    rows = tuple(
        _row(point, chosen[point.id], waves[point.id], by_wave, free, period, given, cases)
        for point in found
    )
    listed = [w for point in found for w in waves[point.id] if w.kind is not WaveKind.OUTSIDE]
    listed.sort(key=lambda wave: wave.first, reverse=True)
    return Overview(period, rows, tuple(listed), cases)


def _row(
    point: MeasuredPoint,
    wave: WaveInfo | None,
    waves: Sequence[WaveInfo],
    by_wave: Mapping[tuple[Any, ...], Sums],
    free: Mapping[tuple[Any, ...], Sums],
    period: Period,
    given: Mapping[tuple[uuid.UUID, str], GivenVerdict],
    cases: Mapping[uuid.UUID, Facts],
) -> Row:
    """Put together what belongs to one point."""
    nothing = Sums(Histogram.of(point.metric, {}))
    own = by_wave.get((point.id, wave.id), nothing) if wave else nothing
    if period.free:
        own = free.get((point.id,), nothing)
    first, last = _days(wave, own, period)
    base = next((w for w in waves if w.kind is WaveKind.BASELINE), None)
    before = by_wave.get((point.id, base.id)) if base and base != wave else None
    words = {family: v for (wave_id, family), v in given.items() if wave and wave_id == wave.id}
    verdict = words.pop("primary", None)
    return Row(
        point=point,
        now=score_view(
            own.histogram,
            point=point.key,
            period=(first, last),
            wave=wave.key if wave else None,
            verdict=verdict.word if verdict else None,
        ),
        wave=wave,
        baseline=_baseline(point, base, before),
        baseline_wave=base,
        verdict=verdict,
        facts=cases.get(point.judged.id, Facts()) if point.judged else Facts(),
        deviations={family.removeprefix("deviation:"): v for family, v in words.items()},
    )


def _baseline(point: MeasuredPoint, wave: WaveInfo | None, sums: Sums | None) -> ScoreView | None:
    if wave is None or sums is None or not sums.histogram.n:
        return None
    last = wave.last if wave.last and wave.last >= wave.first else None
    return score_view(sums.histogram, point=point.key, period=(wave.first, last), wave=wave.key)


def _days(wave: WaveInfo | None, sums: Sums, period: Period) -> tuple[date | None, date | None]:
    """The days that a row is about: of its wave, else on which was answered; None is still open."""
    if wave is None or wave.kind is WaveKind.OUTSIDE:
        return period.first or sums.first, period.last or sums.last
    if wave.open or wave.last is None:
        return wave.first, None
    return wave.first, max(wave.first, wave.last)


def _chosen(
    waves: Sequence[WaveInfo],
    by_wave: Mapping[tuple[Any, ...], Sums],
    point: MeasuredPoint,
    period: Period,
) -> WaveInfo | None:
    """The wave asked for; else the latest that has answers, else the latest."""
    if period.wave is not None:
        return next((wave for wave in waves if wave.key == period.wave), None)
    planned = [wave for wave in waves if wave.kind is not WaveKind.OUTSIDE]
    others = [wave for wave in waves if wave.kind is WaveKind.OUTSIDE]
    for wave in (*planned, *others):
        sums = by_wave.get((point.id, wave.id))
        if sums is not None and sums.histogram.n:
            return wave
    return next(iter((*planned, *others)), None)


def _windows(
    found: Sequence[MeasuredPoint], chosen: Mapping[uuid.UUID, WaveInfo | None], period: Period
) -> dict[uuid.UUID, tuple[date | None, date | None]]:
    """The days over which the cases of each judged hand-over are counted."""
    windows: dict[uuid.UUID, tuple[date | None, date | None]] = {}
    for point in found:
        wave = chosen[point.id]
        if point.judged is None:
            continue
        if wave is None or wave.kind is WaveKind.OUTSIDE:
            windows[point.judged.id] = period.first, period.last
        else:
            windows[point.judged.id] = wave.first, None if wave.open else wave.last
    return windows


_WAVES = (  # asked with every map, and made once
    select(Wave)
    .where(
        Wave.journey_id == bindparam("journey"),
        Wave.point_id.in_(bindparam("points", expanding=True)),
    )
    .order_by(Wave.opened_at.desc(), Wave.id.desc())
)
_VERDICTS = select(StoredVerdict).where(
    StoredVerdict.journey_id == bindparam("journey"),
    StoredVerdict.wave_id.in_(bindparam("waves", expanding=True)),
)


def _waves(
    session: Session, place: Place, point_ids: set[uuid.UUID], zone: ZoneInfo
) -> dict[uuid.UUID, list[WaveInfo]]:
    """Return the waves of points, latest first."""
    found: dict[uuid.UUID, list[WaveInfo]] = {point_id: [] for point_id in point_ids}
    for wave in session.scalars(_WAVES, {"journey": place.id, "points": list(point_ids)}):
        closed = wave.closed_at.astimezone(zone).date() if wave.closed_at else None
        ends = [day for day in (closed, wave.close_on) if day is not None]
        found[wave.point_id].append(
            WaveInfo(
                id=wave.id,
                key=wave.key,
                kind=wave.kind,
                open=wave.state is WaveState.OPEN,
                first=wave.opened_at.astimezone(zone).date(),
                last=min(ends, default=None),
            )
        )
    return found


def _verdicts(
    session: Session, place: Place, wave_ids: Sequence[uuid.UUID], zone: ZoneInfo
) -> dict[tuple[uuid.UUID, str], GivenVerdict]:
    rows = session.scalars(_VERDICTS, {"journey": place.id, "waves": list(wave_ids)})
    return {
        (row.wave_id, row.family): GivenVerdict(
            Verdict(row.verdict), _day(row.given_at, zone), row.facts
        )
        for row in rows
    }


def _day(moment: datetime, zone: ZoneInfo) -> date:
    return moment.astimezone(zone).date()
