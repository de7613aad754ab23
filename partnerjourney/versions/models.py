"""Version: a snapshot and where it stands; VersionAnswer: what one of the asked said."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKeyConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from partnerjourney.core.db import Base, CircleScoped, Document, Id, JourneyScoped, choice
from partnerjourney.core.parties import circle_key
from partnerjourney.versions.rules import Answer, Means, State


class Version(JourneyScoped, Base):
    """What every party of a journey sees, as it was at one moment; `sha256` names its text.

    `document` is never altered. `asked` lists the parties (ids as text) of the latest `round`,
    `unconfirmed` those that a change touches and nobody can answer for; `agreed` maps a party that
    said yes to when, how, and which organisation. What a group's members say stands in circles of
    their own; of a group this row knows nothing until the coordinator establishes the agreement.
    """

    __tablename__ = "journey_version"
    __table_args__ = (UniqueConstraint("journey_id", "number"),)
    id: Mapped[Id]
    number: Mapped[int]
    document: Mapped[dict[str, Any]] = mapped_column(Document, deferred=True)
    sha256: Mapped[str] = mapped_column(String(64))
    note: Mapped[str] = mapped_column(String(500), default="")
    state: Mapped[State] = mapped_column(choice(State), default=State.DRAFT)
    round: Mapped[int] = mapped_column(default=0)
    basis_id: Mapped[uuid.UUID | None]
    asked: Mapped[list[Any]] = mapped_column(default=list)
    unconfirmed: Mapped[list[Any]] = mapped_column(default=list)
    agreed: Mapped[dict[str, Any]] = mapped_column(default=dict)
    refused_by: Mapped[uuid.UUID | None]
    made_by: Mapped[uuid.UUID | None]
    made_at: Mapped[datetime]
    put_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class VersionAnswer(CircleScoped, Base):
    """What one party, or one member of a group, answers to a version in the latest round.

    It stands between the asked and the coordinator: the person's name and the reason of a no, too.
    """

    __tablename__ = "version_answer"
    __table_args__ = (
        circle_key(),
        ForeignKeyConstraint(
            ["journey_id", "version_id"], ["journey_version.journey_id", "journey_version.id"]
        ),
        ForeignKeyConstraint(["journey_id", "party_id"], ["party.journey_id", "party.id"]),
        Index("ix_version_answer_version_id", "version_id"),
    )
    id: Mapped[Id]
    version_id: Mapped[uuid.UUID]
    round: Mapped[int]
    party_id: Mapped[uuid.UUID]
    participation_id: Mapped[uuid.UUID]
    organisation_id: Mapped[uuid.UUID]
    state: Mapped[Answer] = mapped_column(choice(Answer), default=Answer.WAITING)
    asked_at: Mapped[datetime]
    due_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    user_id: Mapped[uuid.UUID | None]
    name: Mapped[str] = mapped_column(String(120), default="")
    means: Mapped[Means | None] = mapped_column(choice(Means))
    sha256: Mapped[str] = mapped_column(String(64), default="")
    reason: Mapped[str] = mapped_column(String(500), default="")
