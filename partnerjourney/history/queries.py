"""The acts of a journey in the circles of a reader, the latest first, each once."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    Uuid,
    and_,
    cast,
    exists,
    literal,
    null,
    or_,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from partnerjourney.comments.queries import Thing, things
from partnerjourney.complaints.models import Complaint
from partnerjourney.core.audit import CircleAct, CircleChange, JourneyAct, JourneyChange
from partnerjourney.core.parties import Organisation, Participation, Party, User
from partnerjourney.core.scopes import Actor
from partnerjourney.history.rules import TOLD
from partnerjourney.journeys.models import Phase, PhaseContent
from partnerjourney.journeys.services import Place
from partnerjourney.surveys.models import Point

Cursor = tuple[datetime, uuid.UUID]


@dataclass(frozen=True, slots=True)
class Act:
    """One act: who did what and when; `person` only where it is the reader's own organisation.

    `organisation` is empty for what happened by itself. `changed` is what stood there and what
    stood there afterwards, by field, where the act wrote it down; `proposal` which one it is about.
    """

    id: uuid.UUID
    at: datetime
    verb: str
    thing_id: uuid.UUID | None
    organisation_id: uuid.UUID | None
    organisation: str
    person: str
    means: str
    changed: Mapping[str, Any]
    proposal: uuid.UUID | None

    @property
    def cursor(self) -> Cursor:
        """Where the history goes on after this."""
        return self.at, self.id


@dataclass(frozen=True, slots=True)
class Names:
    """How the things of a journey are called, also those that are off the map."""

    things: Mapping[uuid.UUID, Thing]
    parties: Mapping[uuid.UUID, str]
    phases: Mapping[uuid.UUID, str]
    points: Mapping[uuid.UUID, str]
    complaints: Mapping[uuid.UUID, str]
    versions: Mapping[uuid.UUID, int]


Numbers = Callable[[Session, Place], Mapping[uuid.UUID, int]]
_numbers: list[Numbers] = []


def number_versions(find: Numbers) -> None:
    """Say how versions are numbered: what they are is known above the history, not to it."""
    _numbers[:] = [find]


def acts(
    session: Session,
    actor: Actor,
    place: Place,
    *,
    thing_id: uuid.UUID | None = None,
    own: bool = False,
    before: Cursor | None = None,
    limit: int = 50,
) -> list[Act]:
    """Return acts that the reader shares, the latest first; one statement.

    `thing_id` limits them to one card or hand-over, `own` to those of the actor's organisation.
    """
    found = union_all(_of_journey(place), _of_circles(place)).subquery("acts")
    where: list[ColumnElement[bool]] = []
    if thing_id is not None:
        where.append(found.c.thing_id == thing_id)
    if own:
        where.append(found.c.organisation_id == actor.organisation_id)
    if before is not None:
        where.append(tuple_(found.c.at, found.c.id) < tuple_(*map(literal, before)))
    mine = found.c.organisation_id == actor.organisation_id
    rows = session.execute(
        select(found, Organisation.name.label("organisation"), User.name.label("person"))
        .outerjoin(Organisation, Organisation.id == found.c.organisation_id)
        .outerjoin(User, and_(User.id == found.c.user_id, mine))
        .where(*where)
        .order_by(found.c.at.desc(), found.c.id.desc())
        .limit(limit)
    ).all()
    return [
        Act(
            row.id,
            row.at,
            row.verb,
            row.thing_id,
            row.organisation_id,
            row.organisation or "",
            row.person or "",
            row.means,
            row.fields or {},
            row.proposal_id,
        )
        for row in rows
    ]


def _columns(table: Any, change: Any) -> list[Any]:
    return [
        table.id,
        table.at,
        table.verb,
        table.thing_id,
        table.organisation_id,
        table.user_id,
        table.means,
        change.fields,
        change.proposal_id if change is CircleChange else cast(null(), Uuid).label("proposal_id"),
    ]


def _of_journey(place: Place) -> Select[Any]:
    """Select what all parties see; of an organisation whose part in it the reader sees.

    A member of a group does nothing that all see. Should it ever, its peers do not learn of it.
    """
    table, change = JourneyAct, JourneyChange
    known = exists(
        select(Participation.id).where(
            Participation.journey_id == place.id,
            Participation.organisation_id == table.organisation_id,
        )
    )
    return (
        select(*_columns(table, change))
        .outerjoin(change, and_(change.journey_id == table.journey_id, change.act_id == table.id))
        .where(
            table.journey_id == place.id,
            table.verb.in_(TOLD),
            or_(
                table.organisation_id.is_(None),
                table.organisation_id == place.journey.organisation_id,
                known,
            ),
        )
    )


def _of_circles(place: Place) -> Select[Any]:
    """Select the acts of the reader's circles; one that stands in several of them once."""
    table, change, other = CircleAct, CircleChange, aliased(CircleAct)
    again = exists(
        select(other.id).where(
            other.journey_id == table.journey_id,
            other.thing_id == table.thing_id,
            other.at == table.at,
            other.verb == table.verb,
            other.organisation_id.is_not_distinct_from(table.organisation_id),
            other.user_id.is_not_distinct_from(table.user_id),
            other.id < table.id,
        )
    )
    return (
        select(*_columns(table, change))
        .outerjoin(change, and_(change.journey_id == table.journey_id, change.act_id == table.id))
        .where(table.journey_id == place.id, table.verb.in_(TOLD), ~again)
    )


def names(session: Session, place: Place) -> Names:
    """Return how things are called today; seven statements."""
    parties = session.execute(
        select(Party.id, Party.name).where(Party.journey_id == place.id)
    ).all()
    phases = session.execute(
        select(Phase.id, PhaseContent.name)
        .join(
            PhaseContent,
            and_(PhaseContent.journey_id == Phase.journey_id, PhaseContent.id == Phase.id),
        )
        .where(Phase.journey_id == place.id)
    ).all()
    points = session.execute(
        select(Point.id, Point.subject).where(Point.journey_id == place.id)
    ).all()
    complaints = session.execute(
        select(Complaint.id, Complaint.title).where(Complaint.journey_id == place.id)
    ).all()
    return Names(
        things(session, place),
        {row[0]: row[1] for row in parties},
        {row[0]: row[1] for row in phases},
        {row[0]: row[1] for row in points},
        {row[0]: row[1] for row in complaints},
        {key: number for find in _numbers for key, number in find(session, place).items()},
    )
