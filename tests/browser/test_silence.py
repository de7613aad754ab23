"""Silence around Koningsdag, in a browser: both switch it on, nobody answers, one side objects."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import Engine

from tests.browser.live import Live, sound
from tests.maps import telenoord

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ZONE = ZoneInfo("Europe/Amsterdam")
OFFERED = datetime(2026, 4, 24, 17, 30, tzinfo=ZONE)
"""A Friday, half an hour after the cut-off: it counts as Tuesday, for Monday is Koningsdag."""

NEW = "Om zes uur"


def switch_on(page: Page, at: str, other: str) -> None:
    """Take silence for consent, with the other side."""
    page.goto(f"{at}proposals/together")
    page.get_by_role("button", name=f"Zet aan voor {other}").first.click()


def propose(page: Page, edge: str, field: str, text: str) -> None:
    """Propose another description at a hand-over."""
    page.goto(f"{edge}/edit")
    page.locator(f"[name={field}]").fill(text)
    page.locator("[name=reason]").fill("Dan is de drukte voorbij.")
    page.get_by_role("button", name="Opslaan").click()
    page.wait_for_url(f"**{edge}**")


def test_silence_and_objection_around_koningsdag(live: Live, engine: Engine) -> None:
    chain = telenoord.build(engine)
    brand, house = live.person(), live.person(phone=True)

    def go_on(moment: datetime) -> None:
        live.moment = moment
        live.sign_in(brand, chain.user("telenoord"))
        live.sign_in(house, chain.user("flevo"))

    go_on(OFFERED.replace(hour=9))
    ours, theirs = chain.at("telenoord"), chain.at("flevo")
    first, second = (f"handovers/{chain.handover(key)}" for key in ("h2", "h10"))
    brand.goto("/o/telenoord/organisation/calendar")
    brand.locator("[value=liberation_day]").check()
    brand.get_by_role("button", name="Opslaan").click()
    switch_on(brand, ours, "Magazijn Flevo")
    switch_on(house, theirs, "Telenoord")
    expect(house.locator("#together")).to_contain_text("Beide kanten zetten het aan")
    sound(house)

    go_on(OFFERED)
    propose(brand, ours + first, "trigger", NEW)
    propose(house, theirs + second, "name", "Ruilpakket klaarzetten")
    for page, at, closes in ((house, theirs, "di 5 mei 17.00"), (brand, ours, "wo 6 mei 17.00")):
        page.goto(f"{at}proposals/")
        expect(page.locator("#proposals")).to_contain_text(f"vóór {closes}")

    go_on(datetime(2026, 5, 5, 17, 1, tzinfo=ZONE))  # Liberation Day: one of them works
    live.work()
    house.goto(f"{theirs}proposals/")
    expect(house.locator("#proposals")).to_contain_text("akkoord door zwijgen")
    expect(house.locator("#proposals")).to_contain_text("vóór wo 6 mei 17.00")
    house.goto(theirs + first)
    expect(house.locator("main")).to_contain_text(NEW)

    go_on(datetime(2026, 5, 6, 17, 1, tzinfo=ZONE))
    live.work()
    brand.goto(ours + second)
    expect(brand.locator("main")).to_contain_text("Ruilpakket klaarzetten")

    house.goto(f"{theirs}proposals/")
    house.locator("#proposals li", has_text=NEW).get_by_role("link").click()
    house.get_by_text("Maak bezwaar …").click()
    house.get_by_role("button", name="Zet de oude tekst terug").click()
    expect(house.get_by_label("Waarom niet")).to_have_attribute("aria-invalid", "true")
    house.get_by_label("Waarom niet").fill("Dat halen we niet.")
    sound(house)
    house.get_by_role("button", name="Zet de oude tekst terug").click()
    brand.goto(ours + first)
    expect(brand.locator("main")).not_to_contain_text(NEW)
    brand.goto(f"{ours}proposals/")
    brand.locator("#proposals li", has_text=NEW).get_by_role("link").click()
    expect(brand.locator("#decision")).to_contain_text("Dat halen we niet.")
    sound(brand)
