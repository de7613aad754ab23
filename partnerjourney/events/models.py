"""Case and its references, Event, CaseState, FactCell."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from partnerjourney.core.db import Base, CircleScoped, Id, ProductWritten, RandomId, Sealed, choice
from partnerjourney.core.parties import circle_key
from partnerjourney.events.rules import EventKind, State


class Case(Sealed, Base):
    """One customer's run through a journey; parties know it by their own references."""

    __tablename__ = "journey_case"
    journey_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("journey.id"), primary_key=True, sort_order=-30
    )
    id: Mapped[RandomId]
    created_at: Mapped[datetime]


class CaseReference(Sealed, Base):
    """A reference by which an organisation knows a case: order number, barcode, job number."""

    __tablename__ = "case_reference"
    __table_args__ = (
        ForeignKeyConstraint(
            ["journey_id", "case_id"], ["journey_case.journey_id", "journey_case.id"]
        ),
    )
    journey_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("journey.id"), primary_key=True, sort_order=-30
    )
    kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[str] = mapped_column(String(120), primary_key=True)
    case_id: Mapped[uuid.UUID]


class Event(CircleScoped, Base):
    """What one sender says happened at a hand-over; a correction is a new row.

    `promised_at` came with the event. `expected` events have a promise and no time. `row_key` is
    the sender's id of the row, `digest` the SHA-256 of what it said, `correction` how often the
    row was corrected: the highest is in force. `time_limit` is the hand-over's limit on the day
    that the event came in, so that a later agreement does not judge what was before it.
    """

    __tablename__ = "event"
    __table_args__ = (
        circle_key(),
        ForeignKeyConstraint(["journey_id", "handover_id"], ["handover.journey_id", "handover.id"]),
        ForeignKeyConstraint(
            ["journey_id", "case_id"], ["journey_case.journey_id", "journey_case.id"]
        ),
        UniqueConstraint(
            "journey_id",
            "sender_id",
            "source",
            "row_key",
            "handover_id",
            "kind",
            "correction",
            name="uq_event_row",
        ),
        Index("ix_event_case", "journey_id", "case_id", "handover_id"),
    )
    id: Mapped[Id]
    handover_id: Mapped[uuid.UUID]
    case_id: Mapped[uuid.UUID]
    kind: Mapped[EventKind] = mapped_column(choice(EventKind))
    at: Mapped[datetime | None]
    promised_at: Mapped[datetime | None]
    time_limit: Mapped[str | None] = mapped_column(String(20))
    reason: Mapped[str | None] = mapped_column(String(200))
    participation_id: Mapped[uuid.UUID | None]
    sender_id: Mapped[uuid.UUID]
    source: Mapped[str] = mapped_column(String(60))
    row_key: Mapped[str] = mapped_column(String(200))
    correction: Mapped[int] = mapped_column(default=0)
    digest: Mapped[str] = mapped_column(String(64))
    flags: Mapped[list[Any] | None]
    received_at: Mapped[datetime]


class CaseState(Sealed, Base):
    """What became of one case at one hand-over, derived from its events in their transaction."""

    __tablename__ = "case_state"
    __table_args__ = (
        ForeignKeyConstraint(["journey_id", "handover_id"], ["handover.journey_id", "handover.id"]),
        ForeignKeyConstraint(
            ["journey_id", "case_id"], ["journey_case.journey_id", "journey_case.id"]
        ),
    )
    journey_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("journey.id"), primary_key=True, sort_order=-30
    )
    case_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    handover_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    circle_id: Mapped[uuid.UUID]
    state: Mapped[State] = mapped_column(choice(State))
    completed_at: Mapped[datetime | None]
    day: Mapped[date | None]


class FactCell(CircleScoped, ProductWritten, Base):
    """How many cases ended in a state at a hand-over on a day: '212 deliveries, 14 late'."""

    __tablename__ = "fact_cell"
    __table_args__ = (
        circle_key(),
        ForeignKeyConstraint(["journey_id", "handover_id"], ["handover.journey_id", "handover.id"]),
        UniqueConstraint("journey_id", "circle_id", "handover_id", "state", "day"),
    )
    id: Mapped[Id]
    handover_id: Mapped[uuid.UUID]
    state: Mapped[State] = mapped_column(choice(State))
    day: Mapped[date]
    cases: Mapped[int]
