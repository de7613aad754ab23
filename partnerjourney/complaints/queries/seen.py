"""Complaints as their reader sees them: with the seats of the circle and what each of them said."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from partnerjourney.complaints.models import Complaint, ComplaintEntry, ComplaintHandover
from partnerjourney.complaints.rules import ANSWERS, Act, State, passed_on, waits_for
from partnerjourney.core.parties import (
    CircleSeat,
    Journey,
    Organisation,
    Participation,
    ParticipationState,
    Party,
    PartyKind,
    monogram,
)
from partnerjourney.core.scopes import Actor

MOST_CLOSED = 100
"""So many closed complaints stand in a list, the latest."""


@dataclass(frozen=True, slots=True)
class Seat:
    """A party that shares a complaint; of a group its member. Nobody sits in an empty one yet."""

    party_id: uuid.UUID
    name: str
    participation_id: uuid.UUID | None
    organisation_id: uuid.UUID | None
    group: bool
    acts: bool

    @property
    def monogram(self) -> str:
        """Two letters that stand for it."""
        return monogram(self.name)


@dataclass(frozen=True, slots=True)
class Line:
    """What one party did or said, as it stands in the history; `about` is who speaks from then."""

    act: Act
    by: Seat | None
    text: str
    before: datetime | None
    about: Seat | None
    at: datetime


@dataclass(frozen=True)
class Seen:
    """One complaint, those who share it, the hand-overs that it is about, and its history."""

    row: Complaint
    journey: Journey
    me: uuid.UUID
    seats: tuple[Seat, ...]
    handovers: tuple[uuid.UUID, ...]
    lines: tuple[Line, ...]

    def seat(self, participation_id: uuid.UUID | None) -> Seat | None:
        """Return who sits in the circle by a participation."""
        if participation_id is None:
            return None
        same = (seat for seat in self.seats if seat.participation_id == participation_id)
        return next(same, None)

    @property
    def desk(self) -> Seat | None:
        """Who reported it."""
        return self.seat(self.row.desk_id)

    @property
    def picker(self) -> Seat | None:
        """Who picked it up."""
        return self.seat(self.row.picker_id)

    @property
    def voice(self) -> Seat | None:
        """Who speaks to the customer."""
        return self.seat(self.row.voice_id)

    @property
    def mine(self) -> Seat | None:
        """The seat for which the reader answers: the desk's where it is its own."""
        own = [seat for seat in self.seats if seat.organisation_id == self.me and seat.acts]
        desk = [seat for seat in own if seat.participation_id == self.row.desk_id]
        return next(iter(desk or own), None)

    @property
    def waits(self) -> tuple[Seat, ...]:
        """For whom it waits now, in the order of the lanes."""
        filled = {
            seat.participation_id for seat in self.seats if seat.participation_id and seat.acts
        }
        said = passed_on(
            (line.by.participation_id, line.act) for line in self.lines if line.by is not None
        )
        found = waits_for(
            self.row.state,
            desk=self.row.desk_id,
            picker=self.row.picker_id,
            seats=filled,
            passed_on=said,
        )
        return tuple(seat for seat in self.seats if seat.participation_id in found)

    @property
    def waits_for_me(self) -> bool:
        """Whether it waits for the reader's organisation."""
        return any(seat.organisation_id == self.me for seat in self.waits)

    @property
    def due(self) -> datetime:
        """Before when something must happen: what was promised, else what the customer needs."""
        promised = self.row.promised_at if self.row.state is State.PICKED_UP else None
        return promised or self.row.due_at

    @property
    def told(self) -> tuple[Line, ...]:
        """What the customer was told, and by whom."""
        return tuple(line for line in self.lines if line.act is Act.TELL)

    @property
    def answer(self) -> Line | None:
        """The last answer that somebody gave."""
        return next((line for line in reversed(self.lines) if line.act in ANSWERS), None)


def within(session: Session, actor: Actor, journey_id: uuid.UUID, **which: bool) -> list[Seen]:
    """Return the complaints of a journey that the reader shares: open ones, by due time.

    With `closed=True` the last hundred that were closed.
    """
    return _read(session, actor, Complaint.journey_id == journey_id, **which)


def over_all(session: Session, actor: Actor, **which: bool) -> list[Seen]:
    """Return the complaints of all journeys of the reader, in the same way."""
    return _read(session, actor, Journey.retired_at.is_(None), **which)


def one(session: Session, actor: Actor, row: Complaint) -> Seen:
    """Return one complaint that was found for the reader."""
    where = and_(Complaint.journey_id == row.journey_id, Complaint.id == row.id)
    return _read(session, actor, where, closed=not row.open)[0]


def found_by_reference(
    session: Session, actor: Actor, journey_id: uuid.UUID, reference: str, case: uuid.UUID | None
) -> list[Seen]:
    """Return the shared complaints with this reference, or about the case that it leads to."""
    same = Complaint.reference == reference
    if case is not None:
        same |= Complaint.case_id == case
    here = and_(Complaint.journey_id == journey_id, same)
    found = _read(session, actor, here)
    return found + _read(session, actor, here, closed=True)


def _read(
    session: Session, actor: Actor, where: ColumnElement[bool], *, closed: bool = False
) -> list[Seen]:
    """Four statements, whatever the number of complaints."""
    query = select(Complaint, Journey).join(Journey, Journey.id == Complaint.journey_id)
    if closed:
        query = query.where(where, Complaint.state == State.CLOSED)
        query = query.order_by(Complaint.closed_at.desc(), Complaint.id).limit(MOST_CLOSED)
    else:
        query = query.where(where, Complaint.state != State.CLOSED)
    rows = session.execute(query).all()
    if not rows:
        return []
    ids = [row.Complaint.id for row in rows]
    journeys = {row.Complaint.journey_id for row in rows}
    seats = _seats(session, {row.Complaint.circle_id for row in rows}, journeys)
    handovers: dict[uuid.UUID, list[uuid.UUID]] = {}
    for hand in session.execute(
        select(ComplaintHandover.complaint_id, ComplaintHandover.handover_id)
        .where(ComplaintHandover.journey_id.in_(journeys), ComplaintHandover.complaint_id.in_(ids))
        .order_by(ComplaintHandover.complaint_id, ComplaintHandover.position)
    ):
        handovers.setdefault(hand.complaint_id, []).append(hand.handover_id)
    entries: dict[uuid.UUID, list[ComplaintEntry]] = {}
    for entry in session.scalars(
        select(ComplaintEntry)
        .where(ComplaintEntry.journey_id.in_(journeys), ComplaintEntry.complaint_id.in_(ids))
        .order_by(ComplaintEntry.at, ComplaintEntry.id)
    ):
        entries.setdefault(entry.complaint_id, []).append(entry)
    found = [
        Seen(
            row.Complaint,
            row.Journey,
            actor.organisation_id,
            tuple(seats.get(row.Complaint.circle_id, ())),
            tuple(handovers.get(row.Complaint.id, ())),
            _lines(entries.get(row.Complaint.id, ()), seats.get(row.Complaint.circle_id, ())),
        )
        for row in rows
    ]
    return found if closed else sorted(found, key=lambda seen: (seen.due, seen.row.id))


def _lines(entries: Sequence[ComplaintEntry], seats: Sequence[Seat]) -> tuple[Line, ...]:
    by: dict[uuid.UUID | None, Seat] = {
        seat.participation_id: seat for seat in seats if seat.participation_id
    }
    return tuple(
        Line(
            entry.act,
            by.get(entry.participation_id),
            entry.text,
            entry.before,
            by.get(entry.about_id),
            entry.at,
        )
        for entry in entries
    )


def _seats(
    session: Session, circles: set[uuid.UUID], journeys: set[uuid.UUID]
) -> dict[uuid.UUID, list[Seat]]:
    rows = session.execute(
        select(
            CircleSeat.circle_id,
            Party.id,
            Party.name,
            Party.kind,
            CircleSeat.participation_id,
            Participation.organisation_id,
            Participation.state,
            Organisation.name.label("organisation"),
        )
        .join(
            Party, and_(Party.journey_id == CircleSeat.journey_id, Party.id == CircleSeat.party_id)
        )
        .outerjoin(
            Participation,
            and_(
                Participation.journey_id == CircleSeat.journey_id,
                Participation.id == CircleSeat.participation_id,
            ),
        )
        .outerjoin(Organisation, Organisation.id == Participation.organisation_id)
        .where(CircleSeat.journey_id.in_(journeys), CircleSeat.circle_id.in_(circles))
        .order_by(CircleSeat.circle_id, Party.orchestrator, Party.position, Party.id)
    )
    found: dict[uuid.UUID, list[Seat]] = {}
    for row in rows:
        group = row.kind is PartyKind.GROUP
        found.setdefault(row.circle_id, []).append(
            Seat(
                row.id,
                row.organisation if group and row.organisation else row.name,
                row.participation_id,
                row.organisation_id,
                group,
                row.state is ParticipationState.ACTIVE,
            )
        )
    return found
