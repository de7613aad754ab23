"""A conversation at a hand-over: readers first, an answer that comes by itself, a blind peer."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import Engine

from partnerjourney.core.parties import User
from tests.browser.live import Live, sound
from tests.browser.test_how_tos import Album
from tests.maps import telenoord
from tests.maps.telenoord import NOW

pytestmark = [pytest.mark.browser, pytest.mark.slow]

QUESTION = "Kan de barcode ook op de zijkant van de doos? Boven op de stapel scannen jullie nu mis."
ANSWER = "Graag. Vanaf maandag scannen wij de zijkant."
PEOPLE = {
    "flevo": "Joost Meijer",
    "snel": "Mila Bos",
    "rijk": "Karim Rijk",
    "telenoord": "Anna Vermeer",
}


class Table:
    """Who sits around the hand-over from the warehouse to its couriers, each in a browser."""

    def __init__(self, live: Live, engine: Engine) -> None:
        self.live = live
        live.moment = NOW
        self.chain = telenoord.build(engine)
        self.edge = f"handovers/{self.chain.handover('h4')}"
        for slug, name in PEOPLE.items():
            user = self.chain.user(slug)
            with self.chain.system() as session:
                session.get_one(User, user).name = name

    def opens(self, slug: str, path: str | None = None, *, phone: bool = False) -> Page:
        """Let somebody open a page of the journey, the hand-over without a path."""
        page = self.live.signed_in(self.chain.user(slug), phone=phone)
        page.goto(self.chain.at(slug, self.edge if path is None else path))
        return page

    def later(self) -> None:
        """Let a minute pass."""
        assert self.live.moment is not None
        self.live.moment += timedelta(minutes=1)


def test_readers_are_chosen_then_it_is_talked_over_and_dealt_with(
    live: Live, engine: Engine
) -> None:
    album, table = Album("discuss"), Table(live, engine)
    house = table.opens("flevo")
    ask(house, album)
    talk = house.url.rpartition("/")[2]

    peer = table.opens("rijk")
    expect(peer.locator("#panel-talks")).to_contain_text("Begin een gesprek")
    for path in ("comments/", "history/"):
        peer.goto(table.chain.at("rijk", path))
        expect(peer.locator("main")).not_to_contain_text("Snel")
    refused = peer.goto(table.chain.at("rijk", f"comments/{talk}"))
    assert refused is not None
    assert refused.status == 404

    table.later()
    courier = live.signed_in(table.chain.user("snel"), phone=True)
    courier.goto("/o/snel/")
    courier.get_by_role("link", name="Joost Meijer").first.click()
    expect(courier.get_by_role("complementary")).to_contain_text("Hier wordt naar je gevraagd")
    expect(courier.get_by_role("complementary")).to_contain_text("Magazijn Flevo")
    courier.get_by_label("Jouw antwoord").fill(ANSWER)
    sound(courier)
    album.take(courier, "answer")
    courier.get_by_role("button", name="Plaats je antwoord").click()
    expect(courier.locator("#talk")).to_contain_text(ANSWER)
    expect(courier.get_by_label("Jouw antwoord")).to_have_value("")
    courier.goto("/o/snel/")
    expect(courier.locator("#waiting")).not_to_contain_text("Joost Meijer")

    expect(house.locator("#talk")).to_contain_text(ANSWER, timeout=6_000)  # nothing was reloaded
    house.get_by_role("button", name="Markeer als afgehandeld").click()
    expect(house.locator("#talk")).to_contain_text("Afgehandeld")
    sound(house)
    album.take(house, "dealt-with")
    brand = table.opens("telenoord", f"history/?handover={table.chain.handover('h4')}")
    expect(brand.locator("#acts")).to_contain_text("Magazijn Flevo begon een gesprek")
    sound(brand)
    album.take(brand, "history")
    album.check("how-to/discuss.md")


def ask(house: Page, album: Album) -> None:
    """Choose one of two couriers as the reader, then write, then ask for that courier."""
    house.locator("#panel-talks").get_by_role("link", name="Begin een gesprek").click()
    expect(house.get_by_role("heading", level=1)).to_have_text("Wie leest dit?")
    assert house.get_by_role("textbox", name="Wat wil je").count() == 0, "nothing to type in yet"
    house.locator(".audience", has_text="Koerier Snel").click()
    words = house.get_by_label("Wat wil je zeggen of vragen?")
    words.fill(QUESTION)
    house.get_by_text("Vraag iemand erbij").click()
    boxes = house.get_by_role("checkbox")
    expect(boxes).to_have_count(2)
    expect(house.locator("#write")).not_to_contain_text("Rijk")
    house.get_by_role("checkbox", name="Koerier Snel").check()
    sound(house)
    house.evaluate("scrollTo(0, 0)")
    album.take(house, "readers", whole=True)
    house.get_by_role("button", name="Plaats", exact=True).click()
    expect(house.locator("#talk")).to_contain_text(QUESTION)
    expect(house.get_by_role("complementary")).to_contain_text("Koerier Snel")
    assert house.locator(".audience").count() == 0, "who reads it cannot be chosen again"
    sound(house)
