"""Keeping an organisation's past for it, as one document that nothing changes afterwards."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from partnerjourney.core import border
from partnerjourney.core.apart import Apart
from partnerjourney.core.parties import Organisation, Participation, Party
from partnerjourney.core.scopes import Member
from partnerjourney.journeys import services as journeys
from partnerjourney.journeys.services import Place
from partnerjourney.leaving.queries.past import past
from partnerjourney.leaving.services.inside import reading_as


@dataclass(frozen=True)
class Names:
    """What journey, brand and party are called, and whom to ask, as they are called today."""

    journey: str
    brand: str
    party: str
    contact: str
    time_zone: str


def names_of(session: Session, place: Place, party: Party, participation: Participation) -> Names:
    """Return the names that an organisation keeps; a member of a group is called by its own."""
    journey = place.journey
    brand = session.get_one(Organisation, journey.organisation_id)
    own = session.get_one(Organisation, participation.organisation_id)
    reach = (journey.contact_name, journey.contact_email, journey.contact_phone)
    contact = ", ".join(part for part in reach if part)
    return Names(
        journey.name,
        brand.name,
        own.name if participation.discreet else party.name,
        contact,
        journey.time_zone,
    )


def keep_past(
    session: Session, participation: Participation, names: Names, *, reason: str, at: datetime
) -> None:
    """Keep what the organisation reads at this moment, in the transaction that suspends it."""
    member = Member(None, participation.organisation_id)
    with reading_as(session, member, "fix what an organisation reads") as inside:
        document = past(inside, journeys.find(inside, member, participation.journey_id), at=at)
    with border.verb(session, "keep an organisation's past") as system:
        system.add(
            Apart(
                owner_id=participation.organisation_id,
                journey_id=participation.journey_id,
                participation_id=participation.id,
                journey_name=names.journey,
                brand_name=names.brand,
                party_name=names.party,
                contact=names.contact,
                time_zone=names.time_zone,
                reason=reason,
                fixed_at=at,
                past=document,
            )
        )


def let_go(
    system: Session, participation: Participation, *, reason: str, reads_until: date, at: datetime
) -> Apart:
    """Open what was kept to its organisation until a day, under the System scope."""
    kept = system.scalars(
        select(Apart).where(
            Apart.owner_id == participation.organisation_id,
            Apart.participation_id == participation.id,
        )
    ).one()
    kept.left_at, kept.reads_until, kept.reason = at, reads_until, reason
    system.flush()
    return kept
