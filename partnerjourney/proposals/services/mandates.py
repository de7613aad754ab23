"""Mandates: "{brand} may update this for us until {day}", given by the owner and revocable."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from partnerjourney.core import audit, circles
from partnerjourney.core.errors import ConflictError, InputError, NotFoundError
from partnerjourney.core.parties import PartyKind
from partnerjourney.core.policy import NotAllowedError, Permission, require
from partnerjourney.core.scopes import Actor, Member
from partnerjourney.core.texts import N_
from partnerjourney.journeys.services import Place
from partnerjourney.proposals.models import Mandate
from partnerjourney.proposals.queries.mandated import USED, given_to
from partnerjourney.proposals.rules import CARD_FIELDS
from partnerjourney.touchpoints import services as touchpoints
from partnerjourney.touchpoints.models import Card

LONGEST = timedelta(days=366)


def give(
    session: Session,
    actor: Member,
    place: Place,
    *,
    from_party_id: uuid.UUID,
    to_party_id: uuid.UUID,
    until: date,
    at: datetime,
) -> Mandate:
    """Let another party update one's descriptions and contacts; promises stay one's own to agree.

    A member of a group gives none in the name of the group. Raises InputError for a day in the past
    or more than a year away, and for a party that is none.
    """
    require(actor, Permission.MANDATE_GIVE, place.owned(from_party_id))
    if from_party_id not in place.standing.party_ids:
        raise NotAllowedError(Permission.MANDATE_GIVE)
    taker = place.parties.get(to_party_id)
    if taker is None or taker.kind is not PartyKind.ORGANISATION or taker.confirmed_at is None:
        raise InputError({"to_party_id": [N_("Choose a party that has confirmed its part.")]})
    if to_party_id == from_party_id:
        raise InputError({"to_party_id": [N_("Choose another party.")]})
    today = at.astimezone(ZoneInfo(place.journey.time_zone)).date()
    if not today <= until <= today + LONGEST:
        raise InputError({"until": [N_("Choose a day from today to a year from now.")]})
    sides = [place.parties[from_party_id], taker]
    made = Mandate(
        journey_id=place.id,
        circle_id=circles.circle_for(session, place.id, sides),
        from_party_id=from_party_id,
        to_party_id=to_party_id,
        until=until,
        given_at=at,
    )
    session.add(made)
    session.flush()
    _record(session, made, "mandate.give", at)
    return made


def revoke(
    session: Session, actor: Member, place: Place, mandate_id: uuid.UUID, *, at: datetime
) -> Mandate:
    """Take a mandate back; what was changed under it stays and stands in both histories."""
    found = session.scalar(
        select(Mandate)
        .where(Mandate.journey_id == place.id, Mandate.id == mandate_id)
        .with_for_update()
    )
    if found is None:
        raise NotFoundError
    require(actor, Permission.MANDATE_GIVE, place.owned(found.from_party_id))
    if found.revoked_at is not None:
        raise ConflictError("this mandate was taken back already")
    found.revoked_at = at
    session.flush()
    _record(session, found, "mandate.revoke", at)
    return found


def held(session: Session, actor: Actor, place: Place, *, at: datetime) -> dict[uuid.UUID, Mandate]:
    """Return party → the mandate under which the actor may update its descriptions at a moment.

    A mandate is trust in people: an access key has none.
    """
    if not isinstance(actor, Member):
        return {}
    today = at.astimezone(ZoneInfo(place.journey.time_zone)).date()
    rows = session.scalars(
        select(Mandate)
        .where(
            Mandate.journey_id == place.id,
            *given_to(place.standing.party_ids),
            Mandate.until >= today,
        )
        .order_by(Mandate.until, Mandate.id.desc())
    )
    return {row.from_party_id: row for row in rows}


def note_use(session: Session, mandate: Mandate, *, at: datetime) -> None:
    """Note in the history of the two that one of them acted for the other."""
    _record(session, mandate, USED, at)


def end(
    system: Session, journey_id: uuid.UUID, circles: Collection[uuid.UUID], at: datetime
) -> None:
    """Take back the mandates of circles that close: who comes next gave none."""
    for mandate in system.scalars(
        select(Mandate)
        .where(
            Mandate.journey_id == journey_id,
            Mandate.circle_id.in_(circles),
            Mandate.revoked_at.is_(None),
        )
        .order_by(Mandate.id)
        .with_for_update()
    ).all():
        mandate.revoked_at = at
        system.flush()
        _record(system, mandate, "mandate.revoke", at)


def find_card(
    session: Session,
    actor: Member,
    place: Place,
    card_id: uuid.UUID,
    *,
    at: datetime,
    lock: bool = False,
) -> tuple[Card, Mandate]:
    """Return a card of a party that gave the actor a mandate.

    Raises NotAllowedError without one that is in force.
    """
    card = touchpoints.find(session, place, card_id, lock=lock)
    mandate = held(session, actor, place, at=at).get(card.content.party_id)
    under = place.under([mandate.from_party_id] if mandate else [])
    require(actor, Permission.CARD_DESCRIBE, under.owned(card.content.party_id))
    if mandate is None:
        raise ConflictError("this card is one's own: no mandate is needed")
    return card, mandate


def describe_card(
    session: Session,
    actor: Member,
    place: Place,
    card_id: uuid.UUID,
    *,
    version: int,
    fields: Mapping[str, Any],
    at: datetime,
) -> Card:
    """Change what another party's card says, under its mandate: it holds at once.

    The act stands in the history of all, and the use of the mandate in that of the two. Raises
    NotAllowedError once the mandate was taken back or is over, StaleVersionError as usual.
    """
    card, mandate = find_card(session, actor, place, card_id, at=at, lock=True)
    under = place.under([mandate.from_party_id])
    touchpoints.change(
        session,
        actor,
        under,
        card,
        version=version,
        at=at,
        fields={name: value for name, value in fields.items() if name in CARD_FIELDS},
    )
    if card.content.version != version:
        note_use(session, mandate, at=at)
    return card


def _record(session: Session, mandate: Mandate, verb: str, at: datetime) -> None:
    audit.record(
        session,
        verb,
        at=at,
        thing_id=mandate.id,
        journey_id=mandate.journey_id,
        circle_id=mandate.circle_id,
        after={"until": mandate.until.isoformat()},
    )
