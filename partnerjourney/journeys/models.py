"""Phase: identity and content of the columns of a journey. Journey and Party stand in core.

Beside the map a journey has a checklist of do's and don'ts, and reasons written down.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from partnerjourney.core.db import Base, Id, JourneyScoped, choice
from partnerjourney.journeys.rules import AdviceKind


class Phase(JourneyScoped, Base):
    """The lasting identity of a phase; its key never changes and is never given again."""

    __tablename__ = "phase"
    __table_args__ = (UniqueConstraint("journey_id", "key"),)
    id: Mapped[Id]
    key: Mapped[str] = mapped_column(String(60))
    retired_at: Mapped[datetime | None]
    content: Mapped[PhaseContent] = relationship(
        lazy="joined", innerjoin=True, cascade="all", overlaps="journey"
    )


class PhaseContent(JourneyScoped, Base):
    """What the working copy says of a phase; `is_use`: here the customer uses what it bought."""

    __tablename__ = "phase_content"
    __table_args__ = (ForeignKeyConstraint(["journey_id", "id"], ["phase.journey_id", "phase.id"]),)
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, sort_order=-10)
    name: Mapped[str] = mapped_column(String(80))
    position: Mapped[int]
    is_use: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own interface


class ChecklistItem(JourneyScoped, Base):
    """One do or don't of a journey, agreed by its parties; `done` while it is so."""

    __tablename__ = "checklist_item"
    id: Mapped[Id]
    kind: Mapped[AdviceKind] = mapped_column(choice(AdviceKind))
    text: Mapped[str] = mapped_column(String(200))
    position: Mapped[int]
    done: Mapped[bool] = mapped_column(default=False)
    retired_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own interface


class WrittenReason(JourneyScoped, Base):
    """Why a journey may stay as a rule of the silo check found it, in the coordinator's words."""

    __tablename__ = "written_reason"
    rule: Mapped[str] = mapped_column(String(4), primary_key=True)
    text: Mapped[str] = mapped_column(String(500))
    party_id: Mapped[uuid.UUID | None]
    written_at: Mapped[datetime]
    version: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own interface
