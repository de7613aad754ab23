"""What surveys tell the features above them; receivers work in the sender's transaction."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date

from blinker import Signal

from partnerjourney.events.rules import State

cells_changed = Signal("answers or invitations were counted: send(session, deltas=[CellDelta])")
wave_closed = Signal("a wave was closed: send(session, wave=Wave)")
question_must_wait = Signal(
    "may a question be sent now? send(system_session, invitation=Invitation);"
    " a receiver returns True to hold it back"
)
customer_erased = Signal(
    "a customer is erased: send(system_session, invitations=[Invitation], at=…), before they lose"
    " their case and reference"
)


@dataclass(frozen=True, slots=True)
class CellDelta:
    """One count that changed: `field` is s0 … s10, skipped, invited or delivered, `by` how much."""

    journey_id: uuid.UUID
    circle_id: uuid.UUID
    point_id: uuid.UUID
    wave_id: uuid.UUID
    question_id: uuid.UUID
    role: str
    state: State
    day: date
    field: str
    by: int
