"""Report: a fact document fixed at one moment, and the PDF made of it."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from partnerjourney.core.db import Base, Document, Id, OrganisationPrivate, choice


class ReportState(StrEnum):
    """Where the making of a report stands."""

    WAITING = "waiting"
    MAKING = "making"
    DONE = "done"
    FAILED = "failed"


class Report(OrganisationPrivate, Base):
    """What one organisation may see of a journey, fixed at one moment; private to it."""

    __tablename__ = "report"
    __table_args__ = (Index("ix_report_journey_id", "owner_id", "journey_id"),)
    id: Mapped[Id]
    journey_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("journey.id"))
    language: Mapped[str] = mapped_column(String(2))
    state: Mapped[ReportState] = mapped_column(choice(ReportState), default=ReportState.WAITING)
    progress: Mapped[int] = mapped_column(default=0)
    problem: Mapped[str | None] = mapped_column(String(300))
    fixed_at: Mapped[datetime]
    facts: Mapped[dict[str, Any]] = mapped_column(Document, deferred=True)
    sha256: Mapped[str] = mapped_column(String(64))
    pdf: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
