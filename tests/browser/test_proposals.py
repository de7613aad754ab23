"""A change between two companies: proposed, agreed, in an emergency, and under a mandate."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import Engine

from tests.browser.live import Live, sound
from tests.browser.test_how_tos import Album
from tests.maps import telenoord
from tests.maps.telenoord import NOW

pytestmark = [pytest.mark.browser, pytest.mark.slow]

AGREED, URGENT = "Zodra de betaling binnen is.", "Via poort B."


def change(page: Page, trigger: str, why: str) -> None:
    """Fill in the form of a hand-over."""
    page.get_by_label("Waardoor het begint").fill(trigger)
    page.get_by_label("Waarom", exact=True).fill(why)


def save(page: Page, button: str = "Opslaan en voorstellen") -> None:
    page.get_by_role("button", name=button).click()
    expect(page.get_by_label("Waardoor het begint")).to_have_count(0)


def test_proposed_agreed_urgent_and_under_a_mandate(live: Live, engine: Engine) -> None:
    chain = telenoord.build(engine)
    album = Album("proposal")
    brand, house = live.person(), live.person(phone=True)
    ours, theirs, edge = (
        chain.at("telenoord"),
        chain.at("flevo"),
        f"handovers/{chain.handover('h2')}",
    )

    def go_on(hours: int) -> None:
        live.moment = NOW + timedelta(hours=hours)
        live.sign_in(brand, chain.user("telenoord"))
        live.sign_in(house, chain.user("flevo"))

    go_on(0)
    brand.goto(f"{ours}{edge}/edit")
    change(brand, AGREED, "Dan pakt niemand iets in wat niet betaald is.")
    sound(brand)
    brand.evaluate("scrollTo(0, 0)")
    album.take(brand, "propose", whole=True)
    save(brand)
    house.goto(f"{theirs}proposals/")
    house.locator("#proposals a.strong").first.click()
    expect(house.locator("#decision")).to_contain_text(AGREED)
    sound(house)
    album.take(house, "answer")
    house.get_by_role("button", name="Akkoord", exact=True).click()
    brand.goto(ours + edge)
    expect(brand.locator("main")).to_contain_text(AGREED)

    house.goto(f"{theirs}{edge}/edit")
    change(house, URGENT, "Poort A is dicht.")
    house.get_by_text("Het kan niet wachten: noodwijziging").click()
    sound(house)
    house.evaluate("scrollTo(0, document.body.scrollHeight)")
    album.take(house, "emergency")
    save(house, "Maak de noodwijziging")
    brand.goto(ours + edge)
    expect(brand.locator("main")).to_contain_text("Noodwijziging van Magazijn Flevo")
    expect(brand.locator("main")).to_contain_text(URGENT)
    sound(brand)
    go_on(73)
    live.work()
    brand.goto(ours + edge)
    expect(brand.locator("main")).not_to_contain_text(URGENT)
    expect(brand.locator("main")).to_contain_text(AGREED)

    mandate(brand, house, ours, theirs, f"cards/{chain.card('verzamelen')}", album)
    album.check("how-to/agree-on-a-change.md")


def mandate(brand: Page, house: Page, ours: str, theirs: str, card: str, album: Album) -> None:
    """Give a mandate, use it, and take it back."""
    house.goto(f"{theirs}proposals/together")
    house.get_by_label("Wie het mag bijwerken").select_option(label="Telenoord")
    house.get_by_label("Tot en met").fill("2026-12-31")
    house.get_by_role("button", name="Geef het mandaat").click()
    expect(house.locator("#together")).to_contain_text("Telenoord mag dit")
    sound(house)
    brand.goto(ours + card)
    brand.get_by_role("link", name="Wijzig met mandaat").click()
    form = brand.url
    brand.get_by_label("Naam").fill("Rapen en inpakken")
    sound(brand)
    album.take(brand, "mandate")
    brand.get_by_role("button", name="Bewaar namens Magazijn Flevo").click()
    expect(brand.locator("main")).to_contain_text("Rapen en inpakken")
    house.goto(f"{theirs}proposals/together")
    expect(house.locator("#together")).to_contain_text(
        "‘Rapen en inpakken’ gewijzigd door Telenoord"
    )
    album.take(house, "used")
    house.get_by_role("button", name="Intrekken: het mandaat van Telenoord").click()
    brand.goto(ours + card)
    expect(brand.get_by_role("link", name="Wijzig met mandaat")).to_have_count(0)
    refused = brand.goto(form)
    assert refused is not None
    assert refused.status == 403
