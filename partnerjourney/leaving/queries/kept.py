"""The journeys from which an organisation is apart, and what it keeps of them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from partnerjourney.core.apart import Apart
from partnerjourney.core.errors import NotFoundError
from partnerjourney.reviews.models import Report, ReportState


@dataclass(frozen=True, slots=True)
class KeptReport:
    """A report that the organisation made while it took part."""

    id: uuid.UUID
    fixed_at: datetime
    language: str


def apart_from(session: Session) -> Sequence[Apart]:
    """Return what the acting organisation keeps, by the names of brand and journey."""
    return session.scalars(
        select(Apart).order_by(Apart.brand_name, Apart.journey_name, Apart.fixed_at, Apart.id)
    ).all()


def find(session: Session, apart_id: uuid.UUID) -> Apart:
    """Return what is kept under an id, with its document; raises NotFoundError."""
    found = session.scalars(
        select(Apart).where(Apart.id == apart_id).options(undefer(Apart.past))
    ).first()
    if found is None:
        raise NotFoundError
    return found


def reports(session: Session, kept: Apart) -> list[KeptReport]:
    """Return the reports that were ready before the organisation left, latest first."""
    rows = session.execute(
        select(Report.id, Report.fixed_at, Report.language)
        .where(
            Report.owner_id == kept.owner_id,
            Report.journey_id == kept.journey_id,
            Report.state == ReportState.DONE,
            Report.fixed_at <= kept.fixed_at,
        )
        .order_by(Report.fixed_at.desc(), Report.id)
    )
    return [KeptReport(*row) for row in rows]


def report_pdf(session: Session, kept: Apart, report_id: uuid.UUID) -> bytes:
    """Return the PDF of such a report; raises NotFoundError for any other."""
    found = session.scalar(
        select(Report.pdf).where(
            Report.owner_id == kept.owner_id,
            Report.id == report_id,
            Report.journey_id == kept.journey_id,
            Report.fixed_at <= kept.fixed_at,
        )
    )
    if found is None:
        raise NotFoundError
    return found
