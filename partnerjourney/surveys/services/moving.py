"""An event changes what became of a case: its answers move between states, their scores do not.

Whether an answer is older than the event that it judges is a flag beside its state and moves too.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from partnerjourney.events.models import CaseState
from partnerjourney.events.rules import State
from partnerjourney.events.rules.states import OLDER_ANSWER, older_than_event
from partnerjourney.events.signals import case_states_changed
from partnerjourney.surveys import signals
from partnerjourney.surveys.models import Answer, Invitation, PointCover
from partnerjourney.surveys.services.answering import delta
from partnerjourney.surveys.signals import CellDelta

Change = tuple[uuid.UUID, State | None, State | None]


@case_states_changed.connect
def move_answers(
    system: Session,
    *,
    journey_id: uuid.UUID,
    handover_id: uuid.UUID,
    changes: Sequence[Change],
) -> None:
    """Move the answers of these cases to their new states at the points that the hand-over ends.

    `changes` are (case, old state, new state); no state is `unknown`, and both may be the same
    where only the moment of completion is another. Runs under the System scope in the transaction
    of the event; a closed wave keeps its scores, also when states move.
    """
    new = {case: after or State.UNKNOWN for case, _, after in changes}
    points = _points_ending_at(system, journey_id, handover_id)
    if not new or not points:
        return
    _hold_invitations(system, journey_id, list(new))
    answers = system.scalars(
        select(Answer)
        .where(
            Answer.journey_id == journey_id,
            Answer.case_id.in_(new),
            Answer.point_id.in_(points),
        )
        .order_by(Answer.id)
        .with_for_update()
    ).all()
    if not answers:
        return
    done = _completed(system, journey_id, handover_id, {answer.case_id for answer in answers})
    deltas: list[CellDelta] = []
    for answer in answers:
        assert answer.case_id is not None
        _flag(answer, done.get(answer.case_id))
        if answer.state is not new[answer.case_id]:
            deltas.append(delta(answer, -1))
            answer.state = new[answer.case_id]
            deltas.append(delta(answer, 1))
    system.flush()
    if deltas:
        signals.cells_changed.send(system, deltas=deltas)


def _completed(
    system: Session, journey_id: uuid.UUID, handover_id: uuid.UUID, cases: Iterable[Any]
) -> dict[uuid.UUID, datetime | None]:
    """Return case → when the hand-over was completed, as the events now say."""
    rows = system.execute(
        select(CaseState.case_id, CaseState.completed_at).where(
            CaseState.journey_id == journey_id,
            CaseState.handover_id == handover_id,
            CaseState.case_id.in_(cases),
        )
    )
    return {row.case_id: row.completed_at for row in rows}


def _flag(answer: Answer, completed_at: datetime | None) -> None:
    """Flag an answer that is older than the event that it judges; its other flags stay."""
    others = [flag for flag in answer.flags or () if flag != OLDER_ANSWER]
    older = [OLDER_ANSWER] if older_than_event(answer.answered_at, completed_at) else []
    flags = [*others, *older] or None
    if flags != answer.flags:
        answer.flags = flags


def _hold_invitations(system: Session, journey_id: uuid.UUID, cases: list[uuid.UUID]) -> None:
    """Wait for answers that are being stored; those that come later read the new states."""
    system.scalars(
        select(Invitation.id)
        .where(Invitation.journey_id == journey_id, Invitation.case_id.in_(cases))
        .order_by(Invitation.id)
        .with_for_update()
    ).all()


def _points_ending_at(
    system: Session, journey_id: uuid.UUID, handover_id: uuid.UUID
) -> list[uuid.UUID]:
    """Return the points whose stretch has this hand-over as its last."""
    rows = system.execute(
        select(PointCover.point_id, PointCover.handover_id)
        .where(PointCover.journey_id == journey_id)
        .order_by(PointCover.position)
    )
    last = {point: handover for point, handover in rows}  # noqa: C416 - rows are no pairs to mypy
    return [point for point, handover in last.items() if handover == handover_id]
