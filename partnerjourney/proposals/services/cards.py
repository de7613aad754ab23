"""Proposing a change to somebody else's card: its owner accepts, or leaves it as it is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from partnerjourney.core import circles
from partnerjourney.core.errors import ConflictError, InputError, StaleVersionError
from partnerjourney.core.policy import Permission, require
from partnerjourney.core.scopes import Actor, Member
from partnerjourney.core.texts import N_
from partnerjourney.journeys.services import Place
from partnerjourney.proposals import signals
from partnerjourney.proposals.models import Proposal
from partnerjourney.proposals.rules import (
    CARD_FIELDS,
    State,
    Subject,
    differing,
    read,
    stands,
    written,
)
from partnerjourney.proposals.services import noting
from partnerjourney.proposals.services.changing import Outcome, due_at
from partnerjourney.proposals.services.sides import speaks_for
from partnerjourney.touchpoints import services as touchpoints
from partnerjourney.touchpoints.models import Card


def standing_card(card: Card) -> dict[str, Any]:
    """Return the fields of a card that others may propose to change."""
    return {name: getattr(card.content, name) for name in CARD_FIELDS}


def propose(
    session: Session,
    actor: Actor,
    place: Place,
    card: Card,
    *,
    fields: Mapping[str, Any],
    reason: str,
    at: datetime,
) -> Proposal:
    """Put a change of a card to the party that owns it.

    Raises InputError without a reason or a change, and ConflictError for a card of one's own.
    """
    require(actor, Permission.CARD_PROPOSE, place)
    owner = place.parties[card.content.party_id]
    if speaks_for(place, owner.id) or not owner.represented or owner.confirmed_at is None:
        raise ConflictError("there is nobody to ask about this card")
    wanted = differing(standing_card(card), {n: v for n, v in fields.items() if n in CARD_FIELDS})
    if not wanted:
        raise InputError({"_schema": [N_("This is what stands now: there is nothing to propose.")]})
    if not reason.strip():
        raise InputError({"reason": [N_("Say why: the other side decides on it.")]})
    by = place.mine[0] if place.mine else place.orchestrator
    assert by is not None
    made = Proposal(
        journey_id=place.id,
        circle_id=_circle(session, place, by.id, owner.id),
        subject=Subject.CARD,
        card_id=card.id,
        by_party_id=by.id,
        by_organisation_id=actor.organisation_id,
        fields=written(wanted),
        reason=reason.strip(),
        asked=[str(owner.id)],
        made_at=at,
        due_at=due_at(session, place.id, [owner.id], at),
    )
    session.add(made)
    session.flush()
    noting.note_made(session, made, at=at)
    signals.made.send(session, proposal=made, at=at)
    return made


def _circle(session: Session, place: Place, by_id: Any, owner_id: Any) -> Any:
    """Return the circle of who proposes, who owns the card, and who coordinates."""
    ids = dict.fromkeys((by_id, owner_id, *([place.orchestrator.id] if place.orchestrator else ())))
    seated = {}
    for party_id in place.standing.group_ids & ids.keys():
        members = circles.members_of(session, place.id, party_id)
        own = [m for m in members if m.organisation_id == place.standing.organisation_id]
        seated[party_id] = own[0].id
    return circles.circle_for(session, place.id, [place.parties[i] for i in ids], members=seated)


def apply(
    session: Session,
    actor: Member,
    place: Place,
    proposal: Proposal,
    new: Mapping[str, Any],
    *,
    at: datetime,
) -> None:
    """Write what the owner accepted; raises StaleVersionError where the card is another by now."""
    assert proposal.card_id is not None
    card = touchpoints.find(session, place, proposal.card_id, lock=True)
    now = standing_card(card)
    if not stands(read(proposal.fields), now):
        raise StaleVersionError({name: now[name] for name in new})
    touchpoints.change(
        session, actor, place, card, version=card.content.version, at=at, fields=dict(new)
    )


def make_stale(session: Session, card: Card, *, at: datetime) -> None:
    """Mark the open proposals that were made upon what the card does not say any more."""
    now = standing_card(card)
    for proposal in session.scalars(
        select(Proposal)
        .where(
            Proposal.journey_id == card.journey_id,
            Proposal.card_id == card.id,
            Proposal.state == State.OPEN,
        )
        .with_for_update()
    ).all():
        if card.retired_at is not None or not stands(read(proposal.fields), now):
            proposal.state, proposal.decided_at = State.STALE, at
            signals.decided.send(session, proposal=proposal, at=at)
    session.flush()


def renew(
    session: Session,
    actor: Actor,
    place: Place,
    proposal: Proposal,
    wanted: Mapping[str, Any],
    *,
    reason: str,
    at: datetime,
) -> Outcome:
    """Put a change of a card forward again, upon what it says now."""
    assert proposal.card_id is not None
    card = touchpoints.find(session, place, proposal.card_id, lock=True)
    try:
        made = propose(
            session, actor, place, card, fields=wanted, reason=reason or proposal.reason, at=at
        )
    except InputError:
        raise ConflictError("all of this stands already") from None
    made.renews_id = proposal.id
    session.flush()
    return Outcome(proposals=(made,))
