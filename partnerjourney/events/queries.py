"""Facts on all cases of a hand-over: '212 deliveries, 14 late'. Reads published counts only."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from partnerjourney.events.models import FactCell
from partnerjourney.events.rules import State
from partnerjourney.handovers.models import Handover


@dataclass(frozen=True)
class Facts:
    """How many cases ended in each state at a hand-over, in the circles that the viewer shares."""

    handover_id: uuid.UUID
    states: dict[State, int]

    @property
    def cases(self) -> int:
        """All of them."""
        return sum(self.states.values())

    @property
    def late(self) -> int:
        """Those that were late."""
        return self.states.get(State.LATE, 0)


def facts_by_handover(
    session: Session, journey_id: uuid.UUID, *, first: date | None = None, last: date | None = None
) -> dict[uuid.UUID, Facts]:
    """Return hand-over → facts over a period (days inclusive); those without cases are left out."""
    query = select(FactCell.handover_id, FactCell.state, func.sum(FactCell.cases)).where(
        FactCell.journey_id == journey_id, *_within(first, last)
    )
    found: dict[uuid.UUID, dict[State, int]] = {}
    for handover, state, cases in session.execute(
        query.group_by(FactCell.handover_id, FactCell.state)
    ):
        if cases:
            found.setdefault(handover, {})[state] = int(cases)
    return {handover: Facts(handover, states) for handover, states in found.items()}


def _within(first: date | None, last: date | None) -> Sequence[ColumnElement[bool]]:
    limits = []
    if first is not None:
        limits.append(FactCell.day >= first)
    if last is not None:
        limits.append(FactCell.day <= last)
    return limits


def facts(session: Session, journey_id: uuid.UUID, *, handover_key: str) -> dict[State, int]:
    """Return state → cases of one hand-over, by its key; empty where nothing is shared."""
    handover = session.scalar(
        select(Handover.id).where(Handover.journey_id == journey_id, Handover.key == handover_key)
    )
    found = facts_by_handover(session, journey_id)
    return found[handover].states if handover in found else {}
