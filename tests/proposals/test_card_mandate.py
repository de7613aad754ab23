"""A mandate opens a card to another party until its day or until it is taken back, no longer."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from partnerjourney.core import clock
from partnerjourney.core.audit import CircleAct, JourneyAct
from partnerjourney.core.parties import Role
from partnerjourney.proposals.services import mandates
from partnerjourney.touchpoints import services as touchpoints
from partnerjourney.touchpoints.models import Card
from tests.maps.telenoord import NOW, Telenoord, chain

__all__ = ["chain"]

UNTIL = date(2026, 11, 25)
AFTER = datetime(2026, 11, 26, 9, tzinfo=NOW.tzinfo)


def _party(place: Any, key: str) -> Any:
    return next(party for party in place.parties.values() if party.key == key)


def _card_of(chain: Telenoord, key: str) -> Any:
    with chain.acting("telenoord") as (session, _, place):
        lane = _party(place, key).id
        cards = session.scalars(select(Card).where(Card.journey_id == place.id)).all()
        return next(card.id for card in cards if card.content.party_id == lane)


def _give(chain: Telenoord) -> Any:
    with chain.acting("flevo", Role.ADMIN) as (session, actor, place):
        giver, taker = _party(place, "magazijn").id, _party(place, "merk").id
        return mandates.give(
            session, actor, place, from_party_id=giver, to_party_id=taker, until=UNTIL, at=NOW
        ).id


def _save(client: FlaskClient, path: str, **typed: Any) -> int:
    """Fill in the form as it stands, or send what was typed where the form is refused."""
    shown = client.get(path).text
    version = re.search(r'name="version" value="(\d+)"', shown)
    data = {"version": version[1] if version else "1", "name": "Anders", **typed}
    return client.post(path, data=data).status_code


def test_a_mandate_is_given_used_taken_back_and_over(chain: Telenoord, app: Flask) -> None:
    with clock.at(NOW):
        card, given = _card_of(chain, "magazijn"), None
        brand = chain.client(app, "telenoord", Role.EDITOR)
        viewer = chain.client(app, "telenoord", Role.VIEWER)
        other = chain.client(app, "snel")
        path = chain.at("telenoord", f"proposals/cards/{card}/by-mandate")
        panel = chain.at("telenoord", f"cards/{card}")
        assert brand.get(path).status_code == _save(brand, path) == 403
        assert "Wijzig met mandaat" not in brand.get(panel).text

        given = _give(chain)
        assert "Wijzig met mandaat" in brand.get(panel).text
        assert "woensdag 25 november 2026" in brand.get(panel).text
        assert "Wijzig met mandaat" not in viewer.get(panel).text
        assert _save(brand, path, name="Pakt het in") == 303
        assert "Pakt het in" in brand.get(panel).text
        with chain.acting("flevo") as (session, actor, place):
            own = touchpoints.find(session, place, card, lock=True)
            fields = {"channel": "phone", "moment_of_truth": True}
            now = own.content.version
            touchpoints.change(session, actor, place, own, version=now, at=NOW, fields=fields)
        late = brand.post(path, data={"version": "1", "name": "Te laat"})
        assert late.status_code == 409
        assert "kanaal ‘Telefoon’" in late.text, "in words, not as it is kept"
        assert ", een beslissend moment." in late.text
        for client, who in ((viewer, "telenoord"), (other, "snel")):
            there = chain.at(who, f"proposals/cards/{card}/by-mandate")
            assert client.get(there).status_code == _save(client, there) == 403
        for verb, way in (("edit", brand.get), ("retire", brand.post)):
            place = chain.at("telenoord", f"cards/{card}/{verb}")
            assert way(place).status_code == 403, "a mandate is for words alone"

        for name in ("telenoord", "flevo"):
            told = chain.client(app, name).get(chain.at(name, "proposals/together")).text
            assert "‘Pakt het in’ gewijzigd door Telenoord" in told
        strangers = other.get(chain.at("snel", "proposals/together")).text
        assert "Pakt het in" not in strangers
        with chain.system() as session:
            uses = session.scalars(select(CircleAct).where(CircleAct.verb == "mandate.use")).all()
            assert [use.thing_id for use in uses] == [given]
            by = session.scalars(
                select(JourneyAct.organisation_id).where(
                    JourneyAct.thing_id == card, JourneyAct.verb == "card.change"
                )
            ).all()
            assert set(by) == {chain.organisations["telenoord"], chain.organisations["flevo"]}
            assert len(by) == 2, "each in its own name"
    with clock.at(AFTER):
        brand = chain.client(app, "telenoord", Role.EDITOR)
        assert brand.get(path).status_code == _save(brand, path) == 403
        assert "Wijzig met mandaat" not in brand.get(panel).text
    with clock.at(NOW):
        brand = chain.client(app, "telenoord", Role.EDITOR)
        form = brand.get(path).text
        with chain.acting("flevo", Role.ADMIN) as (session, actor, place):
            mandates.revoke(session, actor, place, given, at=NOW)
        version = re.search(r'name="version" value="(\d+)"', form)
        late = brand.post(path, data={"version": version[1] if version else "", "name": "Nee"})
        assert late.status_code == 403, "at once, whatever page is still open"
        assert "Wijzig met mandaat" not in brand.get(panel).text
