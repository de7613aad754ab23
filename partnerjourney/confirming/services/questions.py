"""What asking and handling share: who may be asked, what is left to ask, and storing questions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from partnerjourney.answering.services import end
from partnerjourney.confirming import queries
from partnerjourney.confirming.models import AskedThing, PartyAsking
from partnerjourney.confirming.queries import Thing
from partnerjourney.confirming.rules import Answer, AskingState
from partnerjourney.core import border, circles, jobs
from partnerjourney.core.errors import ConflictError
from partnerjourney.core.parties import Party
from partnerjourney.core.policy import Permission, require
from partnerjourney.core.scopes import Member
from partnerjourney.journeys.services import Place
from partnerjourney.organisations.services import filled

JOB = "party-asking.send"


def may_be_asked(session: Session, actor: Member, place: Place, party: Party) -> None:
    """Raise NotAllowedError or ConflictError unless the actor may ask this party by mail."""
    require(actor, Permission.PARTY_ASK, place)
    if party.id not in place.parties or not party.provisional or party.orchestrator:
        raise ConflictError("this party has nothing to confirm by mail")
    if filled(session, party):
        raise ConflictError("somebody joined as this party, and answers with an account")


def askings(session: Session, party: Party) -> list[PartyAsking]:
    """Return whom was asked about a party, oldest first, locked."""
    return list(
        session.scalars(
            select(PartyAsking)
            .where(PartyAsking.journey_id == party.journey_id, PartyAsking.party_id == party.id)
            .order_by(PartyAsking.created_at)
            .with_for_update()
        )
    )


def open_asking(session: Session, party: Party) -> PartyAsking:
    """Return the asking about a party that is open, locked; ConflictError where there is none."""
    found = [one for one in askings(session, party) if one.state is AskingState.OPEN]
    if not found:
        raise ConflictError("nobody is asked about this party")
    return found[-1]


def unanswered(
    session: Session, place: Place, party: Party, *, besides: PartyAsking | None = None
) -> list[Thing]:
    """Return what stands of a party and was not answered as it stands now.

    With `besides` an open question of that asking counts as asked, and what its contact said was
    not right waits for the coordinator.
    """
    rows = queries.latest(queries.asked(session, place.id, [party.id]))
    found = []
    for thing in queries.things(session, place.id, place.parties, party):
        row = rows.get((party.id, thing.id))
        same = row is not None and dict(row.said) == dict(thing.said)
        if row is not None and row.outcome is Answer.RIGHT and same:
            continue
        own = row is not None and besides is not None and row.asking_id == besides.id
        if row is None or not own or (row.answered_at is not None and not same):
            found.append(thing)
    return found


def waiting(session: Session, asking: PartyAsking) -> bool:
    """Say whether a question of an asking waits for its answer."""
    query = select(AskedThing.id).where(
        AskedThing.journey_id == asking.journey_id,
        AskedThing.asking_id == asking.id,
        AskedThing.answered_at.is_(None),
        AskedThing.replaced_at.is_(None),
    )
    return session.scalar(query.limit(1)) is not None


def add(
    session: Session,
    place: Place,
    party: Party,
    asking: PartyAsking,
    wanted: Sequence[Thing],
    at: datetime,
    *,
    reply: str = "",
) -> None:
    """Store a question for each thing; earlier ones about the same are replaced by it."""
    earlier = queries.latest(queries.asked(session, place.id, [party.id]))
    seats = [one for one in (party, place.orchestrator) if one is not None]
    cards = circles.circle_for(session, place.id, seats)
    before = [earlier.get((party.id, thing.id)) for thing in wanted]
    replace(session, [row for row in before if row is not None], at)
    for position, thing in enumerate(wanted):
        session.add(
            AskedThing(
                journey_id=place.id,
                circle_id=thing.circle_id or cards,
                asking_id=asking.id,
                party_id=party.id,
                card_id=thing.id if thing.is_card else None,
                handover_id=None if thing.is_card else thing.id,
                position=position,
                said=dict(thing.said),
                reply=reply,
                asked_at=at,
            )
        )
    session.flush()


def replace(session: Session, rows: Sequence[AskedThing], at: datetime) -> None:
    """Take questions back: what was said stays in the past, and their links open nothing."""
    for row in rows:
        row.replaced_at = at
    if rows:
        with border.verb(session, "questions were replaced") as system:
            for row in rows:
                end(system, row.id, at=at)


def close(session: Session, asking: PartyAsking, state: AskingState, at: datetime) -> None:
    """End an asking: what nobody answered is taken back."""
    asking.state, asking.ended_at = state, at
    rows = session.scalars(
        select(AskedThing).where(
            AskedThing.journey_id == asking.journey_id,
            AskedThing.asking_id == asking.id,
            AskedThing.answered_at.is_(None),
            AskedThing.replaced_at.is_(None),
        )
    ).all()
    replace(session, rows, at)
    session.flush()


def post(session: Session, actor: Member, asking: PartyAsking, at: datetime) -> None:
    """Count a mail, and have it sent."""
    asking.mails, asking.mailed_at = asking.mails + 1, at
    session.flush()
    jobs.enqueue(
        session,
        JOB,
        at=at,
        dedupe_key=f"{asking.id.hex} {asking.mails}",
        thing_id=asking.id,
        organisation_id=actor.organisation_id,
        user_id=actor.user_id,
    )
