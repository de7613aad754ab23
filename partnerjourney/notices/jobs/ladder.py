"""The worker's part: whom of the asked party is mailed, and when: first, deputy, escalation."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy.orm import Session

from partnerjourney.core.jobs import Context, Job, handler
from partnerjourney.notices.jobs.due import HOLD
from partnerjourney.notices.queries import Person, deputy_of, escalation_of, first_of
from partnerjourney.notices.services import send_due
from partnerjourney.notices.services.ladder import Ladder

Waiting = Callable[[Session, uuid.UUID], tuple[uuid.UUID, Collection[uuid.UUID]] | None]
"""A thing → its journey, and the organisations that have yet to answer; None once none has to."""
Whom = Callable[[Session, uuid.UUID, uuid.UUID | None, datetime], list[Person]]


def climb(ladder: Ladder, kind: str, waiting: Waiting) -> None:
    """Register the jobs of a ladder, which mail about things of a kind of `due`.

    The first contact on the third day, and when the other side asks for it; the deputy on the
    fourth; the escalation contact on the last.
    """
    for name, whom, hold in (
        (ladder.remind, first_of, timedelta()),
        (ladder.nudge, first_of, HOLD),
        (ladder.deputy, deputy_of, timedelta()),
        (ladder.escalate, escalation_of, timedelta()),
    ):
        handler(name)(partial(_mail, kind=kind, waiting=waiting, whom=whom, hold=hold))


def _mail(
    context: Context, job: Job, *, kind: str, waiting: Waiting, whom: Whom, hold: timedelta
) -> None:
    with context.closing(job) as session:
        found = waiting(session, job.thing_id) if job.thing_id is not None else None
        if found is None or job.thing_id is None:
            return
        journey_id, organisations = found
        for organisation_id in organisations:
            for person in whom(session, organisation_id, journey_id, context.at):
                send_due(
                    session,
                    organisation_id=organisation_id,
                    user_id=person.user_id,
                    kind=kind,
                    thing_id=job.thing_id,
                    key=f"{job.kind} {job.dedupe_key}",
                    at=context.at,
                    run_at=context.at + hold,
                )
