"""The coordinator handles what a contact said: dealt with, or corrected and asked again."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from partnerjourney.confirming import queries
from partnerjourney.confirming.models import AskedThing
from partnerjourney.confirming.rules import Answer
from partnerjourney.confirming.services.questions import add, may_be_asked, open_asking, post
from partnerjourney.core import audit
from partnerjourney.core.errors import ConflictError, NotFoundError
from partnerjourney.core.parties import Party
from partnerjourney.core.policy import Permission, require
from partnerjourney.core.scopes import Member
from partnerjourney.journeys.services import Place


def find_thing(session: Session, place: Place, party: Party, thing_id: uuid.UUID) -> AskedThing:
    """Return a question about a party, locked; raises NotFoundError."""
    found = session.scalar(
        select(AskedThing)
        .where(
            AskedThing.journey_id == place.id,
            AskedThing.party_id == party.id,
            AskedThing.id == thing_id,
        )
        .with_for_update()
    )
    if found is None:
        raise NotFoundError
    return found


def handle(
    session: Session, actor: Member, place: Place, thing: AskedThing, *, at: datetime
) -> None:
    """Say that what a contact said has been dealt with; ConflictError where that was done."""
    require(actor, Permission.PARTY_ASK, place)
    if thing.outcome in (None, Answer.RIGHT) or thing.handled_at or thing.replaced_at:
        raise ConflictError("there is nothing to handle here")
    thing.handled_at = at
    session.flush()
    audit.record(
        session,
        "party.answer.handle",
        at=at,
        thing_id=thing.card_id or thing.handover_id,
        journey_id=place.id,
        circle_id=thing.circle_id,
    )


def again(
    session: Session,
    actor: Member,
    place: Place,
    party: Party,
    thing: AskedThing,
    *,
    reply: str,
    at: datetime,
) -> None:
    """Ask the same contact once more about what it said was not right, with a word of ours.

    It is a reply, so it goes out at once, in a mail of its own and whatever was mailed today.
    Raises ConflictError where nobody is asked any more or the thing is gone.
    """
    may_be_asked(session, actor, place, party)
    asking = open_asking(session, party)
    wanted = [
        one
        for one in queries.things(session, place.id, place.parties, party)
        if one.id == queries.thing_of(thing)
    ]
    if not wanted:
        raise ConflictError("this is off the map")
    handle(session, actor, place, thing, at=at)
    add(session, place, party, asking, wanted, at, reply=reply)
    post(session, actor, asking, at)
