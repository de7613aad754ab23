"""What a survey link opens, in one statement, and only while it may be answered.

`find` asks in one step and holds nothing; `hold` reads the same in the respondent's session.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from partnerjourney.core import ids
from partnerjourney.core.errors import NotFoundError
from partnerjourney.core.scopes import Respondent
from partnerjourney.surveys.models import asked
from partnerjourney.surveys.models.asked import (
    AskedInvitation,
    AskedJourney,
    AskedPoint,
    AskedQuestion,
    AskedWave,
    AskingOwner,
    Reader,
    Rest,
)
from partnerjourney.surveys.rules import InvitationState, WaveState
from partnerjourney.surveys.rules.asking import is_over

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
    judged: uuid.UUID | None

    @property
    def others(self) -> list[Reader]:
        """Those who may read the comment only if they are ticked."""
        return [r for r in self.readers if r.organisation_id not in (None, self.owner.id)]


def scope_of(token: str) -> Respondent:
    """Return the scope of a link; raises NotFoundError for what cannot be one of ours."""
    if not _TOKEN.fullmatch(token):
        raise NotFoundError
    return Respondent(ids.token_hash(token))


def find(engine: Engine, link: Respondent, *, at: datetime) -> Ask:
    """Return what a link opens; it may be another a moment later.

    Raises NotFoundError where it opens nothing, or nothing any more: all of it looks the same.
    """
    return _open(read(engine, link), at=at)


def hold(session: Session, *, at: datetime) -> Ask:
    """Return what the link of this session's scope opens, and hold the invitation.

    Of two posts at once the second sees the first, and a wave that is being closed is seen closed.
    Raises NotFoundError as `find` does.
    """
    ask = _held(session)
    if ask.invitation.state is not InvitationState.SENT:
        # Others held it before us, and the rest may have been read before they were done.
        ask = _held(session)
    return _open(ask, at=at)


def read(engine: Engine, link: Respondent) -> Ask:
    """Return what a link is about, whether or not it may be answered; raises NotFoundError."""
    found = asked.by_link(engine, link.token_hash)
    if found is None:
        raise NotFoundError
    return _ask(*found)


def _held(session: Session) -> Ask:
    rows = session.execute(asked.HELD).all()
    if not rows:
        raise NotFoundError
    return _ask(asked.parts(rows[0]), [asked.rest(row) for row in rows])


def _ask(parts: Sequence[Any], seats: Sequence[Rest]) -> Ask:
    invitation, question, wave, point, journey, owner = parts
    first = seats[0]
    return Ask(
        invitation,
        question,
        wave,
        point,
        journey,
        owner,
        readers=tuple(seat.reader for seat in seats),
        answered=first.answer is not None,
        judged=first.judged,
    )


def _open(ask: Ask, *, at: datetime) -> Ask:
    if ask.invitation.state is not InvitationState.SENT and not ask.answered:
        raise NotFoundError  # erased, or not sent yet
    today = at.astimezone(ZoneInfo(ask.journey.time_zone)).date()
    closed = ask.wave.state is not WaveState.OPEN or is_over(ask.wave.close_on, today)
    if closed or ask.invitation.state not in _ANSWERABLE:
        raise NotFoundError
    return ask
