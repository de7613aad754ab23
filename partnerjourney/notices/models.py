"""Who answers for an organisation, and what mail each of its people wants."""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from partnerjourney.core.db import Base, Id, OrganisationPrivate, RandomId, choice
from partnerjourney.notices.rules import Often

_PERSON = "user_account.id"


class Answerers(OrganisationPrivate, Base):
    """Who answers for an organisation: in one journey, or without a journey in all of them.

    Somebody who is no member any more answers for nothing; where nobody is named, admins and
    editors do.
    """

    __tablename__ = "answerers"
    __table_args__ = (
        Index(
            "uq_answerers_owner_id_journey_id",
            "owner_id",
            "journey_id",
            unique=True,
            sqlite_where=text("journey_id IS NOT NULL"),
            postgresql_where=text("journey_id IS NOT NULL"),
        ),
        Index(
            "uq_answerers_owner_id_everywhere",
            "owner_id",
            unique=True,
            sqlite_where=text("journey_id IS NULL"),
            postgresql_where=text("journey_id IS NULL"),
        ),
    )
    id: Mapped[Id]
    journey_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("journey.id"))
    first_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(_PERSON))
    deputy_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(_PERSON))
    escalation_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey(_PERSON))
    version: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own interface


class NoticeSetting(OrganisationPrivate, Base):
    """What mail a person gets in one organisation, and until when it is away from it.

    `absent_until` is the last day away. A person without a row gets the defaults.
    """

    __tablename__ = "notice_setting"
    __table_args__ = (UniqueConstraint("owner_id", "user_id"),)
    id: Mapped[RandomId]
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey(_PERSON), index=True)
    often: Mapped[Often] = mapped_column(choice(Often), default=Often.WEEKLY)
    weekday: Mapped[int] = mapped_column(default=0)
    immediate: Mapped[bool] = mapped_column(default=True)
    absent_until: Mapped[date | None]
