"""Judging a chunk of answers that were given elsewhere: what is new, said before, or not taken.

Changes nothing, so that it can be done before a lock is taken; what it read is then asked again.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from partnerjourney.core import ids
from partnerjourney.core.staging import among
from partnerjourney.events.models import CaseState
from partnerjourney.events.rules.kinds import State
from partnerjourney.events.rules.promises import local_day
from partnerjourney.events.rules.rows import Fault, Flag, skipped_flag
from partnerjourney.events.rules.states import OLDER_ANSWER, older_than_event
from partnerjourney.events.services import Cases, Result, Status
from partnerjourney.events.services.cases import CaseConflictError
from partnerjourney.events.services.record import differs
from partnerjourney.surveys.models import Answer, Wave
from partnerjourney.surveys.rules import WaveState
from partnerjourney.surveys.rules.answer_rows import NewAnswer
from partnerjourney.surveys.services.import_place import Asked

Judged = Mapping[uuid.UUID | None, tuple[State, datetime | None]]
"""Case → what became of it at the last hand-over of the stretch, and when that was completed."""

VARY = (
    "id",
    "circle_id",
    "case_id",
    "score",
    "comment",
    "state",
    "day",
    "answered_at",
    "row_key",
    "digest",
    "flags",
)
"""The columns of an answer that differ between the rows of a chunk."""


@dataclass(slots=True)
class _Version:
    """The newest version of a row, stored or about to be."""

    id: uuid.UUID
    digest: str
    received_at: datetime | None
    case_id: uuid.UUID | None
    is_open: bool = True


@dataclass(slots=True, kw_only=True)
class _Taken(_Version):
    """An answer that is accepted, and where it goes."""

    new: NewAnswer
    circle_id: uuid.UUID
    result: Result


@dataclass
class Draft:
    """What is to become of a chunk; make one for each and `judge` its answers once.

    `replaced` holds answer → case for those that are corrected, `results` what became of each row.
    """

    system: Session
    asked: Asked
    sender: uuid.UUID
    source: str
    at: datetime
    correct: bool = field(kw_only=True)
    is_open: bool = field(kw_only=True)

    def judge(self, answers: Sequence[NewAnswer]) -> Draft:
        """Say of each answer what is to become of it; returns itself."""
        self.cases = Cases(self.system, self.asked.place.id)
        self.cases.look_up(ref for answer in answers for ref in answer.references)
        self._versions = self._read({answer.row_key for answer in answers})
        members = {answer.member for answer in answers}
        self._circles = {member: self.asked.circle(member) for member in members}
        self._ids = ids.neighbours()
        self._taken: dict[str, _Taken] = {}
        self.replaced: dict[uuid.UUID, uuid.UUID | None] = {}
        self.results = [self._judge(answer) for answer in answers]
        self.new_cases = self.cases.stage(at=self.at)
        return self

    @cached_property
    def known(self) -> set[uuid.UUID]:
        """The cases of this chunk that others may write about."""
        touched = {answer.case_id for answer in self._taken.values()}
        touched.update(self.replaced.values())
        return {case for case in touched - self.cases.is_new() if case is not None}

    def rows(self, judged: Judged) -> list[tuple[Any, ...]]:
        """Return the values of `VARY` for each answer to store, and note what is odd about it."""
        zone, unknown = self.asked.zone, (State.UNKNOWN, None)
        found = []
        for answer in self._taken.values():
            new = answer.new
            state, done = judged.get(answer.case_id, unknown)
            answer.result.flags = flags = _flags(new, done)
            found.append(
                (
                    answer.id,
                    answer.circle_id,
                    answer.case_id,
                    new.score,
                    new.comment or None,
                    state,
                    local_day(new.at, zone),
                    new.at,
                    new.row_key,
                    answer.digest,
                    [flag.rule for flag in flags] or None,
                )
            )
        return found

    def _read(self, keys: Collection[str]) -> dict[str, _Version]:
        # Not joined: from the wave PostgreSQL would read all of its answers, each time.
        state = (
            select(Wave.state)
            .where(Wave.journey_id == Answer.journey_id, Wave.id == Answer.wave_id)
            .scalar_subquery()
        )
        rows = self.system.execute(
            select(
                *(Answer.row_key, Answer.id, Answer.digest, Answer.received_at, Answer.case_id),
                state,
            ).where(
                Answer.journey_id == self.asked.place.id,
                Answer.sender_id == self.sender,
                Answer.source == self.source,
                among(self.system, Answer.row_key, keys),
                Answer.point_id == self.asked.point.id,
            )
        )
        return {
            str(key): _Version(found, str(said), received, case, state is WaveState.OPEN)
            for key, found, said, received, case, state in rows
        }

    def _judge(self, answer: NewAnswer) -> Result:
        circle = self._circles[answer.member]
        if circle is None:
            return _rejected(answer, "member", "unknown member")
        known, said = self._versions.get(answer.row_key), answer.digest()
        if known is not None and known.digest == said:
            return Result(Status.DUPLICATE, known.id)
        if known is not None and not self.correct:
            return Result(Status.REJECTED, fault=differs(answer.line, known.received_at or self.at))
        if not self.is_open or (known is not None and not known.is_open):
            return _rejected(answer, "wave", "the wave is closed")
        try:
            case_id = self.cases.of(answer.references) if answer.references else None
        except CaseConflictError as error:
            return _rejected(answer, "case", str(error))
        if known is None:
            answer_id = next(self._ids)
        else:
            answer_id = known.id
            if answer.row_key not in self._taken:
                self.replaced[answer_id] = known.case_id
        result = Result(Status.ACCEPTED, answer_id)
        self._versions[answer.row_key] = self._taken[answer.row_key] = _Taken(
            answer_id, said, self.at, case_id, new=answer, circle_id=circle, result=result
        )
        return result


def judged(system: Session, asked: Asked, cases: Collection[uuid.UUID]) -> Judged:
    """Return what became of these cases at the last hand-over of the stretch."""
    if not cases:
        return {}
    rows = system.execute(
        select(CaseState.case_id, CaseState.state, CaseState.completed_at).where(
            CaseState.journey_id == asked.place.id,
            CaseState.handover_id == asked.judged,
            among(system, CaseState.case_id, cases),
        )
    )
    return {row.case_id: (row.state, row.completed_at) for row in rows}


def _flags(new: NewAnswer, completed_at: datetime | None) -> list[Flag]:
    flags = [skipped_flag(new.line)] if new.skipped_time else []
    if older_than_event(new.at, completed_at):
        flags.append(Flag(new.line, OLDER_ANSWER, "older than the event that it judges"))
    return flags


def _rejected(answer: NewAnswer, name: str, message: str) -> Result:
    return Result(Status.REJECTED, fault=Fault(answer.line, name, message))
