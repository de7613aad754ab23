"""Whether a journey may be agreed: one that covers one party only needs a written reason (S1)."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from partnerjourney.journeys import services as journeys
from partnerjourney.journeys.services import Place
from partnerjourney.touchpoints.models import Card, CardContent
from partnerjourney.touchpoints.rules.silo import CardFact, Chain, PartyFact, Rule, one_party_only


def agreed_reason_needed(session: Session, place: Place) -> bool:
    """Say whether a reason must be written down before this journey is agreed.

    It stands on what every party of the journey sees, so it is the same for all.
    """
    if Rule.ONE_PARTY.value in journeys.reasons(session, place.id):
        return False
    drawn = session.scalars(
        select(CardContent.party_id)
        .join(Card, (Card.journey_id == CardContent.journey_id) & (Card.id == CardContent.id))
        .where(Card.journey_id == place.id, Card.retired_at.is_(None))
        .distinct()
    )
    parties = {p.id: PartyFact(p.id, p.kind.value) for p in place.parties.values()}
    cards = [CardFact(party_id, party_id) for party_id in drawn]
    return one_party_only(Chain(place.journey.kind.value, cards=cards, parties=parties))
