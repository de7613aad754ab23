"""Card: identity and content of a touchpoint (the customer notices it) or a step (behind it)."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from partnerjourney.core.db import Base, Id, JourneyScoped, choice
from partnerjourney.touchpoints.rules import CardKind


class Card(JourneyScoped, Base):
    """The lasting identity of a touchpoint or step."""

    __tablename__ = "card"
    __table_args__ = (UniqueConstraint("journey_id", "key"),)
    id: Mapped[Id]
    key: Mapped[str] = mapped_column(String(60))
    kind: Mapped[CardKind] = mapped_column(choice(CardKind))
    retired_at: Mapped[datetime | None]
    content: Mapped[CardContent] = relationship(
        lazy="joined", innerjoin=True, cascade="all", overlaps="journey"
    )


class CardContent(JourneyScoped, Base):
    """What the working copy says of a card; `position` is its place on the path in its phase."""

    __tablename__ = "card_content"
    __table_args__ = (
        ForeignKeyConstraint(["journey_id", "id"], ["card.journey_id", "card.id"]),
        ForeignKeyConstraint(["journey_id", "phase_id"], ["phase.journey_id", "phase.id"]),
        ForeignKeyConstraint(["journey_id", "party_id"], ["party.journey_id", "party.id"]),
        Index("ix_card_content_party_id", "party_id"),
    )
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, sort_order=-10)
    phase_id: Mapped[uuid.UUID]
    party_id: Mapped[uuid.UUID]
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(80))
    channel: Mapped[str | None] = mapped_column(String(40))
    initiator_id: Mapped[uuid.UUID | None]
    receiver_id: Mapped[uuid.UUID | None]
    intended_experience: Mapped[str] = mapped_column(String(300), default="")
    moment_of_truth: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own interface
