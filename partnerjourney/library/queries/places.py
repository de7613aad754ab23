"""All places over all journeys at which the acting organisation can use an item.

A fixed number of statements, whatever the number of journeys.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from partnerjourney.core.parties import Organisation
from partnerjourney.core.scopes import Actor, Member
from partnerjourney.handovers.models import Handover, HandoverContent, HandoverTerms
from partnerjourney.handovers.services import Edge, standing_terms
from partnerjourney.journeys.services import Place, all_places
from partnerjourney.library.rules import Spot, Way, Why, way
from partnerjourney.proposals.models import EmergencyChange, Mandate
from partnerjourney.proposals.queries import given_to
from partnerjourney.proposals.services import sides_of
from partnerjourney.touchpoints.models import Card, CardContent

Key = tuple[uuid.UUID, uuid.UUID, Spot]
"""Which journey, which card or hand-over, and what of it."""

_CARD = ("name", "channel", "intended_experience")
_OF_EDGE = {
    Spot.CONTACT: ("contact_name", "contact_reach"),
    Spot.HOURS: ("contact_hours",),
    Spot.TOLD: ("told",),
}


@dataclass(frozen=True)
class Spotted:
    """A place of one's own: what stands there, and what a change of it would need.

    `asks` names who must agree, where a change becomes a proposal.
    """

    key: Key
    journey: str
    brand: str
    title: str
    now: Mapping[str, str]
    way: Way
    why: Why | None = None
    asks: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Held:
    """What was read at once for all journeys."""

    places: Mapping[uuid.UUID, Place]
    brands: Mapping[uuid.UUID, str]
    mandates: frozenset[tuple[uuid.UUID, uuid.UUID]]
    urgent: Mapping[uuid.UUID, frozenset[str]]


def all_spots(session: Session, actor: Actor, *, at: datetime) -> dict[Key, Spotted]:
    """Return every place that the organisation may fill from its library, by brand and path."""
    places = {place.id: place for place in all_places(session, actor)}
    if not places:
        return {}
    mine = {p: own for p, place in places.items() if (own := _own(place))}
    parties = {party for some in mine.values() for party in some}
    edges = _edges(session, places, parties)
    held = _Held(
        places,
        _brands(session, places),
        _mandates(session, actor, places, parties, at),
        _urgent(session, [terms.id for edge in edges for terms in edge.terms]),
    )
    found = [_card(held, card) for card in _cards(session, mine)]
    found += [one for edge in edges for one in _of_edge(held, edge)]
    found.sort(key=lambda one: (one.brand, one.journey))
    return {one.key: one for one in found}


def _own(place: Place) -> frozenset[uuid.UUID]:
    return place.standing.party_ids | place.standing.group_ids


def _brands(session: Session, places: Mapping[uuid.UUID, Place]) -> dict[uuid.UUID, str]:
    query = select(Organisation.id, Organisation.name).where(
        Organisation.id.in_({place.journey.organisation_id for place in places.values()})
    )
    names = {row.id: row.name for row in session.execute(query)}
    return {key: names[place.journey.organisation_id] for key, place in places.items()}


def _cards(session: Session, mine: Mapping[uuid.UUID, Collection[uuid.UUID]]) -> list[Card]:
    """Return the cards in lanes that the organisation fills alone, in path order."""
    rows = session.scalars(
        select(Card)
        .join(Card.content)
        .where(
            Card.journey_id.in_(mine),
            Card.retired_at.is_(None),
            CardContent.party_id.in_({party for some in mine.values() for party in some}),
        )
        .order_by(CardContent.position, Card.id)
    )
    return list(rows)


def _edges(
    session: Session, places: Mapping[uuid.UUID, Place], parties: Collection[uuid.UUID]
) -> list[Edge]:
    rows = session.scalars(
        select(Handover)
        .join(Handover.content)
        .where(
            Handover.journey_id.in_(places),
            Handover.retired_at.is_(None),
            or_(
                HandoverContent.from_party_id.in_(parties),
                HandoverContent.to_party_id.in_(parties),
            ),
        )
        .order_by(HandoverContent.position, Handover.id)
    ).all()
    terms: dict[uuid.UUID, list[HandoverTerms]] = {}
    for row in session.scalars(
        select(HandoverTerms)
        .where(
            HandoverTerms.journey_id.in_(places),
            HandoverTerms.handover_id.in_({row.id for row in rows}),
            HandoverTerms.retired_at.is_(None),
        )
        .order_by(HandoverTerms.member_id.is_not(None), HandoverTerms.id)
    ):
        terms.setdefault(row.handover_id, []).append(row)
    return [
        Edge(row, places[row.journey_id].standing, tuple(terms[row.id]))
        for row in rows
        if row.id in terms
    ]


def _mandates(
    session: Session,
    actor: Actor,
    places: Mapping[uuid.UUID, Place],
    parties: Collection[uuid.UUID],
    at: datetime,
) -> frozenset[tuple[uuid.UUID, uuid.UUID]]:
    """Return (journey, party that gave it) of the mandates that hold today.

    An access key has none.
    """
    if not isinstance(actor, Member):
        return frozenset()
    rows = session.scalars(
        select(Mandate).where(
            Mandate.journey_id.in_(places),
            *given_to(parties),
        )
    )
    return frozenset(
        (row.journey_id, row.from_party_id)
        for row in rows
        if row.until >= at.astimezone(ZoneInfo(places[row.journey_id].journey.time_zone)).date()
    )


def _urgent(session: Session, terms: Collection[uuid.UUID]) -> dict[uuid.UUID, frozenset[str]]:
    """Return, per terms, the fields that an emergency change holds."""
    rows = session.execute(
        select(EmergencyChange.terms_id, EmergencyChange.fields).where(
            EmergencyChange.terms_id.in_(terms), EmergencyChange.ended_at.is_(None)
        )
    )
    found: dict[uuid.UUID, frozenset[str]] = {}
    for terms_id, fields in rows:
        found[terms_id] = found.get(terms_id, frozenset()) | frozenset(fields)
    return found


def _card(held: _Held, card: Card) -> Spotted:
    place = held.places[card.journey_id]
    now = {name: getattr(card.content, name) or "" for name in _CARD}
    owns = card.content.party_id in place.standing.party_ids
    return Spotted(
        (place.id, card.id, Spot.CARD),
        place.journey.name,
        held.brands[place.id],
        card.content.name,
        now,
        Way.DIRECT if owns else Way.CANNOT,
        None if owns else Why.GROUP,
    )


def _of_edge(held: _Held, edge: Edge) -> list[Spotted]:
    """Return the contact and its hours, where they are one's own, and what the customer is told."""
    place, terms = held.places[edge.handover.journey_id], edge.terms[0]
    sides = sides_of(place, edge, terms)
    ends = [place.parties[end] for end in (edge.from_party_id, edge.to_party_id)]
    stands = standing_terms(edge.handover, terms)
    title = " → ".join(party.name for party in ends)
    named = f"{terms.name} · {title}" if terms.name else title
    found = []
    for spot, fields in _OF_EDGE.items():
        told = spot is Spot.TOLD
        if not told and not sides.owns_contact:
            continue
        what = way(
            told=told,
            asked=bool(sides.told_by),
            mandated=all((place.id, party) in held.mandates for party in sides.told_by),
            own=sides.owns_contact,
            of_member=sides.of_member,
        )
        why = Why.GROUP if what is Way.CANNOT else None
        if held.urgent.get(terms.id, frozenset()) & set(fields):
            what, why = Way.CANNOT, Why.EMERGENCY
        asks = tuple(place.parties[p].name for p in sides.told_by) if what is Way.PROPOSAL else ()
        now = {name: stands[name] or "" for name in fields}
        key = (place.id, edge.handover.id, spot)
        brand = held.brands[place.id]
        found.append(Spotted(key, place.journey.name, brand, named, now, what, why, asks))
    return found
