"""Proposals that the key's organisation shares: reading, making, and leading one's own further."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import url_for

from partnerjourney.core import clock
from partnerjourney.core.errors import NotFoundError
from partnerjourney.journeys.services import Place
from partnerjourney.proposals import queries, schemas, services
from partnerjourney.proposals.api.common import READ, WRITE, api, find_place
from partnerjourney.proposals.queries import ListedProposal
from partnerjourney.proposals.rules import State
from partnerjourney.touchpoints import services as touchpoints
from partnerjourney.web import rest
from partnerjourney.web.session import session

PROPOSALS = "/journeys/<uuid:journey_id>/proposals"
PROPOSAL = f"{PROPOSALS}/<uuid:proposal_id>"
_OF_PROPOSAL = (
    *("id", "state", "by_party_id", "handover_id", "terms_id", "card_id", "fields"),
    *("reason", "answer", "made_at", "due_at", "decided_at"),
)


@api.operation(
    "GET",
    PROPOSALS,
    purpose=READ,
    gives=schemas.ListedProposalDocument,
    asks=schemas.ProposalQuery,
    listed=True,
)
def all_proposals(journey_id: UUID, query: dict[str, Any]) -> Any:
    """List the proposals that the organisation shares, the next due first."""
    place, state = find_place(journey_id), query.pop("state")
    rows, following = rest.paged(
        queries.listed(session(), [place.id], states=[state] if state else ()),
        lambda row: (row.proposal.due_at.isoformat(), str(row.proposal.id)),
        **query,
    )
    return [_listed(place, row) for row in rows], following


@api.operation("GET", PROPOSAL, purpose=READ, gives=schemas.ListedProposalDocument)
def one_proposal(journey_id: UUID, proposal_id: UUID) -> Any:
    """Give one proposal."""
    return _one_listed(find_place(journey_id), proposal_id)


@api.operation("DELETE", PROPOSAL, purpose=WRITE, gives=None, status=204, matched=True)
def withdraw(journey_id: UUID, proposal_id: UUID) -> Any:
    """Take back what one's own organisation proposed, from all that were asked."""
    place = find_place(journey_id)
    found = services.find(session(), place, proposal_id, lock=True)
    rest.match(schemas.ListedProposalDocument, _one_listed(place, proposal_id))
    services.withdraw(session(), rest.actor(), place, found, at=clock.now())


@api.operation(
    "POST",
    f"{PROPOSAL}/renew",
    purpose=WRITE,
    takes=schemas.Renewal,
    gives=schemas.RenewedDocument,
)
def renew(journey_id: UUID, proposal_id: UUID, body: dict[str, Any]) -> Any:
    """Put what one's own organisation proposed forward again, upon what stands now.

    It is 409 unless the proposal is stale, lapsed or refused. None is made where the other side's
    mandate lets it hold at once.
    """
    place = find_place(journey_id)
    found = services.find(session(), place, proposal_id, lock=True)
    outcome = services.renew(session(), rest.actor(), place, found, at=clock.now(), **body)
    return {"proposals": [_one_listed(place, made.id) for made in outcome.proposals]}


@api.operation("POST", f"{PROPOSAL}/remind", purpose=WRITE, gives=schemas.RemindedDocument)
def remind(journey_id: UUID, proposal_id: UUID) -> Any:
    """Have who is asked mailed now, once a day at most; for who proposed it."""
    place = find_place(journey_id)
    found = services.find(session(), place, proposal_id)
    return {"sent": services.remind(session(), rest.actor(), place, found, at=clock.now())}


@api.operation(
    "POST",
    "/journeys/<uuid:journey_id>/cards/<uuid:card_id>/proposals",
    purpose=WRITE,
    takes=schemas.CardProposal,
    gives=schemas.ListedProposalDocument,
    status=201,
)
def propose_card(journey_id: UUID, card_id: UUID, body: dict[str, Any]) -> Any:
    """Put other words for a card of another party to it; a person of that party answers.

    A card of one's own is changed: it is 409 here.
    """
    place = find_place(journey_id)
    card = touchpoints.find(session(), place, card_id, lock=True)
    reason = body.pop("reason")
    made = services.propose_card(
        session(), rest.actor(), place, card, fields=body, reason=reason, at=clock.now()
    )
    address = url_for("handovers_api.one_proposal", journey_id=place.id, proposal_id=made.id)
    return _one_listed(place, made.id), 201, {"Location": address}


def _one_listed(place: Place, proposal_id: UUID) -> dict[str, Any]:
    for row in queries.listed(session(), [place.id], proposal_id=proposal_id):
        return _listed(place, row)
    raise NotFoundError


def _listed(place: Place, row: ListedProposal) -> dict[str, Any]:
    one = row.proposal
    said = {name: getattr(one, name) for name in _OF_PROPOSAL}
    us = bool(services.asked_of(place, one))
    awaits = ("us" if us else "them") if one.state is State.OPEN else None
    return {**said, "title": row.title, "awaits": awaits}
