"""Whose working days count: the calendar of an organisation, or of who fills a party."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from partnerjourney.core.parties import (
    Journey,
    Participation,
    ParticipationRole,
    ParticipationState,
)
from partnerjourney.core.workdays import DEFAULT, WorkCalendar
from partnerjourney.organisations.models import WorkingCalendar


def calendar_row(session: Session, organisation_id: uuid.UUID) -> WorkingCalendar | None:
    """Return what an organisation said about its working days, if it said anything."""
    return session.get(WorkingCalendar, organisation_id)


def calendar_of(session: Session, organisation_id: uuid.UUID | None) -> WorkCalendar:
    """Return the working calendar of an organisation; DEFAULT without one, or without an id.

    Another organisation's calendar is read under System alone.
    """
    row = calendar_row(session, organisation_id) if organisation_id is not None else None
    return DEFAULT if row is None else as_calendar(row)


def as_calendar(row: WorkingCalendar) -> WorkCalendar:
    """Return a stored calendar as the rules want it."""
    return WorkCalendar(
        days=frozenset(row.days),
        cut_off=row.cut_off,
        zone=row.zone,
        country=row.country,
        worked_holidays=frozenset(row.worked_holidays),
        closed_holidays=frozenset(row.closed_holidays),
        closed_on=frozenset(_days(row.closed_on)),
    )


def _days(closures: Iterable[Any]) -> Iterator[date]:
    for first, last in closures:
        day, end = date.fromisoformat(first), date.fromisoformat(last)
        while day <= end:
            yield day
            day += timedelta(days=1)


def calendar_of_party(
    session: Session,
    journey_id: uuid.UUID,
    party_id: uuid.UUID,
    *,
    participation_id: uuid.UUID | None = None,
) -> WorkCalendar:
    """Return the calendar of the organisation that answers for a party, under System.

    That is the one that fills it; of a group the member with `participation_id`. A party that
    nobody fills, and what a group of several shares, is answered for by who coordinates.
    """
    taken = session.execute(
        select(Participation.id, Participation.organisation_id)
        .where(
            Participation.journey_id == journey_id,
            Participation.party_id == party_id,
            Participation.role != ParticipationRole.OBSERVER,
            Participation.state == ParticipationState.ACTIVE,
        )
        .order_by(Participation.id)
    ).all()
    if participation_id is not None:
        taken = [row for row in taken if row[0] == participation_id]
    if len(taken) == 1:
        return calendar_of(session, taken[0][1])
    leads = session.scalar(select(Journey.organisation_id).where(Journey.id == journey_id))
    return calendar_of(session, leads)
