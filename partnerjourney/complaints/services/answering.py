"""Answers: who picks it up and before when, who passes it on, what is solved; and the one voice."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from partnerjourney.answering import services as links
from partnerjourney.complaints.models import Complaint
from partnerjourney.complaints.rules import Act, MoveError, State, after
from partnerjourney.complaints.services import sharing, telling
from partnerjourney.complaints.services.finding import matter, my_seat
from partnerjourney.core import audit, border
from partnerjourney.core.errors import ConflictError, InputError
from partnerjourney.core.parties import CircleSeat
from partnerjourney.core.policy import NotAllowedError, Permission, require
from partnerjourney.core.scopes import Member
from partnerjourney.core.texts import N_
from partnerjourney.journeys.services import Place
from partnerjourney.surveys.services import waiting


def answer(
    session: Session,
    actor: Member,
    place: Place,
    complaint: Complaint,
    act: Act,
    *,
    at: datetime,
    text: str = "",
    before: datetime | None = None,
) -> None:
    """Pick a complaint up (before when), pass it on (why), or say that it is solved.

    `complaint` is locked. Raises ConflictError where another party has picked it up or it is no
    longer open, InputError for a promise in the past.
    """
    require(actor, Permission.COMPLAINT_ANSWER, matter(session, place, complaint))
    seat = my_seat(session, actor, complaint)
    taken = complaint.state is State.PICKED_UP and complaint.picker_id != seat
    if taken and not (act is Act.SOLVE and seat == complaint.desk_id):
        raise ConflictError("another party picked this up")
    if act is Act.PICK_UP and (before is None or before <= at):
        raise InputError({"moment": [N_("Choose a moment that lies ahead.")]})
    if act is Act.NOT_HERE and not text:
        raise InputError({"reason": [N_("Say in a few words why: it helps whoever takes over.")]})
    _move(session, complaint, act, by=seat, at=at, text=text, before=before)
    if act is Act.PICK_UP:
        complaint.picker_id, complaint.promised_at = seat, before
        assert before is not None
        telling.remind(session, actor, complaint, before=before, at=at)
    elif act is Act.NOT_HERE:
        complaint.picker_id = complaint.promised_at = None
    session.flush()


def not_solved(
    session: Session, actor: Member, place: Place, complaint: Complaint, *, text: str, at: datetime
) -> None:
    """The desk heard from the customer that it is not solved: it is asked of everybody anew."""
    require(actor, Permission.COMPLAINT_CLOSE, matter(session, place, complaint))
    seat = my_seat(session, actor, complaint)
    _move(session, complaint, Act.NOT_SOLVED, by=seat, at=at, text=text)
    complaint.picker_id = complaint.promised_at = None
    session.flush()


def close(
    session: Session, actor: Member, place: Place, complaint: Complaint, *, at: datetime
) -> None:
    """Close a complaint that is solved; questions to that customer wait no longer."""
    require(actor, Permission.COMPLAINT_CLOSE, matter(session, place, complaint))
    _move(session, complaint, Act.CLOSE, by=my_seat(session, actor, complaint), at=at)
    complaint.closed_at = at
    session.flush()
    waiting.let_go(session, place.journey, at=at)
    with border.verb(session, "nothing more is asked by mail") as system:
        links.end(system, complaint.id, at=at)


def give_voice(
    session: Session,
    actor: Member,
    place: Place,
    complaint: Complaint,
    participation_id: uuid.UUID,
    *,
    at: datetime,
) -> None:
    """Say which party speaks to the customer; raises InputError for one that does not share it."""
    require(actor, Permission.COMPLAINT_CLOSE, matter(session, place, complaint))
    seat = session.scalar(
        select(CircleSeat.participation_id).where(
            CircleSeat.journey_id == place.id,
            CircleSeat.circle_id == complaint.circle_id,
            CircleSeat.participation_id == participation_id,
        )
    )
    if seat is None:
        raise InputError({"voice": [N_("Choose a party of the list.")]})
    if seat == complaint.voice_id:
        return
    mine = my_seat(session, actor, complaint)
    _move(session, complaint, Act.VOICE, by=mine, at=at, about_id=seat)
    complaint.voice_id = seat
    session.flush()


def tell_customer(
    session: Session, actor: Member, place: Place, complaint: Complaint, *, text: str, at: datetime
) -> None:
    """Write down what the customer was told, by the one party that speaks to it."""
    require(actor, Permission.COMPLAINT_ANSWER, matter(session, place, complaint))
    seat = my_seat(session, actor, complaint)
    if seat != complaint.voice_id:
        raise NotAllowedError(Permission.COMPLAINT_ANSWER)
    _move(session, complaint, Act.TELL, by=seat, at=at, text=text)
    session.flush()


def _move(
    session: Session,
    complaint: Complaint,
    act: Act,
    *,
    by: uuid.UUID,
    at: datetime,
    **said: Any,
) -> None:
    """Go on to the state that follows, with a line of history and an act in the audit."""
    try:
        state = after(complaint.state, act)
    except MoveError as error:
        raise ConflictError(str(error)) from error
    before, complaint.state = complaint.state, state
    sharing.add_entry(session, complaint, act, by=by, at=at, **said)
    audit.record(
        session,
        f"complaint.{act.value}",
        at=at,
        thing_id=complaint.id,
        journey_id=complaint.journey_id,
        circle_id=complaint.circle_id,
        before=before.value,
        after=state.value,
    )
