"""Kept pages: given again only while nothing changed that their reader may read."""

from __future__ import annotations

from datetime import timedelta
from queue import Queue
from threading import Thread
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select

from partnerjourney.core import border, clock, heads, logins
from partnerjourney.core.logins import SecondStepRule, SignedIn
from partnerjourney.core.parties import Membership, Party, Role, User
from partnerjourney.core.scopes import System
from partnerjourney.maps import queries
from partnerjourney.web.kept import AROUND, OWN_ROOM, PATIENCE, ROOM, Page, Pages
from tests.databases import counted
from tests.factories import row
from tests.maps import telenoord
from tests.maps.telenoord import NOW, Telenoord
from tests.web_client import client_of


@pytest.fixture
def chain(engine: Engine) -> Telenoord:
    """Give the story's journey."""
    return telenoord.build(engine)


@pytest.fixture
def pages(app: Flask) -> Pages:
    """Give the pages that the application keeps, believed as in production."""
    found: Pages = app.extensions["kept"]
    found.checking = False
    return found


def _statements(engine: Engine, client: FlaskClient, path: str) -> int:
    with counted(engine) as found, clock.at(NOW):
        assert client.get(path).status_code == 200
    return len(found)


@pytest.mark.usefixtures("pages")
def test_an_unchanged_page_is_not_made_again(engine: Engine, app: Flask, chain: Telenoord) -> None:
    client, path = chain.client(app, "telenoord"), chain.at("telenoord")
    with clock.at(NOW):
        first = client.get(path)
        again = client.get(path)
        unchanged = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.data, again.headers["ETag"]) == (first.data, first.headers["ETag"])
    assert dict(again.headers) | {"Date": ""} == dict(first.headers) | {"Date": ""}
    assert (unchanged.status_code, unchanged.data) == (304, b"")
    assert _statements(engine, client, path) == 1  # the look at what stands


@pytest.mark.usefixtures("pages")
def test_a_change_is_on_the_next_page(engine: Engine, app: Flask, chain: Telenoord) -> None:
    client, path = chain.client(app, "telenoord"), chain.at("telenoord")
    with clock.at(NOW):
        before = client.get(path)
        telenoord.change_limit(chain)
        after = client.get(path, headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    assert after.data != before.data


@pytest.mark.usefixtures("pages")
def test_each_reader_has_a_page_of_its_own(engine: Engine, app: Flask, chain: Telenoord) -> None:
    mine, other = chain.client(app, "telenoord"), chain.client(app, "flevo")
    with clock.at(NOW):
        seen = mine.get(chain.at("telenoord"))
        assert other.get(chain.at("telenoord")).status_code == 404
        theirs = other.get(chain.at("flevo"))
        assert theirs.data != seen.data
        part = mine.get(chain.at("telenoord"), headers={"HX-Request": "true"})
    assert len(part.data) < len(seen.data)


@pytest.mark.usefixtures("pages")
def test_what_is_hidden_does_not_move_a_page(engine: Engine, app: Flask, pages: Pages) -> None:
    chain = telenoord.build(engine, joined=("flevo", "snel"))
    client, path = chain.client(app, "snel"), chain.at("snel")
    with clock.at(NOW):
        client.get(path)
    chain.join("rijk", "koeriers")
    with clock.at(NOW):
        telenoord.change_limit(chain, "rijk", "P3D")
    # A new organisation is a new name in the directory, and that moves everybody's once.
    _statements(engine, client, path)
    with clock.at(NOW):
        telenoord.change_limit(chain, "rijk", "P4D")
    assert _statements(engine, client, path) == 1  # the look at what stands


@pytest.mark.usefixtures("pages")
def test_a_new_day_and_an_old_sign_in_are_looked_at(
    engine: Engine, app: Flask, chain: Telenoord
) -> None:
    client, path = chain.client(app, "telenoord"), chain.at("telenoord")
    with clock.at(NOW):
        client.get(path)
    with counted(engine) as found, clock.at(NOW + timedelta(minutes=4)):
        client.get(path)
    assert found.texts == ["pj_seen"]
    with counted(engine) as found, clock.at(NOW + timedelta(minutes=20)):
        client.get(path)
    assert len(found) > 0
    with clock.at(NOW + timedelta(days=30)):
        assert client.get(path).status_code == 303


@pytest.mark.usefixtures("pages")
def test_a_message_is_said_once(engine: Engine, app: Flask, chain: Telenoord) -> None:
    client, path = chain.client(app, "telenoord"), chain.at("telenoord")
    with client.session_transaction() as kept:
        kept["_flashes"] = [("good", "Said once.")]
    with clock.at(NOW):
        told, after = client.get(path), client.get(path)
        again = client.get(path)
    assert b"Said once." in told.data
    assert b"Said once." not in after.data + again.data


@pytest.mark.usefixtures("pages")
def test_a_page_for_two_steps_is_not_given_to_one(app: Flask, chain: Telenoord) -> None:
    weak, path = chain.client(app, "telenoord"), chain.at("telenoord")
    with clock.at(NOW), weak.session_transaction() as kept:
        person = load_user(app, kept["_user_id"])
    with border.open_session(app.extensions["engine"], System("a test"), write=True) as session:
        session.add(row(SecondStepRule, owner_id=person.memberships[0][1].id, required_from=NOW))
        session.commit()
    with clock.at(NOW):
        strong = client_of(app, person.user.id, means="password+code")
        assert strong.get(path).status_code == 200
        assert weak.get(path).location.startswith("/account/second-step")
        assert strong.get(path).status_code == 200


def load_user(app: Flask, token: str) -> SignedIn:
    """Return who is signed in with a token."""
    with border.open_session(app.extensions["engine"], System("a test")) as session:
        day = timedelta(days=1)
        found = logins.find(session, token, at=clock.now(), idle=day, longest=day)
    assert found is not None
    return found


def test_the_tests_see_a_page_that_stands_no_longer(app: Flask, chain: Telenoord) -> None:
    """So every other test of the suite would find a forgotten trigger."""
    client, path = chain.client(app, "telenoord"), chain.at("telenoord")
    pages: Pages = app.extensions["kept"]
    with clock.at(NOW):
        client.get(path)
        ((key, page),) = pages._held["telenoord"].items()
        pages.put(key, Page(page.body.replace(b"Flevo", b"Older"), page.headers))
        with pytest.raises(AssertionError, match="no longer stood"):
            client.get(path)


def test_who_asks_for_a_page_that_is_being_made_waits_for_it() -> None:
    pages, found = Pages(), Queue[Page | None]()
    page = Page(b"made once", ())

    def ask(key: str) -> Thread:
        thread = Thread(target=lambda: found.put(pages.get_or_make((key,))))
        thread.start()
        return thread

    assert pages.get_or_make(("a",)) is None  # this one makes it
    others = [ask("a"), ask("a")]
    ask("b").join()
    assert found.get() is None  # another page waits for nobody
    assert [other.is_alive() for other in others] == [True, True]
    pages.put(("a",), page)
    pages.made(("a",))
    assert [found.get(timeout=PATIENCE / 2) for _ in others] == [page, page]
    assert pages.get_or_make(("c",)) is None
    after = [ask("c"), ask("c")]
    pages.made(("c",))  # it could not be made: one of those who waited makes it now
    assert found.get(timeout=PATIENCE / 2) is None
    pages.put(("c",), page)
    pages.made(("c",))
    assert found.get(timeout=PATIENCE / 2) == page
    for thread in (*others, *after):
        thread.join()


def test_each_organisation_has_room_of_its_own_and_who_keeps_most_lets_go() -> None:
    pages = Pages()
    big = Page(b"x" * (OWN_ROOM // 2 - AROUND), ())
    for number in "abc":
        pages.put(("mine", number), big)
        pages.get(("mine", "a"))
    kept = [number for number in "abc" if pages.get(("mine", number))]
    assert kept == ["a", "c"], "b was not asked for longest"
    pages.put(("mine", "d"), Page(b"x" * OWN_ROOM, ()))
    assert pages.get(("mine", "d")) is None
    pages.put(("mine", "e"), Page(b"", ()))
    for other in range(ROOM // OWN_ROOM + 2):
        for number in "ab":
            pages.put((f"other {other}", number), big)
    assert pages.size <= ROOM
    assert pages.get(("mine", "e")) is not None, "others push out nothing of who keeps little"


@pytest.mark.usefixtures("pages")
def test_what_somebody_sends_besides_is_not_kept(app: Flask, chain: Telenoord) -> None:
    client, path = chain.client(app, "telenoord"), chain.at("telenoord")
    found: Pages = app.extensions["kept"]
    with clock.at(NOW):
        client.get(path)
        before = found.size
        for number in range(5):
            client.get(path, headers={f"HX-X{number}": "x" * 2000})
        assert client.get(f"{path}?x={'x' * 2000}").status_code == 200
    assert found.size == before


@pytest.mark.usefixtures("pages")
def test_what_a_person_sets_for_itself_and_where_it_was_disturb_nobody(
    engine: Engine, app: Flask, chain: Telenoord
) -> None:
    client, path = chain.client(app, "telenoord"), chain.at("telenoord")
    me, stranger = chain.user("telenoord"), chain.user("flevo")
    elsewhere = chain.organisations["flevo"]
    with border.open_session(engine, System("a test"), write=True) as session:
        was = {"role": Role.VIEWER, "created_at": NOW, "ended_at": NOW}
        session.add(Membership(owner_id=elsewhere, user_id=me, **was))
        session.commit()
    with clock.at(NOW):
        assert b'data-theme="auto"' in client.get(path).data
    with border.open_session(engine, System("a test"), write=True) as session:
        session.get_one(User, stranger).theme = "dark"
        session.get_one(User, stranger).language = "en"
        session.add(row(SecondStepRule, owner_id=elsewhere))
        session.commit()
    assert _statements(engine, client, path) == 1
    with border.open_session(engine, System("a test"), write=True) as session:
        session.get_one(User, me).theme = "dark"
        session.commit()
    with clock.at(NOW):
        assert b'data-theme="dark"' in client.get(path).data


@pytest.mark.usefixtures("pages")
def test_a_reading_is_drawn_on_the_parties_with_which_it_was_read(
    engine: Engine, app: Flask, chain: Telenoord, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A colleague may look, read the parties, and find what was read a moment later."""
    client, path = chain.client(app, "telenoord"), chain.at("telenoord")
    seen, read = heads.see, queries.read
    looks: list[Any] = []
    reads: list[Any] = []

    def see(*given: Any, **named: Any) -> Any:
        looks.append(seen(*given, **named))
        return looks[0]

    def reading(*given: Any, **named: Any) -> Any:
        reads.append(read(*given, **named))
        return reads[-1]

    monkeypatch.setattr(heads, "see", see)
    monkeypatch.setattr(queries, "read", reading)
    with clock.at(NOW):
        client.get(path)
        assert client.get(f"{path}?view=table").status_code == 200
        assert len(reads) == 1
        with border.open_session(engine, System("a test"), write=True) as session:
            party = session.scalars(select(Party).where(Party.journey_id == chain.journey)).first()
            assert party is not None
            party.name = "Een andere naam"
            session.commit()
        assert "Een andere naam" in client.get(f"{path}?view=table&zoom=50").text
    assert len(reads) == 2
