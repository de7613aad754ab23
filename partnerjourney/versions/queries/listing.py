"""The versions of a journey, and what was answered, as far as the reader shares it."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from partnerjourney.core.parties import Organisation
from partnerjourney.journeys.services import Place
from partnerjourney.versions.models import Version, VersionAnswer
from partnerjourney.versions.rules import State


@dataclass(frozen=True, slots=True)
class Answered:
    """One answer with the name of the organisation that gives it."""

    answer: VersionAnswer
    organisation: str


def listed(session: Session, journey_id: uuid.UUID) -> list[Version]:
    """Return the versions of a journey, the latest first, without their snapshots."""
    return list(
        session.scalars(
            select(Version).where(Version.journey_id == journey_id).order_by(Version.number.desc())
        )
    )


def numbers(session: Session, place: Place) -> dict[uuid.UUID, int]:
    """Return version → its number, of a whole journey."""
    rows = session.execute(select(Version.id, Version.number).where(Version.journey_id == place.id))
    return {row.id: row.number for row in rows}


def answers_of(session: Session, versions: Collection[Version]) -> dict[uuid.UUID, list[Answered]]:
    """Return the answers of the latest round of some versions, by version, by organisation."""
    if not versions:
        return {}
    rows = session.execute(
        select(VersionAnswer, Organisation.name)
        .join(
            Version,
            and_(
                Version.journey_id == VersionAnswer.journey_id,
                Version.id == VersionAnswer.version_id,
                Version.round == VersionAnswer.round,
            ),
        )
        .join(Organisation, Organisation.id == VersionAnswer.organisation_id)
        .where(VersionAnswer.version_id.in_([version.id for version in versions]))
        .order_by(Organisation.name, VersionAnswer.id)
    )
    found: dict[uuid.UUID, list[Answered]] = {}
    for answer, name in rows:
        found.setdefault(answer.version_id, []).append(Answered(answer, name))
    return found


def earlier_yes(session: Session, journey_id: uuid.UUID) -> Mapping[str, str]:
    """Return party → organisation of those that said yes to a version that was agreed."""
    rows = session.scalars(
        select(Version.agreed)
        .where(
            Version.journey_id == journey_id,
            Version.state.in_((State.AGREED, State.IN_USE, State.SUPERSEDED)),
        )
        .order_by(Version.number)
    )
    return {party: told["organisation"] for agreed in rows for party, told in agreed.items()}


def people(session: Session, versions: Collection[Version]) -> dict[uuid.UUID, str]:
    """Return the names of the organisations that made these versions."""
    wanted = {version.made_by for version in versions if version.made_by is not None}
    if not wanted:
        return {}
    rows = session.execute(
        select(Organisation.id, Organisation.name).where(Organisation.id.in_(wanted))
    )
    return {row.id: row.name for row in rows}
