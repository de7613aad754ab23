"""How the parties of the story agreed on the journey: one version in use, one that waits."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select

from partnerjourney.core import clock
from partnerjourney.core.parties import Membership
from partnerjourney.demo.chapters import Teller
from partnerjourney.journeys import services as journeys
from partnerjourney.touchpoints import services as touchpoints
from partnerjourney.touchpoints.models import Card
from partnerjourney.versions import services


def put(teller: Teller, brand: str, journey_id: uuid.UUID, note: str, at: datetime) -> uuid.UUID:
    """Let the brand put the map forward."""
    with teller.acting(brand, at) as (session, actor):
        place = journeys.find(session, actor, journey_id, lock=True)
        made = services.draft(session, actor, place, note=note, at=at)
        services.put_forward(session, actor, place, made, at=at)
        return made.id


def first(teller: Teller, brand: str, journey_id: uuid.UUID, partners: Sequence[str]) -> None:
    """Let all partners agree with the journey as it was drawn, and take it into use."""
    made = put(
        teller, brand, journey_id, "De klantreis zoals we die samen tekenden.", teller.day(3)
    )
    for number, slug in enumerate(partners):
        at = teller.day(4 + number)
        with teller.acting(slug, at) as (session, actor):
            place = teller.place(session, actor, journey_id)
            held = services.find(session, place, made, lock=True)
            own = Membership.owner_id == actor.organisation_id
            person = session.scalars(select(Membership.user_id).where(own)).first()
            by = replace(actor, user_id=person)
            services.agree(session, by, place, held, sha256=held.sha256, at=at)
    at = teller.day(9)
    with teller.acting(brand, at) as (session, actor):
        place = journeys.find(session, actor, journey_id, lock=True)
        held = services.find(session, place, made, lock=True)
        services.establish(session, actor, place, held, at=at)
        services.use(session, actor, place, held, at=at)


def second(teller: Teller, brand: str, journey_id: uuid.UUID, card_key: str, text: str) -> None:
    """Let the brand say anew how a card should feel, and ask whom that touches."""
    at = clock.now() - timedelta(days=1)
    with teller.acting(brand, at) as (session, actor):
        place = teller.place(session, actor, journey_id)
        key = session.scalars(
            select(Card.id).where(Card.journey_id == journey_id, Card.key == card_key)
        ).one()
        card = touchpoints.find(session, place, key, lock=True)
        touchpoints.change(
            session,
            actor,
            place,
            card,
            version=card.content.version,
            at=at,
            fields={"intended_experience": text},
        )
    put(teller, brand, journey_id, "De monteur test voortaan elke werkplek.", at)
