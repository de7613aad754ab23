"""Storing a chunk of answers that were given elsewhere, in a fixed number of statements.

An answer is judged by what is known of its case at the last hand-over of the stretch; an event
that comes later moves it. A correction takes the place of the answer, since only the latest is
kept, and moves its count.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from partnerjourney.core import border, ids
from partnerjourney.core.scopes import Member
from partnerjourney.core.staging import among, insert_rows
from partnerjourney.events.models import CaseState
from partnerjourney.events.rules.kinds import State
from partnerjourney.events.rules.promises import local_day
from partnerjourney.events.rules.rows import Fault, Flag, skipped_flag
from partnerjourney.events.rules.states import OLDER_ANSWER, older_than_event
from partnerjourney.events.services import Cases, Result, Status, lock_cases
from partnerjourney.events.services.cases import CaseConflictError
from partnerjourney.events.services.record import differs
from partnerjourney.surveys import signals
from partnerjourney.surveys.models import Answer, Wave
from partnerjourney.surveys.rules import WaveState
from partnerjourney.surveys.rules.answer_rows import NewAnswer
from partnerjourney.surveys.services.import_place import Asked
from partnerjourney.surveys.signals import CellDelta

CellKey = tuple[uuid.UUID, uuid.UUID, uuid.UUID, State, date, int | None]
"""Circle, wave, question, state, day, score."""

_ANSWERS: Any = Answer.__table__
_VARY = (
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
_UNCHANGED = frozenset({"journey_id", "id", "point_id", "sender_id", "source", "row_key"})


@dataclass(slots=True)
class _Version:
    """The newest version of a row, stored or about to be."""

    id: uuid.UUID
    digest: str
    received_at: datetime | None
    case_id: uuid.UUID | None
    is_open: bool = True


@dataclass(slots=True)
class _Taken:
    """An answer that is accepted, and where it goes."""

    new: NewAnswer
    circle_id: uuid.UUID
    version: _Version
    result: Result


@dataclass
class Chunk:
    """One chunk on its way; make one for each transaction."""

    session: Session
    actor: Member
    asked: Asked
    source: str
    at: datetime
    correct: bool = field(kw_only=True)

    def store(self, answers: Sequence[NewAnswer], *, dry_run: bool) -> list[Result]:
        """Store what is new and return what became of each answer, in their order."""
        with border.verb(self.session, "store answers") as system:
            self._system = system
            self._cases = Cases(system, self.asked.place.id)
            self._cases.look_up(ref for answer in answers for ref in answer.references)
            self._versions = self._read({answer.row_key for answer in answers})
            self._replaced: dict[uuid.UUID, uuid.UUID | None] = {}
            self._taken: dict[uuid.UUID, _Taken] = {}
            self._hold_wave(dry_run=dry_run)
            results = [self._judge(answer) for answer in answers]
            self._write(dry_run=dry_run)
        return results

    def _read(self, keys: Collection[str]) -> dict[str, _Version]:
        # Not joined: from the wave PostgreSQL would read all of its answers, each time.
        state = (
            select(Wave.state)
            .where(Wave.journey_id == Answer.journey_id, Wave.id == Answer.wave_id)
            .scalar_subquery()
        )
        rows = self._system.execute(
            select(
                *(Answer.row_key, Answer.id, Answer.digest, Answer.received_at, Answer.case_id),
                state,
            ).where(
                Answer.journey_id == self.asked.place.id,
                Answer.sender_id == self.actor.organisation_id,
                Answer.source == self.source,
                among(self._system, Answer.row_key, keys),
                Answer.point_id == self.asked.point.id,
            )
        )
        return {
            str(key): _Version(found, str(said), received, case, state is WaveState.OPEN)
            for key, found, said, received, case, state in rows
        }

    def _hold_wave(self, *, dry_run: bool) -> None:
        """Keep the wave from closing under us, and see whether it was closed meanwhile."""
        self._open = dry_run
        if self.asked.wave is not None:
            query = select(Wave.state).where(
                Wave.journey_id == self.asked.place.id, Wave.id == self.asked.wave.id
            )
            state = self._system.scalars(query.with_for_update(read=True)).one()
            self._open = state is WaveState.OPEN

    def _judge(self, answer: NewAnswer) -> Result:
        circle = self.asked.circle(answer.member)
        if circle is None:
            return _rejected(answer, "member", "unknown member")
        known, said = self._versions.get(answer.row_key), answer.digest()
        if known is not None and known.digest == said:
            return Result(Status.DUPLICATE, known.id)
        if known is not None and not self.correct:
            return Result(Status.REJECTED, fault=differs(answer.line, known.received_at or self.at))
        if not self._open or (known is not None and not known.is_open):
            return _rejected(answer, "wave", "the wave is closed")
        try:
            case_id = self._cases.of(answer.references) if answer.references else None
        except CaseConflictError as error:
            return _rejected(answer, "case", str(error))
        answer_id = ids.new_v4()
        if known is not None:
            answer_id = known.id
            if known.id not in self._taken:
                self._replaced[known.id] = known.case_id
        version = _Version(answer_id, said, self.at, case_id)
        flags = [skipped_flag(answer.line)] if answer.skipped_time else []
        result = Result(Status.ACCEPTED, answer_id, flags=flags)
        self._versions[answer.row_key] = version
        self._taken[answer_id] = _Taken(answer, circle, version, result)
        return result

    # --- writing

    def _write(self, *, dry_run: bool) -> None:
        touched = {taken.version.case_id for taken in self._taken.values()}
        known = (touched | set(self._replaced.values())) - self._cases.is_new() - {None}
        if not dry_run:
            self._cases.store(at=self.at)
            lock_cases(self._system, self.asked.place.id, known)  # type: ignore[arg-type]
        judged = self._judged(known)  # type: ignore[arg-type]
        for taken in self._taken.values():
            done = judged.get(taken.version.case_id, (None, None))[1]
            if older_than_event(taken.new.at, done):
                message = "older than the event that it judges"
                taken.result.flags.append(Flag(taken.new.line, OLDER_ANSWER, message))
        if dry_run or not self._taken:
            return
        moved: Counter[CellKey] = Counter()
        for key in self._old_cells():
            moved[key] -= 1
        wave = self.asked.wave
        assert wave is not None
        self._zone = self.asked.zone
        rows = [self._row(taken, judged) for taken in self._taken.values()]
        for _, circle, _, score, _, state, day, *_ in rows:
            moved[circle, wave.id, wave.question_id, state, day, score] += 1
        self._store(rows, wave)
        self._tell(moved)

    def _judged(
        self, cases: Iterable[uuid.UUID]
    ) -> dict[uuid.UUID | None, tuple[State, datetime | None]]:
        """Return what became of the cases at the last hand-over of the stretch."""
        wanted = sorted(cases)
        if not wanted:
            return {}
        rows = self._system.execute(
            select(CaseState.case_id, CaseState.state, CaseState.completed_at).where(
                CaseState.journey_id == self.asked.place.id,
                CaseState.handover_id == self.asked.judged,
                CaseState.case_id.in_(wanted),
            )
        )
        return {row.case_id: (row.state, row.completed_at) for row in rows}

    def _old_cells(self) -> list[CellKey]:
        """Return where the answers that are corrected are counted now; their cases are locked."""
        if not self._replaced:
            return []
        rows = self._system.execute(
            select(
                Answer.circle_id,
                Answer.wave_id,
                Answer.question_id,
                Answer.state,
                Answer.day,
                Answer.score,
            )
            .where(Answer.journey_id == self.asked.place.id, Answer.id.in_(sorted(self._replaced)))
            .order_by(Answer.id)
            .with_for_update()
        )
        return [
            (row.circle_id, row.wave_id, row.question_id, row.state, row.day, row.score)
            for row in rows
        ]

    def _row(self, taken: _Taken, judged: Mapping[Any, Any]) -> tuple[Any, ...]:
        """Return the values of `_VARY`."""
        new, version = taken.new, taken.version
        return (
            version.id,
            taken.circle_id,
            version.case_id,
            new.score,
            new.comment or None,
            judged.get(version.case_id, (State.UNKNOWN, None))[0],
            local_day(new.at, self._zone),
            new.at,
            new.row_key,
            version.digest,
            [flag.rule for flag in taken.result.flags] or None,
        )

    def _store(self, rows: Sequence[tuple[Any, ...]], wave: Wave) -> None:
        same = {
            "journey_id": self.asked.place.id,
            "point_id": self.asked.point.id,
            "sender_id": self.actor.organisation_id,
            "source": self.source,
            "wave_id": wave.id,
            "question_id": wave.question_id,
            "skipped": False,
            "role": "",
            "received_at": self.at,
        }
        added = [row for row in rows if row[0] not in self._replaced]
        insert_rows(self._system, Answer, _VARY, added, same=same)
        changed = [row for row in rows if row[0] in self._replaced]
        if changed:
            one = (_ANSWERS.c.journey_id == self.asked.place.id) & (
                _ANSWERS.c.id == bindparam("of_id")
            )
            names = [name for name in (*_VARY, *same) if name not in _UNCHANGED]
            columns: dict[str, Any] = {name: bindparam(name) for name in names}
            found = [{**same, **dict(zip(_VARY, row, strict=True))} for row in changed]
            self._system.execute(
                update(_ANSWERS).where(one).values(columns),
                [{"of_id": row["id"], **{name: row[name] for name in names}} for row in found],
            )

    def _tell(self, moved: Counter[CellKey]) -> None:
        place, point = self.asked.place, self.asked.point
        deltas = [
            CellDelta(
                journey_id=place.id,
                circle_id=circle,
                point_id=point.id,
                wave_id=wave,
                question_id=question,
                role="",
                state=state,
                day=day,
                field="skipped" if score is None else f"s{score}",
                by=by,
            )
            for (circle, wave, question, state, day, score), by in moved.items()
            if by
        ]
        if deltas:
            signals.cells_changed.send(self._system, deltas=deltas)


def _rejected(answer: NewAnswer, name: str, message: str) -> Result:
    return Result(Status.REJECTED, fault=Fault(answer.line, name, message))
