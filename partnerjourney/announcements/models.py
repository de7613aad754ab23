"""What one organisation announces: its own words once, and a row in each journey apart.

The rows in journeys have ids of their own, made by chance: nothing that one brand reads tells it
that another brand was told the same.
"""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from partnerjourney.announcements.rules import LONGEST, Kind
from partnerjourney.core.db import (
    Base,
    CircleScoped,
    Id,
    JourneyScoped,
    OrganisationPrivate,
    RandomId,
    choice,
)
from partnerjourney.core.parties import circle_key


class OwnAnnouncement(OrganisationPrivate, Base):
    """What an organisation announces, in its own words: only it reads this row."""

    __tablename__ = "own_announcement"
    id: Mapped[Id]
    kind: Mapped[Kind] = mapped_column(choice(Kind))
    text: Mapped[str] = mapped_column(String(LONGEST))
    first_day: Mapped[date]
    last_day: Mapped[date | None]
    made_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own interface


class AnnouncementPlace(OrganisationPrivate, Base):
    """In which journey an announcement stands, and under which id it is seen there."""

    __tablename__ = "announcement_place"
    __table_args__ = (
        ForeignKeyConstraint(
            ["owner_id", "announcement_id"], ["own_announcement.owner_id", "own_announcement.id"]
        ),
        UniqueConstraint("owner_id", "announcement_id", "journey_id"),
        UniqueConstraint("owner_id", "shown_id"),
    )
    id: Mapped[RandomId]
    announcement_id: Mapped[uuid.UUID]
    journey_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("journey.id"))
    shown_id: Mapped[uuid.UUID]


class _Said:
    id: Mapped[RandomId]
    party_id: Mapped[uuid.UUID]
    organisation_id: Mapped[uuid.UUID]
    kind: Mapped[Kind] = mapped_column(choice(Kind))
    text: Mapped[str] = mapped_column(String(LONGEST))
    first_day: Mapped[date]
    last_day: Mapped[date | None]
    said_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


def _party() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["journey_id", "party_id"], ["party.journey_id", "party.id"])


class Announcement(JourneyScoped, _Said, Base):
    """What a party announces to all who take part in a journey."""

    __tablename__ = "announcement"
    __table_args__ = (_party(),)


class MemberAnnouncement(CircleScoped, _Said, Base):
    """What a member of a group announces: to those with whom it works, never to other members."""

    __tablename__ = "member_announcement"
    __table_args__ = (circle_key(), _party(), Index("ix_member_announcement_member", "member_id"))
    member_id: Mapped[uuid.UUID]


Row = Announcement | MemberAnnouncement
