"""Where an event of this actor goes: the hand-over, its circle, its time limit on this day."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from partnerjourney.core.parties import Organisation, Participation, PartyKind
from partnerjourney.events.rules.states import Leg, Path
from partnerjourney.handovers.models import Handover, HandoverContent, HandoverTerms
from partnerjourney.journeys.services import Place


class MappingFault(Exception):
    """The mapping names what does not exist, or not for whom it is used; one clear line."""


@dataclass(frozen=True, slots=True)
class Route:
    """One circle of a hand-over; `participation_id` is the group's member that sits in it."""

    handover_id: uuid.UUID
    circle_id: uuid.UUID
    participation_id: uuid.UUID | None
    time_limit: str | None


class UnknownError(ValueError):
    """There is no such hand-over or member, or not for this actor: both read the same."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


class Routes:
    """The hand-overs that the actor shares, by key, and their circles by member."""

    def __init__(self, session: Session, place: Place) -> None:
        rows = session.execute(
            select(Handover.key, HandoverTerms, Organisation.slug)
            .join(
                HandoverTerms,
                (HandoverTerms.journey_id == Handover.journey_id)
                & (HandoverTerms.handover_id == Handover.id),
            )
            .outerjoin(
                Participation,
                (Participation.journey_id == HandoverTerms.journey_id)
                & (Participation.id == HandoverTerms.member_id),
            )
            .outerjoin(Organisation, Organisation.id == Participation.organisation_id)
            .where(Handover.journey_id == place.id, Handover.retired_at.is_(None))
            .order_by(  # a member that left is still told of, one that is back goes first
                HandoverTerms.member_id.is_not(None),
                HandoverTerms.retired_at.is_not(None),
                HandoverTerms.id,
            )
        ).all()
        self._by_member: dict[str, dict[str, Route]] = defaultdict(dict)
        self.circles = set()
        for key, terms, slug in rows:
            route = Route(terms.handover_id, terms.circle_id, terms.member_id, terms.time_limit)
            name = "" if terms.member_id is None else slug
            if name is not None:
                self._by_member[key].setdefault(name, route)
                self.circles.add(terms.circle_id)

    def __contains__(self, handover: str) -> bool:
        return handover in self._by_member

    def find(self, handover: str, member: str) -> Route:
        """Return where an event goes; raises UnknownError.

        Without a member it goes to the definition's circle; a group's own member, which does not
        share that, always writes to its own.
        """
        routes = self._by_member.get(handover)
        if routes is None:
            raise UnknownError("handover", "unknown hand-over")
        if not member and "" not in routes:
            return next(iter(routes.values()))
        if member not in routes:
            raise UnknownError("member", "unknown member")
        return routes[member]


def path_of(system: Session, journey_id: uuid.UUID, place: Place) -> Path:
    """Return all hand-overs of a journey for the rules; retired ones too, for old events."""
    rows = system.execute(
        select(HandoverContent, HandoverTerms.circle_id)
        .outerjoin(
            HandoverTerms,
            (HandoverTerms.journey_id == HandoverContent.journey_id)
            & (HandoverTerms.handover_id == HandoverContent.id)
            & HandoverTerms.member_id.is_(None),
        )
        .where(HandoverContent.journey_id == journey_id)
        .order_by(HandoverTerms.id)
    )
    legs: Mapping[uuid.UUID, Leg] = {
        content.id: Leg(
            content.id,
            content.position,
            content.from_party_id,
            content.to_party_id,
            circle,
            to_customer=_is_customer(place, content.to_party_id),
        )
        for content, circle in rows
    }
    return Path(legs.values(), ZoneInfo(place.journey.time_zone))


def _is_customer(place: Place, party_id: uuid.UUID) -> bool:
    party = place.parties.get(party_id)
    return party is not None and party.kind is PartyKind.CUSTOMER
