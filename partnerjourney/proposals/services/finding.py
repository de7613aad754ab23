"""Finding a proposal, holding what it is about, and who answers it."""

from __future__ import annotations

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from partnerjourney.core.errors import ConflictError, NotFoundError
from partnerjourney.handovers import services as handovers
from partnerjourney.handovers.models import HandoverTerms
from partnerjourney.handovers.services import Edge
from partnerjourney.journeys.services import Place
from partnerjourney.proposals.models import Proposal
from partnerjourney.proposals.rules import State, Subject, waits_for
from partnerjourney.proposals.services.sides import speaks_for
from partnerjourney.touchpoints import services as touchpoints


def find(session: Session, place: Place, proposal_id: uuid.UUID, *, lock: bool = False) -> Proposal:
    """Return a proposal of this journey that the actor shares; raises NotFoundError.

    With `lock` what it is about is held first, as everybody does who changes that.
    """
    query = select(Proposal).where(Proposal.journey_id == place.id, Proposal.id == proposal_id)
    found = session.scalar(query)
    if found is None:
        raise NotFoundError
    if not lock:
        return found
    hold(session, place, found)
    again = query.with_for_update().execution_options(populate_existing=True)
    return session.scalars(again).one()


def hold(session: Session, place: Place, proposal: Proposal) -> tuple[Edge, HandoverTerms] | None:
    """Hold what a proposal is about; of a hand-over return it with the terms, None for a card.

    Raises ConflictError where it is off the map by now.
    """
    try:
        if proposal.subject is Subject.CARD:
            assert proposal.card_id is not None
            touchpoints.find(session, place, proposal.card_id, lock=True)
            return None
        assert proposal.handover_id is not None
        edge = handovers.find(session, place, proposal.handover_id, lock=True)
    except NotFoundError:
        raise ConflictError("what this proposal is about is off the map") from None
    terms = next(row for row in edge.terms if row.id == proposal.terms_id)
    session.refresh(terms)
    session.refresh(edge.handover.content)
    return edge, terms


def asked_of(place: Place, proposal: Proposal) -> list[uuid.UUID]:
    """Return for which parties the acting organisation can still say yes or no."""
    if proposal.state is not State.OPEN or proposal.members:
        return []  # the members answer, each for itself
    waiting = [uuid.UUID(one) for one in waits_for(proposal.asked, proposal.agreed)]
    return [party_id for party_id in waiting if speaks_for(place, party_id)]


def is_mine(place: Place, proposal: Proposal) -> bool:
    """Say whether the acting organisation put it forward."""
    return speaks_for(place, proposal.by_party_id)
