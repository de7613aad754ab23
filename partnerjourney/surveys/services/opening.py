"""What a survey link opens, in one statement, and only while it may be answered."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from partnerjourney.core import ids
from partnerjourney.core.errors import NotFoundError
from partnerjourney.core.scopes import Respondent
from partnerjourney.events.rules import State
from partnerjourney.surveys.rules import InvitationState, WaveState
from partnerjourney.surveys.rules.asking import is_over
from partnerjourney.surveys.services import asked
from partnerjourney.surveys.services.asked import (
    AskedInvitation,
    AskedJourney,
    AskedPoint,
    AskedQuestion,
    AskedWave,
    AskingOwner,
    Reader,
)

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
_ANSWERABLE = (InvitationState.SENT, InvitationState.ANSWERED, InvitationState.NOT_ME)


@dataclass(frozen=True)
class Ask:
    """What a survey link opens."""

    invitation: AskedInvitation
    question: AskedQuestion
    wave: AskedWave
    point: AskedPoint
    journey: AskedJourney
    owner: AskingOwner
    readers: tuple[Reader, ...]
    answered: bool
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
    ask = read(session, lock=lock)
    if lock and (ask.invitation.state is not InvitationState.SENT or ask.invitation.case_id):
        # Others held it before us, and the rest may have been read before they were done.
        ask = read(session)
    if ask.invitation.state is not InvitationState.SENT and not ask.answered:
        raise NotFoundError  # erased, or not sent yet
    today = at.astimezone(ZoneInfo(ask.journey.time_zone)).date()
    closed = ask.wave.state is not WaveState.OPEN or is_over(ask.wave.close_on, today)
    if closed or ask.invitation.state not in _ANSWERABLE:
        raise NotFoundError
    return ask


def read(session: Session, *, lock: bool = False) -> Ask:
    """Return what the link is about, whether or not it may be answered; raises NotFoundError.

    `lock` holds the invitation; only what stands in it is then sure to be of this moment.
    """
    rows = session.execute(asked.opened(lock=lock)).all()
    if not rows:
        raise NotFoundError
    first = rows[0]
    invitation, question, wave, point, journey, owner = asked.parts(first)
    return Ask(
        invitation,
        question,
        wave,
        point,
        journey,
        owner,
        readers=asked.readers(rows),
        answered=first.answer is not None,
        state=first.case_state or State.UNKNOWN,
    )
