"""PartyAsking: whom a brand asks by mail about a party; AskedThing: one question and its answer."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from partnerjourney.confirming.rules import Answer, AskingState
from partnerjourney.core.db import Base, CircleScoped, Id, OrganisationPrivate, RandomId, choice
from partnerjourney.core.parties import circle_key


class PartyAsking(OrganisationPrivate, Base):
    """The coordinator (`owner_id`) asks one person, by mail, about a party that nobody confirmed.

    `mails` counts what was sent, `mailed_at` is the latest; of a party one asking is open.
    """

    __tablename__ = "party_asking"
    __table_args__ = (
        ForeignKeyConstraint(["journey_id", "party_id"], ["party.journey_id", "party.id"]),
        Index("ix_party_asking_journey_id", "journey_id"),
    )
    id: Mapped[RandomId]
    journey_id: Mapped[uuid.UUID]
    party_id: Mapped[uuid.UUID]
    email: Mapped[str] = mapped_column(String(254))
    name: Mapped[str] = mapped_column(String(120))
    language: Mapped[str] = mapped_column(String(2), default="nl")
    state: Mapped[AskingState] = mapped_column(choice(AskingState), default=AskingState.OPEN)
    asked_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime]
    mails: Mapped[int] = mapped_column(default=0)
    mailed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class AskedThing(CircleScoped, Base):
    """What somebody was asked about one card or hand-over of a party, and what it answered.

    A card's stands in the circle of party and coordinator, a hand-over's in that of its terms: the
    party that joins later reads what was said on its behalf. `said` is the text as it was answered,
    `answers` maps each line to answer and words. `position` orders what was asked at once. A later
    question about the same replaces it.
    """

    __tablename__ = "asked_thing"
    __table_args__ = (
        circle_key(),
        ForeignKeyConstraint(["journey_id", "party_id"], ["party.journey_id", "party.id"]),
        ForeignKeyConstraint(["journey_id", "card_id"], ["card.journey_id", "card.id"]),
        ForeignKeyConstraint(["journey_id", "handover_id"], ["handover.journey_id", "handover.id"]),
        Index("ix_asked_thing_card_id", "card_id"),
        Index("ix_asked_thing_handover_id", "handover_id"),
        Index("ix_asked_thing_asking_id", "asking_id"),
    )
    id: Mapped[Id]
    asking_id: Mapped[uuid.UUID]
    party_id: Mapped[uuid.UUID]
    card_id: Mapped[uuid.UUID | None]
    handover_id: Mapped[uuid.UUID | None]
    position: Mapped[int]
    said: Mapped[dict[str, Any]]
    answers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    outcome: Mapped[Answer | None] = mapped_column(choice(Answer))
    name: Mapped[str] = mapped_column(String(120), default="")
    reply: Mapped[str] = mapped_column(String(300), default="")
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    handled_at: Mapped[datetime | None]
    replaced_at: Mapped[datetime | None]
