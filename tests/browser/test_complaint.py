"""The blue phone: from the desk to solved, the courier on a phone, answering from its mail."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from tests.browser.live import Live, sound
from tests.browser.test_how_tos import Album
from tests.told import PASSWORD, Story

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TITLE = "Blauwe telefoon geleverd in plaats van een zwarte"
MILA = "mila@koeriersnel.example"
LINK = r"/a/[\w-]+"


def sign_in(page: Page, email: str) -> None:
    page.goto("/sign-in")
    page.get_by_label("Mailadres").fill(email)
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.get_by_role("button", name="Inloggen").click()
    page.wait_for_url("**/o/**")


def report(desk: Page, journey: str, album: Album) -> None:
    """Enter what the customer said; the case tells which courier it was."""
    desk.goto(journey)
    desk.get_by_role("link", name="Klachten", exact=True).click()
    sound(desk)
    desk.get_by_role("link", name="Meld een klacht").click()
    desk.get_by_label("Kenmerk van de zaak").fill("11004")
    desk.get_by_label("verkeerd artikel").check()
    desk.get_by_label("In één regel").fill(TITLE)
    desk.get_by_label("Wat de klant nodig heeft").fill("De zwarte telefoon, vóór de monteur komt")
    desk.get_by_label("Levering").check()
    sound(desk)
    album.take(desk, "report")
    desk.get_by_role("button", name="Meld en deel").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text(TITLE)
    expect(desk.locator("#complaint-state")).to_contain_text("Nog niemand pakt dit op")
    sound(desk)


def test_the_blue_phone_from_desk_to_solved(live: Live, told: Story) -> None:
    album = Album("complaint")
    desk, courier = live.person(), live.person(phone=True)
    sign_in(desk, "anna@telenoord.example")
    live.work()  # the mails of the story itself
    told_before = live.links(MILA, LINK)
    report(desk, f"/o/telenoord/journeys/{told.ids['journey_id']}/", album)
    live.work()

    courier.goto(live.new_link(MILA, LINK, beside=told_before))
    expect(courier.get_by_role("heading", level=1)).to_have_text(TITLE)
    sound(courier)
    album.take(courier, "mail-link")
    courier.get_by_text("een ander moment").click()
    soon = datetime.now(ZoneInfo("Europe/Amsterdam")) + timedelta(minutes=40)
    courier.get_by_label("Vóór wanneer").fill(soon.strftime("%Y-%m-%dT%H:%M"))
    courier.get_by_role("button", name="Ik pak dit op").click()
    expect(courier.get_by_role("heading", level=1)).to_have_text("Bedankt")
    expect(courier.locator("main")).to_contain_text("Koerier Snel pakt dit op, vóór")
    sound(courier)

    state = desk.locator("#complaint-state")  # the desk reloads nothing
    expect(state).to_contain_text("Koerier Snel pakt dit op", timeout=6_000)
    desk.get_by_label("Wat vertelde je de klant?").fill("De zwarte komt vandaag nog.")
    desk.get_by_role("button", name="Leg vast").click()
    expect(desk.locator("#complaint-voice")).to_contain_text("De zwarte komt vandaag nog.")
    sound(desk)
    album.take(desk, "picked-up")

    told_before = live.links(MILA, LINK)
    live.work()
    courier.goto(live.new_link(MILA, LINK, beside=told_before))
    expect(courier.locator("main")).to_contain_text("Koerier Snel pakt dit op")
    courier.get_by_label("Opgelost").check()
    courier.get_by_label("Wat er is gedaan").fill("Omgeruild aan de deur.")
    sound(courier)
    album.take(courier, "solved")
    courier.get_by_role("button", name="Het is opgelost").click()
    expect(courier.locator("main")).to_contain_text("Opgelost, zegt Koerier Snel")

    expect(state).to_contain_text("Opgelost, zegt Koerier Snel", timeout=6_000)
    expect(desk.locator("#complaint-history")).to_contain_text("Omgeruild aan de deur.")
    album.take(desk, "close")
    desk.get_by_role("button", name="De klant is geholpen: sluit af").click()
    expect(state).to_contain_text("Gesloten")
    sound(desk)
    courier.goto(courier.url)
    expect(courier.get_by_role("heading", level=1)).to_have_text(re.compile("werkt niet meer"))
    album.check("how-to/handle-a-complaint.md")


def test_without_javascript_and_by_somebody_signed_in(live: Live, told: Story) -> None:
    """The courier of the story passes on what it had picked up; the warehouse takes it."""
    courier = live.person(phone=True, script=False)
    sign_in(courier, MILA)
    courier.goto("/o/koerier-snel/complaints/")
    courier.get_by_role("link", name=TITLE).click()
    courier.get_by_label("Niet bij ons, want …").check()
    courier.get_by_label("Waarom niet bij jullie?").fill("Het toestel ligt al bij het magazijn.")
    courier.get_by_role("button", name="Verstuur mijn antwoord").click()
    expect(courier.locator("#complaint-state")).to_contain_text("Nog niemand pakt dit op")
    expect(courier.locator("#complaint-history")).to_contain_text("ligt al bij het magazijn")
