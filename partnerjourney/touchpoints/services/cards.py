"""Verbs on cards: the owner of a party's lane draws, names and retires them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from partnerjourney.core import audit
from partnerjourney.core.errors import InputError, NotFoundError
from partnerjourney.core.parties import PartyKind
from partnerjourney.core.policy import Permission, require
from partnerjourney.core.scopes import Actor
from partnerjourney.core.texts import N_
from partnerjourney.journeys.models import Phase, PhaseContent
from partnerjourney.journeys.rules import new_key
from partnerjourney.journeys.services import Base, Place, update_row
from partnerjourney.touchpoints import signals
from partnerjourney.touchpoints.models import Card, CardContent
from partnerjourney.touchpoints.rules import CardKind

FIELDS = frozenset(
    {
        "phase_id",
        "party_id",
        "name",
        "channel",
        "initiator_id",
        "receiver_id",
        "intended_experience",
        "moment_of_truth",
        "perceived_id",
        "perceived_told",
        "control",
    }
)
DESCRIBED = frozenset({"name", "channel", "intended_experience", "moment_of_truth"})
"""What a mandate lets another party change: the words of a card, never its place."""
DEPTH = ("perceived_id", "perceived_told", "control")
"""What a touchpoint is to the customer, beside what it is to each customer role."""


def cards(session: Session, journey_id: uuid.UUID) -> list[Card]:
    """Return the cards of the working copy in path order: by phase, then by position."""
    return list(
        session.scalars(
            select(Card)
            .join(Card.content)
            .join(
                PhaseContent,
                (PhaseContent.journey_id == CardContent.journey_id)
                & (PhaseContent.id == CardContent.phase_id),
            )
            .where(Card.journey_id == journey_id, Card.retired_at.is_(None))
            .order_by(PhaseContent.position, CardContent.position, Card.id)
        )
    )


def find(session: Session, place: Place, card_id: uuid.UUID, *, lock: bool = False) -> Card:
    """Return a card of this journey; raises NotFoundError."""
    query = select(Card).where(
        Card.journey_id == place.id, Card.id == card_id, Card.retired_at.is_(None)
    )
    card = session.scalar(query.with_for_update(of=Card) if lock else query)
    if card is None:
        raise NotFoundError
    return card


def add(
    session: Session,
    actor: Actor,
    place: Place,
    *,
    phase_id: uuid.UUID,
    party_id: uuid.UUID,
    name: str,
    kind: CardKind,
    at: datetime,
    key: str | None = None,
    **fields: Any,
) -> Card:
    """Add a card at the end of its phase's path; the coordinator or the lane's owner may."""
    may_draw(actor, place, party_id)
    check(session, place, {"phase_id": phase_id, "party_id": party_id, **fields})
    keys = set(session.scalars(select(Card.key).where(Card.journey_id == place.id)))
    positions = session.scalars(
        select(CardContent.position).where(
            CardContent.journey_id == place.id, CardContent.phase_id == phase_id
        )
    ).all()
    card = Card(journey_id=place.id, key=key or new_key(name, keys), kind=kind)
    if kind is CardKind.STEP:
        fields["channel"] = None
    card.content = CardContent(
        journey_id=place.id,
        phase_id=phase_id,
        party_id=party_id,
        position=max(positions, default=-1) + 1,
        name=name,
        **fields,
    )
    session.add(card)
    session.flush()
    audit.record(session, "card.add", at=at, thing_id=card.id, journey_id=place.id, after=name)
    return card


def change(
    session: Session,
    actor: Actor,
    place: Place,
    card: Card,
    *,
    version: int,
    at: datetime,
    fields: Mapping[str, Any],
) -> None:
    """Change a card of the actor's own; raises StaleVersionError when another saved first.

    Under a mandate (`place.under`) only what is described.
    """
    fields = {name: value for name, value in fields.items() if name in FIELDS}
    wanted = Permission.CARD_DESCRIBE if fields.keys() <= DESCRIBED else Permission.CARD_EDIT
    require(actor, wanted, place.owned(card.content.party_id))
    if "party_id" in fields and fields["party_id"] != card.content.party_id:
        may_draw(actor, place, fields["party_id"])
    check(session, place, fields)
    before = {name: getattr(card.content, name) for name in fields}
    if update_row(session, card.content, version=version, fields=fields):
        audit.record(
            session,
            "card.change",
            at=at,
            thing_id=card.id,
            journey_id=place.id,
            before=before,
            after=dict(fields),
            shown={n: (before[n], now) for n, now in fields.items() if before[n] != now},
        )
        signals.changed.send(session, card=card, at=at)


def rename(
    session: Session,
    actor: Actor,
    place: Place,
    card: Card,
    *,
    name: str,
    base: Base,
    at: datetime,
) -> str:
    """Give a card another name; returns the one before. StaleVersionError as `base` says."""
    require(actor, Permission.CARD_EDIT, place.owned(card.content.party_id))
    before = card.content.name
    base.require(card.content.version, before)
    if name != before:
        card.content.name = name
        session.flush()
        audit.record(
            session,
            "card.change",
            at=at,
            thing_id=card.id,
            journey_id=place.id,
            before={"name": before},
            after={"name": name},
            shown={"name": (before, name)},
        )
        signals.changed.send(session, card=card, at=at)
    return before


def may_change(actor: Actor, place: Place, card: Card) -> None:
    """Raise NotAllowedError unless the actor's party owns this card."""
    require(actor, Permission.CARD_EDIT, place.owned(card.content.party_id))


def may_draw(actor: Actor, place: Place, party_id: uuid.UUID) -> None:
    """The coordinator draws everywhere that is not yet owned by a partner; others at home."""
    if party_id not in place.parties:
        raise NotFoundError
    require(actor, Permission.CARD_EDIT, place.owned(party_id))


def check_depth(place: Place, kind: CardKind, fields: Mapping[str, Any]) -> None:
    """Raise InputError for what a card cannot be to the customer.

    It notices no step, so of that nothing is said; and it takes a company for another, not itself.
    """
    said = [name for name in DEPTH if fields.get(name)]
    if kind is CardKind.STEP and said:
        raise InputError({name: [N_("The customer does not notice a step.")] for name in said})
    perceived = place.parties.get(fields.get("perceived_id"))  # type: ignore[arg-type]
    if perceived is not None and perceived.kind is PartyKind.CUSTOMER:
        raise InputError({"perceived_id": [N_("Choose a company here, not the customer.")]})


def check(session: Session, place: Place, fields: Mapping[str, Any]) -> None:
    """Raise InputError where fields name a party or phase that the journey does not have."""
    faults: dict[str, list[str]] = {}
    for name in ("party_id", "initiator_id", "receiver_id", "perceived_id"):
        if fields.get(name) is not None and fields[name] not in place.parties:
            faults[name] = [N_("This is not in the journey any more.")]
    if (phase_id := fields.get("phase_id")) is not None and not session.scalar(
        select(Phase.id).where(
            Phase.journey_id == place.id, Phase.id == phase_id, Phase.retired_at.is_(None)
        )
    ):
        faults["phase_id"] = [N_("This is not in the journey any more.")]
    if faults:
        raise InputError(faults)
