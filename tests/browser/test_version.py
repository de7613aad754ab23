"""From a proposal to a version in use, and the next one that asks only whom it touches."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.live import Live, sound
from tests.browser.test_complaint import sign_in
from tests.browser.test_how_tos import Album
from tests.told import Story

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ANNA, DIRK, MILA = "anna@telenoord.example", "dirk@thuisklaar.example", "mila@koeriersnel.example"


class Side:
    """Somebody at one side of the hand-over, in a browser."""

    def __init__(self, live: Live, email: str, slug: str, journey: object) -> None:
        self.page: Page = live.person()
        self.root = f"/o/{slug}/journeys/{journey}"
        sign_in(self.page, email)

    def propose(self, handover: str, hours: str, why: str) -> str:
        """Propose another time limit, and return the address of the proposal."""
        self.page.goto(f"{self.root}/handovers/{handover}/edit")
        return self.fill(hours, why, "Opslaan en voorstellen")

    def fill(self, hours: str, why: str, button: str) -> str:
        self.page.get_by_label("Tijdslimiet").fill(hours)
        self.page.get_by_label("Waarom", exact=True).fill(why)
        self.page.get_by_role("button", name=button, exact=True).click()
        expect(self.page.get_by_role("button", name=button)).to_have_count(0)
        self.page.goto(f"{self.root}/proposals/")
        return str(
            self.page.get_by_role("listitem")
            .filter(has_text=f"{hours} uur")
            .get_by_role("link")
            .first.get_attribute("href")
        )

    def version(self, number: int) -> None:
        """Open a version from the list."""
        self.page.goto(f"{self.root}/versions/")
        self.page.get_by_role("link", name=f"Versie {number}", exact=True).first.click()

    def press(self, button: str) -> None:
        self.page.get_by_role("button", name=button, exact=True).click()


def agree_on_a_time_limit(brand: Side, partner: Side, handover: str) -> None:
    """Propose, counter, stale, renew, accept: both sides end with one limit."""
    first = brand.propose(handover, "12", "De klant wacht op zijn factuur.")
    mine = first.replace("telenoord", "thuisklaar", 1)
    partner.page.goto(mine)
    partner.page.get_by_role("link", name="Tegenvoorstel").click()
    counter = partner.fill("36", "Dat halen we niet elke dag.", "Doe het tegenvoorstel")
    other = brand.propose(handover, "18", "Dan halverwege.")
    partner.page.goto(other.replace("telenoord", "thuisklaar", 1))
    partner.press("Akkoord")
    expect(partner.page.locator("#panel")).to_contain_text("binnen 18 uur")
    partner.page.goto(counter)
    expect(partner.page.locator("main")).to_contain_text("achterhaald")
    partner.page.get_by_text("Stel opnieuw voor …", exact=True).click()
    partner.press("Stel opnieuw voor")
    expect(partner.page.locator("main")).to_contain_text("18 uur")
    renewed = partner.page.url
    brand.page.goto(renewed.replace("/o/thuisklaar/", "/o/telenoord/", 1))
    brand.press("Akkoord")
    expect(brand.page.locator("#panel")).to_contain_text("binnen 36 uur")


def test_from_a_proposal_to_a_version_in_use(live: Live, told: Story) -> None:
    album, journey = Album("version"), told.ids["journey_id"]
    brand = Side(live, ANNA, "telenoord", journey)
    partner = Side(live, DIRK, "thuisklaar", journey)
    courier = Side(live, MILA, "koerier-snel", journey)
    agree_on_a_time_limit(brand, partner, handover_of(brand, "Opleverbon naar het merk"))

    partner.version(2)  # the story's own, which waits for the installer
    sound(partner.page)
    album.take(partner.page, "answer")
    partner.press("Akkoord met versie 2")
    expect(partner.page.locator("main")).to_contain_text("ging namens Thuisklaar akkoord")
    brand.version(2)
    brand.press("Neem in gebruik")
    expect(brand.page.locator("main")).to_contain_text("in gebruik")

    partner.page.goto(f"{partner.root}/?edit=1")
    partner.page.get_by_role("link", name="Afspraak maken").first.click()
    name = partner.page.locator("#panel").get_by_label("Naam")
    name.fill("Afspraak maken, ook op zaterdag")
    name.press("Enter")
    expect(partner.page.locator("#chart")).to_contain_text("1 wijziging sindsdien")
    courier.page.goto(f"{courier.root}/")
    expect(courier.page.locator(".map-strip")).to_contain_text("Versie 2 in gebruik sinds")
    album.take(courier.page, "in-use")
    courier.page.get_by_role("link", name="1 wijziging sindsdien").click()
    expect(courier.page.get_by_role("heading", level=1)).to_have_text("1 verschil")
    sound(courier.page)
    album.take(courier.page, "compare", whole=True)

    brand.page.goto(f"{brand.root}/versions/")
    expect(brand.page.locator("main")).to_contain_text(re.compile(r"Krijgt de vraag:\s+Thuisklaar"))
    brand.page.get_by_label("Wat er veranderde").fill("Afspraken kunnen nu ook op zaterdag.")
    sound(brand.page)
    album.take(brand.page, "put")
    brand.press("Leg voor")
    expect(brand.page.locator("main")).to_contain_text("ter afstemming")
    courier.version(3)
    expect(courier.page.get_by_role("button", name="Akkoord met versie 3")).to_have_count(0)
    partner.version(3)
    expect(partner.page.get_by_role("button", name="Akkoord met versie 3")).to_be_visible()
    album.check("how-to/agree-a-version.md")


def handover_of(side: Side, name: str) -> str:
    """Return the id of a hand-over, from the table of the map."""
    side.page.goto(f"{side.root}/?view=table")
    href = side.page.get_by_role("link", name=name).first.get_attribute("href")
    found = re.search(r"handovers/([0-9a-f-]{36})", str(href))
    assert found is not None
    return found[1]
