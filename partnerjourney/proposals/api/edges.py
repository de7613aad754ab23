"""Hand-overs with the terms that the key's organisation shares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import url_for

from partnerjourney.core import clock
from partnerjourney.core.errors import InputError, NotFoundError
from partnerjourney.handovers import schemas, services
from partnerjourney.handovers.models import HandoverTerms
from partnerjourney.handovers.rules import TERMS
from partnerjourney.handovers.services import Edge
from partnerjourney.journeys import services as journeys
from partnerjourney.journeys.services import Place
from partnerjourney.proposals import queries
from partnerjourney.proposals import services as proposals
from partnerjourney.proposals.api.common import READ, WRITE, api, find_place
from partnerjourney.proposals.models import Proposal
from partnerjourney.touchpoints import services as touchpoints
from partnerjourney.web import rest
from partnerjourney.web.session import session

ALL = "/journeys/<uuid:journey_id>/handovers"
ONE = f"{ALL}/<uuid:handover_id>"
_SHAPE = {"from_card": "from_card_id", "to_card": "to_card_id", "label": "label"}
_SAID = {column: name for name, column in _SHAPE.items()}


def _terms(
    place: Place,
    terms: HandoverTerms,
    members: Mapping[UUID, str],
    waiting: Mapping[UUID, list[Proposal]],
) -> dict[str, Any]:
    return {
        **{name: getattr(terms, name) for name in ("id", *TERMS)},
        "member": members.get(terms.member_id) if terms.member_id else None,
        "proposals": [_proposal(place, one) for one in waiting.get(terms.id, [])],
    }


def _proposal(place: Place, proposal: Proposal) -> dict[str, Any]:
    us = bool(proposals.asked_of(place, proposal))
    return {
        "id": proposal.id,
        "by": proposal.by_party_id,
        "fields_": proposal.fields,
        "reason": proposal.reason,
        "due": proposal.due_at,
        "awaits": "us" if us else "them",
    }


def _document(
    place: Place,
    edge: Edge,
    members: Mapping[UUID, str],
    waiting: Mapping[UUID, list[Proposal]],
) -> dict[str, Any]:
    content = edge.handover.content
    return {
        "id": edge.handover.id,
        "key": edge.handover.key,
        "giver": content.from_party_id,
        "taker": content.to_party_id,
        "from_card": content.from_card_id,
        "to_card": content.to_card_id,
        "label": content.label,
        "told": content.told,
        "terms": [_terms(place, terms, members, waiting) for terms in edge.terms],
    }


@api.operation("GET", ALL, purpose=READ, gives=schemas.HandoverDocument, listed=True)
def handovers(journey_id: UUID, query: dict[str, Any]) -> Any:
    """List the hand-overs of a journey, in the order of their numbers on the map."""
    place = find_place(journey_id)
    members = services.members(session(), place)
    rows, following = rest.paged(
        services.edges(session(), place),
        lambda edge: (edge.handover.content.position, str(edge.handover.id)),
        **query,
    )
    waiting = queries.open_by_terms(session(), place.id)
    return [_document(place, edge, members, waiting) for edge in rows], following


@api.operation("GET", ONE, purpose=READ, gives=schemas.HandoverDocument)
def handover(journey_id: UUID, handover_id: UUID) -> Any:
    """Give one hand-over.

    Of one that is not its own an organisation sees from, to, label and what the customer is told.
    """
    place = find_place(journey_id)
    edge = services.find(session(), place, handover_id)
    return _now(place, edge)


def _now(place: Place, edge: Edge) -> dict[str, Any]:
    waiting = queries.open_by_terms(session(), place.id)
    return _document(place, edge, services.members(session(), place), waiting)


@api.operation(
    "POST",
    ALL,
    purpose=WRITE,
    takes=schemas.NewHandover,
    gives=schemas.HandoverDocument,
    status=201,
)
def add(journey_id: UUID, body: dict[str, Any]) -> Any:
    """Add a hand-over between two cards; for who coordinates the journey."""
    place = find_place(journey_id, lock=True)
    journeys.may_draw(rest.actor(), place)
    ends = {}
    for name in ("from_card", "to_card"):
        try:
            ends[name] = touchpoints.find(session(), place, body[name])
        except NotFoundError:
            raise InputError({name: ["This card is not in the journey."]}) from None
    giver, taker = ends["from_card"], ends["to_card"]
    if giver.content.party_id == taker.content.party_id:
        raise InputError({"to_card": ["A party does not hand over to itself."]})
    made = services.add(
        session(),
        rest.actor(),
        place,
        from_party_id=giver.content.party_id,
        to_party_id=taker.content.party_id,
        from_card_id=giver.id,
        to_card_id=taker.id,
        label=body["label"],
        at=clock.now(),
    )
    edge = services.find(session(), place, made.id)
    address = url_for("handovers_api.handover", journey_id=place.id, handover_id=made.id)
    document = _now(place, edge)
    return document, 201, {"Location": address}


@api.operation(
    "PATCH",
    ONE,
    purpose=WRITE,
    takes=schemas.TermsChange,
    gives=schemas.HandoverDocument,
    matched=True,
)
def change(journey_id: UUID, handover_id: UUID, body: dict[str, Any]) -> Any:
    """Change the terms of a hand-over as far as they are one's own, and propose the rest.

    What needs a yes of the other side needs a `reason`, and stands under `proposals` until it is
    answered; a key answers nothing. Whoever owns the party at an end chooses the card there; who
    coordinates names the fork.
    """
    place = find_place(journey_id, lock=bool(body.keys() & _SHAPE))
    edge = services.find(session(), place, handover_id, lock=True)
    services.may_change(rest.actor(), edge)
    rest.match(schemas.HandoverDocument, _now(place, edge))
    chosen, reason = body.pop("terms"), body.pop("reason")
    _redraw(place, edge, {column: body.pop(n) for n, column in _SHAPE.items() if n in body})
    terms = next((one for one in edge.terms if chosen in (None, one.id)), None)
    if terms is None:
        raise InputError({"terms": ["These terms are not of this hand-over."]})
    proposals.change(
        session(),
        rest.actor(),
        place,
        edge,
        terms,
        version=terms.version,
        at=clock.now(),
        fields=body,
        reason=reason,
    )
    return _now(place, services.find(session(), place, handover_id))


def _redraw(place: Place, edge: Edge, wanted: Mapping[str, Any]) -> None:
    content = edge.handover.content
    to = replace(services.shape(content), **wanted)
    base = journeys.Base(content.version)
    with rest.named(_SAID):
        services.redraw(session(), rest.actor(), place, edge, to, base=base, at=clock.now())


@api.operation("DELETE", ONE, purpose=WRITE, gives=None, status=204, matched=True)
def retire(journey_id: UUID, handover_id: UUID) -> Any:
    """Take a hand-over off the map, unless another organisation agreed to it.

    Its identity stays for what points at it; for who coordinates the journey.
    """
    place = find_place(journey_id, lock=True)
    edge = services.find(session(), place, handover_id, lock=True)
    journeys.may_draw(rest.actor(), place)
    rest.match(schemas.HandoverDocument, _now(place, edge))
    services.retire(session(), rest.actor(), place, edge, at=clock.now())


@api.operation("POST", f"{ONE}/restore", purpose=WRITE, gives=schemas.HandoverDocument)
def restore(journey_id: UUID, handover_id: UUID) -> Any:
    """Put a hand-over that was taken off back on the map; for who coordinates the journey."""
    place = find_place(journey_id, lock=True)
    gone = services.find_any(session(), place, handover_id)
    version = gone.content.version
    services.restore(session(), rest.actor(), place, gone, version=version, at=clock.now())
    return _now(place, services.find(session(), place, handover_id))
