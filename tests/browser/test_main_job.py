"""The main job, walked by a brand, a partner and a respondent, each in a browser of its own."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from partnerjourney.core import border, clock, passwords
from partnerjourney.core.parties import Role
from partnerjourney.core.scopes import System
from partnerjourney.organisations import services as people
from tests.browser.live import Live, sound
from tests.command import run

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PASSWORD = "een korte zin die niemand raadt"


def brand_exists(live: Live) -> None:
    """Let an operator make the first organisation, as `user create` does."""
    engine = live.app.extensions["engine"]
    at = clock.now()
    with border.open_session(engine, System("a test"), write=True) as session:
        made = people.create_organisation(session, name="Telenoord", slug="telenoord", at=at)
        user = people.create_user(
            session,
            email="anna@telenoord.example",
            name="Anna Vermeer",
            password_hash=passwords.hash_password(PASSWORD),
            at=at,
        )
        people.add_member(session, made, user, role=Role.ADMIN, at=at)
        session.commit()


def sign_in(page: Page, email: str) -> None:
    page.goto("/sign-in")
    page.get_by_label("Mailadres").fill(email)
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    sound(page)
    page.get_by_role("button", name="Inloggen").click()
    page.wait_for_url("**/o/**")


def draw(brand: Page) -> None:
    """Two phases, three parties, three cards, two hand-overs, one question."""
    brand.goto("/o/telenoord/journeys/new")
    brand.get_by_label("Wat de klant wil").fill("Zakelijk internet")
    sound(brand)
    brand.get_by_role("button", name="Maak klantreis").click()
    lay_out(brand, ("Voorbereiden", "Leveren"), party="Koerier")
    card(brand, 1, "Inpakken", "Telenoord", "step")
    card(brand, 2, "Pakket brengen", "Koerier", "touchpoint")
    card(brand, 2, "Pakket aannemen", "Klant", "touchpoint")
    sound(brand)
    for giver in ("Inpakken", "Pakket brengen"):
        brand.get_by_role("button", name=f"Maak een overdracht: {giver}").click()
        brand.get_by_label("Naam").fill(f"Na {giver.lower()}")
        brand.get_by_label("Tijdslimiet").fill("2")
        brand.get_by_label("Wat de klant hoort").fill("Uw pakket komt binnen twee dagen.")
        sound(brand)
        brand.get_by_role("button", name="Opslaan").click()
        brand.wait_for_url("**/handovers/**")
        brand.goto(brand.url.split("/handovers/")[0] + "/draw")
    brand.get_by_text("Vraag de klant ergens iets").click()
    point = brand.locator("#new-point")
    point.get_by_label("Na welk contactmoment").select_option(label="Pakket aannemen (Klant)")
    point.get_by_label("Waarover").fill("levering")
    point.get_by_label("Welke vraag").select_option("nps")
    point.get_by_role("button", name="Meetmoment toevoegen").click()
    expect(brand.locator("#points")).to_contain_text("levering")


def lay_out(brand: Page, phases: Iterable[str], *, party: str) -> None:
    """Add phases and a party to the drawing of a new journey."""
    for name in phases:
        brand.get_by_label("Nieuwe fase").fill(name)
        brand.get_by_role("button", name="Fase toevoegen").click()
        expect(brand.get_by_role("heading", name=name)).to_be_visible()
    brand.get_by_text("Voeg een partij toe").click()
    brand.get_by_label("Naam").fill(party)
    brand.get_by_role("button", name="Partij toevoegen").click()
    expect(brand.locator("#parties")).to_contain_text(party)


def card(brand: Page, phase: int, name: str, party: str, kind: str) -> None:
    section = brand.locator("section[id^=phase-]").nth(phase - 1)
    more = section.locator("details")
    if more.get_attribute("open") is None:
        more.locator("summary").click()
    section.get_by_label("Wat er gebeurt").fill(name)
    section.get_by_label("Wie het doet").select_option(label=party)
    section.get_by_label("Merkt de klant het?").select_option(kind)
    if kind == "touchpoint":
        section.get_by_label("Kanaal").select_option("visit")
    section.get_by_role("button", name="Toevoegen").click()
    expect(section.get_by_role("link", name=name)).to_be_visible()


def invite(live: Live, brand: Page) -> str:
    brand.get_by_role("link", name="Partijen", exact=True).click()
    sound(brand)
    party = brand.locator("section.card", has_text="Koerier")
    party.get_by_text("Nodig iemand uit").click()
    party.get_by_label("Mailadres").fill("mila@koerier.example")
    party.get_by_role("button", name="Verstuur de uitnodiging").click()
    expect(brand.locator("body")).to_contain_text("mila@koerier.example")
    live.work()
    return live.link("mila@koerier.example", r"/invitation/\S+")


def join(partner: Page, link: str) -> None:
    """The courier answers on a phone without JavaScript."""
    partner.goto(link)
    expect(partner.get_by_role("heading", level=1)).to_contain_text("klopt dit over Koerier?")
    expect(partner.locator("main")).to_contain_text("Pakket brengen")
    partner.get_by_label("Je organisatie").fill("Koerier Snel")
    partner.get_by_label("Je naam").first.fill("Mila Bos")
    partner.get_by_label("Kies een wachtwoord").first.fill(PASSWORD)
    partner.get_by_role("button", name="Doe mee", exact=True).click()
    expect(partner.get_by_role("heading", level=1)).to_have_text("Klopt dit?")
    partner.get_by_role("button", name="Het klopt: bevestig namens Koerier Snel").click()
    expect(partner.locator("body")).to_contain_text("Vanaf nu houd jij dit bij")


def change(partner: Page) -> None:
    """The courier changes a hand-over; the brand has to confirm it."""
    base = partner.url.split("?")[0].rstrip("/")
    partner.goto(base + "/welcome")
    partner.get_by_role("link", name="Verbeteren: overdracht 1").click()
    partner.get_by_label("Tijdslimiet").fill("3")
    partner.get_by_label("Waarom").fill("Onze ritten duren langer dan gedacht.")
    partner.get_by_role("button", name="Opslaan en voorstellen").click()


def confirm(brand: Page) -> None:
    brand.goto("/o/telenoord/")
    sound(brand)
    expect(brand.locator("main")).to_contain_text("Zakelijk internet")
    brand.goto(journey(brand))
    sound(brand)
    brand.goto(journey(brand) + "?view=table")
    sound(brand)


def journey(page: Page) -> str:
    page.goto("/o/telenoord/journeys/")
    sound(page)
    href = page.get_by_role("link", name="Zakelijk internet").first.get_attribute("href")
    assert href
    return href


def ask(live: Live, brand: Page) -> str:
    brand.goto(journey(brand) + "surveys/")
    sound(brand)
    brand.get_by_role("link", name="Open een meetperiode").click()
    brand.get_by_label("Korte naam").fill("nulmeting")
    brand.get_by_label("Aantal antwoorden").fill("100")
    sound(brand)
    brand.get_by_role("button", name="Open", exact=True).click()
    brand.get_by_role("link", name="Voeg contacten toe").click()
    brand.get_by_label("Plak een lijst").fill(
        "email;name;reference;date\nm.dewit@klant.example;M. de Wit;10234;2026-03-04"
    )
    sound(brand)
    brand.get_by_role("button", name="Stel deze contacten de vraag").click()
    brand.wait_for_url("**/surveys/**")
    live.work()
    return live.link("m.dewit@klant.example", r"/s/[\w-]+\?score=8")


def answer(respondent: Page, link: str) -> None:
    """The customer answers on a phone without JavaScript."""
    respondent.goto(link)
    expect(respondent.get_by_role("heading", level=1)).to_contain_text("aanbevelen")
    expect(respondent.locator("body")).to_contain_text("Nog niet verstuurd")
    respondent.get_by_role("button", name="Verstuur mijn 8").click()
    expect(respondent.get_by_role("heading", level=1)).to_contain_text("Bedankt")


def bring_events(live: Live, database_url: str, folder: Path) -> None:
    """The brand brings what its warehouse's system says, at the command line."""
    (folder / "events.csv").write_text("order;done\n10234;2026-03-04 11:00\n", "utf-8")
    (folder / "events.toml").write_text(
        '[source]\nname = "wms"\ndelimiter = ";"\ntime_format = "%Y-%m-%d %H:%M"\n'
        'time_zone = "Europe/Amsterdam"\ncase = "order"\nid = ["order"]\n'
        '[[event]]\nhandover = "telenoord-koerier"\nkind = "completed"\ntime = "done"\n',
        "utf-8",
    )
    done = run(
        *("import", "events", str(folder / "events.csv"), "--journey", "zakelijk-internet"),
        *("--mapping", str(folder / "events.toml")),
        database_url=database_url,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["accepted"] == 1


def understand(page: Page, address: str) -> None:
    page.goto(address + "measurement/")
    expect(page.locator("main")).to_contain_text("1")
    sound(page)


def take_home(live: Live, page: Page, address: str, folder: Path) -> str:
    page.goto(address + "reports/")
    sound(page)
    with page.expect_response("**/reports/"):
        page.get_by_role("button", name="Maak rapport").click()
    live.work()
    page.goto(address + "reports/")
    with page.expect_download() as download:
        page.get_by_role("link", name="Pdf downloaden").first.click()
    path = folder / "report.pdf"
    download.value.save_as(path)
    return "\n".join(p.extract_text() for p in PdfReader(io.BytesIO(path.read_bytes())).pages)


def test_brand_partner_and_respondent_do_the_whole_job(
    live: Live, database_url: str, tmp_path: Path
) -> None:
    brand_exists(live)
    brand = live.person()
    partner = live.person(phone=True, script=False)
    respondent = live.person(phone=True, script=False)
    sign_in(brand, "anna@telenoord.example")
    draw(brand)
    join(partner, invite(live, brand))
    change(partner)
    confirm(brand)
    link = ask(live, brand)
    answer(respondent, link)
    seen = live.person(phone=True)
    seen.goto(link)
    sound(seen)
    bring_events(live, database_url, tmp_path)
    home = journey(brand)
    understand(brand, home)
    theirs = live.person()
    sign_in(theirs, "mila@koerier.example")
    understand(theirs, home.replace("telenoord", "koerier-snel"))
    text = take_home(live, brand, home, tmp_path)
    assert "Zakelijk internet" in text
