"""A courier with two brands: member of a group in one journey, the courier itself in the other."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select

from partnerjourney.announcements import services
from partnerjourney.announcements.rules import Kind
from partnerjourney.announcements.services import Words
from partnerjourney.core import border, circles
from partnerjourney.core.parties import (
    Membership,
    Organisation,
    Participation,
    ParticipationRole,
    Party,
    Role,
    User,
)
from partnerjourney.handovers import services as handovers
from partnerjourney.journeys import services as journeys
from partnerjourney.maps import services as maps
from partnerjourney.touchpoints import services as touchpoints
from tests.chain import AT, Chain, build, document
from tests.copies import made_once
from tests.web_client import client_of

DECEMBER = Words(
    Kind.PEAK, "In december rijden wij ook op zaterdag.", date(2026, 12, 1), date(2026, 12, 24)
)
OTHER = "Koffiehuis"
"""The other brand; its name stands on none of the first brand's pages."""


@dataclass
class Two:
    """The first brand's chain with both couriers, and another brand's journey with the first."""

    chain: Chain
    other: Chain

    @property
    def both(self) -> list[uuid.UUID]:
        """The ids of both journeys."""
        return [self.chain.journey, self.other.journey]

    def something(self) -> tuple[uuid.UUID, uuid.UUID]:
        """Return a card of the couriers and a hand-over to them, in the first brand's journey."""
        with self.chain.acting("telenoord") as (session, _, place):
            group = next(p.id for p in place.parties.values() if p.key == "koeriers")
            card = next(
                c.id for c in touchpoints.cards(session, place.id) if c.content.party_id == group
            )
            edge = next(
                h.id
                for h in handovers.handovers(session, place.id)
                if h.content.to_party_id == group
            )
            return card, edge

    def announce(
        self,
        words: Words = DECEMBER,
        *,
        who: str = "snel",
        within: list[uuid.UUID] | None = None,
        at: datetime = AT,
    ) -> Any:
        """Let an organisation announce something; return its own row."""
        actor = self.chain.member(who)
        with border.open_session(self.chain.engine, actor, write=True) as session, session.begin():
            organisation = session.get_one(Organisation, actor.organisation_id)
            places = services.places_of(session, actor, self.both if within is None else within)
            made, _ = services.make(session, actor, organisation, words=words, places=places, at=at)
            return made


@made_once
def two(engine: Engine) -> Two:
    """Make both journeys; in the other the courier fills a party of its own, and has confirmed."""
    chain = build(engine, joined=("flevo", "snel", "rijk", "klaar"))
    other = Chain(engine, organisations=dict(chain.organisations))
    with chain.system() as session:
        brand = Organisation(slug="koffiehuis", name=OTHER, created_at=AT)
        session.add(brand)
        session.flush()
        other.organisations["koffiehuis"] = brand.id
    paper = document()
    paper["journey"] |= {"slug": "koffie", "name": "Koffie aan huis"}
    for party in paper["parties"]:
        if party["key"] == "koeriers":
            party["kind"] = "organisation"
    actor = other.member("koffiehuis")
    with border.open_session(engine, actor, write=True) as session, session.begin():
        brand = session.get_one(Organisation, actor.organisation_id)
        other.journey = maps.import_journey(session, actor, brand, paper, at=AT).id
    other.join("snel", "koeriers")
    other.confirm("snel")
    return Two(chain, other)


def client(app: Flask, chain: Chain, who: str, *, role: Role = Role.EDITOR) -> FlaskClient:
    """Return the browser of somebody of an organisation, made where missing."""
    email = f"{role}@{who}.example"
    with chain.system() as session:
        found = session.scalar(select(User).where(User.email == email))
        if found is None:
            found = User(email=email, name=f"Iemand van {who}", created_at=AT)
            session.add(found)
            session.flush()
            owner = chain.organisations[who]
            session.add(Membership(owner_id=owner, user_id=found.id, role=role, created_at=AT))
        user_id = found.id
    return client_of(app, user_id)


def told(chain: Chain, who: str) -> list[str]:
    """Return the texts of what somebody is told in a journey."""
    from partnerjourney.announcements import queries

    with chain.acting(who) as (session, _, place):
        return [one.text for one in queries.told(session, [place.id])]


__all__ = [
    "AT",
    "DECEMBER",
    "Participation",
    "ParticipationRole",
    "Party",
    "Two",
    "circles",
    "client",
    "journeys",
    "told",
    "two",
]
