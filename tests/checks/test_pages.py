"""The overview and the silo check as pages: for the coordinator, a partner, a stranger."""

from __future__ import annotations

import re

from flask import Flask
from sqlalchemy import Engine

from partnerjourney.core import clock
from partnerjourney.core.parties import Role
from partnerjourney.journeys import services as journeys
from tests.databases import counted
from tests.maps import telenoord
from tests.maps.telenoord import NOW, Telenoord, chain, text

__all__ = ["chain"]


def get(chain: Telenoord, app: Flask, name: str, path: str, role: Role = Role.ADMIN) -> str:
    """Return a page as it is read."""
    with clock.at(NOW):
        response = chain.client(app, name, role).get(chain.at(name, path))
    assert response.status_code == 200
    return response.get_data(as_text=True)


def test_the_check_says_what_it_found_why_and_where_to_mend_it(
    chain: Telenoord, app: Flask
) -> None:
    page = get(chain, app, "telenoord", "check")
    shown = text(page)
    assert "S3 Een overdracht door één kant beschreven" in shown
    assert "4 · Magazijn Flevo → Koeriers een wijziging wacht op de andere kant" in shown
    assert "Thuisklaar heeft nog niets bevestigd" in shown
    assert "S9 Eén vakgebied" in shown
    assert "Dit is wat Telenoord kan zien." in shown
    assert "Ook naar gekeken" in shown
    client = chain.client(app, "telenoord")
    for href in set(re.findall(r'href="(/o/telenoord/journeys/[^"#]+)"', page)):
        assert client.get(href).status_code == 200, href
    partner = text(get(chain, app, "flevo", "check"))
    assert "een wijziging wacht op de andere kant" in partner
    assert "Naar de partijen" not in partner
    assert chain.client(app, "stranger").get(chain.at("stranger", "check")).status_code == 404


def test_disciplines_are_ticked_once(chain: Telenoord, app: Flask) -> None:
    client = chain.client(app, "flevo")
    with chain.acting("flevo") as (_, _, place):
        mine = place.mine[0].id
        other = next(iter(set(place.parties) - {mine}))
    page = chain.at("flevo", f"check/disciplines/{mine}")
    said = {"disciplines": ["logistics", "it"]}
    assert client.post(page, data=said).status_code == 303
    assert "Magazijn Flevo Logistiek, IT" in text(get(chain, app, "telenoord", "check"))
    assert client.post(page, data={"disciplines": "magic"}).status_code == 422
    theirs = chain.at("flevo", f"check/disciplines/{other}")
    assert client.post(theirs, data=said).status_code == 403


def test_a_reason_is_written_by_the_coordinator(engine: Engine, app: Flask) -> None:
    chain = telenoord.build(engine, empty=True, joined=())
    client = chain.client(app, "telenoord")
    assert "Nog niets getekend" in text(get(chain, app, "telenoord", "check"))
    with chain.acting("telenoord") as (_, _, place):
        lane = next(p.id for p in place.parties.values() if p.orchestrator)
    phase = re.search(r'id="phase-([0-9a-f-]{36})"', get(chain, app, "telenoord", "draw"))
    assert phase is not None
    card = {"phase_id": phase[1], "party_id": str(lane), "kind": "step", "name": "Inpakken"}
    assert client.post(chain.at("telenoord", "cards"), data=card).status_code in (200, 303)
    assert "Waarom mag dit zo blijven?" in text(get(chain, app, "telenoord", "check"))
    page = chain.at("telenoord", "check/reason")
    said = {"version": "0", "text": "Dit is een proef van zes weken."}
    assert client.post(page, data=said).status_code == 303
    assert said["text"] in text(get(chain, app, "telenoord", "check"))
    late = client.post(page, data={**said, "text": "Anders."})
    assert late.status_code == 409
    assert "Anders." in late.get_data(as_text=True)
    assert said["text"] in late.get_data(as_text=True)


def test_the_overview_shows_who_is_where_and_what_is_missing(chain: Telenoord, app: Flask) -> None:
    shown = text(get(chain, app, "telenoord", "overview"))
    for words in ("Wie waar is", "Niet onder onze controle", "Zonder signaal",
                  "Pakket afgeven", "Begin met 6 regels uit de praktijk"):  # fmt: skip
        assert words in shown, words
    client = chain.client(app, "telenoord")
    begin = chain.at("telenoord", "overview/checklist/begin")
    for _ in range(2):  # twice is once
        assert client.post(begin).status_code == 303
    page = get(chain, app, "telenoord", "overview")
    assert page.count("Alleen je eigen deel verbeteren.") >= 1
    items = re.findall(r'action="[^"]*/overview/checklist/([0-9a-f-]{36})"', page)
    assert len(items) == 6
    tick = chain.at("telenoord", f"overview/checklist/{items[0]}")
    part = client.post(tick, data={"version": "1", "done": "1"}, headers={"HX-Request": "true"})
    assert part.get_data(as_text=True).count('aria-pressed="true"') == 1
    assert client.post(tick, data={"version": "1"}).status_code == 409
    wrong = client.post(chain.at("telenoord", "overview/checklist"), data={"kind": "do"})
    assert wrong.status_code == 422
    partner = get(chain, app, "flevo", "overview")
    assert "Alleen je eigen deel verbeteren." in partner
    assert "/overview/checklist/" not in partner


def test_the_kind_of_journey_and_its_phase_of_use_are_said(chain: Telenoord, app: Flask) -> None:
    client = chain.client(app, "telenoord")
    page = chain.at("telenoord", "kind")
    shown = client.get(page).get_data(as_text=True)
    version = re.search(r'name="version" value="(\d+)"', shown)
    used = re.search(r'name="used" value="([0-9a-f-]{36})"', shown)
    assert version is not None
    assert used is not None
    said = {"version": version[1], "kind": "lifeline", "cadence_days": "30", "used": used[1]}
    assert client.post(page, data=said).status_code == 303
    told = text(get(chain, app, "flevo", "overview"))
    assert "Dagelijks gebruik · minstens elke 30 dagen iets van ons" in told
    assert client.post(page, data=said).status_code == 409
    assert client.post(page, data={**said, "cadence_days": "often"}).status_code == 422
    strange = {**said, "version": "2", "kind": "micro", "parent_id": str(chain.card("afgeven"))}
    refused = client.post(page, data=strange)
    assert refused.status_code == 422
    assert "Kies een klantreis waarvan je organisatie de regie heeft." in text(
        refused.get_data(as_text=True)
    )
    assert chain.client(app, "flevo").get(chain.at("flevo", "kind")).status_code == 403


def test_the_pages_ask_a_fixed_number_of_statements(engine: Engine, app: Flask) -> None:
    taken: dict[str, set[int]] = {"overview": set(), "check": set()}
    chain = telenoord.build(engine, more=3)
    client = chain.client(app, "telenoord")
    for more in (0, 40):
        with chain.acting("telenoord") as (session, actor, place):
            for number in range(more):
                first = next(iter(place.parties))
                journeys.draw_party(
                    session, actor, place, name=f"Partij {number}",
                    kind=place.parties[first].kind, subtitle="", at=NOW,
                )  # fmt: skip
        for path, numbers in taken.items():
            client.get(chain.at("telenoord", path))
            with counted(engine) as found:
                assert client.get(chain.at("telenoord", path)).status_code == 200
            numbers.add(len(found))
    assert all(len(numbers) == 1 for numbers in taken.values()), taken
    assert max(max(numbers) for numbers in taken.values()) <= 18, taken
