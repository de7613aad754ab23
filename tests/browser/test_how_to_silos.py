"""The how-to about silos, walked as it is written down, on the demo's story."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.live import Live, sound
from tests.browser.test_how_tos import Album
from tests.told import PASSWORD, Story

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_coordinator_finds_the_silos_of_its_journey(live: Live, told: Story) -> None:
    album = Album("silos")
    journey = f"/o/telenoord/journeys/{told.ids['journey_id']}/"
    page = live.person()
    page.goto("/sign-in")
    page.get_by_label("Mailadres").fill("anna@telenoord.example")
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.get_by_role("button", name="Inloggen").click()
    page.wait_for_url("**/o/**")
    page.goto(journey)
    page.get_by_role("link", name="Overzicht").click()
    page.get_by_role("link", name="Klantrollen").click()
    page.get_by_label("Beïnvloeder").check()
    page.get_by_label("Afdeling").last.fill("Marketing")
    page.get_by_role("button", name="Rol toevoegen").click()
    expect(page.locator("#roles")).to_contain_text("Marketing")
    sound(page)
    album.take(page, "roles")
    page.goto(journey)
    page.get_by_role("link", name=re.compile("Vraag beantwoorden")).click()
    page.get_by_role("link", name="Wat dit voor de klant is").click()
    page.get_by_label("Wat de klant daarover hoort").fill("Onze servicedesk helpt u.")
    page.get_by_label("Effect: Inkoper · Inkoop").select_option(label="−1 · zit in de weg")
    page.get_by_label("Effect: Medewerker op kantoor").select_option(label="+2 · helpt veel")
    page.get_by_label("Beslissend moment: Medewerker op kantoor").check()
    sound(page)
    page.evaluate("window.scrollTo(0, 0)")
    album.take(page, "touchpoint", whole=True)
    page.get_by_role("button", name="Opslaan").click()
    expect(page.locator("#panel")).to_contain_text("waarde botst")
    page.goto(journey)
    page.locator("summary", has_text="Beslissende momenten").click()
    page.get_by_role("link", name="Inkoper · Inkoop", exact=True).click()
    expect(page.locator(".map-card.is-dimmed").first).to_be_visible()
    album.take(page, "map")
    page.get_by_role("link", name="Overzicht").click()
    page.get_by_role("link", name="Ketencheck").click()
    for found in ("S3", "S4", "S8", "S9"):
        expect(page.locator(f"#{found}")).to_be_visible()
    expect(page.locator("#S8")).to_contain_text("Sms met bezorgtijd")
    expect(page.locator("#S8")).not_to_contain_text("Vraag beantwoorden")
    sound(page)
    album.take(page, "check", whole=True)
    page.get_by_label("Marketing").check()
    page.get_by_role("button", name="Opslaan").click()
    expect(page.locator("#S9")).to_have_count(0)
    page.get_by_role("link", name="Overzicht", exact=True).first.click()
    sound(page)
    album.take(page, "overview", whole=True)
    album.check("how-to/check-your-chain.md")
