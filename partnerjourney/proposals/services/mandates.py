"""Mandates: "{brand} may update this for us until {day}", given by the owner and revocable."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from partnerjourney.core import audit, circles
from partnerjourney.core.errors import ConflictError, InputError, NotFoundError
from partnerjourney.core.parties import PartyKind
from partnerjourney.core.policy import NotAllowedError, Permission, require
from partnerjourney.core.scopes import Member
from partnerjourney.core.texts import N_
from partnerjourney.journeys.services import Place
from partnerjourney.proposals.models import Mandate

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
