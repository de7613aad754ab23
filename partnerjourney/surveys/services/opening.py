"""What a survey link opens, in one statement, and only while it may be answered."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from partnerjourney.core import ids
from partnerjourney.core.errors import NotFoundError
from partnerjourney.core.parties import CircleSeat, Journey, Organisation, Participation, Party
from partnerjourney.core.scopes import Respondent
from partnerjourney.events.models import CaseState
from partnerjourney.events.rules import State
from partnerjourney.surveys.models import Answer, Invitation, Point, PointCover, Question, Wave
from partnerjourney.surveys.rules import InvitationState, WaveState
from partnerjourney.surveys.rules.asking import is_over

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
_ANSWERABLE = (InvitationState.SENT, InvitationState.ANSWERED, InvitationState.NOT_ME)


@dataclass(frozen=True)
class Reader:
    """A party that sees the score; only one that somebody fills can be let read a comment."""

    name: str
    organisation_id: uuid.UUID | None
    participation_id: uuid.UUID | None


@dataclass(frozen=True)
class Ask:
    """What a survey link opens."""

    invitation: Invitation
    question: Question
    wave: Wave
    point: Point
    journey: Journey
    owner: Organisation
    readers: tuple[Reader, ...]
    answer: Answer | None
    state: State

    @property
    def others(self) -> list[Reader]:
        """Those who may read the comment only if they are ticked."""
        return [r for r in self.readers if r.organisation_id not in (None, self.owner.id)]


def scope_of(token: str) -> Respondent:
    """Return the scope of a link; raises NotFoundError for what cannot be one of ours."""
    if not _TOKEN.fullmatch(token):
        raise NotFoundError
    return Respondent(ids.token_hash(token))


def find(session: Session, *, at: datetime, lock: bool = False) -> Ask:
    """Return what the link of this session's scope opens.

    `lock` holds the invitation first: of two posts at once the second sees the first, and a wave
    that is being closed is seen closed. Raises NotFoundError where the link opens nothing, or
    nothing any more: all of it looks the same.
    """
    if lock and session.scalar(select(Invitation.id).with_for_update()) is None:
        raise NotFoundError
    ask = read(session)
    today = at.astimezone(ZoneInfo(ask.journey.time_zone)).date()
    closed = ask.wave.state is not WaveState.OPEN or is_over(ask.wave.close_on, today)
    if closed or ask.invitation.state not in _ANSWERABLE:
        raise NotFoundError
    return ask


def read(session: Session) -> Ask:
    """Return what the link is about, whether or not it may be answered; raises NotFoundError."""
    rows = session.execute(_opened()).all()
    if not rows:
        raise NotFoundError
    first = rows[0]
    return Ask(
        invitation=first.Invitation,
        question=first.Question,
        wave=first.Wave,
        point=first.Point,
        journey=first.Journey,
        owner=first.Organisation,
        readers=tuple(_readers(rows)),
        answer=first.Answer,
        state=first.state or State.UNKNOWN,
    )


@cache
def _opened() -> Any:
    """Select the whole of an invitation in one statement, with a row for each seat of its circle.

    The state of the answer is that of its case at the last hand-over of the stretch.
    """
    sitting, cover = aliased(Organisation), aliased(PointCover)
    last = (
        select(cover.handover_id)
        .where(cover.journey_id == Invitation.journey_id, cover.point_id == Invitation.point_id)
        .order_by(cover.position.desc())
        .limit(1)
        .correlate(Invitation)
        .scalar_subquery()
    )
    return (
        select(
            *(Invitation, Question, Wave, Point, Journey, Organisation, Answer),
            CaseState.state,
            Party.name.label("party"),
            Party.orchestrator.label("leads"),
            Participation.id.label("participation"),
            Participation.discreet.label("member"),
            sitting.id.label("organisation"),
            sitting.name.label("organisation_name"),
        )
        .join(Wave, (Wave.journey_id == Invitation.journey_id) & (Wave.id == Invitation.wave_id))
        .join(
            Question, (Question.journey_id == Wave.journey_id) & (Question.id == Wave.question_id)
        )
        .join(Point, (Point.journey_id == Wave.journey_id) & (Point.id == Wave.point_id))
        .join(Journey, Journey.id == Invitation.journey_id)
        .join(Organisation, Organisation.id == Invitation.customer_owner_id)
        .join(
            CircleSeat,
            (CircleSeat.journey_id == Invitation.journey_id)
            & (CircleSeat.circle_id == Invitation.circle_id),
        )
        .join(
            Party, (Party.journey_id == CircleSeat.journey_id) & (Party.id == CircleSeat.party_id)
        )
        .outerjoin(
            Participation,
            (Participation.journey_id == CircleSeat.journey_id)
            & (Participation.id == CircleSeat.participation_id),
        )
        .outerjoin(sitting, sitting.id == Participation.organisation_id)
        .outerjoin(
            Answer,
            (Answer.journey_id == Invitation.journey_id) & (Answer.invitation_id == Invitation.id),
        )
        .outerjoin(
            CaseState,
            (CaseState.journey_id == Invitation.journey_id)
            & (CaseState.case_id == Invitation.case_id)
            & (CaseState.handover_id == last),
        )
        .order_by(Party.orchestrator.desc(), Party.position, Party.id)
    )


def _readers(rows: Sequence[Any]) -> list[Reader]:
    """Name a lane, but a member of a group by its own name."""
    return [
        Reader(
            row.organisation_name if row.member else row.party, row.organisation, row.participation
        )
        for row in rows
    ]
