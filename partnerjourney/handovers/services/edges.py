"""Reading and drawing hand-overs; each has terms in the circles that share it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from partnerjourney.core import audit, circles
from partnerjourney.core.circles import participation_joined
from partnerjourney.core.errors import ConflictError, InputError, NotFoundError
from partnerjourney.core.parties import Participation, Party, PartyKind
from partnerjourney.core.policy import Permission, Standing, require
from partnerjourney.core.scopes import Actor
from partnerjourney.core.texts import N_
from partnerjourney.handovers import signals
from partnerjourney.handovers.models import Handover, HandoverContent, HandoverTerms
from partnerjourney.handovers.rules import TERMS
from partnerjourney.journeys.rules import new_key
from partnerjourney.journeys.services import Place
from partnerjourney.touchpoints.models import Card

PUBLIC = ("label", "told", "from_card_id", "to_card_id")


@dataclass(frozen=True)
class Edge:
    """One hand-over as the acting organisation stands to it; `terms` only in its circles.

    `terms` has the definition first, then the rows of a group's members.
    """

    handover: Handover
    standing: Standing
    terms: tuple[HandoverTerms, ...]

    @property
    def from_party_id(self) -> uuid.UUID:
        """The party that gives."""
        return self.handover.content.from_party_id

    @property
    def to_party_id(self) -> uuid.UUID:
        """The party that takes."""
        return self.handover.content.to_party_id


_NUMBERED = (  # asked on many pages, and made once
    select(Handover)
    .join(Handover.content)
    .where(Handover.journey_id == bindparam("journey"), Handover.retired_at.is_(None))
    .order_by(HandoverContent.position, Handover.id)
)


def handovers(session: Session, journey_id: uuid.UUID) -> list[Handover]:
    """Return the hand-overs of the working copy, in the order of their numbers."""
    return list(session.scalars(_NUMBERED, {"journey": journey_id}))


def find(session: Session, place: Place, handover_id: uuid.UUID, *, lock: bool = False) -> Edge:
    """Return a hand-over of this journey with the terms that the actor shares."""
    query = select(Handover).where(
        Handover.journey_id == place.id,
        Handover.id == handover_id,
        Handover.retired_at.is_(None),
    )
    handover = session.scalar(query.with_for_update(of=Handover) if lock else query)
    if handover is None:
        raise NotFoundError
    return Edge(handover, place.standing, tuple(_terms(session, handover)))


def _terms(session: Session, handover: Handover) -> list[HandoverTerms]:
    return list(
        session.scalars(
            select(HandoverTerms)
            .where(
                HandoverTerms.journey_id == handover.journey_id,
                HandoverTerms.handover_id == handover.id,
                HandoverTerms.retired_at.is_(None),
            )
            .order_by(HandoverTerms.member_id.is_not(None), HandoverTerms.id)
        )
    )


def all_terms(session: Session, journey_id: uuid.UUID) -> dict[uuid.UUID, HandoverTerms]:
    """Return, per hand-over, the first terms that the session's scope shares: the definition."""
    rows = session.scalars(
        select(HandoverTerms)
        .where(HandoverTerms.journey_id == journey_id, HandoverTerms.retired_at.is_(None))
        .order_by(HandoverTerms.member_id.is_not(None), HandoverTerms.id)
    )
    found: dict[uuid.UUID, HandoverTerms] = {}
    for terms in rows:
        found.setdefault(terms.handover_id, terms)
    return found


# --- drawing -------------------------------------------------------------------------------------


def add(
    session: Session,
    actor: Actor,
    place: Place,
    *,
    from_party_id: uuid.UUID,
    to_party_id: uuid.UUID,
    at: datetime,
    key: str | None = None,
    **fields: Any,
) -> Handover:
    """Add a hand-over; `fields` are those of its public part and of its terms."""
    require(actor, Permission.JOURNEY_DRAW, place)
    _check(session, place, from_party_id, to_party_id, fields)
    rows = session.execute(
        select(Handover.key, HandoverContent.position)
        .join(Handover.content)
        .where(Handover.journey_id == place.id)
    ).all()
    names = f"{place.parties[from_party_id].key}-{place.parties[to_party_id].key}"
    handover = Handover(journey_id=place.id, key=key or new_key(names, {r.key for r in rows}))
    handover.content = HandoverContent(
        journey_id=place.id,
        position=max((row.position for row in rows), default=-1) + 1,
        from_party_id=from_party_id,
        to_party_id=to_party_id,
        **{name: value for name, value in fields.items() if name in PUBLIC},
    )
    session.add(handover)
    session.flush()
    terms = {name: value for name, value in fields.items() if name in TERMS}
    for circle_id, member_id in _circles(session, place, handover):
        session.add(
            HandoverTerms(
                journey_id=place.id,
                circle_id=circle_id,
                handover_id=handover.id,
                member_id=member_id,
                **terms,
            )
        )
        session.flush()
        audit.record(
            session,
            "handover.add",
            at=at,
            thing_id=handover.id,
            journey_id=place.id,
            circle_id=circle_id,
            after=terms,
        )
    return handover


def _check(
    session: Session,
    place: Place,
    from_party_id: uuid.UUID,
    to_party_id: uuid.UUID,
    fields: Mapping[str, Any],
) -> None:
    if from_party_id not in place.parties or to_party_id not in place.parties:
        raise NotFoundError
    if from_party_id == to_party_id:
        raise InputError({"to_card_id": [N_("A party does not hand over to itself.")]})
    for name, party_id in (("from_card_id", from_party_id), ("to_card_id", to_party_id)):
        card_id = fields.get(name)
        if card_id is None:
            continue
        card = session.scalar(select(Card).where(Card.journey_id == place.id, Card.id == card_id))
        if card is None or card.content.party_id != party_id:
            raise InputError({name: [N_("This does not stand in the lane of that party.")]})


def _sides(place: Place, content: HandoverContent) -> list[Party]:
    parties = [place.parties[content.from_party_id], place.parties[content.to_party_id]]
    lead = place.orchestrator
    return parties if lead is None else [*parties, lead]


def _circles(
    session: Session, place: Place, handover: Handover
) -> list[tuple[uuid.UUID, uuid.UUID | None]]:
    """The definition's circle first, then one for every member of a group on the edge."""
    sides = _sides(place, handover.content)
    found: list[tuple[uuid.UUID, uuid.UUID | None]] = [
        (circles.circle_for(session, place.id, sides), None)
    ]
    for party in sides:
        if party.kind is PartyKind.GROUP:
            found += [
                (
                    circles.circle_for(session, place.id, sides, members={party.id: member.id}),
                    member.id,
                )
                for member in circles.members_of(session, place.id, party.id)
            ]
    return found


@participation_joined.connect
def _terms_for_member(system: Session, *, participation: Participation) -> None:
    """Give a new member of a group its own copy of the terms of each of the group's edges."""
    if not participation.discreet:
        return
    journey_id, group = participation.journey_id, participation.party_id
    parties = {
        party.id: party
        for party in system.scalars(select(Party).where(Party.journey_id == journey_id))
    }
    lead = next((party for party in parties.values() if party.orchestrator), None)
    for handover in handovers(system, journey_id):
        ends = {handover.content.from_party_id, handover.content.to_party_id}
        definition = next(iter(_terms(system, handover)), None)
        if group not in ends or definition is None:
            continue
        sides = [parties[end] for end in ends] + ([lead] if lead else [])
        circle_id = circles.circle_for(system, journey_id, sides, members={group: participation.id})
        copied = {name: getattr(definition, name) for name in TERMS}
        made = HandoverTerms(
            journey_id=journey_id,
            circle_id=circle_id,
            handover_id=handover.id,
            member_id=participation.id,
            **copied,
        )
        system.add(made)
        system.flush()
        at = participation.joined_at
        signals.terms_made.send(system, handover=handover, terms=made, at=at)


def retire(session: Session, actor: Actor, place: Place, edge: Edge, *, at: datetime) -> None:
    """Take a hand-over off the map; its identity stays for what points at it.

    Raises ConflictError where another organisation stands at it: it is agreed, so not alone.
    """
    require(actor, Permission.JOURNEY_DRAW, place)
    others = {edge.from_party_id, edge.to_party_id} - place.standing.party_ids
    if any(_agreed(session, place.parties[party_id]) for party_id in others):
        raise ConflictError("another party agreed to this hand-over")
    edge.handover.retired_at = at
    session.flush()
    signals.retired.send(session, handover=edge.handover, at=at)
    audit.record(session, "handover.retire", at=at, thing_id=edge.handover.id, journey_id=place.id)


def _agreed(session: Session, party: Party) -> bool:
    """Whether an organisation of its own stands behind a party."""
    if party.kind is PartyKind.GROUP:
        return bool(circles.members_of(session, party.journey_id, party.id))
    return party.kind is PartyKind.ORGANISATION and party.confirmed_at is not None
