"""The reports of the acting organisation on one journey."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from partnerjourney.journeys.services import Place
from partnerjourney.reviews.models import Report, ReportState

SHOWN = 50


@dataclass(frozen=True, slots=True)
class ReportRow:
    """A report in the list: whose facts and from when, and where the making stands."""

    id: uuid.UUID
    language: str
    state: ReportState
    progress: int
    problem: str | None
    fixed_at: datetime
    fixed_on: date
    fixed_by: str
    days_from: date | None
    days_to: date | None
    sha256: str

    @property
    def busy(self) -> bool:
        """Whether it is still being made."""
        return self.state in (ReportState.WAITING, ReportState.MAKING)


def reports(session: Session, place: Place) -> list[ReportRow]:
    """Return the organisation's reports, latest first; never the facts or the PDF themselves."""
    texts = (
        Report.facts[name].as_string() for name in ("fixed_on", "fixed_by", "days_from", "days_to")
    )
    rows = session.execute(
        select(
            Report.id,
            Report.language,
            Report.state,
            Report.progress,
            Report.problem,
            Report.fixed_at,
            Report.sha256,
            *texts,
        )
        .where(
            Report.journey_id == place.id,
            Report.owner_id == place.standing.organisation_id,
        )
        .order_by(Report.created_at.desc(), Report.id.desc())
        .limit(SHOWN)
    )
    return [
        ReportRow(
            id=row[0],
            language=row[1],
            state=row[2],
            progress=row[3],
            problem=row[4],
            fixed_at=row[5],
            sha256=row[6],
            fixed_on=date.fromisoformat(row[7]),
            fixed_by=row[8],
            days_from=_day(row[9]),
            days_to=_day(row[10]),
        )
        for row in rows
    ]


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
