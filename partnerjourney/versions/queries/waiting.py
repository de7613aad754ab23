"""Versions that wait: for answers, the reader's own and others', and for who coordinates."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, Select, and_, exists, or_, select
from sqlalchemy.orm import Session, aliased

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


class Next(StrEnum):
    """What a version waits for from who coordinates."""

    REFUSED = "refused"  # somebody said no: change it, take it back, ask again
    ESTABLISH = "establish"  # all said yes, and a group was asked
    USE = "use"  # agreed, and not in use


@dataclass(frozen=True, slots=True)
class LedVersion:
    """A version whose next step is the coordinator's; `at` is since when."""

    journey: MyJourney
    version_id: uuid.UUID
    number: int
    next: Next
    at: datetime


@dataclass(frozen=True, slots=True)
class WaitingVersions:
    """What waits for answers, the next due first, and what waits for who coordinates."""

    answers: tuple[WaitingVersion, ...]
    led: tuple[LedVersion, ...]


def waiting(session: Session, journeys: Collection[MyJourney]) -> WaitingVersions:
    """Return the versions of these journeys that wait for somebody; one statement.

    What waits for the coordinator is told in journeys that the organisation leads, nowhere else.
    """
    by_id: Mapping[uuid.UUID, MyJourney] = {journey.id: journey for journey in journeys}
    answers: list[WaitingVersion] = []
    led: dict[uuid.UUID, LedVersion] = {}
    for row in session.execute(_open(by_id)):
        journey = by_id[row.journey_id]
        if row.answer is Answer.WAITING:
            answers.append(
                WaitingVersion(
                    journey,
                    row.id,
                    row.number,
                    row.note,
                    row.due_at,
                    row.organisation_id,
                    row.organisation,
                )
            )
        elif journey.leads:
            led[row.id] = _led(journey, row)
    return WaitingVersions(tuple(answers), tuple(led.values()))


def _open(journey_ids: Collection[uuid.UUID]) -> Select[*tuple[Any, ...]]:
    """Select versions that are not at rest, each with the answers that hold it up."""
    newer = aliased(Version)
    overtaken = exists(
        select(newer.id).where(
            newer.journey_id == Version.journey_id,
            newer.number > Version.number,
            or_(Version.state == State.DRAFT, newer.state.in_((State.AGREED, State.IN_USE))),
        )
    )
    return (
        select(
            Version.journey_id,
            Version.id,
            Version.number,
            Version.note,
            Version.state,
            Version.decided_at,
            Version.due_at.label("all_due_at"),
            Version.made_at,
            VersionAnswer.state.label("answer"),
            VersionAnswer.due_at,
            VersionAnswer.answered_at,
            VersionAnswer.organisation_id,
            Organisation.name.label("organisation"),
        )
        .outerjoin(
            VersionAnswer,
            and_(
                VersionAnswer.journey_id == Version.journey_id,
                VersionAnswer.version_id == Version.id,
                VersionAnswer.round == Version.round,
                VersionAnswer.state.in_((Answer.WAITING, Answer.REFUSED)),
                Version.state == State.ALIGNMENT,
            ),
        )
        .outerjoin(Organisation, Organisation.id == VersionAnswer.organisation_id)
        .where(
            Version.journey_id.in_(journey_ids),
            or_(
                Version.state.in_((State.ALIGNMENT, State.AGREED)),
                and_(Version.state == State.DRAFT, Version.refused_by.is_not(None)),
            ),
            ~overtaken,
        )
        .order_by(VersionAnswer.due_at, Organisation.name, Version.number, VersionAnswer.id)
    )


def _led(journey: MyJourney, row: Row[*tuple[Any, ...]]) -> LedVersion:
    if row.state is State.AGREED:
        step, at = Next.USE, row.decided_at
    elif row.state is State.DRAFT:
        step, at = Next.REFUSED, row.decided_at
    elif row.answer is Answer.REFUSED:
        step, at = Next.REFUSED, row.answered_at
    else:
        step, at = Next.ESTABLISH, row.all_due_at
    return LedVersion(journey, row.id, row.number, step, at or row.made_at)
