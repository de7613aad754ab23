"""Apart: an organisation that takes no part in a journey for now, or any more.

The border shows it nothing of the journey. What it may still read stands in rows of its own, made
in the transaction that suspended it or let it go: `Apart` holds names, why, and its own past as one
document that nothing changes. `find` in the feature of journeys looks here before it says 404.
"""

from __future__ import annotations

import uuid
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, LargeBinary, String, select
from sqlalchemy.orm import Mapped, Session, mapped_column, undefer

from partnerjourney.core.db import (
    Base,
    CircleScoped,
    Document,
    Id,
    OrganisationPrivate,
    choice,
    unique_where,
)
from partnerjourney.core.errors import NotFoundError
from partnerjourney.core.parties import circle_key


class PartingKind(StrEnum):
    """Why an organisation is going to be apart, or is."""

    SUSPENSION = "suspension"
    LEAVING = "leaving"


class PartingState(StrEnum):
    """Where it stands: open, done (resumed, or left), or taken back before its day."""

    OPEN = "open"
    DONE = "done"
    WITHDRAWN = "withdrawn"


class Parting(CircleScoped, Base):
    """A suspension, or a leaving that was announced: what the party and the coordinator know of it.

    `announced_by_id` is the organisation that said so. A leaving has its last day `ends_on`, and
    the last day on which who left reads its own past.
    """

    __tablename__ = "parting"
    __table_args__ = (
        circle_key(),
        ForeignKeyConstraint(
            ["journey_id", "participation_id"], ["participation.journey_id", "participation.id"]
        ),
        unique_where(
            "uq_parting_open", "journey_id circle_id participation_id kind", "state = 'open'"
        ),
    )
    id: Mapped[Id]
    participation_id: Mapped[uuid.UUID]
    kind: Mapped[PartingKind] = mapped_column(choice(PartingKind))
    state: Mapped[PartingState] = mapped_column(choice(PartingState), default=PartingState.OPEN)
    announced_by_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    reason: Mapped[str] = mapped_column(String(500))
    ends_on: Mapped[date | None]
    reads_until: Mapped[date | None]
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class Apart(OrganisationPrivate, Base):
    """What an organisation that is suspended or left keeps of a journey; `past` never changes.

    `left_at` is None while it is only suspended: then it sees why, and no more than that.
    """

    __tablename__ = "apart"
    __table_args__ = (
        ForeignKeyConstraint(
            ["journey_id", "participation_id"], ["participation.journey_id", "participation.id"]
        ),
        Index("uq_apart_participation", "owner_id", "participation_id", unique=True),
    )
    id: Mapped[Id]
    journey_id: Mapped[uuid.UUID]
    participation_id: Mapped[uuid.UUID]
    journey_name: Mapped[str] = mapped_column(String(120))
    brand_name: Mapped[str] = mapped_column(String(120))
    party_name: Mapped[str] = mapped_column(String(120))
    contact: Mapped[str] = mapped_column(String(400), default="")
    reason: Mapped[str] = mapped_column(String(500))
    time_zone: Mapped[str] = mapped_column(String(60))
    fixed_at: Mapped[datetime]
    left_at: Mapped[datetime | None]
    reads_until: Mapped[date | None]
    past: Mapped[dict[str, Any]] = mapped_column(Document, deferred=True)


class TakeoutState(StrEnum):
    """Where the making of a package stands."""

    WAITING = "waiting"
    MAKING = "making"
    DONE = "done"
    FAILED = "failed"


class Takeout(OrganisationPrivate, Base):
    """The data that an organisation takes along of one participation, as one ZIP file."""

    __tablename__ = "takeout"
    __table_args__ = (
        ForeignKeyConstraint(
            ["journey_id", "participation_id"], ["participation.journey_id", "participation.id"]
        ),
        Index("ix_takeout_participation_id", "owner_id", "participation_id"),
    )
    id: Mapped[Id]
    journey_id: Mapped[uuid.UUID]
    participation_id: Mapped[uuid.UUID]
    state: Mapped[TakeoutState] = mapped_column(choice(TakeoutState), default=TakeoutState.WAITING)
    progress: Mapped[int] = mapped_column(default=0)
    language: Mapped[str] = mapped_column(String(2))
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    size: Mapped[int] = mapped_column(default=0)
    sha256: Mapped[str | None] = mapped_column(String(64))
    data: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)


class ApartError(NotFoundError):
    """The journey is not seen because the organisation is apart from it; `row` says why."""

    def __init__(self, row: Apart) -> None:
        super().__init__()
        self.row = row


def of_journey(session: Session, journey_id: uuid.UUID, *, past: bool = False) -> Apart | None:
    """Return what the acting organisation keeps of a journey from which it is apart, latest first.

    `past` reads the document too.
    """
    query = select(Apart).where(Apart.journey_id == journey_id).order_by(Apart.fixed_at.desc())
    return session.scalars(query.options(undefer(Apart.past)) if past else query).first()


def missing(session: Session, journey_id: uuid.UUID) -> NotFoundError:
    """Return the error for a journey that a member does not see: absent, or apart from it."""
    row = of_journey(session, journey_id)
    return NotFoundError() if row is None else ApartError(row)
