"""Reads for pages: only points whose stretch the reader shares, a fixed number of statements."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from partnerjourney.core import border
from partnerjourney.core.parties import CircleSeat, Party, PartyKind
from partnerjourney.core.policy import Permission, require
from partnerjourney.core.scopes import Actor
from partnerjourney.journeys.models import PhaseContent
from partnerjourney.journeys.services import Place
from partnerjourney.surveys.models import Invitation, Point, PointCircle, Question, Wave
from partnerjourney.surveys.rules import InvitationState, WaveKind, WaveState
from partnerjourney.surveys.rules.asking import Reach, reach
from partnerjourney.touchpoints.models import CardContent


def shared_points(session: Session, journey_id: uuid.UUID) -> list[Point]:
    """Return the points of a journey that the session's scope shares, in path order.

    Their stretch (`covers`) is loaded. Who shares no circle of a point gets nothing of it.
    """
    mine = select(PointCircle.point_id).where(PointCircle.journey_id == journey_id)
    return list(
        session.scalars(
            select(Point)
            .join(
                CardContent,
                (CardContent.journey_id == Point.journey_id) & (CardContent.id == Point.card_id),
            )
            .join(
                PhaseContent,
                (PhaseContent.journey_id == CardContent.journey_id)
                & (PhaseContent.id == CardContent.phase_id),
            )
            .where(Point.journey_id == journey_id, Point.retired_at.is_(None), Point.id.in_(mine))
            .order_by(PhaseContent.position, CardContent.position, Point.id)
            .options(selectinload(Point.covers))
        )
    )


def grouped_points(session: Session, journey_id: uuid.UUID) -> set[uuid.UUID]:
    """Return the points of a journey whose stretch goes through a group, as the scope sees it.

    Their waves close on a date only: a member that saw one close at a number of answers would
    learn that others were answered about.
    """
    return set(
        session.scalars(
            select(PointCircle.point_id)
            .join(
                CircleSeat,
                (CircleSeat.journey_id == PointCircle.journey_id)
                & (CircleSeat.circle_id == PointCircle.circle_id),
            )
            .join(
                Party,
                (Party.journey_id == CircleSeat.journey_id) & (Party.id == CircleSeat.party_id),
            )
            .where(PointCircle.journey_id == journey_id, Party.kind == PartyKind.GROUP)
        )
    )


@dataclass(frozen=True)
class Progress:
    """How far a wave is: its answers, and how far it reached as that may be told."""

    answered: int
    reach: Reach


@dataclass(frozen=True)
class WaveRow:
    """A wave with its question; progress only for those who manage it."""

    wave: Wave
    question: Question
    progress: Progress | None


@dataclass(frozen=True)
class PointRow:
    """A point, the card that asks, and its waves, newest first.

    `grouped`: a group is on its stretch, so that its waves close on a day only.
    """

    point: Point
    card: str
    waves: tuple[WaveRow, ...]
    grouped: bool

    @property
    def current(self) -> WaveRow | None:
        """The wave that is open now."""
        return next((row for row in self.waves if row.wave.closed_at is None), None)

    @property
    def past(self) -> list[WaveRow]:
        """The waves that are closed."""
        return [row for row in self.waves if row.wave.closed_at is not None]


def asked(session: Session, place: Place, progress: Mapping[uuid.UUID, Progress]) -> list[PointRow]:
    """Return what is asked in a journey, as far as the reader shares it."""
    shared = shared_points(session, place.id)
    ids = [point.id for point in shared]
    rows = session.execute(
        select(Wave, Question)
        .join(
            Question, (Question.journey_id == Wave.journey_id) & (Question.id == Wave.question_id)
        )
        .where(Wave.journey_id == place.id, Wave.point_id.in_(ids), Wave.kind != WaveKind.OUTSIDE)
        .order_by(Wave.opened_at.desc(), Wave.id)
    )
    found: dict[uuid.UUID, list[WaveRow]] = {point_id: [] for point_id in ids}
    for wave, question in rows:
        found[wave.point_id].append(WaveRow(wave, question, progress.get(wave.id)))
    named = session.execute(
        select(CardContent.id, CardContent.name).where(
            CardContent.journey_id == place.id,
            CardContent.id.in_([point.card_id for point in shared]),
        )
    )
    cards = {row.id: row.name for row in named}
    grouped = grouped_points(session, place.id)
    return [PointRow(p, cards[p.card_id], tuple(found[p.id]), p.id in grouped) for p in shared]


def waves_of(session: Session, point: Point) -> list[Wave]:
    """Return the waves in which a point asked, oldest first."""
    return list(
        session.scalars(
            select(Wave)
            .where(
                Wave.journey_id == point.journey_id,
                Wave.point_id == point.id,
                Wave.kind != WaveKind.OUTSIDE,
            )
            .order_by(Wave.opened_at, Wave.id)
        )
    )


def progress(session: Session, actor: Actor, place: Place) -> dict[uuid.UUID, Progress]:
    """Return wave → progress for who manages the waves; nobody else counts invitations."""
    require(actor, Permission.WAVE_MANAGE, place)
    counted = (
        Invitation.wave_id,
        Wave.state.label("wave_state"),
        Invitation.state,
        Invitation.suppressed,
        Invitation.sent_day.is_not(None).label("went"),
    )
    with border.verb(session, "progress of waves") as system:
        rows = system.execute(
            select(*counted, func.count().label("number"))
            .join(
                Wave, (Wave.journey_id == Invitation.journey_id) & (Wave.id == Invitation.wave_id)
            )
            .where(Invitation.journey_id == place.id)
            .group_by(*counted)
        ).all()
    found: dict[uuid.UUID, list[Any]] = {}
    for row in rows:
        found.setdefault(row.wave_id, []).append(row)
    return {wave: _progress(counted) for wave, counted in found.items()}


def _progress(rows: Sequence[Any]) -> Progress:
    """Add up the invitations of one wave, counted by state, reason and whether they went out."""

    def number(*states: InvitationState) -> int:
        return sum(row.number for row in rows if row.went and row.state in states)

    sent = number(*InvitationState)
    kept: Counter[str] = Counter()
    for row in rows:
        if not row.went:
            kept[row.suppressed or ""] += row.number
    told = reach(
        sent=sent,
        delivered=sent - number(InvitationState.BOUNCED),
        not_about_me=number(InvitationState.NOT_ME),
        kept=kept,
        closed=rows[0].wave_state is not WaveState.OPEN,
    )
    answered = sum(row.number for row in rows if row.state is InvitationState.ANSWERED)
    return Progress(answered, told)


def not_sent(
    session: Session, journey_id: uuid.UUID, point_id: uuid.UUID, wave_id: uuid.UUID
) -> dict[str, int]:
    """Count by reason the questions of a wave that were not sent, over the reader's circles.

    Raw numbers: only `rules.asking.reach` says which of them may be told.
    """
    circles = session.scalars(
        select(PointCircle.circle_id).where(
            PointCircle.journey_id == journey_id, PointCircle.point_id == point_id
        )
    ).all()
    with border.verb(session, "count who was not asked") as system:
        rows = system.execute(
            select(Invitation.suppressed, func.count())
            .where(
                Invitation.journey_id == journey_id,
                Invitation.wave_id == wave_id,
                Invitation.sent_day.is_(None),
                Invitation.circle_id.in_(circles),
            )
            .group_by(Invitation.suppressed)
        )
        return {reason or "": number for reason, number in rows}
