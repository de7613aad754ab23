"""Versions on pages and from the mail: without JavaScript, for who shares them."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from markupsafe import escape
from sqlalchemy import Engine, select

from partnerjourney import features
from partnerjourney.core import border, clock, waiting
from partnerjourney.core.errors import ConflictError
from partnerjourney.core.parties import Role
from partnerjourney.history.words import _field as history_says
from partnerjourney.versions.models import Version
from partnerjourney.versions.queries import snapshots
from partnerjourney.versions.rules import FIELDS, Thing
from partnerjourney.versions.services import restoring
from partnerjourney.versions.views import by_mail
from partnerjourney.versions.words import _field as versions_say
from tests.databases import counted
from tests.maps import telenoord
from tests.maps.telenoord import NOW, Telenoord, text
from tests.organisations.company import mails, work
from tests.web_client import browser

features.employ()
THIRD = datetime(2026, 11, 25, 7, 30, tzinfo=UTC)  # Wednesday morning; put forward on the Friday


@pytest.fixture
def chain(engine: Engine) -> Telenoord:
    """Give the chain of the picture, with somebody in each organisation."""
    found = telenoord.build(engine)
    for name in ("telenoord", "flevo", "snel", "rijk"):
        found.user(name, Role.ADMIN)
    return found


class Reader:
    """Somebody of an organisation, in a browser without script."""

    def __init__(self, chain: Telenoord, app: Flask, who: str, role: Role = Role.ADMIN) -> None:
        self.chain, self.who = chain, who
        self.client: FlaskClient = chain.client(app, who, role)

    def get(self, path: str, status: int = 200) -> str:
        with clock.at(NOW):
            answer = self.client.get(self.chain.at(self.who, path))
        assert answer.status_code == status, path
        return str(answer.get_data(as_text=True))

    def post(self, path: str, status: int = 303, **data: str) -> str:
        with clock.at(NOW):
            answer = self.client.post(self.chain.at(self.who, path), data=data)
        assert answer.status_code == status, (path, text(answer.text)[:600])
        return str(answer.headers.get("Location") or answer.get_data(as_text=True))


def put(brand: Reader, note: str = "") -> str:
    """Put the map forward and return the path of its version."""
    there = brand.post("versions/", note=note)
    return there[there.index("versions/") :]


def shown_hash(page: str) -> str:
    """Return the hash of the text that a form agrees to."""
    return re.findall(r'name="sha256" value="([0-9a-f]{64})"', page)[0]


def rename(who: Reader, key: str, name: str) -> None:
    """Give a card another name, from its panel."""
    form = who.get(f"cards/{who.chain.card(key)}?edit=1")
    found = r'action="[^"]*/(map/cards/[^"]*/name)[^"]*".*?name="version" value="(\d+)"'
    action, version = re.findall(found, form, re.DOTALL)[0]
    who.post(action, name=name, version=version)


def test_from_put_forward_to_in_use_and_what_the_map_says_of_it(
    chain: Telenoord, app: Flask
) -> None:
    brand, flevo, snel, rijk = (
        Reader(chain, app, who) for who in ("telenoord", "flevo", "snel", "rijk")
    )
    assert "Nog geen versie" in flevo.get("versions/")
    assert "Er valt nog niets te vergelijken" in text(brand.get("versions/compare"))
    offered = text(brand.get("versions/"))
    assert "Krijgt de vraag: Magazijn Flevo, Koeriers" in offered
    one = put(brand, "Zoals besproken.")
    assert "Thuisklaar" in text(brand.get(one))
    with clock.at(NOW):
        home = text(flevo.client.get("/o/flevo/").text)
    assert "Ben je akkoord met versie 1?" in home
    page = flevo.get(one)
    refused = flevo.post(f"{one}/refuse", 422, reason="")
    assert "Zeg waarom niet" in refused
    stale = flevo.post(f"{one}/agree", 409, sha256="0" * 64)
    assert "niets gedaan" in stale
    flevo.post(f"{one}/agree", sha256=shown_hash(page))
    shown = text(flevo.get(one))
    assert "Mila Bos ging namens Magazijn Flevo akkoord met versie 1" in shown
    assert shown_hash(page) in shown
    peer = snel.get(one)
    assert "Rijk Bezorgt" not in peer
    assert "Mila Bos" not in text(peer[peer.index('id="decision"') :])
    for who in (snel, rijk):
        who.post(f"{one}/agree", sha256=shown_hash(who.get(one)))
    brand.post(f"{one}/establish")
    brand.post(f"{one}/use")
    assert "Versie 1 in gebruik sinds 20 november" in text(snel.get(""))
    assert "geen wijzigingen sindsdien" in text(snel.get(""))
    rename(flevo, "verzamelen", "Verzamelen, wegen en inpakken")
    assert "1 wijziging sindsdien" in text(snel.get(""))
    compared = text(snel.get("versions/compare"))
    assert "Verzamelen en inpakken → Verzamelen, wegen en inpakken" in compared
    assert "Krijgt de vraag: Magazijn Flevo Wat" in text(brand.get("versions/"))
    two = put(brand)
    assert 'name="sha256"' not in snel.get(two)
    flevo.post(f"{two}/agree", sha256=shown_hash(flevo.get(two)))
    history = snel.get("history/")
    told = text(history)
    assert "legde een versie voor" in told
    assert "Vanzelf werd een versie afgesproken door allen die gevraagd waren" in told
    assert "Versie 1" in told
    assert f'/{two}">Versie 2</a>' in history
    assert "Magazijn Flevo stelde een versie" not in told


def test_a_field_has_one_name_in_the_history_and_in_a_comparison(app: Flask) -> None:
    with app.test_request_context():
        for name in FIELDS[Thing.CARD]:
            said = versions_say(Thing.CARD, name)
            assert said
            assert history_says(name) in (said, ""), name
        assert history_says("perceived_id") == versions_say(Thing.CARD, "perceived")


def test_who_may_do_what(chain: Telenoord, app: Flask) -> None:
    brand, flevo = Reader(chain, app, "telenoord"), Reader(chain, app, "flevo")
    one = put(brand)
    flevo.post("versions/", 403, note="")
    for verb in ("use", "take-back", "archive", "remind", "establish", "put-forward"):
        flevo.post(f"{one}/{verb}", 403)
    flevo.get(f"{one}/restore", 403)
    viewer = Reader(chain, app, "flevo", Role.VIEWER)
    assert "Akkoord met versie 1" not in viewer.get(one)
    viewer.post(f"{one}/agree", 403, sha256=shown_hash(flevo.get(one)))
    stranger = Reader(chain, app, "stranger")
    for path in ("versions/", one, f"{one}/restore", "versions/compare"):
        stranger.get(path, 404)
    brand.get("versions/compare?from=0190a0a0-0000-7000-8000-000000000000", 404)
    brand.get("versions/compare?from=nonsense", 404)
    again = text(brand.post("versions/", 409, note="Nog een."))
    assert "ligt bij de partijen" in again


def test_a_draft_that_says_what_the_map_says_is_offered_itself(
    chain: Telenoord, app: Flask
) -> None:
    brand = Reader(chain, app, "telenoord")
    brand.post("versions/", note="Nog even kijken.", keep="true")
    page = brand.get("versions/")
    assert "Versie 1 is dit concept" in text(page)
    assert 'name="note"' not in page, "a form that can only fail"
    [action] = re.findall(r'action="[^"]*/(versions/[^"]*/put-forward)"', page)
    brand.post(action)
    assert "ligt bij de partijen" in text(brand.get("versions/"))


def test_the_coordinator_is_told_what_its_next_step_is(chain: Telenoord, app: Flask) -> None:
    def home(who: Reader) -> str:
        with clock.at(NOW):
            page = text(who.client.get(f"/o/{who.who}/").text)
        actor = chain.member(who.who)
        with border.open_session(chain.engine, actor) as session:
            found = [i for i in waiting.items(session, actor, NOW) if i.kind == "version_led"]
        for item in found:
            assert who.client.get(item.path).status_code == 200
        assert len(found) == page.count("de volgende stap is aan jou")
        return page

    brand, flevo, snel, rijk = (
        Reader(chain, app, who) for who in ("telenoord", "flevo", "snel", "rijk")
    )
    one = put(brand)
    assert "de volgende stap" not in home(brand)
    flevo.post(f"{one}/refuse", reason="Wij wegen niet.")
    assert "Versie 1 kwam terug met een nee" in home(brand)
    brand.post(f"{one}/put-forward")
    for who in (flevo, rijk):
        who.post(f"{one}/agree", sha256=shown_hash(who.get(one)))
    snel.post(f"{one}/refuse", reason="Niet op zaterdag.")
    assert "Versie 1 kwam terug met een nee" in home(brand), "the coordinator alone decides"
    brand.post(f"{one}/take-back")
    assert "de volgende stap" not in home(brand)
    brand.post(f"{one}/put-forward")
    for who in (flevo, rijk, snel):
        who.post(f"{one}/agree", sha256=shown_hash(who.get(one)))
    assert "Iedereen is akkoord met versie 1" in home(brand)
    brand.post(f"{one}/establish")
    assert "Versie 1 is afgesproken: neem haar in gebruik" in home(brand)
    for who in (flevo, rijk, snel):
        assert "de volgende stap" not in home(who)
    brand.post(f"{one}/use")
    assert "de volgende stap" not in home(brand)


def _refuses(*_: object) -> None:
    raise ConflictError("somebody else was first")


def test_a_preview_stands_before_anything_is_brought_back(
    chain: Telenoord, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    brand, flevo = Reader(chain, app, "telenoord"), Reader(chain, app, "flevo")
    one = put(brand)
    for who in (brand, flevo):
        key = "nummer" if who is brand else "verzamelen"
        rename(who, key, "Heel anders")
    page = brand.get(f"{one}/restore")
    assert "Wordt meteen gedaan 1" in text(page)
    assert "Wordt voorgesteld 1" in text(page)
    [upon] = re.findall(r'name="upon" value="([0-9a-f]{64})"', page)
    again = brand.post(f"{one}/restore", 409, upon="0" * 64, reason="Zo was het goed.")
    assert "Zo was het goed." in again
    with monkeypatch.context() as broken:
        broken.setitem(restoring._DOES, Thing.CARD, _refuses)
        brand.post(f"{one}/restore", upon=upon, reason="Zo was het goed.")
        told = text(brand.get(""))
        assert "2 lukten niet (‘" in told
        assert "Verzamelen en inpakken’)." in told
    brand.post(f"{one}/restore", upon=upon, reason="Zo was het goed.")
    now = text(brand.get(""))
    assert "1 wijziging is gedaan, 1 is voorgesteld." in now
    assert "Verzamelen en inpakken" in text(flevo.get("proposals/"))


def test_the_third_day_mails_a_link_that_answers_once(
    chain: Telenoord, app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = put(Reader(chain, app, "telenoord"), "Zoals besproken.")
    with clock.at(THIRD):
        work(app)
    sent = [m for m in mails(tmp_path) if "@flevo" in m["To"]]
    assert len(sent) == 1
    told = sent[0].get_body(("plain",)).get_content()
    assert "vrijdag 27 november 2026" in told
    assert "besproken" not in told, "never content"
    [link] = re.findall(r"http://localhost(/a/[\w-]{43})", told)
    phone = browser(app, site=None)
    with clock.at(THIRD):
        asked = phone.get(link)
        assert "Ben je akkoord met versie 1?" in text(asked.text)
        with chain.system() as session:
            said = session.scalars(select(Version.document)).one()
        for card in said["cards"]:  # the receipt is to all of it
            assert str(escape(card["name"])) in asked.text
            assert str(escape(card["intended_experience"])) in asked.text
        for edge in said["handovers"]:
            assert str(escape(edge["told"])) in asked.text
        assert phone.post(link, data={"answer": "refuse"}).status_code == 422
        done = phone.post(link, data={"answer": "agree"})
        assert done.status_code == 200
        assert "je antwoord staat" in text(done.text)
        assert phone.post(link, data={"answer": "agree"}).status_code == 404
    brand = Reader(chain, app, "telenoord")
    assert "Mila Bos · vanuit de mail" in text(brand.get(one))
    for who in ("snel", "rijk"):
        reader = Reader(chain, app, who)
        reader.post(f"{one}/agree", sha256=shown_hash(reader.get(one)))
    brand.post(f"{one}/establish")
    rename(brand, "nummer", "Nummer meenemen")
    rename(Reader(chain, app, "flevo"), "verzamelen", "Verzamelen en wegen")
    put(brand)
    monkeypatch.setattr(by_mail, "MOST", 1)
    with clock.at(THIRD + timedelta(days=1)):
        work(app)
    told = [m for m in mails(tmp_path) if "@flevo" in m["To"]][-1].get_body(("plain",))
    [link] = re.findall(r"http://localhost(/a/[\w-]{43})", told.get_content())
    with clock.at(THIRD + timedelta(days=1)):
        page = text(phone.get(link).text)
    assert "en nog 1 verschil" in page
    assert "Nummer meenemen" in page
    assert "Verzamelen en wegen" in page


def test_the_map_keeps_its_statements_with_a_version_in_use(chain: Telenoord, app: Flask) -> None:
    brand = Reader(chain, app, "telenoord")
    one = put(brand)
    for who in ("flevo", "snel", "rijk"):
        reader = Reader(chain, app, who)
        reader.post(f"{one}/agree", sha256=shown_hash(reader.get(one)))
    brand.post(f"{one}/establish")
    brand.post(f"{one}/use")
    for who in ("telenoord", "flevo", "snel"):
        reader = Reader(chain, app, who)
        reader.get("")
        for path in ("?view=table", f"handovers/{chain.handover('h4')}"):
            snapshots._kept.clear()  # a process that has not yet read what the version says
            with counted(chain.engine) as found:
                assert "in gebruik sinds" in text(reader.get(path))
            assert any("document" in said for said in found.texts)
            assert len(found) <= 12, found.texts
