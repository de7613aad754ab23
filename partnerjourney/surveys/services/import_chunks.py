"""Storing a chunk of answers that were given elsewhere, in a fixed number of statements.

An answer is judged by what is known of its case at the last hand-over of the stretch; an event
that comes later moves it. A correction takes the place of the answer, since only the latest is
kept, and moves its count.
"""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from operator import itemgetter
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from partnerjourney.core import border
from partnerjourney.core.scopes import Actor
from partnerjourney.core.staging import Staged, among
from partnerjourney.events.rules.kinds import State
from partnerjourney.events.services import Result, lock_cases
from partnerjourney.surveys import signals
from partnerjourney.surveys.models import Answer, Wave
from partnerjourney.surveys.rules import WaveState
from partnerjourney.surveys.rules.answer_rows import NewAnswer
from partnerjourney.surveys.services.import_drafts import VARY, Draft, Judged, judged
from partnerjourney.surveys.services.import_place import Asked
from partnerjourney.surveys.signals import CellDelta

CellKey = tuple[uuid.UUID, uuid.UUID, uuid.UUID, State, date, int | None]
"""Circle, wave, question, state, day, score."""

_ANSWERS: Any = Answer.__table__
_COUNTED = itemgetter(*(VARY.index(name) for name in ("circle_id", "state", "day", "score")))
_UNCHANGED = frozenset({"journey_id", "id", "point_id", "sender_id", "source", "row_key"})


@dataclass(frozen=True)
class Ready:
    """A chunk without corrections that was judged and staged before the lock was taken."""

    draft: Draft
    judged: Judged
    answers: Staged
    deltas: list[CellDelta]

    def holds(self, asked: Asked, *, is_open: bool) -> bool:
        """Say whether the place is still as it was."""
        draft = self.draft
        return draft.is_open == is_open and draft.asked.circles == asked.circles


@dataclass(frozen=True)
class Sender:
    """Who says it in which file, when, and whether other content is a correction."""

    actor: Actor
    source: str
    at: datetime
    correct: bool = field(kw_only=True)

    def foresee(self, session: Session, asked: Asked, answers: Sequence[NewAnswer]) -> list[Result]:
        """Return what would become of each answer, in their order."""
        with border.verb(session, "judge answers") as system:
            draft = self._draft(system, asked, answers, is_open=_hold_wave(system, asked))
            draft.rows(judged(system, asked, draft.known))
        return draft.results

    def get_ready(
        self, session: Session, asked: Asked, answers: Sequence[NewAnswer]
    ) -> Ready | None:
        """Judge and stage answers without changing anything; None if a lock is needed for that."""
        with border.verb(session, "judge answers") as system:
            draft = self._draft(system, asked, answers, is_open=_hold_wave(system, asked))
            if draft.replaced:
                return None
            found = judged(system, asked, draft.known)
            rows = draft.rows(found)
            return Ready(draft, found, self._staged(system, draft, rows), _deltas(draft, rows, []))

    def store(
        self, session: Session, asked: Asked, answers: Sequence[NewAnswer], ready: Ready | None
    ) -> list[Result]:
        """Store what is new and return what became of each answer, in their order.

        `ready` is what `get_ready` made of them shortly before; where it no longer holds they are
        judged again.
        """
        with border.verb(session, "store answers") as system:
            is_open = _hold_wave(system, asked)
            if ready is not None and not ready.holds(asked, is_open=is_open):
                ready = None
            if ready is not None:
                draft = ready.draft
            else:
                draft = self._draft(system, asked, answers, is_open=is_open)
            for rows in draft.new_cases:
                rows.insert(system)
            lock_cases(system, asked.place.id, draft.known)
            found = judged(system, asked, draft.known)
            if ready is not None and ready.judged == found:
                ready.answers.insert(system)
                deltas = ready.deltas
            else:
                deltas = self._insert(system, draft, found)
            if deltas:
                signals.cells_changed.send(system, deltas=deltas)
        return draft.results

    def _draft(
        self, system: Session, asked: Asked, answers: Sequence[NewAnswer], *, is_open: bool
    ) -> Draft:
        return Draft(
            system,
            asked,
            self.actor.organisation_id,
            self.source,
            self.at,
            correct=self.correct,
            is_open=is_open,
        ).judge(answers)

    # --- writing

    def _insert(self, system: Session, draft: Draft, found: Judged) -> list[CellDelta]:
        """Write the answers and return what that changes in the counts."""
        rows = draft.rows(found)
        deltas = _deltas(draft, rows, _old_cells(system, draft))
        self._staged(system, draft, rows).insert(system)
        if draft.replaced:
            changed = [row for row in rows if row[0] in draft.replaced]
            self._correct(system, draft, changed)
        return deltas

    def _staged(self, system: Session, draft: Draft, rows: Sequence[tuple[Any, ...]]) -> Staged:
        """Get those that are new ready."""
        added = [row for row in rows if row[0] not in draft.replaced] if draft.replaced else rows
        return Staged(system, Answer, VARY, added, same=self._same(draft) if added else {})

    def _same(self, draft: Draft) -> dict[str, Any]:
        wave = draft.asked.wave
        assert wave is not None
        return {
            "journey_id": draft.asked.place.id,
            "point_id": draft.asked.point.id,
            "sender_id": self.actor.organisation_id,
            "source": self.source,
            "wave_id": wave.id,
            "question_id": wave.question_id,
            "skipped": False,
            "role": "",
            "received_at": self.at,
        }

    def _correct(self, system: Session, draft: Draft, changed: Sequence[tuple[Any, ...]]) -> None:
        same, place = self._same(draft), draft.asked.place
        one = (_ANSWERS.c.journey_id == place.id) & (_ANSWERS.c.id == bindparam("of_id"))
        names = [name for name in (*VARY, *same) if name not in _UNCHANGED]
        columns: dict[str, Any] = {name: bindparam(name) for name in names}
        found = [{**same, **dict(zip(VARY, row, strict=True))} for row in changed]
        system.execute(
            update(_ANSWERS).where(one).values(columns),
            [{"of_id": row["id"], **{name: row[name] for name in names}} for row in found],
        )


def _hold_wave(system: Session, asked: Asked) -> bool:
    """Keep the wave from closing under us; say whether it is open. A dry run may have none yet."""
    if asked.wave is None:
        return True
    query = select(Wave.state).where(Wave.journey_id == asked.place.id, Wave.id == asked.wave.id)
    return system.scalars(query.with_for_update(read=True)).one() is WaveState.OPEN


def _old_cells(system: Session, draft: Draft) -> list[CellKey]:
    """Return where the answers that are corrected are counted now; their cases are locked."""
    if not draft.replaced:
        return []
    rows = system.execute(
        select(
            Answer.circle_id,
            Answer.wave_id,
            Answer.question_id,
            Answer.state,
            Answer.day,
            Answer.score,
        )
        .where(Answer.journey_id == draft.asked.place.id, among(system, Answer.id, draft.replaced))
        .order_by(Answer.id)
        .with_for_update()
    )
    return [
        (row.circle_id, row.wave_id, row.question_id, row.state, row.day, row.score) for row in rows
    ]


def _deltas(
    draft: Draft, rows: Sequence[tuple[Any, ...]], old: Sequence[CellKey]
) -> list[CellDelta]:
    """Return how the counts change: the new answers come, what they replace goes."""
    moved = Counter({key: -by for key, by in Counter(old).items()})
    wave, place, point = draft.asked.wave, draft.asked.place, draft.asked.point
    for (circle, *counted), by in Counter(map(_COUNTED, rows)).items():
        assert wave is not None
        moved[circle, wave.id, wave.question_id, *counted] += by
    return [
        CellDelta(
            journey_id=place.id,
            circle_id=circle,
            point_id=point.id,
            wave_id=wave_id,
            question_id=question,
            role="",
            state=state,
            day=day,
            field="skipped" if score is None else f"s{score}",
            by=by,
        )
        for (circle, wave_id, question, state, day, score), by in moved.items()
        if by
    ]
