"""Proposal, and what goes with it: silence as consent, mandates, emergency changes."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKeyConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from partnerjourney.core.db import Base, CircleScoped, Id, choice
from partnerjourney.core.parties import circle_key
from partnerjourney.proposals.rules import State, Subject


class Proposal(CircleScoped, Base):
    """A change that waits until the parties `asked` agree; what it says is never altered.

    `fields` maps each field to what stood there before and what is proposed. `asked` lists parties
    (ids as text); `agreed` maps those that said yes to when and how. Of a group's definition
    `members` lists the proposals that its members answer, each in a circle of its own. `renews_id`
    is the proposal that this one puts forward again, `counters_id` the one that it answers.
    """

    __tablename__ = "proposal"
    __table_args__ = (
        circle_key(),
        ForeignKeyConstraint(["journey_id", "handover_id"], ["handover.journey_id", "handover.id"]),
        ForeignKeyConstraint(
            ["journey_id", "terms_id"], ["handover_terms.journey_id", "handover_terms.id"]
        ),
        ForeignKeyConstraint(["journey_id", "card_id"], ["card.journey_id", "card.id"]),
        ForeignKeyConstraint(["journey_id", "by_party_id"], ["party.journey_id", "party.id"]),
        Index("ix_proposal_terms_id", "terms_id"),
        Index("ix_proposal_card_id", "card_id"),
    )
    id: Mapped[Id]
    subject: Mapped[Subject] = mapped_column(choice(Subject))
    handover_id: Mapped[uuid.UUID | None]
    terms_id: Mapped[uuid.UUID | None]
    card_id: Mapped[uuid.UUID | None]
    by_party_id: Mapped[uuid.UUID]
    by_organisation_id: Mapped[uuid.UUID | None]
    fields: Mapped[dict[str, Any]]
    reason: Mapped[str] = mapped_column(String(300))
    asked: Mapped[list[Any]]
    agreed: Mapped[dict[str, Any]] = mapped_column(default=dict)
    members: Mapped[list[Any]] = mapped_column(default=list)
    state: Mapped[State] = mapped_column(choice(State), default=State.OPEN)
    answer: Mapped[str] = mapped_column(String(300), default="")
    made_at: Mapped[datetime]
    due_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    object_until: Mapped[datetime | None]
    objected_at: Mapped[datetime | None]
    renews_id: Mapped[uuid.UUID | None]
    counters_id: Mapped[uuid.UUID | None]
    version: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own interface


class SilentConsent(CircleScoped, Base):
    """One side of a circle takes silence for consent, for descriptions, until it says otherwise."""

    __tablename__ = "silent_consent"
    __table_args__ = (
        circle_key(),
        ForeignKeyConstraint(["journey_id", "party_id"], ["party.journey_id", "party.id"]),
        UniqueConstraint("journey_id", "circle_id", "party_id"),
    )
    id: Mapped[Id]
    party_id: Mapped[uuid.UUID]
    switched_on: Mapped[bool]
    changed_at: Mapped[datetime]


class Mandate(CircleScoped, Base):
    """`from_party_id` lets `to_party_id` update its descriptions and contacts until a day."""

    __tablename__ = "mandate"
    __table_args__ = (
        circle_key(),
        ForeignKeyConstraint(["journey_id", "from_party_id"], ["party.journey_id", "party.id"]),
        ForeignKeyConstraint(["journey_id", "to_party_id"], ["party.journey_id", "party.id"]),
    )
    id: Mapped[Id]
    from_party_id: Mapped[uuid.UUID]
    to_party_id: Mapped[uuid.UUID]
    until: Mapped[date]
    given_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class EmergencyChange(CircleScoped, Base):
    """The only override: it holds for hours, with a reason, and falls back by itself."""

    __tablename__ = "emergency_change"
    __table_args__ = (
        circle_key(),
        ForeignKeyConstraint(["journey_id", "handover_id"], ["handover.journey_id", "handover.id"]),
        ForeignKeyConstraint(
            ["journey_id", "terms_id"], ["handover_terms.journey_id", "handover_terms.id"]
        ),
        ForeignKeyConstraint(["journey_id", "by_party_id"], ["party.journey_id", "party.id"]),
        Index("ix_emergency_change_terms_id", "terms_id"),
    )
    id: Mapped[Id]
    handover_id: Mapped[uuid.UUID]
    terms_id: Mapped[uuid.UUID]
    by_party_id: Mapped[uuid.UUID]
    fields: Mapped[dict[str, Any]]
    reason: Mapped[str] = mapped_column(String(300))
    made_at: Mapped[datetime]
    until: Mapped[datetime]
    ended_at: Mapped[datetime | None]
