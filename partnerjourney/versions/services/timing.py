"""When the people of the asked are mailed: on the third, fourth and last of five working days."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from partnerjourney.core import jobs, workdays
from partnerjourney.core.workdays import WorkCalendar
from partnerjourney.versions.models import VersionAnswer

NUDGE = "versions.nudge"
REMIND, DEPUTY, ESCALATE = "versions.remind", "versions.deputy", "versions.escalate"
_STEPS = {REMIND: 3, DEPUTY: 4, ESCALATE: 5}
MORNING = 8
"""At this hour of the asked party's clock its people are mailed."""


def time_answer(system: Session, answer: VersionAnswer, calendar: WorkCalendar) -> None:
    """Have the first contact, the deputy and the escalation contact mailed while nobody answers."""
    for kind, days in _STEPS.items():
        close = workdays.deadline(answer.asked_at, days, calendar)
        morning = close.replace(hour=MORNING, minute=0)
        _enqueue(system, kind, answer.id, morning, answer.asked_at, str(answer.id))


def nudge(system: Session, answer_id: uuid.UUID, *, at: datetime) -> None:
    """Have the first contact mailed now, once a day."""
    _enqueue(system, NUDGE, answer_id, at, at, f"{answer_id} {at.date()}")


def _enqueue(
    system: Session, kind: str, thing: uuid.UUID, run_at: datetime, at: datetime, key: str
) -> None:
    jobs.enqueue(system, kind, at=at, run_at=run_at, thing_id=thing, dedupe_key=key)
