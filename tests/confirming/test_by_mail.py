"""A party without an account answers from its mail, and what it says stands on its behalf."""

from __future__ import annotations

import re
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from partnerjourney import features
from partnerjourney.confirming.models import AskedThing, PartyAsking
from partnerjourney.confirming.rules import Answer, AskingState
from partnerjourney.core import clock, ids, jobs
from partnerjourney.core.parties import Party, Role
from partnerjourney.organisations.models import PartyInvitation
from partnerjourney.touchpoints.models import CardContent
from tests.maps.telenoord import NOW, Telenoord, chain
from tests.web_client import browser

__all__ = ["chain"]

CALM = "Deze link werkt niet meer"
OFFERED = "Een uitnodiging is per mail onderweg naar"
DIRK = "dirk@thuisklaar.example"
SOON = NOW + timedelta(minutes=1)
LATER = NOW + timedelta(days=1)


class Brand:
    """Telenoord's editor, the mails that go out, and a phone on which nobody is signed in."""

    def __init__(self, app: Flask, chain: Telenoord, folder: Path) -> None:
        self.app, self.chain, self.folder = app, chain, folder
        with chain.system() as session:
            query = select(Party).where(
                Party.journey_id == chain.journey, Party.key == "thuisklaar"
            )
            self.party = session.scalars(query).one().id
        self.client = chain.client(app, "telenoord", Role.EDITOR)
        self.phone = browser(app, site=None)
        self.phone.environ_base["HTTP_ACCEPT_LANGUAGE"] = "nl"

    def at(self, path: str = "", name: str = "telenoord") -> str:
        return self.chain.at(name, f"parties/{self.party}/asked/{path}")

    def ask(self, at: Any = NOW, **typed: Any) -> Any:
        given = {"name": "Dirk Bos", "email": DIRK, "language": "nl", **typed}
        with clock.at(at):
            return self.client.post(self.at(), data=given)

    def post(self, path: str, at: Any = NOW, **typed: Any) -> Any:
        with clock.at(at):
            return self.client.post(self.at(path), data=typed)

    def page(self, at: Any = SOON) -> str:
        with clock.at(at):
            return str(self.client.get(self.at()).text)

    def work(self, at: Any = SOON) -> None:
        features.employ()
        with clock.at(at), self.app.app_context():
            engine, settings = self.app.extensions["engine"], self.app.extensions["settings"]
            while jobs.run_due(engine, settings, ids.new_v4()):
                pass

    def mails(self) -> list[Any]:
        found = [
            message_from_bytes(path.read_bytes(), policy=policy.default)
            for path in sorted(self.folder.glob("*.eml"))
        ]
        return [mail for mail in found if mail["To"] == DIRK]

    def links(self) -> list[str]:
        body = self.mails()[-1].get_body(("plain",)).get_content()
        return re.findall(r"http://localhost(/a/[\w-]{43})", body)

    def get(self, path: str, at: Any = SOON) -> Any:
        with clock.at(at):
            return self.phone.get(path)

    def send(self, path: str, at: Any = SOON, **typed: Any) -> Any:
        """Answer on the page behind a link: what it shows stands in its form."""
        shown = self.get(path, at).text
        found = re.search(r'name="stands" value="(\w+)"', shown)
        with clock.at(at):
            return self.phone.post(path, data={"stands": found[1] if found else "", **typed})

    def rows(self) -> list[AskedThing]:
        with self.chain.system() as session:
            query = select(AskedThing).where(AskedThing.replaced_at.is_(None))
            return list(session.scalars(query.order_by(AskedThing.asked_at, AskedThing.position)))

    def all_lines(self, path: str, **but: str) -> dict[str, str]:
        shown = self.get(path).text
        names = re.findall(r'<fieldset class="ask-line" id="f-(\w+)"', shown)
        assert names
        return {**dict.fromkeys(names, "right"), **but}


@pytest.fixture
def brand(app: Flask, chain: Telenoord, tmp_path: Path) -> Brand:
    made = Brand(app, chain, tmp_path / "mail")
    assert made.ask().status_code == 303
    made.work()
    return made


def test_the_mail_says_nothing_a_get_changes_nothing_and_one_question_leads_to_the_next(
    brand: Brand,
) -> None:
    [mail] = brand.mails()
    assert mail["Subject"] == "Telenoord: klopt wat wij over Thuisklaar opschreven?"
    whole = mail.as_string() + mail.get_body(("html",)).get_content()
    for told in ("Afspraak maken", "Magazijn", "Koerier", "Rijk", "085 555"):
        assert told not in whole
    rows = brand.rows()
    links = brand.links()
    assert len(links) == min(8, len(rows))
    assert len(set(links)) == len(links)
    for _ in range(2):  # scanners of mail open links
        page = brand.get(links[0])
        assert page.status_code == 200
        assert page.headers["Cache-Control"] == "no-store"
    assert "Afspraak maken" in page.text
    assert "Telenoord vraagt" in page.text
    for other in ("Magazijn Flevo", "Koerier Snel", "Rijk Bezorgt", "Opleverbon"):
        assert other not in page.text, "a guest sees its one card"
    assert all(row.answered_at is None for row in brand.rows())

    faulty = brand.send(links[0], what="right")
    assert faulty.status_code == 422
    assert "Kies een van de drie." in faulty.text
    thanks = brand.send(links[0], all="right")
    assert thanks.status_code == 200
    assert "Dank je, Dirk Bos" in thanks.text
    assert f"Nog {len(rows) - 1} vragen" in thanks.text
    assert OFFERED not in thanks.text, "an account is offered after the third answer"
    following = re.search(r'href="(/a/[\w-]{43})"', thanks.text)[1]  # type: ignore[index]
    assert following not in links
    for again in (brand.get(links[0]), brand.phone.post(links[0], data={"all": "right"})):
        assert again.status_code == 404
        assert CALM in again.text
    [done, *rest] = brand.rows()
    assert (done.outcome, done.name) == (Answer.RIGHT, "Dirk Bos")
    assert all(row.answered_at is None for row in rest)

    second = brand.send(following, all="right")
    assert CALM in brand.get(links[1]).text, "the mail's own link to it is dead with it"
    assert OFFERED not in second.text
    third = brand.send(re.search(r'href="(/a/[\w-]{43})"', second.text)[1], all="right")  # type: ignore[index]
    assert f"{OFFERED} {DIRK}" in third.text
    assert "/invitation/" not in third.text, "holding a link makes no account"
    brand.work()
    told = brand.mails()  # of one moment: in either order
    assert len(told) == 2
    [invited] = [mail for mail in told if "/invitation/" in mail.as_string()]
    body = invited.get_body(("plain",)).get_content()
    joining = re.search(r"http://localhost(/invitation/\S+)", body)[1]  # type: ignore[index]
    assert "Doe mee als Thuisklaar" in brand.get(joining).text
    with clock.at(SOON):
        there = brand.client.get(brand.chain.at("telenoord", f"cards/{done.card_id}")).text
    assert "Bevestigd per mail door Dirk Bos op vr 20 november" in there
    assert there.count("klopt, per mail") >= 3, "a badge on each of them"
    with brand.chain.system() as session:
        party = session.get_one(Party, (brand.chain.journey, brand.party))
        assert party.provisional, "an answer by mail takes no seat"
        assert session.scalars(select(PartyInvitation.email)).all() == [DIRK]


def test_what_is_not_right_is_the_brands_to_handle_and_to_ask_again(brand: Brand) -> None:
    first, second = brand.links()[:2]
    typed = brand.all_lines(first, when="wrong")
    assert brand.send(first, **typed).status_code == 422, "what is not right is said"
    told = "Wij bellen eerst de klant"
    thanks = brand.send(first, **{**typed, "when-wrong": told})
    assert told in thanks.text
    asking = brand.all_lines(second, what="question")
    brand.send(second, **{**asking, "what-question": "Wie tekent de bon?"})
    shown = brand.page()
    assert told in shown
    assert "Wie tekent de bon?" in shown
    assert "Klopt niet, zegt Dirk Bos per mail op" in shown
    [wrong, question, *_] = brand.rows()
    assert (wrong.outcome, question.outcome) == (Answer.WRONG, Answer.QUESTION)
    with clock.at(SOON):
        home = brand.client.get("/o/telenoord/").text
        assert "Thuisklaar zegt: klopt niet" in home
        assert "Thuisklaar heeft een vraag" in home
        path = brand.chain.at("telenoord")
        assert "klopt niet, per mail" in brand.client.get(path).text
        assert told in brand.client.get(f"{path}cards/{wrong.card_id}").text
        others = brand.chain.client(brand.app, "flevo")
        for page in (path, f"{path}cards/{wrong.card_id}"):
            seen = others.get(page.replace("/o/telenoord/", "/o/flevo/")).text
            assert "per mail" not in seen, "a card's answers are between the brand and the party"
            assert "Dirk Bos" not in seen

    with brand.chain.system() as session:  # the brand corrects the card
        session.execute(
            update(CardContent).where(CardContent.id == wrong.card_id).values(name="Belafspraak")
        )
    assert brand.post(f"{wrong.id}/again", SOON, reply="Aangepast, dank!").status_code == 303
    brand.work(SOON + timedelta(minutes=1))
    page = next(p.text for p in map(brand.get, brand.links()) if "Aangepast" in p.text)
    assert "Telenoord antwoordt je" in page
    assert "Belafspraak" in page
    assert told not in brand.page()
    assert brand.post(f"{question.id}/handled", SOON).status_code == 303
    assert brand.post(f"{question.id}/handled", SOON).status_code == 409


def test_what_changed_since_is_not_agreed_to(brand: Brand) -> None:
    link = brand.links()[0]
    typed = brand.all_lines(link, what="wrong")
    stands = re.search(r'name="stands" value="(\w+)"', brand.get(link).text)[1]  # type: ignore[index]
    with brand.chain.system() as session:
        session.execute(
            update(CardContent).where(CardContent.name == "Afspraak maken").values(name="Anders")
        )
    with clock.at(SOON):
        stale = brand.phone.post(
            link, data={**typed, "what-wrong": "Mijn woorden", "stands": stands}
        )
    assert stale.status_code == 409
    assert "Dit is veranderd sinds de mail" in stale.text
    assert "Anders" in stale.text
    assert "Mijn woorden" in stale.text, "nothing typed is lost"
    assert all(row.answered_at is None for row in brand.rows())
    assert brand.send(link, all="right").status_code == 200


def test_who_has_answered_everything_is_not_offered_to_be_asked_again(brand: Brand) -> None:
    assert "Vraag opnieuw" in brand.page()
    links = brand.links()
    while links:
        thanks = brand.send(links.pop(), all="right")
        assert thanks.status_code == 200
        links = re.findall(r"/a/[\w-]{43}", thanks.text)
    assert all(row.answered_at for row in brand.rows())
    answered = brand.page()
    assert "bevestigd per mail" in answered
    assert "Vraag opnieuw" not in answered, "a click would only say that nothing is left"


def test_a_contact_is_not_chased_and_may_stop_it(brand: Brand) -> None:
    again = brand.post("more", SOON)
    assert again.status_code == 422
    assert "Deze persoon kreeg vandaag al een mail" in again.text
    assert brand.ask(SOON).status_code == 422
    for day in (1, 2):
        assert brand.post("more", NOW + timedelta(days=day)).status_code == 303
    fourth = brand.post("more", NOW + timedelta(days=3))
    assert "Op drie mails kwam geen antwoord" in fourth.text
    links = brand.links()
    stopped = brand.send(links[0], answer="stop")
    assert "Je krijgt deze mails niet meer" in stopped.text
    assert CALM in brand.get(links[1]).text
    assert "wil hierover geen mail" in brand.page()
    refused = brand.ask(NOW + timedelta(days=4))
    assert refused.status_code == 422
    assert "wil hierover geen mail meer" in refused.text
    other = brand.ask(NOW + timedelta(days=4), email="els@thuisklaar.example", name="Els")
    assert other.status_code == 303


def test_links_die_when_taken_back_when_the_party_joins_and_when_time_is_up(brand: Brand) -> None:
    links = brand.links()
    assert CALM in brand.get(links[0], NOW + timedelta(days=15)).text
    brand.send(links[0], all="right")
    assert brand.post("withdraw", SOON).status_code == 303
    assert CALM in brand.get(links[1]).text
    assert "Bevestigd per mail door Dirk Bos" in brand.page(), "what was answered stays"
    assert brand.ask(LATER).status_code == 303
    brand.work(LATER)
    fresh = brand.links()
    assert brand.get(fresh[0], LATER).status_code == 200
    brand.chain.join("thuisklaar", "thuisklaar")
    assert CALM in brand.get(fresh[0], LATER).text
    assert brand.ask(LATER + timedelta(days=1)).status_code == 409
    client = brand.chain.client(brand.app, "thuisklaar")
    welcome = client.get(brand.chain.at("thuisklaar", "welcome")).text
    assert welcome.count("bevestigd per mail door Dirk Bos") == 1, "it reads what was said for it"


def test_only_the_coordinator_asks_and_only_it_and_the_other_side_read(
    brand: Brand, app: Flask
) -> None:
    for link in brand.links():
        brand.send(link, all="right")
    for name, status in (("flevo", 403), ("snel", 403), ("stranger", 404)):
        client = brand.chain.client(app, name)
        assert client.get(brand.at(name=name)).status_code == status
        assert client.post(brand.at(name=name), data={"email": DIRK}).status_code == status
    viewer = brand.chain.client(app, "telenoord", Role.VIEWER)
    assert viewer.get(brand.at()).status_code == 403
    for name in ("flevo", "snel", "rijk"):
        with brand.chain.acting(name) as (session, _, place):
            assert session.scalars(select(PartyAsking)).all() == []
            sides = session.scalars(select(AskedThing)).all()
            assert all(row.card_id is None for row in sides)
            mine = {party.name for party in place.mine}
            assert all(mine & {row.said["from"], row.said["to"]} for row in sides)


def test_an_address_that_takes_no_mail_is_told(
    app: Flask, chain: Telenoord, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from partnerjourney.confirming import jobs as mailing
    from partnerjourney.core.mail import MailNotTakenError

    def refuse(*_: Any, **__: Any) -> None:
        raise MailNotTakenError("no such mailbox")

    monkeypatch.setattr(mailing, "send_mail", refuse)
    made = Brand(app, chain, tmp_path / "mail")
    made.ask()
    made.work()
    assert "dit adres neemt geen mail aan" in made.page()
    with chain.system() as session:
        assert session.scalars(select(PartyAsking.state)).all() == [AskingState.BOUNCED]
