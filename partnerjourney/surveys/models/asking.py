"""Contact, Invitation, Answer, PermittedComment and OptOut: who is asked, and what they said."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from partnerjourney.core.db import Base, OrganisationPrivate, RandomId, Sealed, choice
from partnerjourney.core.parties import circle_key
from partnerjourney.events.rules import State
from partnerjourney.surveys.models.points import point_key
from partnerjourney.surveys.rules import InvitationState


class Contact(OrganisationPrivate, Base):
    """A customer's address; belongs to the organisation that supplied it."""

    __tablename__ = "contact"
    __table_args__ = (UniqueConstraint("owner_id", "email"),)
    id: Mapped[RandomId]
    email: Mapped[str] = mapped_column(String(254))
    name: Mapped[str] = mapped_column(String(120), default="")
    salutation: Mapped[str] = mapped_column(String(160), default="")
    account: Mapped[str] = mapped_column(String(120), default="")
    role: Mapped[str] = mapped_column(String(40), default="")
    created_at: Mapped[datetime]


class Invitation(Sealed, Base):
    """One customer asked once at one point; its stretch's circle is fixed when it is planned.

    `address_mac` is a keyed hash of the address per customer owner: contact pressure without
    reading addresses. `about_day` and `reference` say which delivery it is about. `named`: the
    contact's name was known when it was planned, so that the customer may let it be told.
    """

    __tablename__ = "invitation"
    __table_args__ = (
        circle_key(),
        point_key(),
        ForeignKeyConstraint(["journey_id", "wave_id"], ["wave.journey_id", "wave.id"]),
        UniqueConstraint("journey_id", "wave_id", "contact_id"),
        Index("ix_invitation_pressure", "customer_owner_id", "address_mac", "sent_at"),
        Index("ix_invitation_case", "journey_id", "case_id"),
        Index("ix_invitation_wave_state", "journey_id", "wave_id", "state"),
        Index("ix_invitation_id", "id"),  # a survey link knows no journey
    )
    journey_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("journey.id"), primary_key=True, sort_order=-30
    )
    id: Mapped[RandomId]
    circle_id: Mapped[uuid.UUID]
    point_id: Mapped[uuid.UUID]
    wave_id: Mapped[uuid.UUID]
    contact_id: Mapped[uuid.UUID | None]
    contact_owner_id: Mapped[uuid.UUID | None]
    customer_owner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    address_mac: Mapped[str] = mapped_column(String(64))
    case_id: Mapped[uuid.UUID | None]
    about_day: Mapped[date | None]
    reference: Mapped[str] = mapped_column(String(120), default="")
    named: Mapped[bool] = mapped_column(default=False)
    role: Mapped[str] = mapped_column(String(40), default="")
    state: Mapped[InvitationState] = mapped_column(
        choice(InvitationState), default=InvitationState.PLANNED
    )
    suppressed: Mapped[str | None] = mapped_column(String(40))
    planned_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    sent_day: Mapped[date | None]
    reminded_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]


class Answer(Sealed, Base):
    """One raw answer, at its latest; no organisation reads it, cells and ticked comments are."""

    __tablename__ = "answer"
    __table_args__ = (
        circle_key(),
        point_key(),
        ForeignKeyConstraint(["journey_id", "wave_id"], ["wave.journey_id", "wave.id"]),
        UniqueConstraint("journey_id", "invitation_id"),
        UniqueConstraint(
            "journey_id", "sender_id", "source", "row_key", "point_id", name="uq_answer_row"
        ),
        Index("ix_answer_case", "journey_id", "case_id"),
        Index("ix_answer_wave", "journey_id", "wave_id"),
    )
    journey_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("journey.id"), primary_key=True, sort_order=-30
    )
    id: Mapped[RandomId]
    circle_id: Mapped[uuid.UUID]
    point_id: Mapped[uuid.UUID]
    wave_id: Mapped[uuid.UUID]
    question_id: Mapped[uuid.UUID]
    invitation_id: Mapped[uuid.UUID | None]
    case_id: Mapped[uuid.UUID | None]
    score: Mapped[int | None]
    skipped: Mapped[bool] = mapped_column(default=False)
    comment: Mapped[str | None] = mapped_column(Text)
    role: Mapped[str] = mapped_column(String(40), default="")
    state: Mapped[State] = mapped_column(choice(State))
    day: Mapped[date]
    answered_at: Mapped[datetime]
    sender_id: Mapped[uuid.UUID | None]
    source: Mapped[str | None] = mapped_column(String(60))
    row_key: Mapped[str | None] = mapped_column(String(200))
    digest: Mapped[str | None] = mapped_column(String(64))
    received_at: Mapped[datetime | None]
    flags: Mapped[list[Any] | None]


class PermittedComment(OrganisationPrivate, Base):
    """A comment that its writer let this organisation read; goes with the tick.

    `name` has a tick of its own, but for the customer owner: the customer is known to it.
    """

    __tablename__ = "permitted_comment"
    __table_args__ = (
        point_key(),
        UniqueConstraint("owner_id", "answer_id"),
        Index("ix_permitted_comment_point", "journey_id", "point_id"),
    )
    id: Mapped[RandomId]
    journey_id: Mapped[uuid.UUID]
    point_id: Mapped[uuid.UUID]
    answer_id: Mapped[uuid.UUID]
    score: Mapped[int | None]
    comment: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(String(120), default="")
    day: Mapped[date]


class OptOut(Sealed, Base):
    """An address that a customer owner must not ask again, as a keyed hash."""

    __tablename__ = "opt_out"
    customer_owner_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("organisation.id"), primary_key=True
    )
    address_mac: Mapped[str] = mapped_column(String(64), primary_key=True)
    at: Mapped[datetime]


class Erasure(Sealed, Base):
    """An address that a customer owner has forgotten, as a keyed hash: for restored backups."""

    __tablename__ = "erasure"
    customer_owner_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("organisation.id"), primary_key=True
    )
    address_mac: Mapped[str] = mapped_column(String(64), primary_key=True)
    at: Mapped[datetime]
