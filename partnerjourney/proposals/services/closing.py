"""What time decides: silence that is consent, proposals that lapse, and who is mailed before."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from partnerjourney.core import workdays
from partnerjourney.handovers import services as handovers
from partnerjourney.handovers.models import Handover, HandoverTerms
from partnerjourney.organisations.queries import calendar_of_party
from partnerjourney.proposals import signals
from partnerjourney.proposals.models import Proposal, SilentConsent
from partnerjourney.proposals.rules import (
    OBJECT_WITHIN,
    Means,
    State,
    Subject,
    has_promise,
    may_consent_by_silence,
    read,
    stands,
    waits_for,
)
from partnerjourney.proposals.services import noting, settling
from partnerjourney.proposals.services.changing import make_stale


def find_open(system: Session, proposal_id: uuid.UUID) -> Proposal | None:
    """Return a proposal that is still open, held with what it is about, under System."""
    found = system.scalar(select(Proposal).where(Proposal.id == proposal_id))
    if found is None:
        return None
    if found.handover_id is not None:
        system.scalars(
            select(Handover.id)
            .where(Handover.journey_id == found.journey_id, Handover.id == found.handover_id)
            .with_for_update(of=Handover)
        ).all()
    again = system.scalar(
        select(Proposal)
        .where(Proposal.journey_id == found.journey_id, Proposal.id == proposal_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return again if again is not None and again.state is State.OPEN else None


def silent_here(system: Session, proposal: Proposal) -> bool:
    """Say whether silence is consent to this proposal: all sides switched that on for it."""
    if proposal.subject is not Subject.HANDOVER or proposal.members:
        return False
    on = system.scalars(
        select(SilentConsent.party_id).where(
            SilentConsent.journey_id == proposal.journey_id,
            SilentConsent.circle_id == proposal.circle_id,
            SilentConsent.switched_on.is_(True),
        )
    ).all()
    return may_consent_by_silence(
        promise=has_promise(proposal.fields),
        sides=[*proposal.asked, str(proposal.by_party_id)],
        on=[str(party) for party in on],
    )


def close(system: Session, proposal: Proposal, *, at: datetime) -> None:
    """Decide an open proposal whose time is up: by silence, or as an open point.

    Does nothing before that. Runs under System, on what `find_open` holds.
    """
    if at < proposal.due_at:
        return
    if proposal.members:
        return  # its members' answers decide it, and theirs run out too
    if not silent_here(system, proposal):
        _decide(system, proposal, State.LAPSED, at, "proposal.lapse")
        settling.settle(system, proposal, at=at)
        return
    handover = system.get_one(Handover, (proposal.journey_id, proposal.handover_id))
    terms = system.get_one(HandoverTerms, (proposal.journey_id, proposal.terms_id))
    fields = read(proposal.fields)
    if not stands(fields, handovers.standing_terms(handover, terms)):
        _decide(system, proposal, State.STALE, at, "proposal.stale")
        return
    silent = waits_for(proposal.asked, proposal.agreed)
    told = {one: {"at": at.isoformat(), "means": Means.SILENCE.value} for one in silent}
    proposal.agreed = {**proposal.agreed, **told}
    proposal.object_until = max(
        workdays.deadline(proposal.due_at, OBJECT_WITHIN, _calendar(system, proposal, terms, one))
        for one in silent
    )
    _decide(system, proposal, State.ACCEPTED, at, "proposal.silence")
    new = {name: one.after for name, one in fields.items()}
    handovers.write(system, handover, terms, new, at=at, verb="handover.agreed")
    make_stale(system, handover, terms, at=at)
    settling.settle(system, proposal, at=at)


def _calendar(
    system: Session, proposal: Proposal, terms: HandoverTerms, party: str
) -> workdays.WorkCalendar:
    return calendar_of_party(
        system, proposal.journey_id, uuid.UUID(party), participation_id=terms.member_id
    )


def _decide(system: Session, proposal: Proposal, state: State, at: datetime, verb: str) -> None:
    proposal.state, proposal.decided_at = state, at
    system.flush()
    noting.note(system, proposal, verb, at=at)
    signals.decided.send(system, proposal=proposal, at=at)
