"""Home and the list of journeys: what waits, what customers say, and what it costs."""

from __future__ import annotations

import re
import uuid
from collections import Counter
from datetime import timedelta

from flask import Flask
from sqlalchemy import Engine

from partnerjourney.core import border, clock
from partnerjourney.core.parties import Organisation, Party, Role
from partnerjourney.journeys import services as journeys
from partnerjourney.organisations.models import JoinRequest, PartyInvitation
from tests.databases import counted
from tests.factories import row
from tests.maps import telenoord
from tests.maps.telenoord import NOW, Telenoord, text


def home(chain: Telenoord, app: Flask, name: str, role: Role = Role.ADMIN) -> str:
    """Return the home of an organisation, on one fixed morning."""
    with clock.at(NOW):
        response = chain.client(app, name, role).get(f"/o/{name}/")
    assert response.status_code == 200
    return response.get_data(as_text=True)


def test_home_says_what_waits_and_lets_it_be_answered(chain: Telenoord, app: Flask) -> None:
    page = home(chain, app, "snel")
    shown = text(page)
    assert "Goedemorgen, Mila" in shown
    assert "Koerier Snel · vrijdag 20 november 2026 · 1 opdrachtgever" in shown
    assert "Tijdslimiet: binnen 1 werkdag → binnen 2 werkdagen" in shown
    assert "Voorstel van Magazijn Flevo" in shown
    assert page.count("<h1") == 1
    assert max(Counter(re.findall(r' id="([^"]+)"', page)).values()) == 1
    only = re.search(r'name="only" value="([^"]+)"', page)
    assert only is not None
    client = chain.client(app, "snel")
    assert client.post("/o/snel/agree", data={"only": only[1]}).status_code == 303
    assert "Er wacht niets op jou." in text(home(chain, app, "snel"))


def test_a_change_waits_for_others_with_its_day(chain: Telenoord, app: Flask) -> None:
    for name in ("flevo", "telenoord"):
        shown = text(home(chain, app, name))
        assert "Er wacht niets op jou." in shown
        for who in ("Koerier Snel", "Rijk Bezorgt"):
            assert f"{who} Pakket gaat mee met de koerier · vóór vr 27 november" in shown
        assert "Koeriers Pakket gaat mee" not in shown


def test_scores_stand_with_their_company_and_lists_by_name(chain: Telenoord, app: Flask) -> None:
    shown = text(home(chain, app, "telenoord"))
    assert "Levering +38 · 150 marge +25 tot +49 · sinds 1 sep 2026" in shown
    assert "Hulp 9 antwoorden 2 × 0–6 · 3 × 7–8 · 4 × 9–10 · sinds 1 sep 2026" in shown
    assert "Hulp: 212 zaken, 14 te laat" in shown
    assert shown.index("Bestelling +42") < shown.index("Levering +38") < shown.index("Hulp 9")
    other = text(home(chain, app, "flevo"))
    assert "Mijn opdrachtgevers" in other
    assert "Levering +38 · 150" in other
    assert "Installatie" not in other
    assert "Hulp 9" not in other
    assert "te laat" not in other.replace("412 zaken, 10 te laat", "")


def test_an_unconfirmed_party_waits_for_its_own(engine: Engine, app: Flask) -> None:
    chain = telenoord.build(engine)
    with clock.at(NOW):
        chain.join("thuisklaar", "thuisklaar")
    shown = text(home(chain, app, "thuisklaar"))
    assert "Klopt wat er over jullie staat?" in shown
    assert "Telenoord vulde Thuisklaar voorlopig in." in shown
    chain.confirm("thuisklaar")
    assert "Klopt wat er over jullie staat?" not in text(home(chain, app, "thuisklaar"))


def test_only_admins_are_asked_who_may_join(engine: Engine, app: Flask) -> None:
    chain = telenoord.build(engine)
    person = chain.user("stranger")
    with chain.system() as session:
        session.add(
            row(
                JoinRequest,
                owner_id=chain.organisations["flevo"],
                user_id=person,
                created_at=NOW - timedelta(days=1),
                decided_at=None,
            )
        )
    assert "Mila Bos wil meedoen" in text(home(chain, app, "flevo"))
    assert "wil meedoen" not in home(chain, app, "flevo", Role.EDITOR)
    assert "wil meedoen" not in home(chain, app, "telenoord")


def test_open_invitations_wait_for_others(engine: Engine, app: Flask) -> None:
    chain = telenoord.build(engine)
    with chain.system() as session:
        party = session.query(Party).filter_by(journey_id=chain.journey, key="thuisklaar").one()
        session.add(
            row(
                PartyInvitation,
                owner_id=chain.organisations["telenoord"],
                journey_id=chain.journey,
                party_id=party.id,
                created_at=NOW,
                expires_at=NOW + timedelta(days=10),
            )
        )
    shown = text(home(chain, app, "telenoord"))
    assert "Thuisklaar Uitnodiging voor Zakelijk internet en toestel · vóór ma 30 november" in shown
    assert "Uitnodiging" not in home(chain, app, "flevo")


def test_a_fresh_organisation_is_told_where_to_begin(engine: Engine, app: Flask) -> None:
    chain = telenoord.build(engine)
    shown = text(home(chain, app, "stranger"))
    assert "Maak je eerste klantreis" in shown
    assert "Zakelijk internet" not in shown
    viewer = home(chain, app, "stranger", Role.VIEWER)
    assert "Er is nog geen klantreis." in text(viewer)
    assert "/journeys/new" not in viewer
    assert "Maak je eerste klantreis" in text(index(chain, app, "stranger"))


def index(chain: Telenoord, app: Flask, name: str) -> str:
    """Return the list of journeys of an organisation."""
    response = chain.client(app, name).get(f"/o/{name}/journeys/")
    assert response.status_code == 200
    return response.get_data(as_text=True)


def test_the_list_of_journeys_names_brand_and_part(engine: Engine, app: Flask) -> None:
    chain = telenoord.build(engine)
    assert "Zakelijk internet en toestel TE Telenoord Koeriers" in text(index(chain, app, "snel"))
    assert "Telenoord Regie" in text(index(chain, app, "telenoord"))


def test_the_number_of_statements_does_not_grow_with_journeys(
    engine: Engine, chain: Telenoord, app: Flask
) -> None:
    client = chain.client(app, "telenoord")
    with counted(engine) as few:
        assert client.get("/o/telenoord/").status_code == 200
    actor = chain.member("telenoord")
    with border.open_session(engine, actor, write=True) as session, session.begin():
        brand = session.get_one(Organisation, actor.organisation_id)
        for number in range(6):
            name = f"Reis {number} {uuid.uuid4().hex[:4]}"
            journeys.create(session, actor, brand, name=name, at=NOW)
    with counted(engine) as many:
        page = client.get("/o/telenoord/").get_data(as_text=True)
    assert "Reis 5" in page
    assert len(many) == len(few) <= 19
