"""Answers as a system sends them: given elsewhere, many at once, of one measuring point."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from partnerjourney.core import border
from partnerjourney.core.errors import InputError, NotFoundError
from partnerjourney.core.scopes import Token
from partnerjourney.events.rules.mapping import AnswerColumns
from partnerjourney.events.rules.promises import local_day
from partnerjourney.events.rules.rows import Fault
from partnerjourney.events.services import MappingFault, Result, Status
from partnerjourney.surveys.models import Point
from partnerjourney.surveys.rules import parse_score
from partnerjourney.surveys.rules.answer_rows import NewAnswer
from partnerjourney.surveys.services import waves
from partnerjourney.surveys.services.import_chunks import Sender
from partnerjourney.surveys.services.import_place import Asked, asked_of


def receive(
    session: Session,
    actor: Token,
    point: Point,
    said: Sequence[Mapping[str, Any]],
    *,
    source: str,
    wave: str | None,
    at: datetime,
    correct: bool = False,
) -> list[Result]:
    """Store answers and return what became of each, in their order.

    `said` has id, score, time, comment, references and member. Without the key of an open wave
    they stand outside any: no verdict, never a baseline. With `correct` another content replaces
    what was sent before. Raises NotAllowedError, NotFoundError for a point that is not shared, and
    InputError for a wave that is not open.
    """
    spec = AnswerColumns(point.key, point.metric.value, score="", time="", wave=wave)
    asked = _asked(session, actor, point, spec)
    if asked.wave is None:
        waves.outside_wave(session, point, asked.place.journey, at=at)
        asked = _asked(session, actor, point, spec)
    answers = [_answer(one, index, asked) for index, one in enumerate(said)]
    good = [one for one in answers if isinstance(one, NewAnswer)]
    stored = iter(Sender(actor, source, at, correct=correct).store(session, asked, good, None))
    results = [
        next(stored) if isinstance(one, NewAnswer) else Result(Status.REJECTED, fault=one)
        for one in answers
    ]
    if wave is not None and asked.wave is not None:
        with border.verb(session, "close a wave at its number") as system:
            waves.close_if_due(system, asked.wave.id, at=at)
    return results


def _asked(session: Session, actor: Token, point: Point, spec: AnswerColumns) -> Asked:
    try:
        return asked_of(session, actor, point.journey_id, spec)
    except MappingFault as error:
        if "wave" not in str(error):
            raise NotFoundError from error
        raise InputError({"wave": ["There is no open measuring period of that name."]}) from error


def _answer(one: Mapping[str, Any], index: int, asked: Asked) -> NewAnswer | Fault:
    score = parse_score(str(one["score"]), asked.point.metric)
    if score is None:
        return Fault(index, "score", f"is not on the scale of {asked.point.metric}")
    try:
        local_day(one["time"], asked.zone)
    except OverflowError:  # at either end of the calendar
        return Fault(index, "time", "is not a moment of which there is a day")
    return NewAnswer(
        line=index,
        row_key=one["id"],
        references=tuple(sorted(one["references"].items())),
        at=one["time"],
        score=score,
        comment=one["comment"].strip(),
        member=one["member"],
        skipped_time=False,
    )
