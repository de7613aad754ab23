"""Suspend a party, and let it take part again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from partnerjourney.core import border
from partnerjourney.core.apart import Apart, Parting, PartingKind, PartingState
from partnerjourney.core.departing import participation_suspended
from partnerjourney.core.errors import ConflictError, InputError
from partnerjourney.core.parties import (
    Participation,
    ParticipationState,
)
from partnerjourney.core.policy import Permission, require
from partnerjourney.core.scopes import Member
from partnerjourney.core.texts import N_
from partnerjourney.leaving.services.past import keep_past, names_of
from partnerjourney.leaving.services.seats import Seat, between, record


def suspend(session: Session, actor: Member, seat: Seat, *, reason: str, at: datetime) -> Parting:
    """Suspend a participation: from now on its organisation reads and writes nothing of it.

    What it could read until now is kept for it, unopened, as one document. Raises InputError
    without a reason, ConflictError for one that is suspended already.
    """
    require(actor, Permission.PARTY_SUSPEND, seat)
    if not reason:
        raise InputError({"reason": [N_("Say why: the party reads it.")]})
    if seat.participation.state is not ParticipationState.ACTIVE:
        raise ConflictError("this party is suspended already")
    names = names_of(session, seat.place, seat.party, seat.participation)
    parting = Parting(
        journey_id=seat.place.id,
        circle_id=between(session, seat),
        participation_id=seat.participation.id,
        kind=PartingKind.SUSPENSION,
        announced_by_id=actor.organisation_id,
        reason=reason,
        began_at=at,
    )
    session.add(parting)
    session.flush()
    keep_past(session, seat.participation, names, reason=reason, at=at)
    _set_state(session, seat, ParticipationState.SUSPENDED, at)
    record(session, "party.suspend", seat, parting, at=at, by=actor, after=reason)
    return parting


def resume(session: Session, actor: Member, seat: Seat, *, at: datetime) -> None:
    """Let a suspended organisation take part again, in the seats that it kept."""
    require(actor, Permission.PARTY_SUSPEND, seat)
    if seat.participation.state is not ParticipationState.SUSPENDED or seat.suspension is None:
        raise ConflictError("this party is not suspended")
    seat.suspension.state, seat.suspension.ended_at = PartingState.DONE, at
    session.flush()
    with border.verb(session, "what was kept is read live again") as system:
        for row in system.scalars(
            select(Apart).where(Apart.participation_id == seat.participation.id)
        ):
            system.delete(row)
    _set_state(session, seat, ParticipationState.ACTIVE, None)
    record(session, "party.resume", seat, seat.suspension, at=at, by=actor)


def _set_state(
    session: Session, seat: Seat, state: ParticipationState, suspended_at: datetime | None
) -> None:
    """Change the state; all see the lane of a party, and only the coordinator a group's member."""
    if not seat.participation.discreet:
        seat.party.suspended_at = suspended_at
        session.flush()
    with border.verb(session, "suspend or resume") as system:
        system.execute(
            update(Participation)
            .where(
                Participation.journey_id == seat.place.id,
                Participation.id == seat.participation.id,
            )
            .values(state=state)
        )
        if suspended_at is not None:
            gone = system.get_one(Participation, (seat.place.id, seat.participation.id))
            participation_suspended.send(system, participation=gone, at=suspended_at)
    session.refresh(seat.participation)
