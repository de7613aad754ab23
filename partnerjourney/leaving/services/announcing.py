"""Announce that a party leaves, take it back, and say who looks after its lane."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import update
from sqlalchemy.orm import Session

from partnerjourney.core import audit, border, jobs
from partnerjourney.core.apart import Parting, PartingKind, PartingState
from partnerjourney.core.errors import ConflictError, InputError
from partnerjourney.core.parties import (
    Participation,
    PartyKind,
)
from partnerjourney.core.policy import Permission, require
from partnerjourney.core.scopes import Member
from partnerjourney.core.texts import N_
from partnerjourney.leaving import rules
from partnerjourney.leaving.services.seats import Seat, between, record
from partnerjourney.leaving.services.times import day_after

LEAVE_JOB = "party.leave"


def announce(
    session: Session,
    actor: Member,
    seat: Seat,
    *,
    ends_on: date,
    reads_until: date | None,
    reason: str,
    at: datetime,
) -> Parting:
    """Announce that working together ends after a day; once more changes the days.

    The coordinator sets until when the past is read, a year otherwise. Raises InputError for days
    that cannot be.
    """
    require(actor, Permission.PARTY_END, seat)
    zone = ZoneInfo(seat.place.journey.time_zone)
    earlier = seat.leaving
    until = reads_until if seat.place.standing.orchestrates else None
    if until is None:
        kept = earlier.reads_until if earlier and earlier.reads_until else None
        until = max(kept, ends_on) if kept else rules.reads_until(ends_on)
    faults = {}
    if not rules.may_end_on(ends_on, at.astimezone(zone).date()):
        faults["ends_on"] = [N_("Choose a day from today on, within three years.")]
    if not rules.may_read_until(until, ends_on):
        faults["reads_until"] = [N_("Choose a day from the last day on, within ten years.")]
    if faults:
        raise InputError(faults)
    parting = earlier or Parting(
        journey_id=seat.place.id,
        circle_id=between(session, seat),
        participation_id=seat.participation.id,
        kind=PartingKind.LEAVING,
        announced_by_id=actor.organisation_id,
        began_at=at,
    )
    parting.reason, parting.ends_on, parting.reads_until = reason, ends_on, until
    session.add(parting)
    session.flush()
    _set_last_day(session, seat, ends_on)
    jobs.enqueue(
        session,
        LEAVE_JOB,
        at=at,
        run_at=day_after(ends_on, zone),
        dedupe_key=f"{parting.id}:{ends_on}",
        thing_id=parting.id,
        organisation_id=seat.organisation_id,
    )
    record(session, "party.leave.announce", seat, parting, at=at, by=actor, after=str(ends_on))
    return parting


def withdraw(session: Session, actor: Member, seat: Seat, *, at: datetime) -> None:
    """Take back that a party leaves; only who announced it may, and the coordinator."""
    require(actor, Permission.PARTY_END, seat)
    parting = seat.leaving
    if parting is None:
        raise ConflictError("nobody announced that this party leaves")
    own = parting.announced_by_id == actor.organisation_id
    if not own and not seat.place.standing.orchestrates:
        raise ConflictError("the coordinator announced this")
    parting.state, parting.ended_at = PartingState.WITHDRAWN, at
    session.flush()
    _set_last_day(session, seat, None)
    record(session, "party.leave.withdraw", seat, parting, at=at, by=actor)


def _set_last_day(session: Session, seat: Seat, day: date | None) -> None:
    with border.verb(session, "a leaving is announced or taken back") as system:
        system.execute(
            update(Participation)
            .where(
                Participation.journey_id == seat.place.id,
                Participation.id == seat.participation.id,
            )
            .values(leaves_on=day)
        )
    session.refresh(seat.participation)


def appoint(
    session: Session, actor: Member, seat: Seat, party_id: uuid.UUID | None, *, at: datetime
) -> None:
    """Say which party looks after the lane's cards once its organisation has left.

    None is the coordinator. Raises InputError for a party that cannot.
    """
    require(actor, Permission.PARTY_SUSPEND, seat)
    if seat.party.kind is not PartyKind.ORGANISATION:
        raise ConflictError("a group's lane is the coordinator's")
    if party_id is not None:
        chosen = seat.place.parties.get(party_id)
        fits = chosen is not None and chosen.kind is PartyKind.ORGANISATION
        if not fits or chosen is None or chosen.confirmed_at is None or chosen.id == seat.party.id:
            raise InputError({"interim": [N_("Choose a party that takes part.")]})
        party_id = None if chosen.orchestrator else chosen.id
    seat.party.interim_party_id = party_id
    session.flush()
    audit.record(
        session,
        "party.interim",
        at=at,
        thing_id=seat.party.id,
        journey_id=seat.place.id,
        after=str(party_id),
    )
