"""Point, its stretch and circles, Question and Wave: what is asked, about what, and when."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKeyConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from partnerjourney.core.db import Base, CircleScoped, Id, JourneyScoped, choice
from partnerjourney.core.parties import circle_key
from partnerjourney.surveys.rules import Metric, WaveKind, WaveState


def point_key() -> ForeignKeyConstraint:
    """Return the composite key that ties a row to a point of its own journey."""
    return ForeignKeyConstraint(
        ["journey_id", "point_id"], ["measuring_point.journey_id", "measuring_point.id"]
    )


class Point(JourneyScoped, Base):
    """A measuring point: a question on a touchpoint, about the stretch that ends there."""

    __tablename__ = "measuring_point"
    __table_args__ = (
        UniqueConstraint("journey_id", "key"),
        ForeignKeyConstraint(["journey_id", "card_id"], ["card.journey_id", "card.id"]),
    )
    id: Mapped[Id]
    key: Mapped[str] = mapped_column(String(60))
    card_id: Mapped[uuid.UUID]
    metric: Mapped[Metric] = mapped_column(choice(Metric))
    subject: Mapped[str] = mapped_column(String(60))
    base_circle_id: Mapped[uuid.UUID | None]
    retired_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()
    covers: Mapped[list[PointCover]] = relationship(
        lazy="raise", order_by="PointCover.position", cascade="all, delete-orphan"
    )
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own interface


class PointCover(JourneyScoped, Base):
    """One hand-over of a stretch, in path order; the last one is the one that is judged."""

    __tablename__ = "point_cover"
    __table_args__ = (
        point_key(),
        ForeignKeyConstraint(["journey_id", "handover_id"], ["handover.journey_id", "handover.id"]),
    )
    point_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    handover_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    position: Mapped[int]


class PointCircle(CircleScoped, Base):
    """A circle of a point's stretch: who reads this row shares the point.

    The base circle has no member of any group (`members` is empty); each member has its own.
    """

    __tablename__ = "point_circle"
    __table_args__ = (
        circle_key(),
        point_key(),
        UniqueConstraint("journey_id", "circle_id", "point_id"),
        Index("ix_point_circle_point_id", "point_id"),
    )
    id: Mapped[Id]
    point_id: Mapped[uuid.UUID]
    members: Mapped[list[Any]] = mapped_column(default=list)


class Question(JourneyScoped, Base):
    """The versioned wording of a point; a change of it breaks the series visibly."""

    __tablename__ = "question"
    __table_args__ = (point_key(), UniqueConstraint("journey_id", "point_id", "number"))
    id: Mapped[Id]
    point_id: Mapped[uuid.UUID]
    number: Mapped[int]
    language: Mapped[str] = mapped_column(String(2))
    form_of_address: Mapped[str] = mapped_column(String(2))
    text: Mapped[str] = mapped_column(String(300))
    low_label: Mapped[str] = mapped_column(String(60))
    high_label: Mapped[str] = mapped_column(String(60))
    created_at: Mapped[datetime]


class Wave(JourneyScoped, Base):
    """A period of asking at one point; closes on a date or at a number, chosen when it opens.

    `sample_percent` is the share of the addresses that is asked; `reference_name` is what the
    customer calls the reference ('bestelling').
    """

    __tablename__ = "wave"
    __table_args__ = (
        point_key(),
        ForeignKeyConstraint(["journey_id", "question_id"], ["question.journey_id", "question.id"]),
        UniqueConstraint("journey_id", "point_id", "key"),
    )
    id: Mapped[Id]
    point_id: Mapped[uuid.UUID]
    question_id: Mapped[uuid.UUID]
    key: Mapped[str] = mapped_column(String(60))
    kind: Mapped[WaveKind] = mapped_column(choice(WaveKind))
    state: Mapped[WaveState] = mapped_column(choice(WaveState), default=WaveState.OPEN)
    opened_at: Mapped[datetime]
    close_on: Mapped[date | None]
    close_at_answers: Mapped[int | None]
    sample_percent: Mapped[int] = mapped_column(default=100)
    reference_name: Mapped[str] = mapped_column(String(40), default="")
    closed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own interface
