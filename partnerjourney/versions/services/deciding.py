"""What the coordinator decides: an agreement with groups, use, taking back, putting away."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from partnerjourney.core.errors import ConflictError
from partnerjourney.core.parties import JourneyState, PartyKind
from partnerjourney.core.scopes import Actor, Member
from partnerjourney.journeys.services import Place
from partnerjourney.versions import queries
from partnerjourney.versions.models import Version, VersionAnswer
from partnerjourney.versions.rules import Answer, State, waits_for
from partnerjourney.versions.services.answering import send_back
from partnerjourney.versions.services.drafting import may_put, record
from partnerjourney.versions.services.finding import step


def ready(place: Place, version: Version, answers: Sequence[VersionAnswer]) -> bool:
    """Say whether everybody said yes, members of groups too, so that it can be established.

    `answers` are those of the latest round, as the coordinator reads them.
    """
    groups = {str(p.id) for p in place.parties.values() if p.kind is PartyKind.GROUP}
    alone = [party for party in version.asked if party not in groups]
    said = all(one.state in (Answer.AGREED, Answer.VOID) for one in answers)
    aligned = version.state is State.ALIGNMENT
    return aligned and said and not waits_for(alone, version.agreed)


def establish(
    session: Session, actor: Member, place: Place, version: Version, *, at: datetime
) -> None:
    """Say that all have agreed, where a group was asked; ConflictError while somebody has not."""
    may_put(actor, place)
    rows = queries.answers_of(session, [version]).get(version.id, [])
    if not ready(place, version, [row.answer for row in rows]):
        raise ConflictError("somebody has yet to agree")
    step(version, "agree")
    version.decided_at = at
    session.flush()
    record(session, version, "version.agreed", at)


def use(session: Session, actor: Actor, place: Place, version: Version, *, at: datetime) -> None:
    """Take an agreed version into use; whatever was in use is superseded.

    Whoever calls this holds the journey's row. Raises ConflictError for one that is not agreed.
    """
    may_put(actor, place)
    step(version, "use")
    version.used_at = at
    for one in session.scalars(
        select(Version)
        .where(
            Version.journey_id == place.id,
            Version.id != version.id,
            or_(
                Version.state == State.IN_USE,
                and_(Version.state == State.AGREED, Version.number < version.number),
            ),
        )
        .with_for_update()
    ).all():
        step(one, "supersede")
        one.ended_at = at
    journey = place.journey
    journey.in_use_id, journey.in_use_number, journey.in_use_since = version.id, version.number, at
    if journey.state is JourneyState.DRAFT:
        journey.state = JourneyState.IN_USE
    session.flush()
    record(session, version, "version.use", at, {"number": version.number})


def take_back(
    session: Session, actor: Actor, place: Place, version: Version, *, at: datetime
) -> None:
    """Ask nobody any more about a version: it is a draft again, with what was said so far."""
    may_put(actor, place)
    send_back(session, version, refused_by=None, at=at)
    record(session, version, "version.take_back", at)


def archive(
    session: Session, actor: Actor, place: Place, version: Version, *, at: datetime
) -> None:
    """Put a version away: a draft, one that was agreed, or the one that is in use."""
    may_put(actor, place)
    step(version, "archive")
    version.ended_at = at
    journey = place.journey
    if journey.in_use_id == version.id:
        journey.in_use_id = journey.in_use_number = journey.in_use_since = None
    session.flush()
    record(session, version, "version.archive", at)
