"""A group's definition follows its members: it is decided once each of them has answered."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from partnerjourney.core import border
from partnerjourney.handovers import services as handovers
from partnerjourney.handovers.models import Handover, HandoverTerms
from partnerjourney.proposals import signals
from partnerjourney.proposals.models import Proposal
from partnerjourney.proposals.rules import State, read, stands


def members(session: Session, proposal: Proposal) -> list[Proposal]:
    """Return the proposals that a group's members answer, as far as this session sees them."""
    wanted = [uuid.UUID(one) for one in proposal.members]
    if not wanted:
        return []
    return list(
        session.scalars(
            select(Proposal)
            .where(Proposal.journey_id == proposal.journey_id, Proposal.id.in_(wanted))
            .order_by(Proposal.id)
        )
    )


def settle(session: Session, proposal: Proposal, *, at: datetime) -> None:
    """Decide the definition's proposal when this answer of a member was the last one.

    A member reads neither the definition nor the answers of others, and learns nothing of this.
    """
    terms = session.get_one(HandoverTerms, (proposal.journey_id, proposal.terms_id))
    if terms.member_id is None:
        return
    if border.lifted(session):
        _settle(session, proposal, at)
        return
    with border.verb(session, "settle a definition") as system:
        _settle(system, proposal, at)


def _settle(system: Session, answered: Proposal, at: datetime) -> None:
    for parent in system.scalars(
        select(Proposal)
        .where(
            Proposal.journey_id == answered.journey_id,
            Proposal.handover_id == answered.handover_id,
            Proposal.state == State.OPEN,
        )
        .order_by(Proposal.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all():
        if str(answered.id) in parent.members:
            _follow(system, parent, at)


def _follow(system: Session, parent: Proposal, at: datetime) -> None:
    states = [
        row.state
        for row in system.execute(
            select(Proposal.state).where(
                Proposal.journey_id == parent.journey_id,
                Proposal.id.in_([uuid.UUID(one) for one in parent.members]),
            )
        )
    ]
    if State.OPEN in states:
        return
    parent.decided_at = at
    parent.state = State.ACCEPTED if State.ACCEPTED in states else State.REJECTED
    if parent.state is State.ACCEPTED:
        handover = system.get_one(Handover, (parent.journey_id, parent.handover_id))
        terms = system.get_one(HandoverTerms, (parent.journey_id, parent.terms_id))
        fields = read(parent.fields)
        if stands(fields, handovers.standing_terms(handover, terms)):
            new = {name: one.after for name, one in fields.items()}
            handovers.write(system, handover, terms, new, at=at, verb="handover.agreed")
        else:
            parent.state = State.STALE
    system.flush()
    signals.decided.send(system, proposal=parent, at=at)
