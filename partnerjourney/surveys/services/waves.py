"""Waves: a period of asking opens with its question, closes once, and then nothing moves."""

from __future__ import annotations

import uuid
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from partnerjourney.core import audit, border, jobs
from partnerjourney.core.errors import ConflictError, InputError, NotFoundError
from partnerjourney.core.parties import Journey, Organisation
from partnerjourney.core.policy import Permission, require
from partnerjourney.core.scopes import Actor
from partnerjourney.core.texts import N_
from partnerjourney.journeys.services import Place
from partnerjourney.surveys import signals
from partnerjourney.surveys.models import Answer, Invitation, Point, Question, Wave
from partnerjourney.surveys.models.asked import AskedWave
from partnerjourney.surveys.queries import grouped_points
from partnerjourney.surveys.rules import InvitationState, WaveKind, WaveState
from partnerjourney.surveys.rules.wording import Wording
from partnerjourney.surveys.rules.wording import question as wording
from partnerjourney.surveys.services.points import circle_of

OUTSIDE = "outside"
"""The key of the wave that holds answers that no wave asked for."""
CLOSE = "survey.close"


def preview(session: Session, place: Place, point: Point) -> Wording:
    """Return the question of a point as it would be asked today."""
    return _words(session, point, place.journey)


def _words(session: Session, point: Point, journey: Journey) -> Wording:
    brand = session.scalars(
        select(Organisation.name).where(Organisation.id == journey.customer_owner_id)
    ).one()
    return wording(
        point.metric,
        point.subject,
        brand=brand,
        language=journey.language,
        form_of_address=journey.form_of_address,
    )


def question_for(session: Session, point: Point, journey: Journey, *, at: datetime) -> Question:
    """Return the question of a point in today's words; other words than before are a new number."""
    words = _words(session, point, journey)
    asked = session.scalars(
        select(Question)
        .where(Question.journey_id == point.journey_id, Question.point_id == point.id)
        .order_by(Question.number)
    ).all()
    latest = asked[-1] if asked else None
    same = latest is not None and (
        latest.language == journey.language
        and latest.form_of_address == journey.form_of_address
        and (latest.text, latest.low_label, latest.high_label)
        == (words.text, words.low, words.high)
    )
    if latest is not None and same:
        return latest
    question = Question(
        journey_id=point.journey_id,
        point_id=point.id,
        number=latest.number + 1 if latest else 1,
        language=journey.language,
        form_of_address=journey.form_of_address,
        text=words.text,
        low_label=words.low,
        high_label=words.high,
        created_at=at,
    )
    session.add(question)
    session.flush()
    return question


def may_manage(actor: Actor, place: Place) -> None:
    """Raise NotAllowedError unless the actor opens and closes waves of this journey."""
    require(actor, Permission.WAVE_MANAGE, place)


def open_wave(
    session: Session,
    actor: Actor,
    place: Place,
    point: Point,
    *,
    key: str,
    close_on: date | None = None,
    close_at_answers: int | None = None,
    at: datetime,
    **fields: Any,
) -> Wave:
    """Begin asking at a point until a date, a number of answers, or whichever comes first.

    `fields`: sample_percent (100) and reference_name ('bestelling'). The first wave of a point is
    its baseline; one on a stretch through a group closes on a date only. Raises InputError when
    neither end is given, for a number where only a date may be, or when the date is past,
    ConflictError for a key that is taken or while another wave is open.
    """
    require(actor, Permission.WAVE_MANAGE, place)
    zone = ZoneInfo(place.journey.time_zone)
    _check_end(session, place, point, close_on, close_at_answers, today=at.astimezone(zone).date())
    waves = session.scalars(
        select(Wave).where(Wave.journey_id == place.id, Wave.point_id == point.id)
    ).all()
    if key == OUTSIDE or any(wave.key == key for wave in waves):
        raise ConflictError(f"there is a wave called {key} already")
    asking = [wave for wave in waves if wave.kind is not WaveKind.OUTSIDE]
    if any(wave.state is WaveState.OPEN for wave in asking):
        raise ConflictError("a wave is open at this point already")
    point.base_circle_id = circle_of(session, point)  # another since somebody left the stretch
    wave = Wave(
        journey_id=place.id,
        point_id=point.id,
        question_id=question_for(session, point, place.journey, at=at).id,
        key=key,
        kind=WaveKind.REGULAR if asking else WaveKind.BASELINE,
        opened_at=at,
        close_on=close_on,
        close_at_answers=close_at_answers,
        **fields,
    )
    session.add(wave)
    session.flush()
    if close_on is not None:
        ends = datetime.combine(close_on + timedelta(days=1), time(), zone)
        jobs.enqueue(
            session, CLOSE, at=at, run_at=ends, dedupe_key=f"{wave.id}:day", thing_id=wave.id
        )
    _record(session, "wave.open", wave, point, at=at)
    return wave


def _check_end(
    session: Session,
    place: Place,
    point: Point,
    close_on: date | None,
    close_at_answers: int | None,
    *,
    today: date,
) -> None:
    if close_at_answers is not None and point.id in grouped_points(session, place.id):
        raise InputError(
            {"close_on": [N_("Members of a group take part here: choose a last day.")]}
        )
    if close_on is None and close_at_answers is None:
        raise InputError(
            {"close_on": [N_("Say when it ends: on a day, or at a number of answers.")]}
        )
    if close_on is not None and close_on < today:
        raise InputError({"close_on": [N_("This day is over already.")]})


def outside_wave(session: Session, point: Point, journey: Journey, *, at: datetime) -> Wave:
    """Return the wave that holds answers that no wave asked for, made where missing."""
    wave = session.scalar(
        select(Wave).where(
            Wave.journey_id == point.journey_id,
            Wave.point_id == point.id,
            Wave.kind == WaveKind.OUTSIDE,
        )
    )
    if wave is None:
        wave = Wave(
            journey_id=point.journey_id,
            point_id=point.id,
            question_id=question_for(session, point, journey, at=at).id,
            key=OUTSIDE,
            kind=WaveKind.OUTSIDE,
            opened_at=at,
        )
        session.add(wave)
        session.flush()
    return wave


def find_wave(
    session: Session, place: Place, point: Point, wave_id: uuid.UUID, *, lock: bool = False
) -> Wave:
    """Return a wave of this point; raises NotFoundError for others."""
    query = select(Wave).where(
        Wave.journey_id == place.id, Wave.point_id == point.id, Wave.id == wave_id
    )
    wave = session.scalar(query.with_for_update(key_share=True) if lock else query)
    if wave is None:
        raise NotFoundError
    return wave


def close_by_hand(
    session: Session, actor: Actor, place: Place, point: Point, wave: Wave, *, at: datetime
) -> None:
    """Close a wave before its end. It is written down that a hand did it, not the calendar."""
    require(actor, Permission.WAVE_MANAGE, place)
    if wave.state is not WaveState.OPEN or wave.kind is WaveKind.OUTSIDE:
        raise ConflictError("this wave is not open")
    _record(session, "wave.close_by_hand", wave, point, at=at)
    wave_id = wave.id
    with border.verb(session, "close a wave") as system:
        close_wave(system, system.get_one(Wave, (place.id, wave_id)), at=at)
    session.refresh(wave)


def close_wave(system: Session, wave: Wave, *, at: datetime) -> None:
    """Close a wave for good: its answers no longer change, its links end, its verdict is given.

    It waits for answers that are being stored (they hold their invitation), so that the verdict
    counts them; an answer that comes later finds the wave closed. The lock on the wave itself lets
    the foreign keys of those answers pass. Runs under the System scope.
    """
    wave = system.scalars(
        select(Wave)
        .where(Wave.journey_id == wave.journey_id, Wave.id == wave.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    ).one()
    if wave.state is not WaveState.OPEN:
        return
    wave.state = WaveState.FROZEN if wave.kind is WaveKind.BASELINE else WaveState.CLOSED
    wave.closed_at = at
    system.flush()
    of_wave = (Invitation.journey_id == wave.journey_id) & (Invitation.wave_id == wave.id)
    system.scalars(
        select(Invitation.id).where(of_wave).order_by(Invitation.id).with_for_update()
    ).all()
    held = (Invitation.state == InvitationState.PLANNED) & Invitation.suppressed.is_not(None)
    system.execute(  # those that waited until it was too late keep the reason
        update(Invitation)
        .where(of_wave, held)
        .values(state=InvitationState.SUPPRESSED)
        .execution_options(synchronize_session=False)
    )
    waiting = (InvitationState.PLANNED, InvitationState.SENT)
    system.execute(
        update(Invitation)
        .where(of_wave, Invitation.state.in_(waiting))
        .values(state=InvitationState.EXPIRED)
        .execution_options(synchronize_session=False)
    )
    signals.wave_closed.send(system, wave=wave)


def close_if_due(system: Session, wave_id: uuid.UUID, *, at: datetime) -> bool:
    """Close a wave whose day is over or whose number is reached; return whether it is closed.

    A number counts only where no group is on the stretch: a wave that closes early would tell one
    member that others were answered about.
    """
    row = system.execute(
        select(Wave, Journey.time_zone)
        .join(Journey, Journey.id == Wave.journey_id)
        .where(Wave.id == wave_id)
    ).first()
    if row is None or row.Wave.state is not WaveState.OPEN:
        return True
    wave: Wave = row.Wave
    today = at.astimezone(ZoneInfo(row.time_zone)).date()
    by_day = wave.close_on is not None and today > wave.close_on
    by_number = (
        wave.close_at_answers is not None
        and answered(system, wave) >= wave.close_at_answers
        and wave.point_id not in grouped_points(system, wave.journey_id)
    )
    if by_day or by_number:
        close_wave(system, wave, at=at)
    return by_day or by_number


def answered(system: Session, wave: Wave | AskedWave) -> int:
    """Return how many scores a wave has; runs under the System scope."""
    count = select(func.count()).where(
        Answer.journey_id == wave.journey_id, Answer.wave_id == wave.id, Answer.skipped.is_(False)
    )
    return system.scalars(count).one()


def _record(session: Session, verb: str, wave: Wave, point: Point, *, at: datetime) -> None:
    audit.record(
        session,
        verb,
        at=at,
        thing_id=wave.id,
        journey_id=wave.journey_id,
        circle_id=point.base_circle_id,
        after=[wave.key, str(wave.close_on), wave.close_at_answers],
    )
