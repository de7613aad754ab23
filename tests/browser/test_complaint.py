"""A complaint is answered by somebody signed in, on a phone, without JavaScript."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.live import Live
from tests.told import PASSWORD, Story

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TITLE = "Blauwe telefoon geleverd in plaats van een zwarte"
MILA = "mila@koeriersnel.example"


def sign_in(page: Page, email: str) -> None:
    page.goto("/sign-in")
    page.get_by_label("Mailadres").fill(email)
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.get_by_role("button", name="Inloggen").click()
    page.wait_for_url("**/o/**")


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
