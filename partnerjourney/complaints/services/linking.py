"""A complaint and its case: order number, barcode and job number lead to one case.

A reference says nothing to who does not share the case: it is known where the one who asks reads
an event of that case, or coordinates the journey. A reference that nobody knows yet is accepted;
the complaint is linked by itself when a file brings it in, or by hand.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from partnerjourney.complaints.models import Complaint
from partnerjourney.complaints.rules import Act, State
from partnerjourney.complaints.services import sharing
from partnerjourney.complaints.services.finding import matter, my_seat
from partnerjourney.core import audit, border, clock
from partnerjourney.core.errors import ConflictError, InputError
from partnerjourney.core.parties import (
    CircleSeat,
    Journey,
    Participation,
    ParticipationState,
    Party,
    PartyKind,
)
from partnerjourney.core.policy import Permission, require
from partnerjourney.core.scopes import Actor
from partnerjourney.core.texts import N_
from partnerjourney.events.models import CaseReference, Event
from partnerjourney.events.signals import case_states_changed
from partnerjourney.journeys.services import Place


def case_of(session: Session, place: Place, reference: str) -> uuid.UUID | None:
    """Return the case of a reference of any kind, if the session's scope shares that case."""
    with border.verb(session, "find the case of a reference") as system:
        cases = set(
            system.scalars(
                select(CaseReference.case_id).where(
                    CaseReference.journey_id == place.id, CaseReference.value == reference
                )
            )
        )
    if not place.standing.orchestrates:
        cases &= set(
            session.scalars(
                select(Event.case_id).where(Event.journey_id == place.id, Event.case_id.in_(cases))
            )
        )
    return cases.pop() if len(cases) == 1 else None


def link(
    session: Session,
    actor: Actor,
    place: Place,
    complaint: Complaint,
    *,
    reference: str,
    at: datetime,
) -> None:
    """Link a complaint by hand to the case of another reference, which the actor must share.

    From then on its own reference finds that case too. Raises ConflictError for one that is linked
    or closed, InputError for a reference that the actor does not share.
    """
    require(actor, Permission.COMPLAINT_LINK, matter(session, place, complaint))
    if complaint.case_id is not None or not complaint.open:
        raise ConflictError("this complaint is linked or closed")
    case_id = case_of(session, place, reference)
    if case_id is None:
        raise InputError(
            {"reference": [N_("Your organisation knows no case by this reference here.")]}
        )
    seat = my_seat(session, actor, complaint)
    with border.verb(session, "link a complaint") as system:
        held = system.get_one(Complaint, (place.id, complaint.id))
        _link(system, held, case_id, by=seat, at=at)
        key = (place.id, "case", complaint.reference)
        if system.get(CaseReference, key) is None:
            system.add(
                CaseReference(
                    journey_id=place.id, kind="case", value=complaint.reference, case_id=case_id
                )
            )
    session.refresh(complaint)
    audit.record(
        session,
        "complaint.link",
        at=at,
        thing_id=complaint.id,
        journey_id=place.id,
        circle_id=complaint.circle_id,
    )


def _link(
    system: Session,
    complaint: Complaint,
    case_id: uuid.UUID,
    *,
    by: uuid.UUID | None,
    at: datetime,
) -> None:
    """Tie a complaint to a case, and let the member of a group read it whose case it is."""
    complaint.case_id = case_id
    sharing.add_entry(system, complaint, Act.LINK, by=by, at=at)
    system.flush()
    groups = set(
        system.scalars(
            select(Party.id).where(
                Party.journey_id == complaint.journey_id, Party.kind == PartyKind.GROUP
            )
        )
    )
    found = sharing.members_of_case(system, complaint.journey_id, case_id, groups)
    if sharing.widen(system, complaint, found):
        from partnerjourney.complaints.services.telling import tell

        tell(system, complaint, at=at)


@case_states_changed.connect
def _link_what_waited(
    system: Session,
    *,
    journey_id: uuid.UUID,
    handover_id: uuid.UUID,
    changes: Sequence[Any],
) -> None:
    """Link complaints whose reference has just come in, where their desk shares the case."""
    waiting = system.scalars(
        select(Complaint)
        .where(
            Complaint.journey_id == journey_id,
            Complaint.case_id.is_(None),
            Complaint.state != State.CLOSED,
        )
        .order_by(Complaint.id)
        .with_for_update()
    ).all()
    if not waiting:
        return
    rows = system.execute(
        select(CaseReference.value, CaseReference.case_id)
        .where(
            CaseReference.journey_id == journey_id,
            CaseReference.value.in_({complaint.reference for complaint in waiting}),
        )
        .distinct()
    ).all()
    cases: dict[str, set[uuid.UUID]] = {}
    for row in rows:
        cases.setdefault(row.value, set()).add(row.case_id)
    for complaint in waiting:
        found = cases.get(complaint.reference, set())
        if len(found) == 1 and _desk_shares(system, complaint, case_id := min(found)):
            _link(system, complaint, case_id, by=None, at=clock.now())


def _desk_shares(system: Session, complaint: Complaint, case_id: uuid.UUID) -> bool:
    """Say whether who reported a complaint coordinates the journey, or reads an event of a case."""
    desk = system.execute(
        select(Participation.organisation_id, Journey.organisation_id.label("leads"))
        .join(Journey, Journey.id == Participation.journey_id)
        .where(
            Participation.journey_id == complaint.journey_id,
            Participation.id == complaint.desk_id,
        )
    ).one_or_none()
    if desk is None:
        return False
    sits = exists().where(
        CircleSeat.journey_id == Event.journey_id,
        CircleSeat.circle_id == Event.circle_id,
        CircleSeat.participation_id == Participation.id,
        Participation.journey_id == Event.journey_id,
        Participation.organisation_id == desk.organisation_id,
        Participation.state == ParticipationState.ACTIVE,
    )
    shared = select(Event.id).where(
        Event.journey_id == complaint.journey_id, Event.case_id == case_id, sits
    )
    return desk.leads == desk.organisation_id or system.scalar(shared.limit(1)) is not None
