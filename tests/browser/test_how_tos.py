"""The how-tos, walked as they are written down; `make pictures` keeps what they show.

Every picture that the documentation shows is made by a test in this folder, with an Album.
"""

from __future__ import annotations

import os
import re
import zipfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from partnerjourney.core.places import CHECKOUT
from tests.browser.live import Live, sound
from tests.browser.test_main_job import PASSWORD, brand_exists, card, invite, lay_out, sign_in
from tests.told import PASSWORD as STORY_PASSWORD
from tests.told import Story

pytestmark = [pytest.mark.browser, pytest.mark.slow]

assert CHECKOUT is not None
PICTURES = CHECKOUT / "docs" / "pictures"
KEEP = "PARTNERJOURNEY_PICTURES"


class Album:
    """Takes the pictures of one how-to, in order."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.taken: list[str] = []

    def take(self, page: Page, what: str, *, whole: bool = False) -> None:
        """Take a picture when pictures are made anew; else note that it belongs here."""
        name = f"{self.name}-{len(self.taken) + 1}-{what}.png"
        self.taken.append(name)
        if os.environ.get(KEEP):
            data = page.screenshot(full_page=whole, animations="disabled")
            PICTURES.mkdir(parents=True, exist_ok=True)
            (PICTURES / name).write_bytes(data)

    def check(self, document: str) -> None:
        """See that the how-to shows exactly these pictures, and that they are there."""
        assert CHECKOUT is not None
        text = (CHECKOUT / "docs" / document).read_text("utf-8")
        shown = re.findall(rf"pictures/({self.name}-[\w.-]+\.png)", text)
        assert shown == self.taken
        assert all((PICTURES / name).is_file() for name in shown)


def test_a_brand_alone_sees_its_chain_drawn(live: Live) -> None:
    album = Album("day-one")
    brand_exists(live)
    brand = live.person()
    sign_in(brand, "anna@telenoord.example")
    brand.get_by_role("link", name=re.compile("klantreis", re.IGNORECASE)).last.wait_for()
    brand.goto("/o/telenoord/journeys/new")
    brand.get_by_label("Wat de klant wil").fill("Een nieuwe telefoon, thuisbezorgd")
    album.take(brand, "name")
    brand.get_by_role("button", name="Maak klantreis").click()
    lay_out(brand, ("Bestellen", "Leveren"), party="Koerier Snel")
    card(brand, 1, "Bestelt", "Klant", "touchpoint")
    card(brand, 1, "Bestelling bevestigen", "Telenoord", "touchpoint")
    card(brand, 2, "Pakket brengen", "Koerier Snel", "touchpoint")
    card(brand, 2, "Neemt het pakket aan", "Klant", "touchpoint")
    brand.evaluate("window.scrollTo(0, 0)")
    album.take(brand, "draw")
    offered = brand.get_by_role("button", name=re.compile("Maak een overdracht: "))
    expect(offered).to_have_count(3)
    while offered.count():
        offered.first.click()
        brand.get_by_label("Naam").fill("Overdracht")
        if not album.taken[-1].endswith("hand-over.png"):
            album.take(brand, "hand-over")
        brand.get_by_role("button", name="Opslaan").click()
        brand.wait_for_url("**/handovers/**")
        brand.goto(brand.url.split("/handovers/")[0] + "/draw")
    brand.goto(brand.url.removesuffix("draw"))
    expect(brand.locator("main")).to_contain_text("Pakket brengen")
    sound(brand)
    album.take(brand, "map")
    album.check("how-to/draw-your-chain.md")


def test_a_courier_answers_an_invitation_on_a_phone(live: Live) -> None:
    album = Album("invited")
    brand_exists(live)
    brand = live.person()
    sign_in(brand, "anna@telenoord.example")
    _small_journey(brand)
    link = invite(live, brand)
    courier = live.person(phone=True)
    courier.goto(link)
    sound(courier)
    album.take(courier, "read")
    courier.get_by_label("Je organisatie").fill("Koerier Snel")
    courier.get_by_label("Je naam").first.fill("Mila Bos")
    courier.get_by_label("Kies een wachtwoord").first.fill(PASSWORD)
    courier.get_by_role("button", name="Doe mee", exact=True).scroll_into_view_if_needed()
    album.take(courier, "join")
    courier.get_by_role("button", name="Doe mee", exact=True).click()
    expect(courier.get_by_role("heading", level=1)).to_have_text("Klopt dit?")
    sound(courier)
    album.take(courier, "confirm")
    courier.get_by_role("button", name="Het klopt: bevestig namens Koerier Snel").click()
    expect(courier.locator("body")).to_contain_text("Vanaf nu houd jij dit bij")
    sound(courier)
    album.take(courier, "done")
    album.check("how-to/answer-an-invitation.md")


def _small_journey(brand: Page) -> None:
    brand.goto("/o/telenoord/journeys/new")
    brand.get_by_label("Wat de klant wil").fill("Zakelijk internet")
    brand.get_by_role("button", name="Maak klantreis").click()
    lay_out(brand, ("Leveren",), party="Koerier")
    card(brand, 1, "Pakket klaarzetten", "Telenoord", "step")
    card(brand, 1, "Pakket brengen", "Koerier", "touchpoint")
    brand.get_by_role("button", name="Maak een overdracht: Pakket klaarzetten").click()
    brand.get_by_label("Naam").fill("Pakket gaat mee met de koerier")
    brand.get_by_label("Tijdslimiet").fill("1")
    brand.get_by_label("Wat de klant hoort").fill("Uw pakket is onderweg.")
    brand.get_by_label("Checklist").fill("Barcode gescand\nTelefoonnummer compleet")
    brand.get_by_role("button", name="Opslaan").click()
    brand.wait_for_url("**/handovers/**")


def _story_sign_in(live: Live, email: str) -> Page:
    page = live.person()
    page.goto("/sign-in")
    page.get_by_label("Mailadres").fill(email)
    page.get_by_label("Wachtwoord").fill(STORY_PASSWORD)
    page.get_by_role("button", name="Inloggen").click()
    page.wait_for_url("**/o/**")
    return page


def test_a_member_of_a_group_leaves(live: Live, told: Story) -> None:
    """It takes its data along and keeps its past; its peer notices nothing."""
    album = Album("leaving")
    journey = f"journeys/{told.ids['journey_id']}/"
    peer = _story_sign_in(live, "mila@koeriersnel.example")
    peer.goto(f"/o/koerier-snel/{journey}parties")
    before = peer.locator("main").inner_text()
    member = _story_sign_in(live, "karim@rijkbezorgt.example")
    member.goto(f"/o/rijk-bezorgt/{journey}parties")
    member.get_by_role("link", name=re.compile("Samenwerking met Rijk Bezorgt")).click()
    sound(member)
    album.take(member, "part")
    member.get_by_label("Laatste dag van de samenwerking").fill(f"{_today():%Y-%m-%d}")
    member.get_by_label(re.compile("Waarom")).fill("We rijden vanaf januari alleen nog in België.")
    member.get_by_role("button", name="Kondig aan namens Rijk Bezorgt").click()
    expect(member.get_by_role("heading", level=1)).to_contain_text("Je laatste dag als")
    brand = _story_sign_in(live, "anna@telenoord.example")
    brand.goto(f"/o/telenoord/{journey}parties")
    brand.get_by_role("link", name="Leden naast elkaar").click()
    expect(brand.locator("#members")).to_contain_text("vertrekt na")
    sound(brand)
    album.take(brand, "members")
    brand.get_by_role("link", name="Samenwerking met Rijk Bezorgt").click()
    sound(brand)
    album.take(brand, "open")
    live.work(at=datetime.now(UTC) + timedelta(days=2))
    member.goto(f"/o/rijk-bezorgt/{journey}")
    expect(member.get_by_role("heading", level=1)).to_contain_text("verlaten")
    sound(member)
    member.get_by_role("link", name="Lees je eigen verleden").click()
    sound(member)
    album.take(member, "past")
    with member.expect_download() as package:
        member.get_by_role("link", name=re.compile("Download")).click()
    assert zipfile.is_zipfile(package.value.path())
    brand.goto(f"/o/telenoord/{journey}parties")
    brand.get_by_role("link", name="Leden naast elkaar").click()
    expect(brand.get_by_role("heading", name="1 lid")).to_be_visible()
    expect(brand.get_by_role("heading", name="Vertrokken")).to_be_visible()
    peer.reload()
    assert peer.locator("main").inner_text() == before
    assert "Rijk" not in peer.content()
    album.check("how-to/leave-a-journey.md")


def _today() -> date:
    return datetime.now(ZoneInfo("Europe/Amsterdam")).date()


def test_a_map_is_changed_where_one_sees_it(live: Live, told: Story) -> None:
    album = Album("edit")
    page = live.person()
    page.goto("/sign-in")
    page.get_by_label("Mailadres").fill("anna@telenoord.example")
    page.get_by_label("Wachtwoord").fill(STORY_PASSWORD)
    page.get_by_role("button", name="Inloggen").click()
    page.wait_for_url("**/o/**")
    page.goto(f"/o/telenoord/journeys/{told.ids['journey_id']}/")
    page.get_by_role("link", name="Bewerk kaart").click()
    album.take(page, "handles")
    page.get_by_role("button", name="Verplaats ‘Ziet de eerste factuur’").focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    album.take(page, "picked-up")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Ongedaan maken")).to_be_visible()
    album.take(page, "undo")
    page.locator(".map-card", has_text="Bestelling doorgeven").click()
    expect(page.get_by_role("button", name="Hernoem")).to_be_visible()
    sound(page)
    album.take(page, "panel")
    album.check("how-to/edit-on-the-map.md")


def test_the_tour_shows_what_the_story_shows(live: Live, told: Story) -> None:
    """The pictures of README and tour, from the demo's story; the pages are sound."""
    album = Album("tour")
    journey = f"/o/telenoord/journeys/{told.ids['journey_id']}/"
    page = live.person()
    page.goto("/sign-in")
    page.get_by_label("Mailadres").fill("anna@telenoord.example")
    page.get_by_label("Wachtwoord").fill(STORY_PASSWORD)
    page.get_by_role("button", name="Inloggen").click()
    page.wait_for_url("**/o/**")
    for address, what in (
        ("/o/telenoord/", "home"),
        (journey, "map"),
        (journey + f"handovers/{told.ids['handover_id']}", "hand-over"),
        (journey + "measurement/", "measurement"),
        (journey + "parties", "parties"),
        (journey + "surveys/", "questions"),
        (journey + "reports/", "reports"),
    ):
        page.goto(address)
        sound(page)
        if what in ("home", "map", "measurement"):
            page.set_viewport_size({"width": 1440, "height": 1100})
            album.take(page, what)
    album.check("tour.md")
    assert Path(PICTURES / "tour-2-map.png").is_file()
