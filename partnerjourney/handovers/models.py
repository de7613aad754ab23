"""Handover: identity and public content, and the terms that only its circles see.

Of a hand-over that is not yours you see from, to, phase, label and what the customer is told; its
terms belong to giver, taker and orchestrator. A hand-over with a group has a row of terms per
circle: the definition, and one for each member, which no other member sees.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKeyConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from partnerjourney.core.db import Base, CircleScoped, Id, JourneyScoped
from partnerjourney.core.parties import circle_key


class Handover(JourneyScoped, Base):
    """The lasting identity of a hand-over."""

    __tablename__ = "handover"
    __table_args__ = (UniqueConstraint("journey_id", "key"),)
    id: Mapped[Id]
    key: Mapped[str] = mapped_column(String(60))
    retired_at: Mapped[datetime | None]
    content: Mapped[HandoverContent] = relationship(
        lazy="joined", innerjoin=True, cascade="all", overlaps="journey"
    )


class HandoverContent(JourneyScoped, Base):
    """What every party of the journey sees of a hand-over; `position` gives it its number."""

    __tablename__ = "handover_content"
    __table_args__ = (
        ForeignKeyConstraint(["journey_id", "id"], ["handover.journey_id", "handover.id"]),
        ForeignKeyConstraint(["journey_id", "from_card_id"], ["card.journey_id", "card.id"]),
        ForeignKeyConstraint(["journey_id", "to_card_id"], ["card.journey_id", "card.id"]),
        ForeignKeyConstraint(["journey_id", "from_party_id"], ["party.journey_id", "party.id"]),
        ForeignKeyConstraint(["journey_id", "to_party_id"], ["party.journey_id", "party.id"]),
    )
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, sort_order=-10)
    position: Mapped[int]
    from_party_id: Mapped[uuid.UUID]
    to_party_id: Mapped[uuid.UUID]
    from_card_id: Mapped[uuid.UUID | None]
    to_card_id: Mapped[uuid.UUID | None]
    label: Mapped[str] = mapped_column(String(60), default="")
    told: Mapped[str] = mapped_column(String(500), default="")
    version: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own interface


class HandoverTerms(CircleScoped, Base):
    """What one circle agreed of a hand-over; what waits for a yes is a proposal beside it.

    `member_id` is the participation of the group's member whose row this is; the definition has
    none. A member that left keeps its row as it stood, retired.
    """

    __tablename__ = "handover_terms"
    __table_args__ = (
        circle_key(),
        ForeignKeyConstraint(["journey_id", "handover_id"], ["handover.journey_id", "handover.id"]),
        UniqueConstraint("journey_id", "circle_id", "handover_id"),
        Index("ix_handover_terms_handover_id", "handover_id"),
    )
    id: Mapped[Id]
    handover_id: Mapped[uuid.UUID]
    member_id: Mapped[uuid.UUID | None]
    name: Mapped[str] = mapped_column(String(80), default="")
    trigger: Mapped[str] = mapped_column(String(300), default="")
    time_limit: Mapped[str | None] = mapped_column(String(20))
    checklist: Mapped[list[Any]] = mapped_column(default=list)
    refuse_reasons: Mapped[list[Any]] = mapped_column(default=list)
    contact_name: Mapped[str] = mapped_column(String(120), default="")
    contact_reach: Mapped[str] = mapped_column(String(200), default="")
    contact_hours: Mapped[str] = mapped_column(String(200), default="")
    retired_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own interface
