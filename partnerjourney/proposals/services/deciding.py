"""Answering a proposal: yes to exactly what was shown, no with a reason, back, and again."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from partnerjourney.core.errors import ConflictError, InputError, StaleVersionError
from partnerjourney.core.policy import NotAllowedError, Permission, require
from partnerjourney.core.scopes import Actor, Member
from partnerjourney.core.texts import N_
from partnerjourney.handovers import services as handovers
from partnerjourney.journeys.services import Place
from partnerjourney.proposals import signals
from partnerjourney.proposals.models import Proposal
from partnerjourney.proposals.rules import (
    RENEWABLE,
    Means,
    State,
    read,
    restored,
    stands,
    waits_for,
)
from partnerjourney.proposals.services import cards, noting, settling
from partnerjourney.proposals.services.changing import Outcome, change, make_stale
from partnerjourney.proposals.services.finding import asked_of, hold, is_mine
from partnerjourney.proposals.services.sides import speaks_for


def accept(
    session: Session,
    actor: Member,
    place: Place,
    proposal: Proposal,
    *,
    at: datetime,
    means: Means = Means.SIGNED_IN,
) -> None:
    """Say yes to a proposal that `find` holds; the last yes writes exactly what it says.

    Raises ConflictError where it is not open, and StaleVersionError where what it was made upon
    does not stand any more.
    """
    _may_answer(actor, place, proposal)
    mine = asked_of(place, proposal)
    if not mine:
        raise ConflictError("nothing waits for your answer here")
    told = {str(party): {"at": at.isoformat(), "means": means.value} for party in mine}
    proposal.agreed = {**proposal.agreed, **told}
    noting.note(session, proposal, "proposal.agree", at=at, after={"means": means.value})
    if waits_for(proposal.asked, proposal.agreed):
        session.flush()
        return
    _apply(session, actor, place, proposal, at)


def _apply(session: Session, actor: Member, place: Place, proposal: Proposal, at: datetime) -> None:
    fields = read(proposal.fields)
    held = hold(session, place, proposal)
    new = {name: one.after for name, one in fields.items()}
    if held is None:
        decide(session, proposal, State.ACCEPTED, at=at)  # first: what changes makes others stale
        cards.apply(session, actor, place, proposal, new, at=at)
        return
    edge, terms = held
    now = handovers.standing_terms(edge.handover, terms)
    if not stands(fields, now):
        raise StaleVersionError({name: now[name] for name in fields})
    decide(session, proposal, State.ACCEPTED, at=at)
    handovers.write(session, edge.handover, terms, new, at=at, verb="handover.agreed")
    make_stale(session, edge.handover, terms, at=at)
    settling.settle(session, proposal, at=at)


def decide(
    session: Session, proposal: Proposal, state: State, *, at: datetime, answer: str = ""
) -> None:
    """Close an open proposal and tell whoever listens."""
    proposal.state, proposal.decided_at, proposal.answer = state, at, answer
    session.flush()
    signals.decided.send(session, proposal=proposal, at=at)


def reject(
    session: Session, actor: Member, place: Place, proposal: Proposal, *, reason: str, at: datetime
) -> None:
    """Say no, and why; raises InputError without a reason, ConflictError where it is not open."""
    _may_answer(actor, place, proposal)
    if not asked_of(place, proposal):
        raise ConflictError("nothing waits for your answer here")
    if not reason.strip():
        raise InputError({"reason": [N_("Say why not: it helps the other side.")]})
    noting.note(session, proposal, "proposal.reject", at=at, after={"reason": reason})
    decide(session, proposal, State.REJECTED, at=at, answer=reason.strip())
    settling.settle(session, proposal, at=at)


def withdraw(
    session: Session, actor: Actor, place: Place, proposal: Proposal, *, at: datetime
) -> None:
    """Take back what the acting organisation proposed, from all that were asked."""
    require(actor, Permission.PROPOSAL_STEER, place)
    if not is_mine(place, proposal):
        raise NotAllowedError(Permission.PROPOSAL_STEER)
    if proposal.state is not State.OPEN:
        raise ConflictError("this proposal is open no more")
    for member in settling.members(session, proposal):
        if member.state is State.OPEN:
            decide(session, member, State.WITHDRAWN, at=at)
    noting.note(session, proposal, "proposal.withdraw", at=at)
    decide(session, proposal, State.WITHDRAWN, at=at)


def counter(
    session: Session,
    actor: Member,
    place: Place,
    proposal: Proposal,
    *,
    fields: Mapping[str, Any],
    reason: str,
    at: datetime,
) -> Outcome:
    """Answer a proposal about a hand-over with another one; the first is closed by it.

    `fields` are what the acting side wants instead; what is its own to say holds at once. Raises
    InputError where that is what stands.
    """
    _may_answer(actor, place, proposal)
    if not asked_of(place, proposal):
        raise ConflictError("nothing waits for your answer here")
    held = hold(session, place, proposal)
    if held is None:
        raise ConflictError("a card is changed by its owner")
    edge, terms = held
    outcome = change(
        session,
        actor,
        place,
        edge,
        terms,
        version=terms.version,
        at=at,
        fields=fields,
        reason=reason,
    )
    if outcome == Outcome():
        raise InputError({"_schema": [N_("This is what stands now: there is nothing to propose.")]})
    for made in outcome.proposals:
        made.counters_id = proposal.id
    session.flush()
    noting.note(session, proposal, "proposal.counter", at=at)
    decide(session, proposal, State.REJECTED, at=at, answer=reason.strip())
    settling.settle(session, proposal, at=at)
    return outcome


def renew(
    session: Session,
    actor: Actor,
    place: Place,
    proposal: Proposal,
    *,
    reason: str = "",
    at: datetime,
) -> Outcome:
    """Put a stale, lapsed or rejected proposal forward again, upon what stands now.

    Raises ConflictError where it is none of these, or where nothing of it is left to propose.
    """
    _may_steer(actor, place, proposal)
    held = hold(session, place, proposal)
    if proposal.state not in RENEWABLE:
        raise ConflictError("this proposal cannot be renewed")
    wanted = {name: one.after for name, one in read(proposal.fields).items()}
    if held is None:
        return cards.renew(session, actor, place, proposal, wanted, reason=reason, at=at)
    edge, terms = held
    outcome = change(
        session,
        actor,
        place,
        edge,
        terms,
        version=terms.version,
        at=at,
        fields=wanted,
        reason=reason or proposal.reason,
    )
    if not outcome.proposals and not outcome.mandated:
        raise ConflictError("all of this stands already")
    for made in outcome.proposals:
        made.renews_id = proposal.id
    session.flush()
    return outcome


def objectable(place: Place, proposal: Proposal, *, at: datetime) -> bool:
    """Say whether the acting organisation can still take back what its silence agreed to."""
    silent = [
        uuid.UUID(party)
        for party, told in proposal.agreed.items()
        if told["means"] == Means.SILENCE.value
    ]
    return (
        proposal.state is State.ACCEPTED
        and proposal.object_until is not None
        and at <= proposal.object_until
        and any(speaks_for(place, party_id) for party_id in silent)
    )


def object_to(
    session: Session, actor: Member, place: Place, proposal: Proposal, *, reason: str, at: datetime
) -> list[str]:
    """Take back what silence agreed to: the old text stands again; return the fields it restored.

    What was agreed anew since is left as it is. Raises ConflictError after ten working days.
    """
    _may_answer(actor, place, proposal)
    if not objectable(place, proposal, at=at):
        raise ConflictError("silence can be objected to for ten working days")
    if not reason.strip():
        raise InputError({"reason": [N_("Say why not: it helps the other side.")]})
    held = hold(session, place, proposal)
    assert held is not None  # silence agrees to nothing about cards
    edge, terms = held
    old = restored(read(proposal.fields), handovers.standing_terms(edge.handover, terms))
    handovers.write(session, edge.handover, terms, old, at=at, verb="handover.objected")
    make_stale(session, edge.handover, terms, at=at)
    proposal.objected_at = at
    decide(session, proposal, State.REJECTED, at=at, answer=reason.strip())
    return list(old)


def _may_answer(actor: Member, place: Place, proposal: Proposal) -> None:
    require(actor, Permission.PROPOSAL_ANSWER, place)
    if not any(speaks_for(place, uuid.UUID(party)) for party in proposal.asked):
        raise NotAllowedError(Permission.PROPOSAL_ANSWER)


def _may_steer(actor: Actor, place: Place, proposal: Proposal) -> None:
    require(actor, Permission.PROPOSAL_STEER, place)
    if not is_mine(place, proposal):
        raise NotAllowedError(Permission.PROPOSAL_STEER)
