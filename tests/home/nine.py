"""A courier that delivers for nine brands; none of them knows of another, and each proposes."""

from __future__ import annotations

import uuid
from collections import Counter
from typing import Any

from sqlalchemy import Engine, select

from partnerjourney.core import border, clock
from partnerjourney.core.parties import Membership, Organisation, Role, User
from partnerjourney.maps import services as maps
from partnerjourney.proposals import services as proposals
from partnerjourney.proposals.models import Proposal
from partnerjourney.proposals.rules import State
from tests.chain import AT, Chain
from tests.copies import made_once
from tests.maps.telenoord import NOW

NAMES = ("Aurora", "Breda", "Citrus", "Delta", "Ebbe", "Fjord", "Gloed", "Haven", "IJsbaan")
COURIER = "Koerier Snel"
TOLD = "U hoort een dag vooruit wanneer wij komen."


def document(number: int) -> dict[str, Any]:
    """Return a brand's journey: to the courier, and from the courier to the customer."""
    brand = {"key": "merk", "name": NAMES[number], "kind": "organisation", "orchestrator": True}
    touch = {"phase": "leveren", "kind": "touchpoint", "channel": "visit"}
    reach = {"contact_name": "Planning", "contact_reach": "085 555 01 60", "told": TOLD}
    return {
        "journey": {"slug": "bezorgen", "name": f"Bezorgen bij {NAMES[number]}", "language": "nl"},
        "parties": [
            {"key": "klant", "name": "Klant", "kind": "customer"},
            brand,
            {"key": "koerier", "name": COURIER, "kind": "organisation"},
        ],
        "phases": [{"key": "leveren", "name": "Leveren"}],
        "cards": [
            {"key": "a", "phase": "leveren", "party": "merk", "kind": "step", "name": "Inpakken"},
            {"key": "b", "party": "koerier", "name": "Pakket brengen", **touch},
            {"key": "c", "party": "klant", "name": "Neemt het pakket aan", **touch},
        ],
        "handovers": [
            {"key": "mee", "from": "merk", "to": "koerier", "from_card": "a", "to_card": "b",
             "name": f"Pakket van {NAMES[number]}", "time_limit": "P1D", **reach},
            {"key": "levering", "from": "koerier", "to": "klant", "from_card": "b", "to_card": "c",
             "name": "Levering", **reach},
        ],
        "points": [
            {"key": "levering", "card": "c", "metric": "nps", "subject": "levering",
             "covers": ["mee", "levering"]}
        ],
    }  # fmt: skip


def person(chain: Chain, name: str) -> uuid.UUID:
    """Return somebody of an organisation, who signs in as p@…"""
    with chain.system() as session:
        user = User(email=f"p@{name}.example", name="Mila Bos", language="nl", created_at=AT)
        session.add(user)
        session.flush()
        owner = chain.organisations[name]
        session.add(Membership(owner_id=owner, user_id=user.id, role=Role.ADMIN, created_at=AT))
        session.flush()
        return user.id


@made_once
def nine(engine: Engine) -> tuple[Chain, dict[str, uuid.UUID]]:
    """Return the chain, with the first brand's journey; and the journey of each brand."""
    chain = Chain(engine)
    ids: dict[str, uuid.UUID] = {}
    with clock.at(AT), chain.system() as session:
        for name in (*NAMES, COURIER):
            made = Organisation(slug=name.lower().replace(" ", "-"), name=name, created_at=AT)
            session.add(made)
            session.flush()
            chain.organisations[name] = made.id
    for number, name in enumerate(NAMES):
        actor = chain.member(name)
        with border.open_session(engine, actor, write=True) as session, session.begin():
            brand = session.get_one(Organisation, actor.organisation_id)
            chain.journey = maps.import_journey(session, actor, brand, document(number), at=AT).id
        ids[name] = chain.journey
        chain.join(COURIER, "koerier")
        chain.confirm(COURIER)
        with clock.at(NOW), chain.acting(name) as (session, actor, place):
            edge = chain.edge(session, place, "mee")
            terms = edge.terms[0]
            fields = {"trigger": f"{name} belt eerst."}
            proposals.change(
                session, actor, place, edge, terms,
                version=terms.version, at=NOW, fields=fields, reason="Dat werkt beter.",
            )  # fmt: skip
    chain.journey = ids[NAMES[0]]
    return chain, ids


def states(chain: Chain) -> Counter[State]:
    """Return how many of what was proposed is in which state."""
    with chain.system() as session:
        return Counter(session.scalars(select(Proposal.state)))
