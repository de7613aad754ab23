"""The map is edited in place: each owner its own, with a way back, and never over another's."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine
from werkzeug.test import TestResponse

from partnerjourney.core import clock
from partnerjourney.core.parties import Role
from tests.databases import counted
from tests.maps import telenoord
from tests.maps.telenoord import NOW, Telenoord, text

HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}


@dataclass
class Command:
    """A form on a page: where it goes, and what it sends."""

    action: str
    fields: dict[str, str]


def commands(page: str) -> list[Command]:
    """Return the forms of a page that are posted; of a list the value that is chosen."""
    found = []
    for attributes, body in re.findall(r"<form([^>]*)>(.*?)</form>", page, re.DOTALL):
        action = re.search(r'action="([^"]*)"', attributes)
        if action is None or 'method="post"' not in attributes:
            continue
        fields = {}
        for tag in re.findall(r"<input[^>]*>", body):
            name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
            if name and ('type="radio"' not in tag or "checked" in tag):
                fields[name[1]] = html.unescape(value[1]) if value else ""
        for name, options in re.findall(
            r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', body, re.DOTALL
        ):
            chosen = re.search(r'value="([^"]*)" selected', options) or re.search(
                r'value="([^"]*)"', options
            )
            fields[name] = chosen[1] if chosen else ""
        found.append(Command(html.unescape(action[1]), fields))
    return found


class Editor:
    """Somebody who edits the map, without JavaScript unless told."""

    def __init__(self, chain: Telenoord, client: FlaskClient, name: str) -> None:
        self.chain, self.client, self.name = chain, client, name

    def get(self, path: str = "", status: int = 200) -> str:
        answer = self.client.get(self.chain.at(self.name, path))
        assert answer.status_code == status, path
        return answer.text

    def form(self, path: str, ending: str) -> Command:
        """Return the form on a page whose address ends so."""
        page = self.get(f"{path}{'&' if '?' in path else '?'}edit=1")
        return next(c for c in commands(page) if c.action.split("?")[0].endswith(ending))

    def send(self, command: Command, **typed: Any) -> TestResponse:
        return self.client.post(command.action, data={**command.fields, **typed})

    def path(self, phase: str) -> list[str]:
        """Return the titles of a phase's cards, in the order in which the panel offers them."""
        page = self.get("map/cards/new?edit=1")
        group = re.search(rf'<optgroup label="\d+\. {phase}">(.*?)</optgroup>', page, re.DOTALL)
        assert group is not None, phase
        return [html.unescape(name) for name in re.findall("na ‘(.*?)’<", group[1])]


@pytest.fixture
def brand(chain: Telenoord, app: Flask) -> Iterator[Editor]:
    """Give the coordinator."""
    with clock.at(NOW):
        yield Editor(chain, chain.client(app, "telenoord"), "telenoord")


@pytest.fixture
def flevo(chain: Telenoord, app: Flask) -> Editor:
    """Give a partner that owns its lane."""
    return Editor(chain, chain.client(app, "flevo"), "flevo")


def undo(page: str) -> Command:
    """Return the command that a page offers to take back what was done."""
    toasts = re.search(r'<div class="toast is-[^"]*" data-command>(.*?)</form>', page, re.DOTALL)
    assert toasts is not None, page[-2000:]
    return commands(toasts[0])[0]


def follow(editor: Editor, answer: TestResponse) -> str:
    assert answer.status_code == 303, answer.text
    told: str = editor.client.get(answer.location).text
    return told


def test_a_card_is_renamed_moved_and_taken_off_without_javascript_and_each_is_undone(
    chain: Telenoord, brand: Editor
) -> None:
    card = f"cards/{chain.card('nummer')}"
    before = brand.path("Voorbereiden")
    page = follow(brand, brand.send(brand.form(card, "/name"), name="Nummer meenemen"))
    assert "‘Nummer overzetten’ heet nu ‘Nummer meenemen’." in text(page)
    page = follow(brand, brand.send(undo(page)))
    assert "‘Nummer meenemen’ heet nu ‘Nummer overzetten’." in text(page)

    move = brand.form(card, "/place")
    page = follow(brand, brand.send(move, to=move.fields["to"].split("/")[0]))
    assert "‘Nummer overzetten’ staat nu in Voorbereiden, als eerste." in text(page)
    assert brand.path("Voorbereiden")[0] == "Nummer overzetten"
    follow(brand, brand.send(undo(page)))
    assert brand.path("Voorbereiden") == before

    page = follow(brand, brand.send(brand.form(card, "/retire")))
    assert "Nummer overzetten" not in brand.path("Voorbereiden")
    page = follow(brand, brand.send(undo(page)))
    assert "‘Nummer overzetten’ staat weer op de kaart." in text(page)
    assert brand.path("Voorbereiden") == before


def test_cards_phases_and_hand_overs_are_added_in_place(chain: Telenoord, brand: Editor) -> None:
    phases = re.findall(r'data-phase="([^"]+)" data-name="([^"]+)"', brand.get("?edit=1"))
    first, second = phases[0][0], phases[1][0]
    page = follow(
        brand, brand.send(brand.form("map/phases/new", "/map/phases"), name="Tussen", after=first)
    )
    names = [name for _, name in re.findall(r'data-phase="([^"]+)" data-name="([^"]+)"', page)]
    assert names[:3] == ["Bestellen", "Tussen", "Voorbereiden"]
    follow(brand, brand.send(undo(page)))
    room = f"map/cards/new?to={second}/{chain.card('nummer')}"
    new = brand.form(room, "/map/cards")
    page = follow(brand, brand.send(new, name="Nummer controleren", kind="step"))
    stand = brand.path("Voorbereiden")
    assert stand[stand.index("Nummer overzetten") + 1] == "Nummer controleren"
    assert "Nummer controleren" in page[page.index('id="panel"') :]
    follow(brand, brand.send(undo(page)))
    assert "Nummer controleren" not in brand.path("Voorbereiden")
    ends = {"from_card_id": chain.card("nummer"), "to_card_id": chain.card("volgt")}
    made = brand.form("map/handovers/new", "/map/handovers")
    page = follow(brand, brand.send(made, label="met nummer", **ends))
    assert "Toegevoegd: de overdracht Telenoord → Klant" in text(page)
    again = follow(brand, brand.send(undo(page)))
    assert "De overdracht Telenoord → Klant is van de kaart." in text(again)
    back = follow(brand, brand.send(undo(again)))
    shape = next(c for c in commands(back) if c.action.split("?")[0].endswith("/shape"))
    assert shape.fields["label"] == "met nummer"
    page = follow(brand, brand.send(shape, label="zonder nummer", to_card_id=""))
    page = follow(brand, brand.send(undo(page)))
    shape = next(c for c in commands(page) if c.action.split("?")[0].endswith("/shape"))
    assert shape.fields["label"] == "met nummer"
    assert shape.fields["to_card_id"] == str(ends["to_card_id"])


def test_a_phase_is_renamed_moved_and_goes_only_when_it_is_empty(
    chain: Telenoord, brand: Editor
) -> None:
    phases = re.findall(r'data-phase="([^"]+)" data-name="([^"]+)"', brand.get("?edit=1"))
    path = f"map/phases/{phases[1][0]}"
    page = follow(brand, brand.send(brand.form(path, "/name"), name="Klaarmaken"))
    page = follow(brand, brand.send(brand.form(path, "/place"), after=""))
    assert "De fase ‘Klaarmaken’ staat nu als eerste." in text(page)
    order = [name for _, name in re.findall(r'data-phase="([^"]+)" data-name="([^"]+)"', page)]
    assert order[:2] == ["Klaarmaken", "Bestellen"]
    page = follow(brand, brand.send(undo(page)))
    order = [name for _, name in re.findall(r'data-phase="([^"]+)" data-name="([^"]+)"', page)]
    assert order[:2] == ["Bestellen", "Klaarmaken"]
    far = chain.at("telenoord", f"phases/{phases[1][0]}/order/{'9' * 30}")
    follow(brand, brand.send(Command(far, {})))
    shown = brand.get(f"{path}?edit=1")
    assert "contactmomenten en handelingen in deze fase" in text(shown)
    version = brand.form(path, "/name").fields["version"]
    action = chain.at("telenoord", f"{path}/retire?edit=1")
    answer = brand.send(Command(action, {"version": version}))
    assert answer.status_code == 409
    assert "contactmomenten en handelingen in deze fase (‘" in text(answer.text)


def test_a_partner_holds_its_own_cards_and_nothing_else(
    chain: Telenoord, brand: Editor, flevo: Editor
) -> None:
    page = flevo.get("?edit=1")
    held = set(re.findall(r'data-grip="card" data-card="([^"]+)"', page))
    mine = ("verzamelen", "klaarzetten", "ruiltoestel")
    assert held == {str(chain.card(key)) for key in mine}
    assert 'data-grip="phase"' not in page
    assert 'data-grip="knot"' not in page
    lanes = set(re.findall(r'class="map-room[^>]*party_id=([0-9a-f-]+)', page))
    assert len(lanes) == 1
    theirs = f"map/cards/{chain.card('nummer')}"
    phase = re.findall(r'data-phase="([^"]+)"', page)[0]
    for path, typed in (
        (f"{theirs}/name", {"name": "x"}),
        (f"{theirs}/place", {"to": phase}),
        (f"{theirs}/retire", {}),
        (f"map/phases/{phase}/name", {"name": "x"}),
        (f"map/phases/{phase}/place", {"after": ""}),
        (f"map/phases/{phase}/retire", {}),
        (f"map/handovers/{chain.handover('h4')}/retire", {}),
    ):
        answer = flevo.send(Command(chain.at("flevo", path), {"version": "1", **typed}))
        assert answer.status_code == 403, path
    mine_to_theirs = flevo.form(f"cards/{chain.card('klaarzetten')}", "/place")
    lane = next(c for c in commands(brand.get("map/cards/new?edit=1")) if "party_id" in c.fields)
    answer = flevo.send(mine_to_theirs, party_id=lane.fields["party_id"])
    assert answer.status_code in (403, 422)
    for path in ("map/phases/new", "map/handovers/new", f"map/phases/{phase}"):
        assert flevo.get(path, status=403)


def test_the_owner_edits_its_own_and_the_others_see_it(
    chain: Telenoord, brand: Editor, flevo: Editor
) -> None:
    card = f"cards/{chain.card('verzamelen')}"
    follow(flevo, flevo.send(flevo.form(card, "/name"), name="Rapen en inpakken"))
    assert "Rapen en inpakken" in brand.get()
    assert not [c for c in commands(brand.get(f"{card}?edit=1")) if c.action.endswith("/name")]


def test_a_viewer_and_a_preview_have_no_handles(chain: Telenoord, app: Flask) -> None:
    with clock.at(NOW):
        viewer = Editor(chain, chain.client(app, "telenoord", Role.VIEWER), "telenoord")
        assert "data-grip" not in viewer.get("?edit=1")
        assert "Bewerk kaart" not in viewer.get()
        brand = Editor(chain, chain.client(app, "telenoord"), "telenoord")
        assert "data-grip" not in brand.get("?edit=1&as=magazijn")


def test_an_undo_is_out_of_date_when_another_changed_it_since(
    chain: Telenoord, app: Flask, brand: Editor
) -> None:
    """The courier's cards are the coordinator's meanwhile; a colleague is another hand."""
    card = f"cards/{chain.card('nummer')}"
    page = follow(brand, brand.send(brand.form(card, "/name"), name="Nummer meenemen"))
    taken_back = undo(page)
    other = Editor(chain, chain.client(app, "telenoord", Role.EDITOR), "telenoord")
    follow(other, other.send(other.form(card, "/name"), name="Nummer omzetten"))
    answer = brand.send(taken_back)
    assert answer.status_code == 409
    assert "Achterhaald: ‘Nummer meenemen’ is intussen gewijzigd." in text(answer.text)
    assert "Nu heet dat ‘Nummer omzetten’. Er is nu niets gewijzigd." in text(answer.text)
    page = follow(brand, brand.send(undo(answer.text)))
    assert "‘Nummer omzetten’ heet nu ‘Nummer overzetten’." in text(page)
    gone = brand.form(card, "/retire")
    follow(other, other.send(other.form(card, "/retire")))
    answer = brand.send(gone)
    assert answer.status_code == 409
    assert "‘Nummer overzetten’ is intussen van de kaart gehaald." in text(answer.text)


def test_another_partys_change_is_named_and_what_was_typed_is_kept(
    chain: Telenoord, brand: Editor, app: Flask
) -> None:
    """The coordinator fills in the installer's card; the installer joins and changes it."""
    card = f"cards/{chain.card('maken')}"
    typed = brand.form(card, "/name")
    chain.join("thuisklaar", "thuisklaar")
    other = Editor(chain, chain.client(app, "thuisklaar"), "thuisklaar")
    follow(other, other.send(other.form(card, "/name"), name="Bellen voor een afspraak"))
    answer = brand.send(typed, name="Afspraak plannen")
    assert answer.status_code == 409
    shown = text(answer.text)
    assert "Achterhaald: Thuisklaar heeft ‘Afspraak maken’ intussen gewijzigd." in shown
    assert "Nu heet dat ‘Bellen voor een afspraak’." in shown
    assert 'value="Afspraak plannen"' in answer.text
    chain.confirm("thuisklaar")
    assert brand.send(undo(answer.text)).status_code == 403


def test_a_name_that_cannot_be_is_said_at_the_field_and_stays(
    chain: Telenoord, brand: Editor
) -> None:
    command = brand.form(f"cards/{chain.card('nummer')}", "/name")
    answer = brand.send(command, name="x" * 81)
    assert answer.status_code == 422
    assert "x" * 81 in answer.text
    assert 'id="e-name"' in answer.text
    new = brand.form("map/cards/new", "/map/cards")
    answer = brand.send(new, name="", kind="touchpoint", to="nowhere")
    assert answer.status_code == 422
    assert "Kies" in text(answer.text)


def test_what_stands_on_a_card_keeps_it_in_its_lane(chain: Telenoord, brand: Editor) -> None:
    command = brand.form(f"cards/{chain.card('doorgeven')}", "/retire")
    answer = brand.send(command)
    assert answer.status_code == 422
    assert "Hier staat een overdracht of vraag" in text(answer.text)


def test_htmx_gets_the_region_with_the_panel_and_the_way_back(
    chain: Telenoord, brand: Editor
) -> None:
    card = f"cards/{chain.card('nummer')}"
    command = brand.form(card, "/name")
    here = {**HTMX, "HX-Current-URL": "http://localhost" + chain.at("telenoord", card + "?edit=1")}
    answer = brand.client.post(
        command.action, data={**command.fields, "name": "Anders"}, headers=here
    )
    page = answer.text
    assert answer.status_code == 200
    assert "<html" not in page
    assert page.count('id="chart"') == 1
    assert page.count('id="plane"') == 1
    assert "Anders" in page[page.index('id="panel"') :]
    assert undo(page).fields["name"] == "Nummer overzetten"
    assert not re.findall(r'id="([^"]+)"(?=.*id="\1")', page, re.DOTALL)


@pytest.mark.parametrize("more", [14, 274])
def test_an_edit_renders_its_region_in_eight_statements(
    engine: Engine, app: Flask, more: int
) -> None:
    chain = telenoord.build(engine, more=more)
    with clock.at(NOW):
        telenoord.answered(chain, "levering", {10: 82, 8: 43, 5: 25}, cases=412, late=10)
        brand = Editor(chain, chain.client(app, "telenoord"), "telenoord")
        card = f"cards/{chain.card('nummer')}"
        move, rename = brand.form(card, "/place"), brand.form(card, "/name")
        first = move.fields["to"].split("/")[0]
        here = {**HTMX, "HX-Current-URL": chain.at("telenoord", card)}
        for command, typed in ((move, {"to": first}), (rename, {"name": "Anders"})):
            with counted(engine) as found:
                data = {**command.fields, **typed}
                answer = brand.client.post(command.action, data=data, headers=here)
            assert answer.status_code == 200
            read = next(n for n, sql in enumerate(found.texts) if "AS phase_name" in sql)
            assert len(found.texts) - read <= 8, found.texts[read:]
            assert read <= 12, found.texts[:read]
        with counted(engine) as found:
            assert "data-grip" in brand.get("?edit=1")
        assert len(found) <= 12, found.texts
