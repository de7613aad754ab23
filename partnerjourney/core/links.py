"""Links that work without signing in: 256 random bits, of which only the SHA-256 is stored."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, Session, mapped_column

from partnerjourney.core import ids
from partnerjourney.core.db import Base, Sealed, choice


class Purpose(StrEnum):
    """What a link is for; a link of one purpose opens nothing of another."""

    SURVEY = "survey"
    UNSUBSCRIBE = "unsubscribe"
    OVERVIEW = "overview"


class Link(Sealed, Base):
    """The hash of one link and the thing that it opens; retries and reminders make further ones."""

    __tablename__ = "link"
    __table_args__ = (Index("ix_link_thing_id", "thing_id"),)
    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    purpose: Mapped[Purpose] = mapped_column(choice(Purpose))
    thing_id: Mapped[uuid.UUID]
    created_at: Mapped[datetime]


def new_link(session: Session, purpose: Purpose, thing_id: uuid.UUID, *, at: datetime) -> str:
    """Store a new link to a thing and return its token, which exists nowhere else."""
    token = ids.new_token()
    session.add(
        Link(token_hash=ids.token_hash(token), purpose=purpose, thing_id=thing_id, created_at=at)
    )
    return token
