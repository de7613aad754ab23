"""The page of the map: what everybody sees, what only some see, and what it costs."""

from __future__ import annotations

import re
import uuid
from collections import Counter

import pytest
from flask import Flask
from sqlalchemy import Engine

from partnerjourney.core import clock
from partnerjourney.core.parties import Role
from tests.databases import counted
from tests.maps import telenoord
from tests.maps.telenoord import NOW, Telenoord, text

LIMIT = "binnen 2 werkdagen"
ASKED = "/accept"


def get(chain: Telenoord, app: Flask, name: str, path: str = "", role: Role = Role.ADMIN) -> str:
    """Return a page of the journey as somebody of an organisation sees it."""
    with clock.at(NOW):
        response = chain.client(app, name, role).get(chain.at(name, path))
    assert response.status_code == 200, path
    return response.get_data(as_text=True)


def test_the_map_shows_every_card_and_hand_over_without_javascript(
    chain: Telenoord, app: Flask
) -> None:
    page = get(chain, app, "telenoord")
    cards = re.findall(r'<a class="map-card[^>]* href="([^"]+)"', page)
    numbers = re.findall(r'<a class="map-number[^>]* href="([^"]+)"', page)
    assert len(cards) == 26
    assert len(numbers) == 12
    assert "style=" not in page
    assert page.count("<h1") == 1
    ids = Counter(re.findall(r' id="([^"]+)"', page))
    assert max(ids.values()) == 1
    shown = text(page)
    assert "+38 · 150" in shown
    assert "Voorlopig ingevuld door Telenoord; nog niet bevestigd door Thuisklaar" in shown
    client = chain.client(app, "telenoord")
    assert all(client.get(href).status_code == 200 for href in (cards[0], numbers[0]))


def test_table_and_map_hold_the_same(chain: Telenoord, app: Flask) -> None:
    drawn, listed = (get(chain, app, "telenoord", f"?view={view}") for view in ("map", "table"))
    for what in ("cards", "handovers"):
        ids = {
            view: set(re.findall(rf"/{what}/([0-9a-f-]+)", page))
            for view, page in (("map", drawn), ("table", listed))
        }
        assert ids["map"] == ids["table"]
    assert "map-card" not in listed
    assert "marge +25 tot +49" in text(listed)
    assert "voorstel</span>" in listed
    assert "voorstel</span>" in drawn


def test_a_side_of_the_hand_over_reads_its_terms_and_answers(chain: Telenoord, app: Flask) -> None:
    source = get(chain, app, "snel", f"handovers/{chain.handover('h4')}")
    page = text(source)
    assert "Tijdslimiet: binnen 1 werkdag → " + LIMIT in page
    assert "Voorstel van Magazijn Flevo" in page
    assert "vóór vr 27 november 17.00" in page
    assert ASKED in source
    assert "Barcode gescand bij het laden" in page
    assert "Fatima Bakker, Magazijn Flevo" in page


def test_who_made_the_change_waits(chain: Telenoord, app: Flask) -> None:
    source = get(chain, app, "flevo", f"handovers/{chain.handover('h4')}")
    page = text(source)
    assert "Wacht op: Koerier Snel en Rijk Bezorgt, vóór vr 27 november" in page
    assert ASKED not in source
    assert page.count("Voorstel van Magazijn Flevo") == 1


def test_a_hand_over_of_others_shows_only_its_public_part(chain: Telenoord, app: Flask) -> None:
    page = get(chain, app, "flevo", f"handovers/{chain.handover('h7')}")
    panel = text(page[page.index('id="panel"') :])
    assert "Thuisklaar" in panel
    assert "U hoort dit bij stap 7." in panel
    assert "Wat hier verder staat, is alleen voor Thuisklaar en de regie." in panel
    assert "binnen 48 uur" not in panel
    assert "Lijst 7" not in page
    assert "Installatie 6 7" not in text(page)
    assert "+57" not in page


def test_members_of_a_group_never_see_one_another(engine: Engine, app: Flask) -> None:
    chain = telenoord.build(engine, joined=("flevo", "snel"))
    with clock.at(NOW):
        telenoord.change_limit(chain)
        telenoord.answered(chain, "levering", {10: 82, 8: 43, 5: 25})
    h4 = chain.handover("h4")
    paths = ["", "?view=table", f"handovers/{h4}", f"handovers/{chain.handover('h5')}"]
    client = chain.client(app, "snel")

    def seen() -> list[tuple[bytes, str | None]]:
        with clock.at(NOW):
            found = [client.get(chain.at("snel", path)) for path in paths]
            found.append(client.get("/o/snel/"))
        assert all(response.status_code == 200 for response in found)
        return [(response.data, response.headers["ETag"]) for response in found]

    alone = seen()
    chain.join("rijk", "koeriers")
    chain.confirm("rijk")
    with clock.at(NOW):
        telenoord.change_limit(chain, "rijk", "P3D")
    assert seen() == alone
    assert b"Rijk" not in b"".join(data for data, _ in alone)
    assert b"Groep van" not in b"".join(data for data, _ in alone)
    assert "Koerier Snel, Rijk Bezorgt" in text(get(chain, app, "telenoord", f"handovers/{h4}"))


def test_strangers_and_other_journeys_get_the_same_nothing(engine: Engine, app: Flask) -> None:
    chain = telenoord.build(engine)
    client = chain.client(app, "stranger")
    missing = client.get(f"/o/stranger/journeys/{uuid.uuid4()}/")
    for path in ("", f"cards/{chain.card('neemt')}", f"handovers/{chain.handover('h4')}"):
        response = client.get(chain.at("stranger", path))
        assert response.status_code == 404
        assert response.data == missing.data
    assert client.get(chain.at("telenoord")).status_code == 404
    own = chain.client(app, "telenoord")
    assert own.get(chain.at("telenoord", f"cards/{chain.handover('h4')}")).status_code == 404


def test_a_viewer_reads_and_changes_nothing(chain: Telenoord, app: Flask) -> None:
    path = f"handovers/{chain.handover('h4')}"
    page = get(chain, app, "snel", path, Role.VIEWER)
    assert LIMIT in text(page)
    assert ASKED not in page
    assert "/edit" not in page
    assert "/draw" not in page
    assert "/edit" not in get(
        chain, app, "flevo", f"cards/{chain.card('klaarzetten')}", Role.VIEWER
    )
    assert "/edit" in get(chain, app, "flevo", f"cards/{chain.card('klaarzetten')}", Role.EDITOR)
    client = chain.client(app, "snel", Role.VIEWER)
    assert client.post(agreeing(get(chain, app, "snel", path))).status_code == 403


def agreeing(page: str) -> str:
    """Return the address to which the button of the panel says yes."""
    found = re.search(r'action="([^"]+/proposals/[0-9a-f-]+/accept)"', page)
    assert found is not None
    return found[1]


def test_agreeing_settles_the_change(chain: Telenoord, app: Flask) -> None:
    path = f"handovers/{chain.handover('h4')}"
    client = chain.client(app, "snel")
    response = client.post(agreeing(get(chain, app, "snel", path)))
    assert response.status_code == 303
    assert response.headers["Location"] == chain.at("snel", path)
    page = get(chain, app, "snel", path)
    assert "Voorstel van" not in page[page.index('id="panel"') :]
    waits = text(get(chain, app, "flevo", path))
    assert "Wacht op: Rijk Bezorgt" in waits
    assert "Koerier Snel en" not in waits


def test_what_was_proposed_anew_is_shown_instead_of_agreed(chain: Telenoord, app: Flask) -> None:
    path = f"handovers/{chain.handover('h4')}"
    first = agreeing(get(chain, app, "snel", path))
    with clock.at(NOW):
        telenoord.change_limit(chain, "flevo", "P3D")
    response = chain.client(app, "snel").post(first)
    assert response.status_code == 409
    page = text(response.get_data(as_text=True))
    assert "Over dit voorstel is intussen beslist, of het is veranderd" in page
    assert "binnen 1 werkdag → binnen 3 werkdagen" in page
    assert agreeing(response.get_data(as_text=True)) != first


def test_htmx_gets_the_panel_and_the_map_alone(chain: Telenoord, app: Flask) -> None:
    headers = {"HX-Request": "true", "HX-Target": "section#panel"}
    path = chain.at("telenoord", f"handovers/{chain.handover('h4')}")
    page = chain.client(app, "telenoord").get(path, headers=headers).get_data(as_text=True)
    assert "<html" not in page
    assert "<h1" not in page
    assert "Pakket gaat mee met de koerier" in page
    assert page.count('id="plane"') == 1
    assert "hx-swap-oob" in page
    assert page.count("map-edge is-selected") == 1
    assert page.count("map-edge is-stretch") == 2


@pytest.mark.parametrize(
    ("name", "sees", "hidden"),
    [("magazijn", "+38", "+57"), ("thuisklaar", "+57", "+38"), ("koeriers", "elk lid", "+38")],
)
def test_the_coordinator_looks_through_the_eyes_of_a_party(
    chain: Telenoord, app: Flask, name: str, sees: str, hidden: str
) -> None:
    page = get(chain, app, "telenoord", f"?as={name}")
    shown = text(page)
    assert "Dit ziet" in shown
    assert "Terug naar wat jij ziet" in shown
    assert sees in shown
    assert hidden not in page
    assert "/draw" not in page
    if name == "koeriers":
        assert "Rijk" not in page
        assert "Koerier Snel" not in page
        assert "Groep van" not in page


@pytest.mark.parametrize("name", ["flevo", "snel"])
def test_partners_do_not_look_through_the_eyes_of_others(
    engine: Engine, app: Flask, name: str
) -> None:
    chain = telenoord.build(engine)
    client = chain.client(app, name)
    assert client.get(chain.at(name, "?as=thuisklaar")).status_code == 403
    assert client.get(chain.at(name, "?as=nobody")).status_code == 404
    assert client.get(chain.at(name, "?as=klant")).status_code == 404


def test_what_a_party_sees_is_what_it_sees(chain: Telenoord, app: Flask) -> None:
    path = f"handovers/{chain.handover('h4')}"

    def panel(page: str) -> str:
        return text(page[page.index('id="panel"') : page.index('id="toasts"')])

    own = panel(get(chain, app, "flevo", path))
    previewed = panel(get(chain, app, "telenoord", f"{path}?as=magazijn"))
    ways = (" Bekijk de meting", " Wijzig of stel voor", " Gesprekken Bekijk de gesprekken")
    for way in ways:  # links of one's own map
        own = own.replace(way, "")
    assert previewed == own


@pytest.mark.parametrize("more", [14, 274])
def test_the_number_of_statements_does_not_grow(engine: Engine, app: Flask, more: int) -> None:
    chain = telenoord.build(engine, more=more)
    with clock.at(NOW):
        telenoord.change_limit(chain)
        telenoord.answered(chain, "levering", {10: 82, 8: 43, 5: 25}, cases=412, late=10)
    handover = chain.handover("h4")
    for name in ("telenoord", "flevo", "snel"):
        client = chain.client(app, name)
        client.get(chain.at(name))
        for path in ("", f"handovers/{handover}", f"cards/{chain.card('neemt')}", "?view=table"):
            with counted(engine) as found:
                assert client.get(chain.at(name, path)).status_code == 200
            assert len(found) <= 12, found.texts


def test_what_did_not_change_is_not_sent_again(engine: Engine, app: Flask) -> None:
    chain = telenoord.build(engine)
    client = chain.client(app, "telenoord")
    first = client.get(chain.at("telenoord"))
    assert first.headers["Cache-Control"] == "private, no-cache"
    again = client.get(chain.at("telenoord"), headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304


def test_an_empty_journey_says_where_to_begin(engine: Engine, app: Flask) -> None:
    chain = telenoord.build(engine, empty=True)
    shown = text(get(chain, app, "telenoord"))
    assert "Begin met één overdracht" in shown
    assert "Teken de eerste overdracht" in shown
    assert "Teken" not in text(get(chain, app, "telenoord", role=Role.VIEWER))
    client = chain.client(app, "telenoord")
    made = client.post("/o/telenoord/journeys/new", data={"name": "Nieuw"}).location
    edited = client.get(made.replace("/draw", "/?edit=1"))
    assert edited.status_code == 200
    assert "/map/phases/new" in edited.text, "its first phase is made on the map itself"
    assert "/map/cards/new" not in edited.text, "there is no phase to put anything in"


def test_a_viewer_reads_the_list_of_all_and_is_offered_no_change(
    chain: Telenoord, app: Flask
) -> None:
    page = get(chain, app, "telenoord", "draw", Role.VIEWER)
    assert "Bestelling bevestigen" in page
    assert 'method="post"' not in page.split("<main")[1]
    assert 'method="post"' in get(chain, app, "telenoord", "draw").split("<main")[1]


def test_everything_speaks_both_languages(chain: Telenoord, app: Flask) -> None:
    paths = ["", f"handovers/{chain.handover('h4')}", f"cards/{chain.card('test')}", "?as=koeriers"]
    client = chain.client(app, "telenoord", language="en")
    shown = " ".join(
        text(client.get(chain.at("telenoord", p)).get_data(as_text=True)) for p in paths
    )
    for word in ("Klantoordeel", "Overdracht", "werkdag", "antwoorden", "Zo moet"):
        assert word not in shown
    for word in ("Customer’s judgement", "within 2 working days", "What it should feel like"):
        assert word in shown
