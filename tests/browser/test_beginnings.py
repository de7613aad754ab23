"""How a journey begins, in a browser: one hand-over, a file, a spreadsheet; and finding it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.live import Live, sound
from tests.browser.test_main_job import PASSWORD, brand_exists

pytestmark = [pytest.mark.browser, pytest.mark.slow]

MERMAID = "journey\n  title Toestel\n  section Leveren\n    Bezorgt: 2: Koerier, Klant\n"


def enter(live: Live) -> Page:
    """Return the browser of the brand's admin, signed in."""
    brand_exists(live)
    page = live.person()
    page.goto("/sign-in")
    page.get_by_label("Mailadres").fill("anna@telenoord.example")
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.get_by_role("button", name="Inloggen").click()
    page.wait_for_url("**/o/**")
    return page


def test_one_hand_over_is_made_and_leads_on(live: Live) -> None:
    brand = enter(live)
    brand.goto("/o/telenoord/journeys/new")
    sound(brand)
    brand.get_by_role("link", name="Begin met één overdracht").click()
    brand.get_by_label("Welke partner?").fill("Koerier Snel")
    brand.get_by_label("Wat merkt de klant ervan?").fill("levering")
    sound(brand)
    brand.get_by_label("Mailadres van iemand bij de partner").fill("mila@snel.example")
    brand.get_by_role("button", name="Maak het en nodig de partner uit").click()
    expect(brand.get_by_role("heading", level=1)).to_have_text("Koerier Snel is uitgenodigd")
    sound(brand)
    live.work()
    assert live.link("mila@snel.example", r"/invitation/\S+")
    brand.get_by_role("link", name="Open de nulmeting").click()
    expect(brand.get_by_text("deze levering")).to_be_visible()
    assert brand.get_by_label("Laatste dag").input_value(), "four weeks from now"


def test_a_file_comes_in_and_is_found_again_by_keyboard(live: Live) -> None:
    brand = enter(live)
    brand.goto("/o/telenoord/journeys/new/example?sector=software")
    sound(brand)
    brand.goto("/o/telenoord/journeys/from-file")
    brand.get_by_label("Of plak de tekst hier").fill(MERMAID)
    brand.get_by_role("button", name="Bekijk wat er meekomt").click()
    expect(brand.get_by_text("Score 2 bij ‘Bezorgt’")).to_be_visible()
    sound(brand)
    brand.get_by_role("button", name="Maak deze klantreis").click()
    expect(brand.get_by_role("link", name="Bezorgt")).to_be_visible()
    brand.keyboard.press("/")
    brand.keyboard.type("bezórgt")
    brand.keyboard.press("Enter")
    expect(brand.get_by_role("link", name="Bezorgt")).to_be_visible()
    sound(brand)
    brand.get_by_role("link", name="Bezorgt").click()
    journey = brand.url.split("/cards/")[0]
    brand.goto(f"{journey}/rows")
    brand.get_by_label("Rijen").fill("Leveren\tKoerier\tBelt aan\t\tBezoek\nx")
    brand.get_by_role("button", name="Bekijk wat er meekomt").click()
    expect(brand.get_by_text("1 regel komt nog niet mee")).to_be_visible()
    sound(brand)
    brand.get_by_role("button", name="Voeg 1 contactmoment of handeling toe").click()
    expect(brand.get_by_text("1 contactmoment of handeling is toegevoegd.")).to_be_visible()
    expect(brand.get_by_label("Rijen")).to_have_value("x")
