"""Verbs on a journey and its phases."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from partnerjourney.core import audit
from partnerjourney.core.errors import ConflictError
from partnerjourney.core.parties import (
    Journey,
    Organisation,
    PartyKind,
)
from partnerjourney.core.policy import Permission, require
from partnerjourney.core.scopes import Actor
from partnerjourney.journeys.rules import new_key
from partnerjourney.journeys.services.lanes import add_party
from partnerjourney.journeys.services.places import Place, place_of, update_row


def create(
    session: Session, actor: Actor, organisation: Organisation, *, at: datetime, **fields: Any
) -> Place:
    """Make a journey that the organisation coordinates, with its own party and the customer's.

    `fields`: name, slug and any of language, time_zone, form_of_address, kind, contact_name,
    contact_email, contact_phone, customer_name, fictitious; `empty=True` leaves the parties out.
    """
    require(actor, Permission.JOURNEY_CREATE, organisation)
    empty = fields.pop("empty", False)
    customer = fields.pop("customer_name", None)
    taken = set(
        session.scalars(select(Journey.slug).where(Journey.organisation_id == organisation.id))
    )
    slug = fields.pop("slug", None) or new_key(fields["name"], taken)
    if slug in taken:
        raise ConflictError(f"there is a journey called {slug} already")
    journey = Journey(
        organisation_id=organisation.id,
        slug=slug,
        customer_owner_id=organisation.id,
        created_at=at,
        **fields,
    )
    session.add(journey)
    session.flush()
    audit.record(session, "journey.create", at=at, thing_id=journey.id, journey_id=journey.id)
    if not empty:
        name = customer or ("Klant" if journey.language == "nl" else "Customer")
        add_party(session, actor, journey, name=name, kind=PartyKind.CUSTOMER, at=at)
        add_party(session, actor, journey, name=organisation.name, orchestrator=True, at=at)
    session.flush()
    return place_of(session, actor, journey)


def may_create(actor: Actor, organisation: Organisation) -> None:
    """Raise NotAllowedError unless the actor may make journeys for the organisation."""
    require(actor, Permission.JOURNEY_CREATE, organisation)


def may_draw(actor: Actor, place: Place) -> None:
    """Raise NotAllowedError unless the actor coordinates the journey."""
    require(actor, Permission.JOURNEY_DRAW, place)


def customer_owner(session: Session, place: Place) -> Organisation:
    """Return the organisation whose customer it is."""
    return session.get_one(Organisation, place.journey.customer_owner_id)


def change(
    session: Session,
    actor: Actor,
    place: Place,
    *,
    version: int,
    at: datetime,
    fields: Mapping[str, Any],
) -> None:
    """Change what all see of a journey; raises StaleVersionError when another saved first."""
    require(actor, Permission.JOURNEY_DRAW, place)
    update_row(session, place.journey, version=version, fields=fields)
    audit.record(
        session, "journey.change", at=at, thing_id=place.id, journey_id=place.id, after=dict(fields)
    )
