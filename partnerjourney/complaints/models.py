"""Complaint, the hand-overs that it is about, and what each party said of it."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import ForeignKeyConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from partnerjourney.complaints.rules import Act, Happened, State
from partnerjourney.core.db import Base, CircleScoped, Id, choice
from partnerjourney.core.parties import circle_key


def complaint_key() -> ForeignKeyConstraint:
    """Return the composite key of what hangs on a complaint; it moves along to another circle."""
    return ForeignKeyConstraint(
        ["journey_id", "circle_id", "complaint_id"],
        ["complaint.journey_id", "complaint.circle_id", "complaint.id"],
        onupdate="CASCADE",
    )


class Complaint(CircleScoped, Base):
    """What a customer reported, without the customer's name; its circle are those it concerns.

    `case_id` is empty while nobody knows the reference. `desk_id`, `picker_id` and `voice_id` are
    participations: who reported it, who picked it up (before `promised_at`), and the one that
    speaks to the customer.
    """

    __tablename__ = "complaint"
    __table_args__ = (
        circle_key(),
        ForeignKeyConstraint(
            ["journey_id", "case_id"], ["journey_case.journey_id", "journey_case.id"]
        ),
        UniqueConstraint("journey_id", "circle_id", "id"),
        Index("ix_complaint_case", "journey_id", "case_id"),
    )
    id: Mapped[Id]
    reference: Mapped[str] = mapped_column(String(120))
    case_id: Mapped[uuid.UUID | None]
    happened: Mapped[Happened] = mapped_column(choice(Happened))
    title: Mapped[str] = mapped_column(String(120))
    details: Mapped[str] = mapped_column(String(600), default="")
    needs: Mapped[str] = mapped_column(String(300), default="")
    happened_on: Mapped[date | None]
    due_at: Mapped[datetime]
    state: Mapped[State] = mapped_column(choice(State), default=State.REPORTED)
    desk_id: Mapped[uuid.UUID]
    picker_id: Mapped[uuid.UUID | None]
    promised_at: Mapped[datetime | None]
    voice_id: Mapped[uuid.UUID]
    reported_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]

    @property
    def open(self) -> bool:
        """Whether it is not closed yet."""
        return self.state is not State.CLOSED


class ComplaintHandover(CircleScoped, Base):
    """A hand-over that a complaint is about, in path order."""

    __tablename__ = "complaint_handover"
    __table_args__ = (
        circle_key(),
        complaint_key(),
        ForeignKeyConstraint(["journey_id", "handover_id"], ["handover.journey_id", "handover.id"]),
    )
    complaint_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    handover_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    position: Mapped[int]


class ComplaintEntry(CircleScoped, Base):
    """What one party did or said, and before when; `participation_id` says which one.

    `about_id` is the participation that it is about: who speaks to the customer from now on.
    """

    __tablename__ = "complaint_entry"
    __table_args__ = (
        circle_key(),
        complaint_key(),
        Index("ix_complaint_entry_complaint", "journey_id", "complaint_id"),
    )
    id: Mapped[Id]
    complaint_id: Mapped[uuid.UUID]
    participation_id: Mapped[uuid.UUID | None]
    act: Mapped[Act] = mapped_column(choice(Act))
    text: Mapped[str] = mapped_column(String(600), default="")
    before: Mapped[datetime | None]
    about_id: Mapped[uuid.UUID | None]
    at: Mapped[datetime]
