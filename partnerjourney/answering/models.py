"""AnswerLink: what one link in one mail opens, for whom, and whether it was used."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from partnerjourney.core.db import Base, Sealed


class AnswerLink(Sealed, Base):
    """The hash of a link by which one person answers one thing, once.

    It acts for `organisation_id` in the name of `user_id`; a guest has neither, and speaks for a
    party that nobody has confirmed. `shown` says which text the mail asked about: what was agreed
    is what was shown.
    """

    __tablename__ = "answer_link"
    __table_args__ = (
        Index("ix_answer_link_thing_id", "thing_id"),
        Index("ix_answer_link_expires_at", "expires_at"),
    )
    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    thing_id: Mapped[uuid.UUID]
    journey_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("journey.id"))
    organisation_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organisation.id"))
    user_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    party_id: Mapped[uuid.UUID | None]
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(2))
    shown: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
