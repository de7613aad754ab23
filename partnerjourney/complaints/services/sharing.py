"""Who gets a complaint: givers and takers of its hand-overs, the coordinator, and the desk.

Of a group only the member whose case it is. Where that is not known yet the group's seat stays
empty; once it is known the complaint moves to the circle that has this member besides. It never
moves away from anybody, and never from one member to another.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from partnerjourney.complaints.models import Complaint, ComplaintEntry, ComplaintHandover
from partnerjourney.complaints.rules import Act
from partnerjourney.core import circles
from partnerjourney.core.errors import InputError
from partnerjourney.core.parties import (
    CircleSeat,
    Participation,
    ParticipationState,
    Party,
    PartyKind,
)
from partnerjourney.core.texts import N_
from partnerjourney.events.models import Event
from partnerjourney.handovers.models import Handover, HandoverContent
from partnerjourney.journeys.services import Place


def edges(session: Session, place: Place, chosen: Collection[uuid.UUID]) -> list[HandoverContent]:
    """Return these hand-overs in path order; raises InputError for one of another journey."""
    found = session.scalars(
        select(HandoverContent)
        .join(
            Handover,
            (Handover.journey_id == HandoverContent.journey_id)
            & (Handover.id == HandoverContent.id),
        )
        .where(
            HandoverContent.journey_id == place.id,
            HandoverContent.id.in_(chosen),
            Handover.retired_at.is_(None),
        )
        .order_by(HandoverContent.position, HandoverContent.id)
    ).all()
    if not found or len(found) < len(set(chosen)):
        raise InputError({"where": [N_("Choose where it went wrong.")]})
    return list(found)


def parties(
    place: Place, between: Iterable[HandoverContent], desk: uuid.UUID | None
) -> list[Party]:
    """Return the parties that share what happened between these, in the order of the lanes."""
    there = {end for edge in between for end in (edge.from_party_id, edge.to_party_id)}
    return [
        party
        for party in place.parties.values()
        if party.represented and (party.id in there or party.orchestrator or party.id == desk)
    ]


def chosen_members(
    session: Session,
    place: Place,
    groups: Collection[uuid.UUID],
    chosen: Collection[uuid.UUID],
    *,
    own: Participation,
) -> dict[uuid.UUID, uuid.UUID]:
    """Return group → member that the desk names; of its own group always itself.

    Raises InputError for a participation that the desk does not know of.
    """
    rows = session.execute(
        select(Participation.id, Participation.party_id).where(
            Participation.journey_id == place.id,
            Participation.id.in_(chosen),
            Participation.discreet.is_(True),
            Participation.state == ParticipationState.ACTIVE,
        )
    ).all()
    if len(rows) < len(set(chosen)):
        raise InputError({"members": [N_("Choose a member of the list.")]})
    found = {row.party_id: row.id for row in rows if row.party_id in groups}
    if own.discreet and own.party_id in groups:
        found[own.party_id] = own.id
    return found


def members_of_case(
    system: Session,
    journey_id: uuid.UUID,
    case_id: uuid.UUID,
    groups: Collection[uuid.UUID],
) -> dict[uuid.UUID, uuid.UUID]:
    """Return group → the member whose case it is, as the latest event says. System scope."""
    rows = system.execute(
        select(Participation.party_id, Participation.id)
        .join(
            Event,
            (Event.journey_id == Participation.journey_id)
            & (Event.participation_id == Participation.id),
        )
        .where(
            Event.journey_id == journey_id,
            Event.case_id == case_id,
            Participation.party_id.in_(groups),
            Participation.discreet.is_(True),
        )
        .order_by(Event.received_at, Event.id)
    )
    return {row.party_id: row.id for row in rows}


def widen(system: Session, complaint: Complaint, found: Mapping[uuid.UUID, uuid.UUID]) -> bool:
    """Let the member whose case it turned out to be read a complaint; says whether one was added.

    A group that has a member already keeps it. Runs under the System scope; `complaint` is read
    under it, and locked.
    """
    seats = _seats(system, complaint)
    sits = {party.id: seat for party, seat in seats if party.kind is PartyKind.GROUP and seat}
    empty = {party.id for party, seat in seats if party.kind is PartyKind.GROUP and seat is None}
    added = {group: member for group, member in found.items() if group in empty}
    if not added:
        return False
    circle_id = circles.circle_for(
        system,
        complaint.journey_id,
        [party for party, _ in seats],
        members={**sits, **added},
    )
    system.execute(  # what hangs on it moves along by its key
        update(Complaint)
        .where(Complaint.journey_id == complaint.journey_id, Complaint.id == complaint.id)
        .values(circle_id=circle_id)
        .execution_options(synchronize_session=False)
    )
    system.refresh(complaint)
    return True


def _seats(system: Session, complaint: Complaint) -> Sequence[tuple[Party, uuid.UUID | None]]:
    rows = system.execute(
        select(Party, CircleSeat.participation_id)
        .join(
            CircleSeat,
            (CircleSeat.journey_id == Party.journey_id) & (CircleSeat.party_id == Party.id),
        )
        .where(
            CircleSeat.journey_id == complaint.journey_id,
            CircleSeat.circle_id == complaint.circle_id,
        )
        .order_by(Party.position, Party.id)
    )
    return [(party, seat) for party, seat in rows]


def add_entry(
    session: Session,
    complaint: Complaint,
    act: Act,
    *,
    by: uuid.UUID | None,
    at: object,
    **said: object,
) -> ComplaintEntry:
    """Write a line of a complaint's history."""
    entry = ComplaintEntry(
        journey_id=complaint.journey_id,
        circle_id=complaint.circle_id,
        complaint_id=complaint.id,
        participation_id=by,
        act=act,
        at=at,
        **said,
    )
    session.add(entry)
    return entry


def add_handovers(
    session: Session, complaint: Complaint, between: Iterable[HandoverContent]
) -> None:
    """Say which hand-overs a complaint is about."""
    session.add_all(
        ComplaintHandover(
            journey_id=complaint.journey_id,
            circle_id=complaint.circle_id,
            complaint_id=complaint.id,
            handover_id=edge.id,
            position=position,
        )
        for position, edge in enumerate(between)
    )
