"""The coordinator asks somebody of a party that nobody confirmed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from partnerjourney.confirming.models import AskedThing, PartyAsking
from partnerjourney.confirming.rules import AskingState, TooOften, too_often
from partnerjourney.confirming.services.questions import (
    add,
    askings,
    close,
    may_be_asked,
    open_asking,
    post,
    unanswered,
    waiting,
)
from partnerjourney.core import audit
from partnerjourney.core.errors import InputError
from partnerjourney.core.parties import Party
from partnerjourney.core.policy import Permission, require
from partnerjourney.core.scopes import Member
from partnerjourney.core.texts import N_
from partnerjourney.journeys.services import Place

_TOO_OFTEN = {
    TooOften.TODAY: N_("This contact got a mail today already. Ask again tomorrow."),
    TooOften.UNANSWERED: N_("Three mails were not answered. A call works better now."),
}
_STOPPED = N_("This contact asked not to be mailed about this any more.")


def may_ask(actor: Member, place: Place) -> None:
    """Raise NotAllowedError unless the actor may ask parties by mail."""
    require(actor, Permission.PARTY_ASK, place)


def ask(
    session: Session,
    actor: Member,
    place: Place,
    party: Party,
    *,
    email: str,
    name: str,
    language: str,
    at: datetime,
) -> PartyAsking:
    """Ask one person whether what stands about a party is right; another contact is not any more.

    Raises ConflictError for a party that needs no asking, InputError where there is nothing left to
    ask, and for a contact that was asked a moment ago or wants no such mail.
    """
    may_be_asked(session, actor, place, party)
    earlier = askings(session, party)
    same = [one for one in earlier if one.email == email]
    if any(one.state is AskingState.STOPPED for one in same):
        raise InputError({"email": [_STOPPED]})
    _not_too_often(session, same, "email", at)
    wanted = unanswered(session, place, party)
    if not wanted:
        raise InputError({"_schema": [N_("There is nothing left to ask this party.")]})
    for one in earlier:
        if one.state is AskingState.OPEN:
            close(session, one, AskingState.WITHDRAWN, at)
    asking = PartyAsking(
        owner_id=actor.organisation_id,
        journey_id=place.id,
        party_id=party.id,
        email=email,
        name=name,
        language=language,
        asked_by_id=actor.user_id,
        created_at=at,
    )
    session.add(asking)
    session.flush()
    add(session, place, party, asking, wanted, at)
    post(session, actor, asking, at)
    audit.record(session, "party.ask", at=at, thing_id=party.id, after=[party.key, email])
    return asking


def ask_more(session: Session, actor: Member, place: Place, party: Party, *, at: datetime) -> None:
    """Mail the contact again, about what it did not answer and what was written since.

    Raises ConflictError where nobody is asked, InputError as `ask` does.
    """
    may_be_asked(session, actor, place, party)
    asking = open_asking(session, party)
    _not_too_often(session, [asking], "_schema", at)
    add(session, place, party, asking, unanswered(session, place, party, besides=asking), at)
    if not waiting(session, asking):
        raise InputError({"_schema": [N_("There is nothing left to ask this party.")]})
    post(session, actor, asking, at)
    audit.record(session, "party.ask", at=at, thing_id=party.id, after=[party.key, asking.email])


def withdraw(session: Session, actor: Member, place: Place, party: Party, *, at: datetime) -> None:
    """Take the questions back: the links are dead; what was answered stays. ConflictError."""
    require(actor, Permission.PARTY_ASK, place)
    asking = open_asking(session, party)
    close(session, asking, AskingState.WITHDRAWN, at)
    audit.record(session, "party.ask.withdraw", at=at, thing_id=party.id)


def _not_too_often(session: Session, same: Sequence[PartyAsking], field: str, at: datetime) -> None:
    if not same:
        return
    answered = session.scalars(
        select(AskedThing.id)
        .where(
            AskedThing.asking_id.in_([one.id for one in same]),
            AskedThing.answered_at.is_not(None),
        )
        .limit(1)
    ).all()
    last = max((one.mailed_at for one in same if one.mailed_at), default=None)
    reason = too_often(sum(one.mails for one in same), last, len(answered), at)
    if reason is not None:
        raise InputError({field: [_TOO_OFTEN[reason]]})
