"""When the people of an asked party are mailed: on the third, fourth and last working day."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from partnerjourney.core import jobs, workdays
from partnerjourney.core.workdays import WorkCalendar

STEPS = (3, 4, 5)
"""Working days after which the first contact, the deputy and the escalation contact are mailed."""
MORNING = 8
"""At this hour of the asked party's clock its people are mailed."""


@dataclass(frozen=True, slots=True)
class Ladder:
    """The kinds of job by which the people of an asked party are mailed about one kind of thing."""

    of: str

    @property
    def remind(self) -> str:
        """To the first contact, by itself."""
        return f"{self.of}.remind"

    @property
    def deputy(self) -> str:
        """To the deputy."""
        return f"{self.of}.deputy"

    @property
    def escalate(self) -> str:
        """To the escalation contact."""
        return f"{self.of}.escalate"

    @property
    def nudge(self) -> str:
        """To the first contact, because the other side asks for it."""
        return f"{self.of}.nudge"

    def time(
        self, system: Session, thing_id: uuid.UUID, since: datetime, calendar: WorkCalendar
    ) -> None:
        """Have all of them mailed in their turn, while nobody answers."""
        for kind, days in zip((self.remind, self.deputy, self.escalate), STEPS, strict=True):
            close = workdays.deadline(since, days, calendar)
            jobs.enqueue(
                system,
                kind,
                at=since,
                run_at=close.replace(hour=MORNING, minute=0),
                thing_id=thing_id,
                dedupe_key=str(thing_id),
            )

    def ask_again(self, system: Session, thing_id: uuid.UUID, *, at: datetime) -> bool:
        """Have the first contact mailed, once a day; says whether it was not asked for today."""
        key = f"{thing_id} {at.date()}"
        there = system.scalar(
            select(jobs.Job.id).where(jobs.Job.kind == self.nudge, jobs.Job.dedupe_key == key)
        )
        jobs.enqueue(system, self.nudge, at=at, thing_id=thing_id, dedupe_key=key)
        return there is None
