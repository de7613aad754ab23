"""The day on which a party leaves: what was announced is carried out, once."""

from __future__ import annotations

import uuid
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from partnerjourney.core import audit, departing, jobs
from partnerjourney.core.apart import Apart, Parting, PartingKind, PartingState, Takeout
from partnerjourney.core.parties import Journey, Participation, ParticipationState, Party
from partnerjourney.core.scopes import Member
from partnerjourney.journeys.services import place_of
from partnerjourney.leaving import rules
from partnerjourney.leaving.services.past import keep_past, let_go, names_of
from partnerjourney.leaving.services.takeouts import add as add_takeout
from partnerjourney.leaving.services.telling import tell
from partnerjourney.leaving.services.times import day_after

FORGET_JOB = "apart.forget"


def due(session: Session, parting_id: uuid.UUID, *, at: datetime) -> Parting | None:
    """Return a leaving whose last day is over, with its journey held; None for any other.

    Runs under the System scope. Who announced another day, or took it back, comes first or waits.
    """
    found = session.scalars(
        select(Parting).where(
            Parting.id == parting_id,
            Parting.kind == PartingKind.LEAVING,
            Parting.state == PartingState.OPEN,
        )
    ).first()
    if found is None:
        return None
    journey = session.scalars(
        select(Journey).where(Journey.id == found.journey_id).with_for_update(key_share=True)
    ).one()
    session.refresh(found)
    if found.state is not PartingState.OPEN or found.ends_on is None:
        return None
    return found if day_after(found.ends_on, ZoneInfo(journey.time_zone)) <= at else None


def end(session: Session, parting_id: uuid.UUID, *, language: str, at: datetime) -> bool:
    """Let a party leave whose last day is over; say whether it did. A second call does nothing.

    Its past is fixed, its circles close, its lane stands provisionally, and the data that it takes
    along are made afterwards. Runs in one transaction under the System scope.
    """
    parting = due(session, parting_id, at=at)
    if parting is None:
        return False
    participation = session.scalars(
        select(Participation)
        .where(
            Participation.journey_id == parting.journey_id,
            Participation.id == parting.participation_id,
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    assert parting.ends_on is not None
    until = parting.reads_until or rules.reads_until(parting.ends_on)
    if participation.state is ParticipationState.ACTIVE:  # else it was fixed when suspended
        _fix(session, participation, parting, at)
    for other in session.scalars(
        select(Parting).where(
            Parting.participation_id == participation.id, Parting.state == PartingState.OPEN
        )
    ):
        other.state, other.ended_at = PartingState.DONE, at
    departing.leave(session, participation, at=at)
    kept = let_go(session, participation, reason=parting.reason, reads_until=until, at=at)
    add_takeout(session, participation, language=language, at=at)
    _record(session, participation, parting, at)
    journey = session.get_one(Journey, participation.journey_id)
    for organisation_id in (participation.organisation_id, journey.organisation_id):
        tell(session, parting, organisation_id, at=at)
    zone = ZoneInfo(kept.time_zone)
    jobs.enqueue(
        session,
        FORGET_JOB,
        at=at,
        run_at=day_after(until, zone),
        dedupe_key=f"{kept.id}:{until}",
        thing_id=kept.id,
        organisation_id=kept.owner_id,
    )
    return True


def _fix(session: Session, participation: Participation, parting: Parting, at: datetime) -> None:
    journey = session.get_one(Journey, participation.journey_id)
    party = session.get_one(Party, (participation.journey_id, participation.party_id))
    place = place_of(session, Member(None, participation.organisation_id), journey)
    names = names_of(session, place, party, participation)
    keep_past(session, participation, names, reason=parting.reason, at=at)


def _record(session: Session, participation: Participation, parting: Parting, at: datetime) -> None:
    audit.record(
        session,
        "party.leave",
        at=at,
        thing_id=participation.party_id,
        journey_id=participation.journey_id,
        # its peers in a group do not learn of it
        circle_id=parting.circle_id if participation.discreet else None,
    )
    audit.record(
        session,
        "party.leave",
        at=at,
        thing_id=participation.id,
        owner_id=participation.organisation_id,
    )


def forget(system: Session, owner_id: uuid.UUID, apart_id: uuid.UUID, *, at: datetime) -> bool:
    """Delete what an organisation kept, once its last day of reading is over; say whether it did.

    Its packages go too: what it took along it has.
    """
    row = system.scalars(
        select(Apart).where(Apart.owner_id == owner_id, Apart.id == apart_id).with_for_update()
    ).first()
    if row is None or row.reads_until is None:
        return False
    if day_after(row.reads_until, ZoneInfo(row.time_zone)) > at:
        return False
    for made in system.scalars(
        select(Takeout).where(
            Takeout.owner_id == owner_id, Takeout.participation_id == row.participation_id
        )
    ):
        system.delete(made)
    system.delete(row)
    system.flush()
    return True
