"""The path: phases, cards, and what each card is to the customer roles, in one statement."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, select
from sqlalchemy.orm import Session

from partnerjourney.confirming.models import AskedThing
from partnerjourney.confirming.queries import BY_MAIL, SaidByMail, said_of_card
from partnerjourney.journeys.models import Phase, PhaseContent
from partnerjourney.maps.queries.seen import CardRow, PhaseRow, RoleRow
from partnerjourney.proposals.models import Proposal
from partnerjourney.proposals.queries import OPEN, OpenProposal, mandated_until
from partnerjourney.proposals.rules import State
from partnerjourney.touchpoints.models import Card, CardContent, CardRole, CustomerRole
from partnerjourney.touchpoints.rules import Weighed

Path = tuple[tuple[PhaseRow, ...], tuple[CardRow, ...], tuple[RoleRow, ...]]

_CARD = (
    Card.id,
    CardContent.phase_id,
    CardContent.party_id,
    Card.kind,
    CardContent.name,
    CardContent.channel,
    CardContent.initiator_id,
    CardContent.receiver_id,
    CardContent.intended_experience,
    CardContent.moment_of_truth,
    CardContent.perceived_id,
    CardContent.perceived_told,
    CardContent.control,
    CardContent.version,
)
_ROLE = (
    CustomerRole.id.label("role_id"),
    CustomerRole.key,
    CustomerRole.kind,
    CustomerRole.name,
    CustomerRole.department,
)
_WEIGHED = and_(CardRole.journey_id == Card.journey_id, CardRole.card_id == Card.id)
_OF_ROLE = and_(
    CustomerRole.journey_id == CardRole.journey_id,
    CustomerRole.id == CardRole.role_id,
    CustomerRole.retired_at.is_(None),
)
_PROPOSED, _MAILED = -len(OPEN) - len(BY_MAIL), -len(BY_MAIL)
"""Where in a row the columns of a proposal begin, and those of an answer by mail."""
_ROLES = 7 + len(_CARD) + 1  # a card's last column is its mandate


def path_of(
    session: Session,
    journey_id: uuid.UUID,
    circles: Select[Any] | None = None,
    *,
    mine: Collection[uuid.UUID] = (),
) -> Path:
    """Return the phases, the cards in path order, and the roles of which a card says something.

    `circles` limits the proposals that the reader shares; `mine` are the parties that it fills.
    """
    phases: dict[uuid.UUID, PhaseRow] = {}
    cards: dict[uuid.UUID, list[Any]] = {}
    weighed: dict[uuid.UUID, dict[uuid.UUID, Weighed]] = {}
    proposals: dict[uuid.UUID, dict[uuid.UUID, OpenProposal]] = {}
    mailed: dict[uuid.UUID, dict[uuid.UUID, SaidByMail]] = {}
    roles: dict[uuid.UUID, tuple[int, RoleRow]] = {}
    given = {"journey": journey_id, "mine": list(mine)}
    for row in session.execute(_own() if circles is None else _path(circles), given):
        values = tuple(row)
        phase_id, name, is_use, version, position, truth, impact = values[:7]
        card, role = values[7:_ROLES], values[_ROLES:_PROPOSED]
        proposed, said = values[_PROPOSED:_MAILED], values[_MAILED:]
        if phase_id not in phases:
            phases[phase_id] = PhaseRow(phase_id, name, is_use, version)
        if card[0] is None:
            continue
        cards.setdefault(card[0], list(card))
        if role[0] is not None:
            roles.setdefault(role[0], (position, RoleRow(*role)))
            weighed.setdefault(card[0], {})[role[0]] = Weighed(role[0], truth, impact)
        if proposed[0] is not None:
            proposals.setdefault(card[0], {})[proposed[0]] = OpenProposal(*proposed)
        if said[0] is not None:
            mailed.setdefault(card[0], {})[said[0]] = SaidByMail(*said)
    return (
        tuple(phases.values()),
        tuple(
            CardRow(*[*card, *(_all(held.get(key)) for held in (weighed, proposals, mailed))])
            for key, card in cards.items()
        ),
        tuple(role for _, role in sorted(roles.values(), key=lambda one: (one[0], one[1].id))),
    )


def _all(found: dict[uuid.UUID, Any] | None) -> tuple[Any, ...]:
    return tuple(found.values()) if found else ()


@cache
def _own() -> Select[*tuple[Any, ...]]:
    """Select what the reader itself sees: made once, since that takes its time."""
    return _path(None)


def _path(circles: Select[Any] | None) -> Select[*tuple[Any, ...]]:
    """Select every phase with its cards in path order, a card once for each of its roles and so on.

    An empty phase has one row without card, a card of no role one row without role. Parameters:
    journey, and the parties that are `mine`.
    """
    here = and_(PhaseContent.journey_id == Phase.journey_id, PhaseContent.id == Phase.id)
    within = and_(
        CardContent.journey_id == PhaseContent.journey_id, CardContent.phase_id == PhaseContent.id
    )
    alive = and_(
        Card.journey_id == CardContent.journey_id,
        Card.id == CardContent.id,
        Card.retired_at.is_(None),
    )
    proposed: list[ColumnElement[bool]] = [
        Proposal.journey_id == Card.journey_id,
        Proposal.card_id == Card.id,
        Proposal.state == State.OPEN,
    ]
    said = [said_of_card()]
    if circles is not None:
        proposed.append(Proposal.circle_id.in_(circles))
        said.append(AskedThing.circle_id.in_(circles))
    return (
        select(
            PhaseContent.id.label("phase"),
            PhaseContent.name.label("phase_name"),
            PhaseContent.is_use,
            PhaseContent.version.label("phase_version"),
            CustomerRole.position,
            CardRole.moment_of_truth.label("is_truth"),
            CardRole.impact,
            *_CARD,
            mandated_until(bindparam("mine", expanding=True)).label("mandated_until"),
            *_ROLE,
            *OPEN,
            *BY_MAIL,
        )
        .select_from(Phase)
        .join(PhaseContent, here)
        .outerjoin(CardContent, within)
        .outerjoin(Card, alive)
        .outerjoin(CardRole, _WEIGHED)
        .outerjoin(CustomerRole, _OF_ROLE)
        .outerjoin(Proposal, and_(*proposed))
        .outerjoin(AskedThing, and_(*said))
        .where(Phase.journey_id == bindparam("journey"), Phase.retired_at.is_(None))
        .order_by(
            PhaseContent.position,
            PhaseContent.id,
            CardContent.position,
            CardContent.id,
            CustomerRole.position,
            CustomerRole.id,
            Proposal.id,
            AskedThing.id,
        )
    )
