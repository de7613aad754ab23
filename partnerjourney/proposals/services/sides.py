"""Who stands where at a hand-over: whose change it is, who must agree, for whom one speaks."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from partnerjourney.core.parties import Party, PartyKind
from partnerjourney.handovers.models import HandoverTerms
from partnerjourney.handovers.services import Edge
from partnerjourney.journeys.services import Place
from partnerjourney.proposals.rules import HANDOVER_FIELDS, FieldClass


@dataclass(frozen=True)
class Sides:
    """A hand-over seen by the acting organisation: its own sides, and those that must agree.

    `told_by` must agree to what the customer hears: no group is among them, for no member writes or
    decides that for the others.
    """

    by: Party
    mine: frozenset[uuid.UUID]
    asked: tuple[uuid.UUID, ...]
    told_by: tuple[uuid.UUID, ...]
    owns_contact: bool
    of_member: bool

    def asked_for(self, name: str) -> tuple[uuid.UUID, ...]:
        """Return who must agree to a field that is not one's own."""
        return self.told_by if name == "told" else self.asked

    def at_once(self, name: str) -> bool:
        """Say whether a field is the acting organisation's own to change, or nobody is asked."""
        return not self.asked_for(name) or (
            HANDOVER_FIELDS[name] is FieldClass.OWN and self.owns_contact
        )


def of(place: Place, edge: Edge, terms: HandoverTerms) -> Sides:
    """Return how the acting organisation stands to a hand-over, in the circle of these terms.

    A party that nobody confirmed is not asked; a group is asked while it has members. The contact
    is that of the giver; of the taker where the customer gives.
    """
    standing = place.standing
    own = standing.party_ids | standing.group_ids
    ends = (edge.from_party_id, edge.to_party_id)
    giver = place.parties[ends[0]]
    contact = ends[0] if giver.represented else ends[1]
    asked = tuple(
        dict.fromkeys(end for end in ends if end not in own and _answers(place, edge, end))
    )
    return Sides(
        by=_by(place, edge),
        mine=frozenset(ends) & own,
        asked=asked,
        told_by=tuple(one for one in asked if place.parties[one].kind is not PartyKind.GROUP),
        owns_contact=contact in own or contact in standing.interim_sides,
        of_member=bool(standing.group_ids & set(ends)),
    )


def _answers(place: Place, edge: Edge, party_id: uuid.UUID) -> bool:
    party = place.parties[party_id]
    if party.kind is PartyKind.GROUP:
        return any(row.member_id is not None for row in edge.terms)
    return party.kind is PartyKind.ORGANISATION and party.confirmed_at is not None


def _by(place: Place, edge: Edge) -> Party:
    """Under whose name a change stands; who acts for a provisional party signs as itself."""
    own = place.standing.party_ids | place.standing.group_ids
    for end in (edge.from_party_id, edge.to_party_id):
        if end in own:
            return place.parties[end]
    return next(party for party in place.parties.values() if party.orchestrator)


def speaks_for(place: Place, party_id: uuid.UUID) -> bool:
    """Say whether the acting organisation answers for a party: alone, in a group, or meanwhile.

    For a group nobody answers but its members, each for itself.
    """
    standing = place.standing
    if party_id in standing.party_ids | standing.group_ids:
        return True
    meanwhile = party_id in standing.interim_sides
    return meanwhile and place.parties[party_id].kind is PartyKind.ORGANISATION
