"""A courier with nine brands answers all that waits in ten taps; no brand learns of another."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select

from partnerjourney.core import border, clock
from partnerjourney.core.parties import Membership, Organisation, Role, User
from partnerjourney.maps import services as maps
from partnerjourney.proposals import services as proposals
from partnerjourney.proposals.models import Proposal
from partnerjourney.proposals.rules import State
from tests.chain import AT, Chain
from tests.maps.telenoord import NOW
from tests.web_client import client_of

NAMES = ("Aurora", "Breda", "Citrus", "Delta", "Ebbe", "Fjord", "Gloed", "Haven", "IJsbaan")
COURIER = "Koerier Snel"


def document(number: int) -> dict[str, Any]:
    brand = {"key": "merk", "name": NAMES[number], "kind": "organisation", "orchestrator": True}
    return {
        "journey": {"slug": "bezorgen", "name": f"Bezorgen bij {NAMES[number]}", "language": "nl"},
        "parties": [brand, {"key": "koerier", "name": COURIER, "kind": "organisation"}],
        "phases": [{"key": "leveren", "name": "Leveren"}],
        "cards": [
            {"key": key, "phase": "leveren", "party": party, "kind": "step", "name": name}
            for key, party, name in (("a", "merk", "Klaarzetten"), ("b", "koerier", "Brengen"))
        ],
        "handovers": [
            {"key": "mee", "from": "a", "to": "b", "name": f"Pakket van {NAMES[number]}"}
        ],
    }


def person(chain: Chain, name: str) -> Any:
    with chain.system() as session:
        user = User(email=f"p@{name}.example", name="Mila", language="nl", created_at=AT)
        session.add(user)
        session.flush()
        owner = chain.organisations[name]
        session.add(Membership(owner_id=owner, user_id=user.id, role=Role.EDITOR, created_at=AT))
        session.flush()
        return user.id


def nine(engine: Engine) -> Chain:
    """Return a courier that delivers for nine brands, each of which proposes something."""
    chain = Chain(engine)
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
    return chain


def open_ones(chain: Chain) -> int:
    with chain.system() as session:
        return len(session.scalars(select(Proposal.id).where(Proposal.state == State.OPEN)).all())


def crawl(client: FlaskClient, start: str) -> dict[str, str]:
    """Return every page that can be reached by links from one, by address."""
    found: dict[str, str] = {}
    left = [start]
    while left:
        address = left.pop()
        if address in found:
            continue
        answer = client.get(address)
        found[address] = unescape(answer.text) if "text" in answer.content_type else ""
        for link in re.findall(r'href="(/(?:o|account)[^"#]*)', found[address]):
            plain = unescape(link)
            if not re.search(r"[?&](zoom|party|lang|role|view)=", plain):
                left.append(plain)
    return found


def test_nine_brands_wait_and_are_answered_on_two_pages(engine: Engine, app: Flask) -> None:
    chain = nine(engine)
    courier = client_of(app, person(chain, COURIER))
    assert open_ones(chain) == len(NAMES)
    with clock.at(NOW):
        home = courier.get("/o/koerier-snel/").text
        boxes = re.findall(r'type="checkbox" name="proposal" value="([^"]+)"', home)
        assert len(boxes) == len(NAMES), "all of them on one page, a tap each"
        assert len(re.findall(r"belt eerst\.", home)) == len(NAMES), "with what would change"
        action = re.search(r'<form[^>]*id="agree"[^>]*action="([^"]+)"', home)
        assert action is not None
        done = courier.post(action[1], data={"proposal": boxes}, follow_redirects=True)
        assert "Akkoord met 9 voorstellen" in done.text, "the tenth tap"
    assert open_ones(chain) == 0

    with clock.at(NOW):
        brand = client_of(app, person(chain, NAMES[0]))
        pages = crawl(brand, "/o/aurora/")
    assert len(pages) > 25, sorted(pages)
    for address, shown in pages.items():
        named = [name for name in NAMES[1:] if name in shown]
        assert not named, (address, named)
