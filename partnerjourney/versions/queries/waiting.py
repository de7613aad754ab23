"""Versions that wait for an answer: the reader's own, and those that it waits for."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from partnerjourney.core.parties import Organisation
from partnerjourney.journeys.queries import MyJourney
from partnerjourney.versions.models import Version, VersionAnswer
from partnerjourney.versions.rules import Answer, State


@dataclass(frozen=True, slots=True)
class WaitingVersion:
    """A version that one organisation has yet to answer."""

    journey: MyJourney
    version_id: uuid.UUID
    number: int
    note: str
    due_at: datetime
    organisation_id: uuid.UUID
    organisation: str


def waiting(session: Session, journeys: Collection[MyJourney]) -> list[WaitingVersion]:
    """Return the answers that are waited for in these journeys, the next due first."""
    by_id: Mapping[uuid.UUID, MyJourney] = {journey.id: journey for journey in journeys}
    rows = session.execute(
        select(
            VersionAnswer.journey_id,
            VersionAnswer.version_id,
            Version.number,
            Version.note,
            VersionAnswer.due_at,
            VersionAnswer.organisation_id,
            Organisation.name,
        )
        .join(
            Version,
            and_(
                Version.journey_id == VersionAnswer.journey_id,
                Version.id == VersionAnswer.version_id,
            ),
        )
        .join(Organisation, Organisation.id == VersionAnswer.organisation_id)
        .where(
            VersionAnswer.journey_id.in_(by_id),
            VersionAnswer.state == Answer.WAITING,
            Version.state == State.ALIGNMENT,
        )
        .order_by(VersionAnswer.due_at, Organisation.name, VersionAnswer.id)
    )
    return [
        WaitingVersion(
            by_id[row.journey_id],
            row.version_id,
            row.number,
            row.note,
            row.due_at,
            row.organisation_id,
            row.name,
        )
        for row in rows
    ]
