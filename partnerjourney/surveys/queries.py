"""Reads for pages: only points whose stretch the reader shares, a fixed number of statements."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from partnerjourney.core import border
from partnerjourney.core.policy import Permission, require
from partnerjourney.core.scopes import Member
from partnerjourney.journeys.models import PhaseContent
from partnerjourney.journeys.services import Place
from partnerjourney.surveys.models import Invitation, Point, PointCircle, Question, Wave
from partnerjourney.surveys.rules import InvitationState, WaveKind
from partnerjourney.surveys.rules.asking import shown_total
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


@dataclass(frozen=True)
class Progress:
    """How far a wave is: what waits, what went out, what came back.

    `suppressed` counts questions that were not sent, None where the number is not shown.
    """

    waiting: int = 0
    sent: int = 0
    answered: int = 0
    not_me: int = 0
    bounced: int = 0
    suppressed: int | None = 0


@dataclass(frozen=True)
class WaveRow:
    """A wave with its question; progress only for those who manage it."""

    wave: Wave
    question: Question
    progress: Progress | None


@dataclass(frozen=True)
class PointRow:
    """A point, the card that asks, and its waves, newest first."""

    point: Point
    card: str
    waves: tuple[WaveRow, ...]

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
    return [PointRow(p, cards[p.card_id], tuple(found[p.id])) for p in shared]


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


def progress(session: Session, actor: Member, place: Place) -> dict[uuid.UUID, Progress]:
    """Return wave → progress for who manages the waves; nobody else counts invitations."""
    require(actor, Permission.WAVE_MANAGE, place)
    with border.verb(session, "progress of waves") as system:
        rows = system.execute(
            select(
                Invitation.wave_id,
                Invitation.state,
                Invitation.sent_day.is_not(None).label("went"),
                func.count().label("number"),
            )
            .where(Invitation.journey_id == place.id)
            .group_by(Invitation.wave_id, Invitation.state, Invitation.sent_day.is_not(None))
        ).all()
    by_wave: dict[uuid.UUID, list[tuple[InvitationState, bool, int]]] = {}
    for row in rows:
        by_wave.setdefault(row.wave_id, []).append((row.state, row.went, row.number))
    return {wave: _progress(counted) for wave, counted in by_wave.items()}


def _progress(rows: Sequence[tuple[InvitationState, bool, int]]) -> Progress:
    def number(*states: InvitationState, went: bool | None = None) -> int:
        return sum(n for state, sent, n in rows if state in states and went in (None, sent))

    everything = tuple(InvitationState)
    waiting = number(InvitationState.PLANNED) + number(InvitationState.SENT, went=False)
    kept = number(InvitationState.SUPPRESSED) + number(InvitationState.OPTED_OUT, went=False)
    return Progress(
        waiting=waiting,
        sent=number(*everything, went=True),
        answered=number(InvitationState.ANSWERED),
        not_me=number(InvitationState.NOT_ME),
        bounced=number(InvitationState.BOUNCED),
        suppressed=shown_total(kept),
    )
