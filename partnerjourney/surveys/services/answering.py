"""One customer answers one question: a POST stores, a later POST replaces.

Everything here runs in the scope of the link, `Respondent`, and sees one invitation. The cells
follow by a signal in the same transaction.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from partnerjourney.core import border, granted, jobs
from partnerjourney.core.errors import InputError
from partnerjourney.events.models import CaseState
from partnerjourney.events.rules import State
from partnerjourney.surveys import signals
from partnerjourney.surveys.models import Answer, Contact, Invitation, PermittedComment
from partnerjourney.surveys.models.asked import AskedInvitation, AskedWave
from partnerjourney.surveys.rules import InvitationState, parse_score
from partnerjourney.surveys.services import waves
from partnerjourney.surveys.services.opening import Ask
from partnerjourney.surveys.signals import CellDelta

LONGEST_COMMENT = 4000
CLOSE_SLACK = 64
"""So many answers before its number, a wave is watched: others are being stored meanwhile."""


@dataclass(frozen=True)
class Reply:
    """What was sent; `comment` None leaves an earlier one and its ticks as they are.

    `shared` are the organisations that may read the comment, `named` those that may read the name
    with it.
    """

    score: int | None
    comment: str | None = None
    shared: tuple[uuid.UUID, ...] = ()
    named: tuple[uuid.UUID, ...] = ()

    @property
    def skipped(self) -> bool:
        """Whether the customer said that it was not about them."""
        return self.score is None


def read_reply(ask: Ask, form: Any) -> Reply:
    """Read what was sent: `score`, or `not_me`; `comment` with a `share` for each who may read it.

    A `share_name` counts only beside the `share` of the same reader.

    Raises InputError for a score that is none of the scale, and for a comment that is too long.
    """
    if form.get("not_me"):
        return Reply(None)
    score = parse_score(form.get("score"), ask.point.metric)
    comment = form.get("comment")
    faults = {}
    if score is None:
        faults["score"] = ["score"]
    if comment is not None:
        comment = _clean(comment)
        if len(comment) > LONGEST_COMMENT:
            faults["comment"] = ["too_long"]
    if faults:
        raise InputError(faults)
    shared = _ticked(ask, form.getlist("share"))
    named = _ticked(ask, form.getlist("share_name"))
    return Reply(score, comment, shared, tuple(one for one in named if one in shared))


def _ticked(ask: Ask, values: Collection[str]) -> tuple[uuid.UUID, ...]:
    """Return the organisations of the readers that were ticked."""
    return tuple(
        r.organisation_id
        for r in ask.others
        if r.organisation_id and str(r.participation_id) in values
    )


# What could turn text around or hide in it: controls but line ends, and bidirectional marks.
_HIDDEN = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ud800-\udfff]"
)


def _clean(text: str) -> str:
    return _HIDDEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def answer(session: Session, ask: Ask, reply: Reply, *, at: datetime) -> Answer:
    """Store a reply, or put it in the place of an earlier one, and let the cells follow.

    An answered `ask` must be held. Raises StaleVersionError where the first answer finds that
    another post, or the end of the wave, came between.
    """
    day = at.astimezone(ZoneInfo(ask.journey.time_zone)).date()
    invitation = ask.invitation
    _note(session, invitation, reply, again=ask.answered, at=at)
    state = State.UNKNOWN if invitation.case_id is None else _state(session, ask)
    stored = _earlier(session, invitation) if ask.answered else None
    before = [] if stored is None else [delta(stored, -1)]
    if stored is None:
        stored = Answer(
            journey_id=invitation.journey_id,
            circle_id=invitation.circle_id,
            point_id=invitation.point_id,
            wave_id=invitation.wave_id,
            question_id=ask.question.id,
            invitation_id=invitation.id,
            case_id=invitation.case_id,
            role=invitation.role,
        )
    stored.score, stored.skipped = reply.score, reply.skipped
    stored.state, stored.day, stored.answered_at = state, day, at
    stored.flags = None  # given now: older than no event
    if reply.skipped:
        stored.comment = None
    elif reply.comment is not None:
        stored.comment = reply.comment or None
    if not before:
        granted.add(session, stored)
    _permit(session, ask, stored, reply, new=not before)
    _tell(session, [*before, delta(stored, 1)])
    if ask.wave.close_at_answers is not None:
        _watch(session, ask.wave, at=at)
    return stored


def _note(
    session: Session, invitation: AskedInvitation, reply: Reply, *, again: bool, at: datetime
) -> None:
    """Note that there is an answer; this holds the invitation, so it comes first."""
    granted.change(
        session,
        Invitation,
        invitation,
        if_still={} if again else {"state": InvitationState.SENT},
        state=InvitationState.NOT_ME if reply.skipped else InvitationState.ANSWERED,
        answered_at=invitation.answered_at or at,
    )


def _state(session: Session, ask: Ask) -> State:
    """Return what became of the case: who changes it holds the invitation too."""
    found = session.scalar(
        select(CaseState.state).where(
            CaseState.journey_id == ask.invitation.journey_id,
            CaseState.case_id == ask.invitation.case_id,
            CaseState.handover_id == ask.judged,
        )
    )
    return found or State.UNKNOWN


def _earlier(session: Session, invitation: AskedInvitation) -> Answer:
    return session.scalars(
        select(Answer).where(
            Answer.journey_id == invitation.journey_id, Answer.invitation_id == invitation.id
        )
    ).one()


def _permit(session: Session, ask: Ask, stored: Answer, reply: Reply, *, new: bool) -> None:
    """Give the comment to the customer owner and to those who were ticked, and to nobody else."""
    there = {}
    if not new:
        rows = session.scalars(
            select(PermittedComment).where(PermittedComment.answer_id == stored.id)
        )
        there = {row.owner_id: row for row in rows}
    again = reply.comment is not None
    if again:
        allowed = {ask.owner.id, *reply.shared} if stored.comment else set()
    else:
        allowed = set(there) if stored.comment else set()
    name = _name(session, ask.invitation) if again and allowed else ""
    named = {ask.owner.id, *reply.named}
    for owner_id, row in there.items():
        if owner_id not in allowed:
            session.delete(row)
            continue
        row.comment, row.score, row.day = stored.comment or "", stored.score, stored.day
        if again:
            row.name = name if owner_id in named else ""
    for owner_id in sorted(allowed - set(there)):
        granted.add(
            session,
            PermittedComment(
                owner_id=owner_id,
                journey_id=stored.journey_id,
                point_id=stored.point_id,
                answer_id=stored.id,
                score=stored.score,
                comment=stored.comment or "",
                name=name if owner_id in named else "",
                day=stored.day,
            ),
        )


def _name(session: Session, invitation: AskedInvitation) -> str:
    """Return the customer's name, where one was known; the link itself does not read it."""
    if not invitation.named or invitation.contact_id is None:
        return ""
    with border.verb(session, "the name that a customer lets be told") as system:
        contact = system.get(Contact, (invitation.contact_owner_id, invitation.contact_id))
        return contact.name if contact else ""


def delta(stored: Answer, by: int) -> CellDelta:
    """Return what one answer adds to its cell, or takes from it."""
    return CellDelta(
        journey_id=stored.journey_id,
        circle_id=stored.circle_id,
        point_id=stored.point_id,
        wave_id=stored.wave_id,
        question_id=stored.question_id,
        role=stored.role,
        state=stored.state,
        day=stored.day,
        field="skipped" if stored.score is None else f"s{stored.score}",
        by=by,
    )


def _tell(session: Session, deltas: list[CellDelta]) -> None:
    """Send the deltas unless they cancel out: the same answer sent twice changes nothing."""
    if len(deltas) == 2 and _place(deltas[0]) == _place(deltas[1]):
        return
    signals.cells_changed.send(session, deltas=deltas)


def _place(delta: CellDelta) -> tuple[Any, ...]:
    return (delta.state, delta.day, delta.field)


def _watch(session: Session, wave: AskedWave, *, at: datetime) -> None:
    """Have the worker look whether the wave has its number, once it may."""
    assert wave.close_at_answers is not None
    with border.verb(session, "count the answers of a wave") as system:
        if waves.answered(system, wave) >= wave.close_at_answers - CLOSE_SLACK:
            jobs.enqueue(system, waves.CLOSE, at=at, thing_id=wave.id)
