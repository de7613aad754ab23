"""The hand-overs of the map in one statement: what all see, and what the reader shares of it."""

from __future__ import annotations

import uuid
from functools import cache
from itertools import accumulate
from typing import Any

from sqlalchemy import ColumnElement, Select, Uuid, and_, bindparam, select
from sqlalchemy.orm import Session

from partnerjourney.complaints.queries import Marked, marked, open_at_handovers
from partnerjourney.confirming.models import AskedThing
from partnerjourney.confirming.queries import BY_MAIL, SaidByMail, said_of_terms
from partnerjourney.handovers.models import Handover, HandoverContent, HandoverTerms
from partnerjourney.maps.queries.seen import EdgeRow, TermsRow
from partnerjourney.proposals.models import EmergencyChange, Proposal
from partnerjourney.proposals.queries import (
    EMERGENCY,
    OPEN,
    Emergency,
    OpenProposal,
    in_force_here,
    open_here,
)

_PUBLIC = (
    Handover.id,
    HandoverContent.from_party_id,
    HandoverContent.to_party_id,
    HandoverContent.from_card_id,
    HandoverContent.to_card_id,
    HandoverContent.label,
    HandoverContent.told,
    HandoverContent.version,
)
_TERMS = (
    HandoverTerms.id,
    HandoverTerms.member_id,
    HandoverTerms.name,
    HandoverTerms.trigger,
    HandoverTerms.time_limit,
    HandoverTerms.checklist,
    HandoverTerms.refuse_reasons,
    HandoverTerms.contact_name,
    HandoverTerms.contact_reach,
    HandoverTerms.contact_hours,
    HandoverTerms.version,
)


_SPLIT = tuple(accumulate(len(columns) for columns in (_PUBLIC, _TERMS, OPEN, EMERGENCY)))
_HELD: tuple[tuple[Any, int, int], ...] = (
    (TermsRow, _SPLIT[0], _SPLIT[1]),
    (OpenProposal, _SPLIT[1], _SPLIT[2]),
    (Emergency, _SPLIT[2], _SPLIT[3]),
    (SaidByMail, _SPLIT[3], _SPLIT[3] + len(BY_MAIL)),
)
"""What a hand-over holds, and in which columns each of these stands."""
_END = _SPLIT[3] + len(BY_MAIL)
"""Where the columns of its open complaints begin."""


def edges(
    session: Session, journey_id: uuid.UUID, circles: Select[Any] | None
) -> tuple[tuple[EdgeRow, ...], tuple[Marked, ...]]:
    """Return the hand-overs by number, and the complaints that stand open at them.

    `circles` limits what the reader shares of both.
    """
    public: dict[uuid.UUID, tuple[Any, ...]] = {}
    held: dict[uuid.UUID, tuple[dict[Any, Any], ...]] = {}
    reported: list[Any] = []
    query = _own() if circles is None else _handovers(circles)
    for row in session.execute(query, {"journey": journey_id}):
        values = tuple(row)
        public.setdefault(values[0], values[1 : len(_PUBLIC)])
        kept = held.setdefault(values[0], ({}, {}, {}, {}))
        for number, (kind, first, last) in enumerate(_HELD):
            if values[first] is not None:
                kept[number].setdefault(values[first], kind(*values[first:last]))
        if values[_END] is not None:
            reported.append(values[_END:])
    found = tuple(
        _edge(handover_id, number, [tuple(kind.values()) for kind in held[handover_id]], values)
        for number, (handover_id, values) in enumerate(public.items(), 1)
    )
    return found, marked(reported)


def _edge(
    handover_id: uuid.UUID, number: int, held: list[tuple[Any, ...]], public: tuple[Any, ...]
) -> EdgeRow:
    terms, proposals, emergencies, by_mail = held
    return EdgeRow(handover_id, number, terms, proposals, emergencies, by_mail, *public)


@cache
def _own() -> Select[*tuple[Any, ...]]:
    """Select what the reader itself sees: made once, since that takes its time."""
    return _handovers(None)


def _handovers(circles: Select[Any] | None) -> Select[*tuple[Any, ...]]:
    """Select every hand-over of a `journey` by number, with all that one shares of it.

    Its terms, proposals, emergencies, answers by mail and complaints: each stands in several rows
    where there are several of another.
    """
    content = and_(
        HandoverContent.journey_id == Handover.journey_id, HandoverContent.id == Handover.id
    )
    shared: list[ColumnElement[bool]] = [
        HandoverTerms.journey_id == Handover.journey_id,
        HandoverTerms.handover_id == Handover.id,
        HandoverTerms.retired_at.is_(None),
    ]
    if circles is not None:
        shared.append(HandoverTerms.circle_id.in_(circles))
    journey = bindparam("journey", type_=Uuid())
    reported = open_at_handovers(journey, circles)
    return (
        select(*_PUBLIC, *_TERMS, *OPEN, *EMERGENCY, *BY_MAIL, *reported.c)
        .join(HandoverContent, content)
        .outerjoin(HandoverTerms, and_(*shared))
        .outerjoin(Proposal, open_here())
        .outerjoin(EmergencyChange, in_force_here())
        .outerjoin(AskedThing, said_of_terms())
        .outerjoin(reported, reported.c.handover_id == Handover.id)
        .where(Handover.journey_id == journey, Handover.retired_at.is_(None))
        .order_by(
            HandoverContent.position,
            Handover.id,
            HandoverTerms.member_id.is_not(None),
            HandoverTerms.id,
            Proposal.id,
            EmergencyChange.id,
            AskedThing.id,
        )
    )
