"""The map is edited by mouse, finger and keyboard, and another party's change comes by itself."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.live import Live, sound
from tests.told import PASSWORD, Story

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ANNA, JOOST = "anna@telenoord.example", "joost@flevo.example"
NAMES = {ANNA: "telenoord", JOOST: "magazijn-flevo"}


def opened(live: Live, told: Story, email: str, path: str = "", *, phone: bool = False) -> Page:
    page = live.person(phone=phone)
    page.goto("/sign-in")
    page.get_by_label("Mailadres").fill(email)
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.get_by_role("button", name="Inloggen").click()
    page.wait_for_url("**/o/**")
    page.goto(f"/o/{NAMES[email]}/journeys/{told.ids['journey_id']}/{path}")
    return page


def card(page: Page, name: str) -> Locator:
    return page.locator(".map-card", has_text=name)


def says(page: Page, text: str) -> None:
    """Wait until the last change says so; a machine that does much takes its time."""
    expect(page.locator(".toast[data-command]").last).to_contain_text(text, timeout=20_000)


def drag(page: Page, start: Locator, end: Locator, *, below: int) -> None:
    """Take one thing with the mouse and let it go below the middle of another."""
    here, there = start.bounding_box(), end.bounding_box()
    assert here is not None
    assert there is not None
    page.mouse.move(here["x"] + 40, here["y"] + 20)
    page.mouse.down()
    page.mouse.move(here["x"] + 60, here["y"] + 30, steps=3)
    page.mouse.move(
        there["x"] + there["width"] / 2, there["y"] + there["height"] / 2 + below, steps=5
    )
    page.mouse.up()


def test_by_mouse_by_keyboard_and_back(live: Live, told: Story) -> None:
    page = opened(live, told, ANNA, "?edit=1")
    sound(page)
    invoice, problem = card(page, "Ziet de eerste factuur"), card(page, "Meldt een probleem")
    page.locator(".map").evaluate("map => map.scrollLeft = 24")
    scrolled = page.locator(".map").evaluate("map => map.scrollLeft")
    drag(page, invoice, problem, below=60)
    says(page, "staat nu in Hulp, na ‘Meldt een probleem’.")
    assert page.locator(".map").evaluate("map => map.scrollLeft") == scrolled
    sound(page)
    page.keyboard.press("Control+z")
    says(page, "staat nu in Gebruiken")

    grip = page.get_by_role("button", name="Verplaats ‘Ziet de eerste factuur’")
    grip.focus()
    page.keyboard.press("Space")
    expect(page.locator("#say")).to_contain_text("‘Ziet de eerste factuur’ is opgepakt")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#say")).to_have_text("Hulp, na ‘Meldt een probleem’")
    page.keyboard.press("Escape")
    expect(page.locator("#say")).to_contain_text("blijft staan waar het stond")
    expect(grip).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    says(page, "staat nu in Hulp, als eerste.")
    expect(grip).to_be_focused()
    page.keyboard.press("Control+z")
    says(page, "staat nu in Gebruiken")

    phase = page.get_by_role("button", name="Verplaats de fase ‘Hulp’")
    phase.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    says(page, "De fase ‘Hulp’ staat nu na ‘Installeren’.")
    page.get_by_role("button", name="Ongedaan maken").last.click()
    says(page, "De fase ‘Hulp’ staat nu na ‘Gebruiken’.")


def test_named_and_joined_where_they_stand(live: Live, told: Story) -> None:
    page = opened(live, told, ANNA, "?edit=1")
    card(page, "Welkom bij Telenoord").focus()
    page.keyboard.press("F2")
    field = page.locator("#map-rename input")
    expect(field).to_be_focused()
    field.fill("Welkom, fijn dat u er bent")
    page.keyboard.press("Enter")
    says(page, "heet nu ‘Welkom, fijn dat u er bent’.")
    knot = page.get_by_role("button", name="Maak een overdracht vanaf ‘Welkom, fijn dat u er bent’")
    knot.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    says(page, "Toegevoegd: de overdracht Telenoord →")
    expect(page.locator("#panel")).to_contain_text("Wanneer deze weg")
    sound(page)
    page.keyboard.press("Escape")
    expect(page.locator("#panel h2")).to_have_count(0)
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("Pak op of leg neer")
    page.keyboard.press("Escape")


def test_by_finger_on_a_phone(live: Live, told: Story) -> None:
    page = opened(live, told, JOOST, "?edit=1&view=map", phone=True)
    sound(page)
    grip = page.get_by_role("button", name="Verplaats ‘Verzamelen en inpakken’")
    grip.scroll_into_view_if_needed()
    here = grip.bounding_box()
    assert here is not None
    finger = page.context.new_cdp_session(page)
    x, y = here["x"] + 12, here["y"] + 12

    def touch(kind: str, *at: float) -> None:
        points = [{"x": left, "y": y} for left in at]
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", x)
    for step in (20, 80, 150):
        touch("touchMove", x - step)
    touch("touchEnd")
    says(page, "‘Verzamelen en inpakken’ staat nu in Bestellen")
    assert page.get_by_role("button", name="Verplaats ‘Welkom bij Telenoord’").count() == 0


def test_what_another_changes_comes_by_itself_and_disturbs_nothing(live: Live, told: Story) -> None:
    brand = opened(live, told, ANNA, f"cards/{told.ids['card_id']}?edit=1")
    flevo = opened(live, told, JOOST, "?edit=1")
    typed = brand.locator("#panel").get_by_label("Naam")
    typed.fill("Half getypt")
    typed.evaluate("field => field.setSelectionRange(2, 5)")
    brand.locator(".map").evaluate("map => map.scrollTop = 10")
    card(flevo, "Verzamelen en inpakken").focus()
    flevo.keyboard.press("F2")
    flevo.locator("#map-rename input").fill("Rapen en inpakken")
    flevo.keyboard.press("Enter")
    says(flevo, "heet nu ‘Rapen en inpakken’.")
    expect(card(brand, "Rapen en inpakken")).to_be_visible(timeout=15_000)
    expect(typed).to_be_focused()
    expect(typed).to_have_value("Half getypt")
    assert typed.evaluate("field => [field.selectionStart, field.selectionEnd]") == [2, 5]
    brand.context.set_offline(True)
    brand.context.set_offline(False)
    expect(brand.locator("#chart")).to_be_visible()
