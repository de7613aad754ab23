"""The states and counts of a journey from its events alone, to compare with what is stored."""

from __future__ import annotations

import uuid
from collections import Counter
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from partnerjourney.core import border
from partnerjourney.events.models import FactCell
from partnerjourney.events.rules.states import Outcome
from partnerjourney.events.services.routes import path_of
from partnerjourney.events.services.states import CellKey, events_in_force, stored_states
from partnerjourney.journeys.services import Place


@dataclass(frozen=True)
class Derived:
    """(Case, hand-over) → outcome, and how many cases each cell counts; empty cells left out."""

    states: dict[tuple[uuid.UUID, uuid.UUID], Outcome]
    cells: dict[CellKey, int]


def rebuild(session: Session, place: Place) -> tuple[Derived, Derived]:
    """Return what the events of a journey amount to, and what is stored: the same, at any moment.

    Changes nothing.
    """
    with border.verb(session, "compare states with events") as system:
        path = path_of(system, place.id, place)
        states = {
            (case, handover): outcome
            for case, rows in events_in_force(system, place.id, None).items()
            for handover, outcome in path.outcomes(said for _, said in rows).items()
        }
        cells: Counter[CellKey] = Counter(
            (outcome.circle, handover, outcome.state, outcome.day)
            for (_, handover), outcome in states.items()
            if outcome.day is not None
        )
        stored = select(FactCell).where(FactCell.journey_id == place.id, FactCell.cases != 0)
        there = {
            (cell.circle_id, cell.handover_id, cell.state, cell.day): cell.cases
            for cell in system.scalars(stored)
        }
        return Derived(states, dict(cells)), Derived(stored_states(system, place.id, None), there)
