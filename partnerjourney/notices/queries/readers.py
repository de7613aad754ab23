"""Who gets an overview, and what somebody chose about mail."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from partnerjourney.core.parties import Membership, Organisation
from partnerjourney.core.workdays import DEFAULT, WorkCalendar
from partnerjourney.notices.models import NoticeSetting
from partnerjourney.notices.rules import Often
from partnerjourney.organisations.models import WorkingCalendar
from partnerjourney.organisations.queries.calendars import as_calendar


@dataclass(frozen=True, slots=True)
class Reader:
    """A member of an organisation, when it wants an overview, and when the organisation works."""

    organisation_id: uuid.UUID
    user_id: uuid.UUID
    often: Often
    weekday: int
    calendar: WorkCalendar


def readers(session: Session) -> Iterator[Reader]:
    """Yield every current member of every organisation, under System; one statement."""
    rows = session.execute(
        select(Membership.owner_id, Membership.user_id, NoticeSetting, WorkingCalendar)
        .outerjoin(
            NoticeSetting,
            and_(
                NoticeSetting.owner_id == Membership.owner_id,
                NoticeSetting.user_id == Membership.user_id,
            ),
        )
        .outerjoin(WorkingCalendar, WorkingCalendar.owner_id == Membership.owner_id)
        .where(Membership.ended_at.is_(None))
        .order_by(Membership.owner_id, Membership.user_id)
    )
    calendars: dict[uuid.UUID, WorkCalendar] = {}
    for organisation_id, user_id, setting, row in rows:
        if organisation_id not in calendars:
            calendars[organisation_id] = _calendar(row)
        often, weekday = _wish(setting)
        yield Reader(organisation_id, user_id, often, weekday, calendars[organisation_id])


def _calendar(row: WorkingCalendar | None) -> WorkCalendar:
    return DEFAULT if row is None else as_calendar(row)


def _wish(setting: NoticeSetting | None) -> tuple[Often, int]:
    return (Often.WEEKLY, 0) if setting is None else (setting.often, setting.weekday)


def settings_of(
    session: Session, user_id: uuid.UUID
) -> list[tuple[Organisation, NoticeSetting | None]]:
    """Return what a person chose for each organisation that it acts for, under System."""
    rows = session.execute(
        select(Organisation, NoticeSetting)
        .join(Membership, Membership.owner_id == Organisation.id)
        .outerjoin(
            NoticeSetting,
            and_(
                NoticeSetting.owner_id == Membership.owner_id,
                NoticeSetting.user_id == Membership.user_id,
            ),
        )
        .where(Membership.user_id == user_id, Membership.ended_at.is_(None))
        .order_by(Organisation.name, Organisation.id)
    )
    return [(organisation, setting) for organisation, setting in rows]


def setting_of(
    session: Session, organisation_id: uuid.UUID, user_id: uuid.UUID
) -> NoticeSetting | None:
    """Return what a person chose for an organisation, if it chose anything."""
    return session.scalar(
        select(NoticeSetting).where(
            NoticeSetting.owner_id == organisation_id, NoticeSetting.user_id == user_id
        )
    )
