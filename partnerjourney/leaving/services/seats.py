"""A participation that may be suspended or ended, and how such an act is written down."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from partnerjourney.core import audit, border, circles
from partnerjourney.core.apart import Parting, PartingKind, PartingState
from partnerjourney.core.errors import NotFoundError
from partnerjourney.core.parties import (
    Organisation,
    Participation,
    ParticipationRole,
    ParticipationState,
    Party,
    PartyKind,
)
from partnerjourney.core.policy import Permission, Standing, require
from partnerjourney.core.scopes import Member
from partnerjourney.journeys.services import Place
from partnerjourney.leaving.services.telling import tell


@dataclass(frozen=True)
class Seat:
    """A participation of a journey, as the thing of the policy; `parting`s that are open."""

    place: Place
    participation: Participation
    organisation: Organisation
    party: Party
    suspension: Parting | None
    leaving: Parting | None

    @property
    def standing(self) -> Standing:
        """Where the acting organisation stands."""
        return self.place.standing

    @property
    def organisation_id(self) -> uuid.UUID:
        """Whose participation it is."""
        return self.participation.organisation_id


def find(session: Session, actor: Member, place: Place, participation_id: uuid.UUID) -> Seat:
    """Return a participation that the actor may end: its own, or any to the coordinator.

    Raises NotFoundError for one that the scope does not see, that has left, or that coordinates.
    To change it, hold the journey: who joins or leaves meanwhile waits.
    """
    row = session.execute(
        select(Participation, Organisation)
        .join(Organisation, Organisation.id == Participation.organisation_id)
        .where(
            Participation.journey_id == place.id,
            Participation.id == participation_id,
            Participation.state != ParticipationState.LEFT,
            Participation.role == ParticipationRole.PARTNER,
        )
        .execution_options(populate_existing=True)
    ).first()
    if row is None or row.Participation.party_id not in place.parties:
        raise NotFoundError
    found = open_partings(session, place.id, participation_id)
    seat = Seat(
        place,
        row.Participation,
        row.Organisation,
        place.parties[row.Participation.party_id],
        found.get(PartingKind.SUSPENSION),
        found.get(PartingKind.LEAVING),
    )
    require(actor, Permission.PARTY_END, seat)
    return seat


def open_partings(
    session: Session, journey_id: uuid.UUID, participation_id: uuid.UUID
) -> dict[PartingKind, Parting]:
    """Return what is open of a participation, as far as the scope sees it."""
    rows = session.scalars(
        select(Parting).where(
            Parting.journey_id == journey_id,
            Parting.participation_id == participation_id,
            Parting.state == PartingState.OPEN,
        )
    )
    return {row.kind: row for row in rows}


def between(session: Session, seat: Seat) -> uuid.UUID:
    """The circle of the party, or of one member of a group, and the coordinator."""
    lead = seat.place.orchestrator
    parties = [seat.party] if lead is None else [seat.party, lead]
    members = {}
    if seat.party.kind is PartyKind.GROUP:
        members[seat.party.id] = seat.participation.id
    return circles.circle_for(session, seat.place.id, parties, members=members)


def record(
    session: Session,
    verb: str,
    seat: Seat,
    parting: Parting,
    *,
    at: datetime,
    by: Member,
    after: str | None = None,
) -> None:
    """Write the act down where the party and the coordinator read it; the other side is told."""
    audit.record(
        session,
        verb,
        at=at,
        thing_id=parting.id,
        journey_id=seat.place.id,
        circle_id=parting.circle_id,
        after=after,
    )
    with border.verb(session, "an act that concerns another organisation") as system:
        audit.record(system, verb, at=at, thing_id=parting.id, owner_id=seat.organisation_id, by=by)
    own = by.organisation_id == seat.organisation_id
    tell(
        session,
        parting,
        seat.place.journey.organisation_id if own else seat.organisation_id,
        at=at,
    )
