"""A party without an account answers on a phone, without JavaScript: from the mail to the map."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from partnerjourney.core.parties import Party, Role
from tests.browser.live import Live, sound
from tests.browser.test_how_tos import Album
from tests.maps.telenoord import NOW, Telenoord, chain

__all__ = ["chain"]

pytestmark = [pytest.mark.browser, pytest.mark.slow]

DIRK = "dirk@thuisklaar.example"
WORDS = "Wij bellen de klant een dag vooruit"


def choose(page: Page, line: int, answer: str) -> None:
    page.locator(".ask-line").nth(line).get_by_text(answer, exact=True).click()


def test_a_guest_answers_from_the_mail_and_is_invited_by_mail(live: Live, chain: Telenoord) -> None:
    album = Album("by-mail")
    live.moment = NOW
    with chain.system() as session:
        party = session.scalars(select(Party.id).where(Party.key == "thuisklaar")).one()
    brand = live.signed_in(chain.user("telenoord", Role.EDITOR))
    brand.goto(chain.at("telenoord", f"parties/{party}/asked/"))
    brand.get_by_label("Naam van een persoon").fill("Dirk Bos")
    brand.get_by_label("Mailadres").fill(DIRK)
    brand.get_by_text("Wat er in de mail staat").click()
    sound(brand)
    album.take(brand, "ask")
    brand.get_by_role("button", name="Vraag Thuisklaar of dit klopt").click()
    expect(brand.locator("main")).to_contain_text("Dirk Bos")
    live.work()
    link = live.link(DIRK, r"/a/[\w-]{43}")

    looking = live.person(phone=True)
    looking.goto(link)
    sound(looking)
    guest = live.person(phone=True, script=False)
    guest.goto(link)
    choose(guest, 0, "Klopt niet")
    guest.get_by_label("Hoe is het wel?").first.fill(WORDS)
    for line in range(1, guest.locator(".ask-line").count()):
        choose(guest, line, "Klopt")
    album.take(guest, "answer")
    guest.get_by_role("button", name="Verstuur").click()
    expect(guest.get_by_role("heading", level=1)).to_have_text("Dank je, Dirk Bos")
    taps = 0
    for number in (2, 3):
        expect(guest.get_by_text("Een uitnodiging is per mail")).to_have_count(0)
        guest.get_by_role("link", name="Volgende vraag").click()
        guest.get_by_role("button", name="Alles klopt").click()
        taps += 2
        expect(guest.get_by_role("heading", level=1)).to_have_text("Dank je, Dirk Bos")
        assert taps == 2 * (number - 1), "two taps a question"
    album.take(guest, "account")
    expect(guest.locator("main")).to_contain_text("Een uitnodiging is per mail onderweg naar")
    assert guest.locator("a[href*='/invitation/']").count() == 0
    live.work()
    looking.goto(live.link(DIRK, r"/invitation/\S+"))
    expect(looking.get_by_role("heading", level=1)).to_contain_text("Thuisklaar")
    guest.goto(link)
    expect(guest.locator("body")).to_contain_text("Deze link werkt niet meer")

    live.moment = NOW + timedelta(minutes=5)
    brand.goto("/o/telenoord/")
    brand.get_by_text("Thuisklaar zegt: klopt niet").click()
    expect(brand.locator("main")).to_contain_text(WORDS)
    brand.get_by_text("Antwoord en vraag opnieuw").first.click()
    sound(brand)
    album.take(brand, "handle")
    brand.get_by_label("Je antwoord aan Dirk Bos").fill("Aangepast, dank je.")
    brand.locator("form[action$='/again']").get_by_role("button", name="Vraag opnieuw").click()
    expect(brand.locator("main")).not_to_contain_text(WORDS)
    brand.goto(chain.at("telenoord"))
    confirmed = brand.locator(".map-card", has_text=re.compile("klopt, per mail"))
    expect(confirmed).to_have_count(2)
    sound(brand)
    confirmed.first.click()
    expect(brand.locator("#panel")).to_contain_text("Bevestigd per mail door Dirk Bos op vr 20")
    album.take(brand, "map")
    album.check("how-to/confirm-by-mail.md")
