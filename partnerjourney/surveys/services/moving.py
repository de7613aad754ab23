"""An event changes what became of a case: its answers move between states, their scores do not."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from partnerjourney.events.rules import State
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

    `changes` are (case, old state, new state); no state is `unknown`. Runs under the System scope
    in the transaction of the event; a closed wave keeps its scores, also when states move.
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
    )
    deltas: list[CellDelta] = []
    for answer in answers:
        assert answer.case_id is not None
        if answer.state is not new[answer.case_id]:
            deltas.append(delta(answer, -1))
            answer.state = new[answer.case_id]
            deltas.append(delta(answer, 1))
    system.flush()
    if deltas:
        signals.cells_changed.send(system, deltas=deltas)


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
