"""What parties say beside the numbers that a reader shares, and for whom the reader may say it."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from partnerjourney.core.parties import CircleSeat, Organisation, Participation, Party, PartyKind
from partnerjourney.core.scopes import Actor
from partnerjourney.journeys.services import Place
from partnerjourney.measurement.models import StoredExplanation
from partnerjourney.measurement.queries.overview import Overview, Period, Row, WaveInfo
from partnerjourney.surveys.models import PointCircle


@dataclass(frozen=True, slots=True)
class Explanation:
    """What one party says: its name (of a group the member's), its text, the day it was written.

    `about` is None for the number that is shown, else the wave that it is about: the baseline
    beside it, or one of several in a free period. `version` is that of the text.
    """

    party_id: uuid.UUID
    wave_id: uuid.UUID
    by: str
    text: str
    day: date
    version: int
    mine: bool
    about: WaveInfo | None


@dataclass(frozen=True, slots=True)
class Seat:
    """A party for which the reader's organisation sits at a point, and what it is called there."""

    party_id: uuid.UUID
    name: str


@dataclass(frozen=True, slots=True)
class Said:
    """What one party says of one measuring period; version 0 and no moment where nothing yet."""

    party_id: uuid.UUID
    by: str
    text: str = ""
    written_at: datetime | None = None
    version: int = 0
    mine: bool = True


def said_of(
    session: Session, place: Place, point_id: uuid.UUID, wave_id: uuid.UUID
) -> tuple[Said, ...]:
    """Return what is said of one measuring period, as lanes stand."""
    found: dict[Any, Said] = {}
    for said, seat, position, by, mine in _said(session, place):
        if (said.point_id, said.wave_id) == (point_id, wave_id):
            found[position, by, str(said.party_id), str(seat)] = Said(
                said.party_id, by, said.text, said.written_at, said.version, mine
            )
    return tuple(found[key] for key in sorted(found))


def own(
    session: Session, actor: Actor, place: Place, point_id: uuid.UUID, wave_id: uuid.UUID
) -> dict[uuid.UUID, Said]:
    """Return party → what the actor says for it; also where it took back what it said."""
    found = {
        seat.party_id: Said(seat.party_id, seat.name)
        for seat in seats(session, actor, place, point_id)
    }
    rows = session.scalars(
        select(StoredExplanation)
        .join(
            CircleSeat,
            (CircleSeat.journey_id == StoredExplanation.journey_id)
            & (CircleSeat.circle_id == StoredExplanation.circle_id)
            & (CircleSeat.party_id == StoredExplanation.party_id),
        )
        .join(
            Participation,
            (Participation.journey_id == CircleSeat.journey_id)
            & (Participation.id == CircleSeat.participation_id),
        )
        .where(
            StoredExplanation.journey_id == place.id,
            StoredExplanation.point_id == point_id,
            StoredExplanation.wave_id == wave_id,
            Participation.organisation_id == actor.organisation_id,
        )
    )
    for row in rows:
        known = found.get(row.party_id)
        if known is not None and row.version > known.version:
            found[row.party_id] = replace(
                known, text=row.text, written_at=row.written_at, version=row.version
            )
    return found


def explanations(
    session: Session, place: Place, seen: Overview
) -> Mapping[uuid.UUID, tuple[Explanation, ...]]:
    """Return, per point, what is said beside the numbers of an overview, in the order of the lanes.

    One statement. Beside a baseline stands what was said of it; in days that the reader chose,
    what was said of every wave that has one of them.
    """
    rows = {row.point.id: row for row in seen.rows}
    waves = {wave.id: wave for wave in seen.waves}
    found: dict[uuid.UUID, dict[Any, Explanation]] = defaultdict(dict)
    for said, seat, position, by, mine in _said(session, place) if rows else ():
        row = rows.get(said.point_id)
        about = waves.get(said.wave_id)
        if row is None or not _belongs(said.wave_id, about, row, seen.period):
            continue
        shown = row.wave is not None and row.wave.id == said.wave_id
        told = Explanation(
            said.party_id,
            said.wave_id,
            by,
            said.text,
            said.written_at.astimezone(ZoneInfo(place.journey.time_zone)).date(),
            said.version,
            mine,
            None if shown else about,
        )
        since = told.about.first.toordinal() if told.about else 0
        found[said.point_id][since, position, by, said.wave_id, seat] = told
    return {
        point_id: tuple(told[key] for key in sorted(told, key=_order))
        for point_id, told in found.items()
    }


def _order(key: tuple[Any, ...]) -> tuple[Any, ...]:
    """What is about the shown number first, then the latest wave; parties as their lanes stand."""
    since, position, by, wave_id, _seat = key
    return since > 0, -since, position, by, str(wave_id)


def _belongs(wave_id: uuid.UUID, wave: WaveInfo | None, row: Row, period: Period) -> bool:
    """Whether what was said of a wave is said of what the row shows."""
    if not period.free:
        beside = row.baseline_wave if row.baseline else None
        return wave_id in {shown.id for shown in (row.wave, beside) if shown}
    if wave is None:
        return True
    begins_after = period.last is not None and wave.first > period.last
    ended = period.first is not None and wave.last is not None and wave.last < period.first
    return not begins_after and not (ended and not wave.open)


def _said(session: Session, place: Place) -> list[Any]:
    """Every text that the scope reads, with its group's member, lane, name, and whether it is own.

    One that stands in several circles comes several times.
    """
    said = StoredExplanation
    rows = session.execute(
        select(
            said,
            CircleSeat.participation_id,
            Party.position,
            Party.name,
            Party.kind,
            Participation.organisation_id,
            Organisation.name.label("organisation"),
        )
        .join(Party, (Party.journey_id == said.journey_id) & (Party.id == said.party_id))
        .join(
            CircleSeat,
            (CircleSeat.journey_id == said.journey_id)
            & (CircleSeat.circle_id == said.circle_id)
            & (CircleSeat.party_id == said.party_id),
        )
        .outerjoin(
            Participation,
            (Participation.journey_id == said.journey_id)
            & (Participation.id == CircleSeat.participation_id),
        )
        .outerjoin(Organisation, Organisation.id == Participation.organisation_id)
        .where(said.journey_id == place.id, said.text != "")
    )
    me = place.standing.organisation_id
    return [
        (
            text,
            seat if kind is PartyKind.GROUP else None,
            position,
            _name(kind, name, organisation),
            organisation_id == me,
        )
        for text, seat, position, name, kind, organisation_id, organisation in rows
    ]


def _name(kind: PartyKind, party: str, organisation: str | None) -> str:
    """A member of a group speaks for itself, other organisations for their lane."""
    return organisation if kind is PartyKind.GROUP and organisation else party


def seats(session: Session, actor: Actor, place: Place, point_id: uuid.UUID) -> tuple[Seat, ...]:
    """Return the parties for which the actor's organisation sits at a point, as lanes stand."""
    rows = session.execute(
        select(Party.id, Party.kind, Party.name, Organisation.name.label("organisation"))
        .join(
            CircleSeat,
            (CircleSeat.journey_id == Party.journey_id) & (CircleSeat.party_id == Party.id),
        )
        .join(
            PointCircle,
            (PointCircle.journey_id == CircleSeat.journey_id)
            & (PointCircle.circle_id == CircleSeat.circle_id),
        )
        .join(
            Participation,
            (Participation.journey_id == CircleSeat.journey_id)
            & (Participation.id == CircleSeat.participation_id),
        )
        .join(Organisation, Organisation.id == Participation.organisation_id)
        .where(
            Party.journey_id == place.id,
            PointCircle.point_id == point_id,
            Participation.organisation_id == actor.organisation_id,
        )
        .order_by(Party.position, Party.id)
    )
    names = {row.id: _name(row.kind, row.name, row.organisation) for row in rows}
    return tuple(Seat(party_id, name) for party_id, name in names.items())
