"""A courier with nine brands: a minute on a phone, said once for all, and none sees another."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from email import message_from_bytes, policy
from html import unescape
from itertools import product
from typing import Any

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import Engine
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from partnerjourney.proposals.rules import State
from tests.browser.live import Live, sound
from tests.browser.test_how_tos import Album
from tests.home.nine import COURIER, NAMES, TOLD, nine, person, states
from tests.maps.telenoord import NOW
from tests.web_client import client_of

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SNEL = "/o/koerier-snel/"
BETTER = "U hoort een uur vooruit wanneer wij komen."
PEAK = "Tot Sinterklaas rijden wij ook op zaterdag."
NOT_MADE = {
    "announcement_id",
    "apart_id",
    "change_id",
    "complaint_id",
    "item_id",
    "report_id",
    "takeout_id",
    "wave_id",
}
"""Of these the first brand has none; what their pages show is asked in the sweeps."""


@dataclass
class Phone:
    """A finger on a phone: it counts its taps, and the pages that it had to wait for."""

    page: Page
    taps: int = 0
    pages: int = 0

    def __post_init__(self) -> None:
        self.page.on("domcontentloaded", self._opened)

    def _opened(self, _page: Page) -> None:
        self.pages += 1

    def tap(self, there: Locator) -> None:
        there.tap()
        self.taps += 1


def test_nine_brands_are_answered_told_and_kept_apart(live: Live, engine: Engine) -> None:
    chain, journeys = nine(engine)
    live.moment = NOW
    mila, anna = person(chain, COURIER), person(chain, NAMES[0])
    phone = Phone(live.signed_in(mila, phone=True))
    home = Album("nine")
    answer_all(phone, home)
    home.check("how-to/agree-on-a-change.md")
    assert states(chain) == {State.ACCEPTED: 8, State.REJECTED: 1}
    assert (phone.taps, phone.pages) == (13, 5), "a tap in four seconds and a half is one minute"

    album = Album("library")
    desk, brand = live.signed_in(mila), live.signed_in(anna)
    keep_once(desk, album)
    announce(desk)
    brand.goto(f"/o/aurora/journeys/{journeys[NAMES[0]]}/")
    expect(brand.locator(".map-notice")).to_contain_text(PEAK)
    album.take(brand, "announced")
    brand.goto("/o/aurora/")
    expect(brand.locator("#waiting")).to_contain_text(BETTER)
    expect(brand.locator("#others")).to_contain_text(PEAK)
    album.check("how-to/library.md")

    client = client_of(live.app, anna)
    for path, data in (
        ("versions/", {"note": "Zoals besproken."}),
        ("comments/", {"audience": "journey", "text": "Kan het ook op zondag?"}),
    ):
        place = f"/o/aurora/journeys/{journeys[NAMES[0]]}/"
        assert client.post(place + path, data=data).status_code == 303
    live.work(at=NOW + timedelta(days=1))
    pages = every_page(live, client, "/o/aurora/")
    assert len(pages) > 120, sorted(pages)
    pages |= mails_to(live, f"p@{NAMES[0]}.example")
    others = [*NAMES[1:], *(str(journeys[name]) for name in NAMES[1:])]
    others += [str(chain.organisations[name]) for name in NAMES[1:]]
    named = re.compile("|".join(rf"\b{re.escape(one)}\b" for one in others), re.IGNORECASE)
    for address, shown in pages.items():
        assert not named.search(shown), (address, named.findall(shown))


def answer_all(phone: Phone, album: Album) -> None:
    """Agree to eight in one go, and say to the ninth why not: then nothing waits."""
    page = phone.page
    page.goto(SNEL)
    waiting = page.locator("#waiting")
    expect(waiting.locator("article")).to_have_count(len(NAMES))
    sound(page)
    for name in NAMES[:-1]:
        one = waiting.locator("article", has_text=f"{name} belt eerst.")
        phone.tap(one.get_by_role("checkbox"))
    page.evaluate("scrollTo(0, 0)")
    album.take(page, "home")
    phone.tap(page.get_by_role("button", name=re.compile("Akkoord met deze")))
    expect(page.locator("body")).to_contain_text("Akkoord met 8 voorstellen")
    phone.tap(page.get_by_role("link", name=re.compile("^Bekijk ")))
    phone.tap(page.get_by_text("Niet akkoord …"))
    page.get_by_label("Waarom niet").fill("Dan staan we op het ijs.")
    phone.tap(page.get_by_role("button", name="Niet akkoord"))
    expect(page.locator("#decision")).to_contain_text("Dan staan we op het ijs.")
    phone.tap(page.get_by_role("link", name="Home", exact=True))
    expect(page.locator("#waiting")).to_contain_text("Er wacht niets op jou.")


def keep_once(desk: Page, album: Album) -> None:
    """Keep what a customer hears in the library, and change it for all nine brands."""
    desk.goto(f"{SNEL}library/")
    desk.get_by_role("link", name="Maak het eerste onderdeel").click()
    desk.get_by_role("link", name="Tekst voor de klant").click()
    desk.get_by_role("button", name="Neem over").click()
    expect(desk.get_by_label("Wat de klant hoort")).to_have_value(TOLD)
    desk.get_by_label("Wat de klant hoort").fill(BETTER)
    desk.get_by_label("Naam in je bibliotheek").fill("Wanneer wij komen")
    sound(desk)
    album.take(desk, "keep")
    desk.get_by_role("button", name="Opslaan").click()
    sound(desk)
    for box in desk.locator("input[name=places]").all():
        box.check()
    desk.get_by_role("button", name="Gebruik het hier").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("9 direct, 9 als voorstel")
    sound(desk)
    album.take(desk, "touches")
    desk.get_by_label("Waarom stel je dit voor?").fill("Klanten willen het uur weten.")
    desk.get_by_role("button", name="Doe precies dit").click()
    expect(desk.locator("main .chip", has_text="voorgesteld")).to_have_count(len(NAMES))
    album.take(desk, "became")


def announce(desk: Page) -> None:
    """Announce a busy time to all nine brands at once."""
    desk.goto(f"{SNEL}announcements/new")
    desk.get_by_label("piek").check()
    desk.get_by_label("Wat moeten je partners weten?").fill(PEAK)
    desk.get_by_label("Van", exact=True).fill(f"{NOW:%Y-%m-%d}")
    desk.get_by_label("Tot en met").fill("2026-12-05")
    for box in desk.locator("input[name=journeys]").all():
        box.check()
    sound(desk)
    desk.get_by_role("button", name="Kondig aan").click()
    expect(desk.locator("main")).to_contain_text(PEAK)
    sound(desk)


def every_page(live: Live, client: FlaskClient, start: str) -> dict[str, str]:
    """Return all that somebody can open, by address: by links, and by each rule of the url map.

    The rules are filled in with every id that a page of theirs names; an argument of a new kind
    has to be thought about.
    """
    found: dict[str, str] = {}
    known: dict[str, set[str]] = defaultdict(set)
    follow(live, client, [start], found, known)
    rules = [
        rule
        for rule in live.app.url_map.iter_rules()
        if rule.rule.startswith(("/o/", "/account")) and "GET" in (rule.methods or ())
    ]
    unknown = {name for rule in rules for name in rule.arguments if name not in known}
    assert unknown == NOT_MADE, unknown ^ NOT_MADE
    adapter = live.app.url_map.bind("localhost")
    more = [
        adapter.build(rule.endpoint, dict(zip(names, values, strict=True)))
        for rule in rules
        for names in [sorted(rule.arguments)]
        for values in product(*(sorted(known[name]) for name in names))
    ]
    follow(live, client, more, found, known)
    return found


def follow(
    live: Live,
    client: FlaskClient,
    left: list[str],
    found: dict[str, str],
    known: dict[str, set[str]],
) -> None:
    """Open addresses and all that they lead to; note the ids that links and forms name."""
    adapter = live.app.url_map.bind("localhost")
    while left:
        address = left.pop()
        if address in found:
            continue
        answer = client.get(address)
        assert answer.status_code < 500, (address, answer.status)
        found[address] = unescape(answer.get_data().decode("utf-8", "replace"))
        for attribute, link in re.findall(r'(href|action)="(/(?:o|account)[^"#]*)', answer.text):
            plain = unescape(link)
            for name, value in arguments(adapter, plain).items():
                known[name].add(str(value))
            if attribute == "href" and not re.search(
                r"[?&](zoom|party|lang|role|view|sector|language|kind|whose)=", plain
            ):
                left.append(plain)


def arguments(adapter: Any, link: str) -> dict[str, Any]:
    """Return what a link names, by the rules of the application."""
    for method in ("GET", "POST"):
        try:
            return dict(adapter.match(link.partition("?")[0], method=method)[1])
        except (HTTPException, RequestRedirect):
            continue
    return {}


def mails_to(live: Live, address: str) -> dict[str, str]:
    """Return the mails that somebody got, as they read."""
    found = {}
    for path in live.mails.glob("*.eml"):
        mail = message_from_bytes(path.read_bytes(), policy=policy.default)
        if mail["To"] == address:
            parts = [
                part.get_content() for part in mail.walk() if part.get_content_maintype() == "text"
            ]
            found[path.name] = "\n".join([str(mail["Subject"]), *parts])
    assert found, address
    return found
