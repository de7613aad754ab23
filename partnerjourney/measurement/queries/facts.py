"""What happened in all cases at a hand-over, whether their customers answered or not."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from partnerjourney.events.models import FactCell
from partnerjourney.events.rules import State
from partnerjourney.journeys.services import Place

Window = tuple[date | None, date | None]


@dataclass(frozen=True, slots=True)
class Facts:
    """How many cases ended in which state at one hand-over."""

    by_state: Mapping[State, int] = field(default_factory=dict)

    @property
    def cases(self) -> int:
        """All cases of the hand-over."""
        return sum(self.by_state.values())

    @property
    def late(self) -> int:
        """Cases that were late."""
        return self.by_state.get(State.LATE, 0)


def facts(
    session: Session, place: Place, windows: Mapping[uuid.UUID, Window] | None = None
) -> dict[uuid.UUID, Facts]:
    """Count cases per hand-over and state in one statement, over the circles the scope sees.

    `windows` names the hand-overs and their first and last day (inclusive, None is open);
    without it every hand-over over all days.
    """
    query = (
        select(FactCell.handover_id, FactCell.state, func.sum(FactCell.cases))
        .where(FactCell.journey_id == place.id)
        .group_by(FactCell.handover_id, FactCell.state)
    )
    if windows is not None:
        if not windows:
            return {}
        query = query.where(or_(*(_within(key, window) for key, window in windows.items())))
    found: dict[uuid.UUID, dict[State, int]] = {}
    for handover_id, state, cases in session.execute(query):
        if cases:
            found.setdefault(handover_id, {})[state] = int(cases)
    return {handover_id: Facts(states) for handover_id, states in found.items()}


def _within(handover_id: uuid.UUID, window: Window) -> ColumnElement[bool]:
    first, last = window
    found: ColumnElement[bool] = FactCell.handover_id == handover_id
    if first is not None:
        found &= FactCell.day >= first
    if last is not None:
        found &= FactCell.day <= last
    return found
