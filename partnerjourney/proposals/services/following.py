"""What proposals do of themselves when something else happens: follow, go stale, be timed."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from partnerjourney.core import border, jobs, workdays
from partnerjourney.core.departing import Departure, participation_left
from partnerjourney.core.errors import ConflictError
from partnerjourney.core.policy import NotAllowedError, Permission, require
from partnerjourney.core.scopes import Actor, Member
from partnerjourney.handovers import signals as handover_signals
from partnerjourney.handovers.models import Handover, HandoverTerms
from partnerjourney.journeys.services import Place
from partnerjourney.notices.services import Ladder
from partnerjourney.organisations.queries import calendar_of_party
from partnerjourney.proposals import signals
from partnerjourney.proposals.models import EmergencyChange, Proposal
from partnerjourney.proposals.rules import State, Subject, read, written
from partnerjourney.proposals.services import cards, mandates, settling
from partnerjourney.proposals.services.sides import speaks_for
from partnerjourney.touchpoints import signals as card_signals
from partnerjourney.touchpoints.models import Card

LADDER = Ladder("proposals")
CLOSE, FALL_BACK = "proposals.close", "proposals.fall_back"
ALARM, CALMED = "proposals.emergency", "proposals.calmed"


@signals.made.connect
def _time(session: Session, *, proposal: Proposal, at: datetime) -> None:
    """Have its people mailed on the third, fourth and fifth day, and what time decides, decided."""
    if border.lifted(session):
        time_steps(session, proposal)
        return
    with border.verb(session, "time a proposal") as system:
        time_steps(system, proposal)


def time_steps(system: Session, proposal: Proposal) -> None:
    """Enqueue what happens to a proposal by itself, once each."""
    member = None
    if proposal.terms_id is not None:
        terms = system.get_one(HandoverTerms, (proposal.journey_id, proposal.terms_id))
        member = terms.member_id
    made = proposal.made_at
    calendar = calendar_of_party(
        system,
        proposal.journey_id,
        uuid.UUID(proposal.asked[0]),
        participation_id=member,
    )
    LADDER.time(system, proposal.id, made, calendar)
    _enqueue(system, CLOSE, proposal.id, proposal.due_at, made)


def _enqueue(system: Session, kind: str, thing: uuid.UUID, run_at: datetime, at: datetime) -> None:
    jobs.enqueue(system, kind, at=at, run_at=run_at, thing_id=thing, dedupe_key=str(thing))


@signals.emergency.connect
def _time_emergency(session: Session, *, change: EmergencyChange, at: datetime) -> None:
    """Let the change fall back when its time is up."""
    with border.verb(session, "time an emergency change") as system:
        _enqueue(system, FALL_BACK, change.id, change.until, at)
        _alarm(system, ALARM, session, change, at)


@signals.calmed.connect
def _tell_calmed(session: Session, *, change: EmergencyChange, at: datetime) -> None:
    """Have all who share it told that the old text stands again, but for who ended it by hand."""
    if border.lifted(session):
        _alarm(session, CALMED, session, change, at)
        return
    with border.verb(session, "an emergency change ended") as system:
        _alarm(system, CALMED, session, change, at)


def _alarm(
    system: Session, kind: str, acting: Session, change: EmergencyChange, at: datetime
) -> None:
    scope = border.scope_of(acting)
    jobs.enqueue(
        system,
        kind,
        at=at,
        thing_id=change.id,
        dedupe_key=str(change.id),
        organisation_id=scope.organisation_id if isinstance(scope, Member) else None,
    )


@card_signals.changed.connect
def _card_changed(session: Session, *, card: Card, at: datetime) -> None:
    """What others proposed upon the card's old words is out of date, whoever proposed it."""
    if border.lifted(session):
        cards.make_stale(session, card, at=at)
        return
    with border.verb(session, "proposals for a card that changed") as system:
        cards.make_stale(system, card, at=at)


@handover_signals.retired.connect
def _handover_retired(session: Session, *, handover: Handover, at: datetime) -> None:
    """Nothing is proposed any more about what is off the map."""
    with border.verb(session, "proposals for a retired hand-over") as system:
        for proposal in system.scalars(
            select(Proposal).where(
                Proposal.journey_id == handover.journey_id,
                Proposal.handover_id == handover.id,
                Proposal.state == State.OPEN,
            )
        ).all():
            proposal.state, proposal.decided_at = State.STALE, at
            signals.decided.send(system, proposal=proposal, at=at)
        system.flush()


@participation_left.connect
def _party_left(system: Session, *, departure: Departure) -> None:
    """What waits in the circles that close can be agreed to no more; a definition may follow.

    A mandate was given by who left or to it, and ends with it.
    """
    journey_id = departure.participation.journey_id
    mandates.end(system, journey_id, departure.closed, departure.at)
    for proposal in system.scalars(
        select(Proposal)
        .where(
            Proposal.journey_id == journey_id,
            Proposal.circle_id.in_(departure.closed),
            Proposal.state == State.OPEN,
        )
        .order_by(Proposal.id)
        .with_for_update()
    ).all():
        proposal.state, proposal.decided_at = State.STALE, departure.at
        system.flush()
        signals.decided.send(system, proposal=proposal, at=departure.at)
        if proposal.terms_id is not None:
            settling.settle(system, proposal, at=departure.at)


@handover_signals.terms_made.connect
def _member_joined(
    system: Session, *, handover: Handover, terms: HandoverTerms, at: datetime
) -> None:
    """Ask a new member of a group, too, what its group's definition waits for."""
    definition = system.scalar(
        select(HandoverTerms.id).where(
            HandoverTerms.journey_id == handover.journey_id,
            HandoverTerms.handover_id == handover.id,
            HandoverTerms.member_id.is_(None),
        )
    )
    for parent in system.scalars(
        select(Proposal)
        .where(
            Proposal.journey_id == handover.journey_id,
            Proposal.terms_id == definition,
            Proposal.state == State.OPEN,
        )
        .with_for_update()
    ).all():
        _ask_member(system, parent, terms, at)


def _ask_member(system: Session, parent: Proposal, terms: HandoverTerms, at: datetime) -> None:
    fields = {name: one for name, one in read(parent.fields).items() if name != "told"}
    if not fields:
        return
    calendar = calendar_of_party(
        system,
        parent.journey_id,
        uuid.UUID(parent.asked[0]),
        participation_id=terms.member_id,
    )
    made = Proposal(
        journey_id=parent.journey_id,
        circle_id=terms.circle_id,
        subject=Subject.HANDOVER,
        handover_id=parent.handover_id,
        terms_id=terms.id,
        by_party_id=parent.by_party_id,
        by_organisation_id=parent.by_organisation_id,
        fields=written(fields),
        reason=parent.reason,
        asked=list(parent.asked),
        made_at=at,
        due_at=workdays.deadline(at, workdays.ANSWER_WITHIN, calendar),
    )
    system.add(made)
    system.flush()
    parent.members = [*parent.members, str(made.id)]
    system.flush()
    signals.made.send(system, proposal=made, at=at)


def remind(
    session: Session, actor: Actor, place: Place, proposal: Proposal, *, at: datetime
) -> bool:
    """Have who is asked mailed now, once a day; says whether one goes out.

    Only who put it forward reminds; raises ConflictError where nobody is asked any more.
    """
    require(actor, Permission.PROPOSAL_STEER, place)
    if not speaks_for(place, proposal.by_party_id):
        raise NotAllowedError(Permission.PROPOSAL_STEER)
    if proposal.state is not State.OPEN:
        raise ConflictError("nobody is asked any more")
    things = [proposal.id, *(uuid.UUID(member) for member in proposal.members)]
    with border.verb(session, "remind of a proposal") as system:
        again = [LADDER.ask_again(system, one, at=at) for one in things]
    return any(again)
