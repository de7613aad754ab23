"""Who answers for an organisation at a moment: the person named, its deputy, or all who may."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from partnerjourney.core.parties import (
    Journey,
    Membership,
    Organisation,
    Role,
    User,
)
from partnerjourney.notices.models import Answerers, NoticeSetting
from partnerjourney.notices.rules import Duty
from partnerjourney.organisations.queries import calendar_of


class Person(NamedTuple):
    """Whom a mail goes to, and in which language."""

    user_id: uuid.UUID
    name: str
    email: str
    language: str


@dataclass(frozen=True)
class Colleague:
    """A current member of an organisation; `absent_until` is the last day away."""

    id: uuid.UUID
    person: Person
    role: Role
    absent_until: date | None

    @property
    def answers(self) -> bool:
        """Whether this person may answer for the organisation at all."""
        return self.role in (Role.ADMIN, Role.EDITOR)

    def away(self, day: date) -> bool:
        """Say whether this person is away on a day."""
        return self.absent_until is not None and day <= self.absent_until


@dataclass(frozen=True, slots=True)
class OwnJourney:
    """A journey in which the organisation takes part."""

    id: uuid.UUID
    name: str
    brand: str


def colleagues(session: Session, organisation_id: uuid.UUID) -> list[Colleague]:
    """Return the current members of an organisation, by name."""
    rows = session.execute(
        select(Membership.id, User, Membership.role, NoticeSetting.absent_until)
        .join(User, User.id == Membership.user_id)
        .outerjoin(
            NoticeSetting,
            and_(
                NoticeSetting.owner_id == Membership.owner_id,
                NoticeSetting.user_id == Membership.user_id,
            ),
        )
        .where(Membership.owner_id == organisation_id, Membership.ended_at.is_(None))
        .order_by(User.name, User.id)
    )
    return [
        Colleague(number, Person(user.id, user.name, user.email, user.language), role, until)
        for number, user, role, until in rows
    ]


def answerers_rows(
    session: Session, organisation_id: uuid.UUID
) -> dict[uuid.UUID | None, Answerers]:
    """Return who was named, by journey; under None who answers in all others."""
    rows = session.scalars(select(Answerers).where(Answerers.owner_id == organisation_id))
    return {row.journey_id: row for row in rows}


def journeys(session: Session) -> list[OwnJourney]:
    """Return the journeys of the acting organisation, by brand and name."""
    rows = session.execute(
        select(Journey.id, Journey.name, Organisation.name)
        .join(Organisation, Organisation.id == Journey.organisation_id)
        .where(Journey.retired_at.is_(None))
        .order_by(Organisation.name, Journey.name, Journey.id)
    )
    return [OwnJourney(*row) for row in rows]


def first_of(
    session: Session, organisation_id: uuid.UUID, journey_id: uuid.UUID | None, at: datetime
) -> list[Person]:
    """Return who answers first: the one named; the deputy while that one is away; else all.

    All are the admins and editors, those who are away only where nobody else is left. Like the
    next two for System, or for the organisation itself.
    """
    found = _Found(session, organisation_id, journey_id, at)
    if found.one(Duty.FIRST) is None:
        return found.all()
    here = [found.named(duty) for duty in (Duty.FIRST, Duty.DEPUTY)]
    chosen = next((member for member in here if member is not None), None)
    return [chosen.person] if chosen is not None else found.all()


def deputy_of(
    session: Session, organisation_id: uuid.UUID, journey_id: uuid.UUID | None, at: datetime
) -> list[Person]:
    """Return who is told when the first one does not answer: the deputy, else all the others."""
    found = _Found(session, organisation_id, journey_id, at)
    deputy = found.named(Duty.DEPUTY)
    return [deputy.person] if deputy is not None else found.all(but=found.named(Duty.FIRST))


def escalation_of(
    session: Session, organisation_id: uuid.UUID, journey_id: uuid.UUID | None, at: datetime
) -> list[Person]:
    """Return who is told when nobody answers: the one named for it, else the admins."""
    found = _Found(session, organisation_id, journey_id, at)
    named = found.named(Duty.ESCALATION)
    if named is not None:
        return [named.person]
    admins = [member for member in found.members if member.role is Role.ADMIN]
    return found.present(admins)


class _Found:
    """The people of an organisation and who of them was named, in three statements."""

    def __init__(
        self,
        session: Session,
        organisation_id: uuid.UUID,
        journey_id: uuid.UUID | None,
        at: datetime,
    ) -> None:
        zone = calendar_of(session, organisation_id).zone
        self.today = at.astimezone(ZoneInfo(zone)).date()
        self.members = colleagues(session, organisation_id)
        self._by_user = {member.person.user_id: member for member in self.members}
        rows = session.scalars(
            select(Answerers).where(
                Answerers.owner_id == organisation_id,
                or_(Answerers.journey_id.is_(None), Answerers.journey_id == journey_id),
            )
        )
        self._rows = sorted(rows, key=lambda row: row.journey_id is None)

    def one(self, duty: Duty) -> Colleague | None:
        """Return the member named for a duty: for this journey, else for all."""
        for row in self._rows:
            member = self._by_user.get(getattr(row, f"{duty}_id"))
            if member is not None and (member.answers or duty is Duty.ESCALATION):
                return member
        return None

    def named(self, duty: Duty) -> Colleague | None:
        """Return who was named for a duty and is there today."""
        member = self.one(duty)
        return None if member is None or member.away(self.today) else member

    def all(self, *, but: Colleague | None = None) -> list[Person]:
        """Return everybody who may answer, without one of them where others are left."""
        able = [member for member in self.members if member.answers]
        return self.present([member for member in able if member != but] or able)

    def present(self, members: Sequence[Colleague]) -> list[Person]:
        """Return those of some members who are there today; all where nobody is."""
        here = [member for member in members if not member.away(self.today)]
        return [member.person for member in here or members]
