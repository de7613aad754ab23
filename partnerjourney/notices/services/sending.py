"""Having mail sent: an overview of what waits, and at once what is due."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from partnerjourney.core import jobs, links
from partnerjourney.core.links import Purpose
from partnerjourney.core.workdays import is_worked
from partnerjourney.notices import queries
from partnerjourney.notices.rules import MORNING, UNTIL, overview_today
from partnerjourney.notices.services.settings import setting_for

OVERVIEW_JOB = "notice.overview"


def due_job(kind: str) -> str:
    """Return the kind of the jobs that mail at once what is due of a kind of thing."""
    return f"notice.due.{kind}"


def send_due(
    session: Session,
    *,
    organisation_id: uuid.UUID,
    user_id: uuid.UUID,
    kind: str,
    thing_id: uuid.UUID,
    key: str,
    at: datetime,
    run_at: datetime | None = None,
) -> None:
    """Have one person mailed that one thing waits for its answer; of a key it gets one mail.

    `kind` is one that `notices.jobs.due` registered: it is asked again when the mail goes out, and
    gives the link. Nothing goes to somebody who is no member by then or wants no such mail.
    """
    jobs.enqueue(
        session,
        due_job(kind),
        at=at,
        run_at=run_at,
        dedupe_key=f"{key} {user_id.hex}",
        thing_id=thing_id,
        organisation_id=organisation_id,
        user_id=user_id,
    )


@dataclass(frozen=True, slots=True)
class Morning:
    """A person whose morning it is, in one organisation, on a day on which an overview goes out."""

    organisation_id: uuid.UUID
    user_id: uuid.UUID
    day: date


def mornings(system: Session, *, at: datetime) -> list[Morning]:
    """Return for whom an overview goes out now, by the clock and calendar of the organisation."""
    found = []
    for reader in queries.readers(system):
        here = at.astimezone(ZoneInfo(reader.calendar.zone))
        worked = partial(is_worked, calendar=reader.calendar)
        due = overview_today(reader.often, reader.weekday, here.date(), worked=worked)
        if due and MORNING <= here.hour < UNTIL:
            found.append(Morning(reader.organisation_id, reader.user_id, here.date()))
    return found


def enqueue_overviews(system: Session, some: Iterable[Morning], *, at: datetime) -> None:
    """Have overviews sent; the day is part of the key, so that a person gets one a day."""
    for one in some:
        jobs.enqueue(
            system,
            OVERVIEW_JOB,
            at=at,
            dedupe_key=f"{one.organisation_id.hex} {one.user_id.hex} {one.day}",
            organisation_id=one.organisation_id,
            user_id=one.user_id,
        )


def overview_path(
    system: Session, organisation_id: uuid.UUID, user_id: uuid.UUID, *, at: datetime
) -> str:
    """Make the link that ends a person's overviews, under System, and return its path."""
    setting = setting_for(system, organisation_id, user_id)
    return f"/u/overview/{links.new_link(system, Purpose.OVERVIEW, setting.id, at=at)}"
