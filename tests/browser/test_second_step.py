"""A second step and a passkey, walked in a browser; `make pictures` keeps what the how-to shows."""

from __future__ import annotations

from dataclasses import replace

import pyotp
import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.live import Live, sound
from tests.browser.test_how_tos import Album
from tests.browser.test_main_job import PASSWORD, brand_exists, sign_in
from tests.credentials.provider import CLIENT, SECRET, serving

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ANNA = "anna@telenoord.example"


def device(page: Page) -> None:
    """Give a browser a device that keeps passkeys and always recognises its owner."""
    client = page.context.new_cdp_session(page)
    client.send("WebAuthn.enable")
    client.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )


def first_step(page: Page) -> None:
    """Type address and password."""
    page.goto("/sign-in")
    page.get_by_label("Mailadres").fill(ANNA)
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.get_by_role("button", name="Inloggen", exact=True).click()
    page.wait_for_url("**/sign-in/step")


@pytest.mark.parametrize("live", ["localhost"], indirect=True)
def test_an_app_is_set_up_and_opens_the_account_without_a_script(live: Live) -> None:
    album = Album("second-step")
    brand_exists(live)
    page = live.person(script=False)
    page.goto("/sign-in")
    expect(page.locator(".entry-other")).to_contain_text("heeft JavaScript nodig")
    page.get_by_label("Mailadres").fill(ANNA)
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.get_by_role("button", name="Inloggen").click()
    page.goto("/account/second-step")
    page.get_by_role("button", name="Stel een app in").click()
    secret = page.locator("code.secret").inner_text().replace(" ", "").upper()
    album.take(page, "scan")
    page.get_by_label("Code").fill(pyotp.TOTP(secret).now())
    page.get_by_role("button", name="Zet aan").click()
    recovery = page.locator(".recovery code").all_inner_texts()
    assert len(recovery) == 10
    album.take(page, "codes")
    phone = live.person(phone=True)
    first_step(phone)
    sound(phone)
    album.take(phone, "asked")
    phone.get_by_text("Ik heb mijn telefoon niet").click()
    phone.get_by_label("Een herstelcode").fill(recovery[0])
    phone.get_by_role("button", name="Inloggen").click()
    phone.wait_for_url("**/o/telenoord/")
    for path in ("/account", "/account/second-step", "/o/telenoord/organisation/second-step/"):
        phone.goto(path)
        sound(phone)
    page.goto("/account/second-step")
    album.take(page, "on", whole=True)
    album.check("how-to/second-step.md")


@pytest.mark.parametrize("live", ["localhost"], indirect=True)
def test_a_passkey_is_made_and_opens_the_account_alone(live: Live) -> None:
    brand_exists(live)
    page = live.person()
    device(page)
    sign_in(page, ANNA)
    page.goto("/account/second-step")
    page.get_by_role("button", name="Voeg een passkey toe").click()
    page.get_by_label("Hoe je dit apparaat noemt").fill("Laptop op het werk")
    sound(page)
    page.get_by_role("button", name="Maak een passkey").click()
    page.get_by_role("link", name="Ik heb ze bewaard").click()
    expect(page.locator("main")).to_contain_text("Laptop op het werk")
    sound(page)
    page.goto("/account")
    page.get_by_role("button", name="Log overal uit").click()
    page.get_by_role("button", name="Log in met een passkey").click()
    page.wait_for_url("**/o/telenoord/")
    page.goto("/account")
    expect(page.locator("main")).to_contain_text("ingelogd met: passkey")
    page.get_by_role("button", name="Log overal uit").click()
    first_step(page)
    sound(page)
    page.get_by_role("button", name="Gebruik een passkey").click()
    page.wait_for_url("**/o/telenoord/")


@pytest.mark.parametrize("live", ["localhost"], indirect=True)
def test_one_signs_in_at_the_organisations_own_provider(live: Live) -> None:
    """The policy for content lets no form lead elsewhere: a page does, without a script too."""
    brand_exists(live)
    with serving() as provider:
        live.app.extensions["settings"] = replace(
            live.app.extensions["settings"],
            oidc_issuer=provider.issuer,
            oidc_client_id=CLIENT,
            oidc_client_secret=SECRET,
            oidc_domains="telenoord.example",
            oidc_name="Noordpas",
        )
        provider.knows(ANNA)

        def answer(route: Route) -> None:
            route.fulfill(status=302, headers={"location": provider.visit(route.request.url)})

        for script in (True, False):
            context = live.browser.new_context(
                base_url=live.address, java_script_enabled=script, locale="nl-NL"
            )
            page = context.new_page()
            page.route("**/authorize*", answer)
            page.goto("/sign-in")
            page.get_by_role("button", name="Inloggen bij Noordpas").click()
            if script:  # the first time the account asks for its password
                page.get_by_label("Je wachtwoord hier").fill(PASSWORD)
                page.get_by_role("button", name="Koppel en log in").click()
            page.wait_for_url("**/o/telenoord/")
