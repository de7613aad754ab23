"""Card: identity and content of a touchpoint (the customer notices it) or a step (behind it).

Customer roles are the people at the customer's side; what a touchpoint is to each is a card role.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKeyConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from partnerjourney.core.db import Base, Id, JourneyScoped, choice
from partnerjourney.touchpoints.rules import CardKind, Control, RoleKind


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
    """What the working copy says of a card; `position` is its place on the path in its phase.

    `perceived_id` is the party whom the customer thinks it meets here, `perceived_told` what it
    is told about that, `control` who controls the touchpoint where its lane does not tell.
    """

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
    perceived_id: Mapped[uuid.UUID | None]
    perceived_told: Mapped[str] = mapped_column(String(300), default="")
    control: Mapped[Control | None] = mapped_column(choice(Control))
    version: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own interface


class CustomerRole(JourneyScoped, Base):
    """Who at the customer's side a journey is about: a kind, with a name or department beside it.

    Its key never changes and is never given again; a retired role stays for what points at it.
    """

    __tablename__ = "customer_role"
    __table_args__ = (UniqueConstraint("journey_id", "key"),)
    id: Mapped[Id]
    key: Mapped[str] = mapped_column(String(60))
    kind: Mapped[RoleKind] = mapped_column(choice(RoleKind))
    name: Mapped[str] = mapped_column(String(80), default="")
    department: Mapped[str] = mapped_column(String(80), default="")
    position: Mapped[int]
    retired_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own interface


class CardRole(JourneyScoped, Base):
    """What a touchpoint is to one customer role: its moment of truth, its impact (−2…+2)."""

    __tablename__ = "card_role"
    __table_args__ = (
        ForeignKeyConstraint(["journey_id", "card_id"], ["card.journey_id", "card.id"]),
        ForeignKeyConstraint(
            ["journey_id", "role_id"], ["customer_role.journey_id", "customer_role.id"]
        ),
    )
    card_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, sort_order=-20)
    role_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, sort_order=-10)
    moment_of_truth: Mapped[bool] = mapped_column(default=False)
    impact: Mapped[int | None]
