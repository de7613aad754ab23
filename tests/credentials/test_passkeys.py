"""Passkeys: what signs in, and every lie that does not."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from partnerjourney.core import clock, ids
from partnerjourney.core.logins import LoginSession
from partnerjourney.credentials.models import Ceremony, Passkey
from partnerjourney.credentials.rules.site import Site, site_of
from tests.credentials.authenticator import PRESENT, VERIFIED, Authenticator, encode
from tests.credentials.second import PAGE, STEP, pending, with_app
from tests.organisations.company import BRAND, PASSWORD, Company, mails, work
from tests.web_client import browser, make_app, settings_for

HOME = f"/o/{BRAND}/"
START = datetime(2031, 1, 14, 12, 0, tzinfo=UTC)


def device(**lies: Any) -> Authenticator:
    """Return a device for the tests' own site."""
    return Authenticator(**{"origin": "http://localhost", "rp_id": "localhost", **lies})


def new_options(client: FlaskClient) -> dict[str, Any]:
    """Begin to make a passkey and return what the page gives the browser."""
    assert client.post(f"{PAGE}/passkeys/begin").location == f"{PAGE}/passkey"
    found = re.search(r'data-new="([^"]+)"', client.get(f"{PAGE}/passkey").text)
    assert found is not None
    options: dict[str, Any] = json.loads(html.unescape(found[1]))
    return options


def make(client: FlaskClient, key: Authenticator, name: str = "Laptop") -> int:
    """Make a passkey and return the answer's status: 200 shows recovery codes."""
    form = {"name": name, "passkey": key.create(new_options(client))}
    return client.post(f"{PAGE}/passkeys", data=form).status_code


def owner(app: Flask, company: Company, name: str = "marjan") -> tuple[FlaskClient, Authenticator]:
    """Return a browser of somebody who just made a passkey, and the device."""
    client, key = company.client(app, name), device()
    assert make(client, key) == 200
    return client, key


def challenge(client: FlaskClient) -> dict[str, Any]:
    """Ask for a challenge, as the script does."""
    answer = client.post("/sign-in/passkey/options")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.get_json()
    return found


def enter(client: FlaskClient, answer: str, **form: str) -> tuple[int, str | None]:
    """Sign in with an answer."""
    got = client.post("/sign-in/passkey", data={"passkey": answer, **form})
    return got.status_code, got.location


def test_one_signs_in_without_a_password_and_is_asked_nothing_more(
    app: Flask, company: Company, tmp_path: Path
) -> None:
    with clock.at(START):
        client, key = owner(app, company)
        assert make(client, device(), "Telefoon") == 303
        assert all(name in client.get(PAGE).text for name in ("Laptop", "Telefoon"))
        mine = browser(app)
        options = challenge(mine)
        assert options["userVerification"] == "required"
        assert not options.get("allowCredentials"), "it names no key"
        assert enter(mine, key.get(options), next="/account") == (303, "/account")
        assert "signed in with: passkey" in mine.get("/account").text
        assert mine.post(f"{PAGE}/app").status_code == 303, "fresh: it is not asked again"
        work(app)
    assert {str(mail["Subject"]) for mail in mails(tmp_path)} == {
        "A passkey was made for your account"
    }


def test_as_a_second_step_and_when_asked_again(app: Flask, company: Company) -> None:
    with clock.at(START):
        client, key = owner(app, company)
        _, theirs = owner(app, company, "mila")
        half = pending(app, company)
        wrong = half.post(STEP, data={"passkey": theirs.get(challenge(half))})
        assert wrong.status_code == 422, "another person's passkey is no step of mine"
        right = half.post(STEP, data={"passkey": key.get(challenge(half))})
        assert right.location == HOME
    with company.system() as session:
        assert "password+passkey" in set(session.scalars(select(LoginSession.means)))
    with clock.at(START + timedelta(minutes=31)):
        codes = f"{PAGE}/codes"
        assert client.post(codes, data={"again_password": PASSWORD}).status_code == 422
        for who, status in ((theirs, 422), (key, 200)):
            answer = client.post(codes, data={"again_passkey": who.get(challenge(client))})
            assert answer.status_code == status


LIES: dict[str, Callable[[Authenticator], None]] = {
    "another origin": lambda key: setattr(key, "origin", "https://evil.example"),
    "another port": lambda key: setattr(key, "origin", "http://localhost:8000"),
    "another host": lambda key: setattr(key, "rp_id", "evil.example"),
    "nobody was verified": lambda key: setattr(key, "flags", PRESENT),
    "nobody was there": lambda key: setattr(key, "flags", VERIFIED),
    "the counter went back": lambda key: setattr(key, "count", 1),
    "another key": lambda key: setattr(key, "key", device().key),
    "an unknown key": lambda key: setattr(key, "credential_id", b"unknown"),
    "another person": lambda key: setattr(key, "handle", encode(b"x" * 16)),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_lie_opens_nothing(app: Flask, company: Company, lie: str) -> None:
    _, key = owner(app, company)
    first = browser(app)
    assert enter(first, key.get(challenge(first)))[0] == 303
    LIES[lie](key)
    assert enter(mine := browser(app), key.get(challenge(mine)))[0] == 422
    assert mine.get(HOME).status_code == 303


def test_a_challenge_is_of_one_browser_for_one_answer_and_five_minutes(
    app: Flask, company: Company
) -> None:
    with clock.at(START):
        _, key = owner(app, company)
        mine, thief = browser(app), browser(app)
        answer = key.get(challenge(mine))
        assert enter(thief, answer)[0] == 422, "no challenge of this browser"
        challenge(thief)
        assert enter(thief, answer)[0] == 422, "a challenge of another browser"
        assert enter(mine, answer)[0] == 303
        assert enter(browser(app), answer)[0] == 422
        with mine.session_transaction() as kept:
            kept["challenge"] = "x" * 43
        assert enter(mine, answer)[0] == 422
        spoilt, again = browser(app), challenge(spoilt_one := browser(app))
        assert enter(spoilt_one, "{}")[0] == 422
        assert enter(spoilt_one, key.get(again))[0] == 422, "the first answer used it up"
        late = challenge(spoilt)
    with clock.at(START + timedelta(minutes=6)):
        assert enter(spoilt, key.get(late))[0] == 422
    with clock.at(START + timedelta(minutes=7)), company.system() as session:
        stored = session.scalars(select(Ceremony.token_hash)).all()
        assert all(len(one) == 64 for one in stored)


def test_a_challenge_of_making_one_is_not_one_of_signing_in(app: Flask, company: Company) -> None:
    client, key = owner(app, company)
    options = new_options(client)
    with client.session_transaction() as kept:
        kept["challenge"] = kept["passkey_new"]
    assert enter(client, key.get(options))[0] == 422


@pytest.mark.parametrize(
    "answer",
    ["", "x", "{}", "[]", "null", '{"id": 1, "response": null}', '{"id": "x", "response": {}}',
     "[" * 5000, '{"id": "a", "rawId": "a", "type": "x", "response": {"userHandle": [1]}}'],
)  # fmt: skip
def test_nonsense_is_refused_calmly(app: Flask, company: Company, answer: str) -> None:
    client, key = owner(app, company)
    challenge(client)
    assert enter(client, answer)[0] == 422
    named = json.loads(key.get(challenge(client)))
    named["response"] = {"userHandle": key.handle, "signature": "%%"}
    assert enter(client, json.dumps(named))[0] == 422
    options = new_options(client)
    assert options["challenge"]
    form = {"name": "x", "passkey": answer}
    assert client.post(f"{PAGE}/passkeys", data=form).status_code in (303, 422)
    with company.system() as session:
        assert len(session.scalars(select(Passkey)).all()) == 1


@pytest.mark.parametrize("lie", ["another origin", "another host", "nobody was verified"])
def test_a_passkey_is_not_made_by_a_lie(app: Flask, company: Company, lie: str) -> None:
    client, key = company.client(app, "marjan"), device()
    LIES[lie](key)
    assert make(client, key) == 303
    with company.system() as session:
        assert not session.scalars(select(Passkey)).all()


def test_making_one_is_for_ones_own_browser_once(app: Flask, company: Company) -> None:
    mine, other = company.client(app, "marjan"), company.client(app, "mila")
    key = device()
    answer = key.create(new_options(mine))
    with mine.session_transaction() as kept, other.session_transaction() as theirs:
        theirs["passkey_new"] = kept["passkey_new"]
    form = {"name": "x", "passkey": answer}
    assert other.post(f"{PAGE}/passkeys", data=form).location == PAGE
    assert mine.post(f"{PAGE}/passkeys", data={**form, "name": ""}).status_code == 422
    assert mine.post(f"{PAGE}/passkeys", data=form).status_code == 200
    assert mine.post(f"{PAGE}/passkeys", data=form).location == PAGE, "it is used up"
    assert make(other, key) == 303, "one key is of one person"
    with company.system() as session:
        assert session.scalars(select(Passkey.user_id)).all() == [company.users["marjan"]]


def test_one_that_was_taken_away_opens_nothing_and_is_only_its_own(
    app: Flask, company: Company
) -> None:
    client, key = owner(app, company)
    with company.system() as session:
        row = session.scalars(select(Passkey.id)).one()
    for other in (company.client(app, "mila"), company.client(app, "both")):
        assert other.post(f"{PAGE}/passkeys/{row}/remove").status_code == 404
    assert client.post(f"{PAGE}/passkeys/{ids.new_v4()}/remove").status_code == 404
    mine = browser(app)
    options = challenge(mine)
    assert client.post(f"{PAGE}/passkeys/{row}/remove").location == PAGE
    assert enter(mine, key.get(options))[0] == 422
    form = {"email": company.email("marjan"), "password": PASSWORD}
    assert browser(app).post("/sign-in", data=form).location == HOME, "no second step is left"


def test_with_a_passkey_beside_it_the_app_may_go(app: Flask, company: Company) -> None:
    client, _ = with_app(app, company)
    assert make(client, device()) == 303, "the recovery codes stay those that were shown"
    assert client.post(f"{PAGE}/app/off").location == PAGE
    pending(app, company)


@pytest.mark.parametrize("address", ["javascript:alert(1)", "//evil.example"])
def test_it_leads_to_no_other_site(app: Flask, company: Company, address: str) -> None:
    _, key = owner(app, company)
    mine = browser(app)
    assert enter(mine, key.get(challenge(mine)), next=address) == (303, HOME)


def test_the_host_of_a_request_makes_no_site(app: Flask, company: Company) -> None:
    evil = {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    answer = browser(app).post("/sign-in/passkey/options", headers=evil)
    assert answer.get_json()["rpId"] == "localhost"


def test_a_site_is_that_of_the_address() -> None:
    assert site_of("https://klant.example/") == Site("klant.example", "https://klant.example")
    assert site_of("https://klant.example:443") == Site("klant.example", "https://klant.example")
    assert site_of("http://localhost:8000") == Site("localhost", "http://localhost:8000")
    for number in ("http://127.0.0.1:8000", "http://[::1]:8000"):
        assert site_of(number) is None


def test_an_installation_without_a_name_has_none(
    app: Flask, company: Company, database_url: str, tmp_path: Path
) -> None:
    numbered = make_app(
        settings_for(database_url, tmp_path, base_url="http://127.0.0.1"), company.engine
    )
    client = browser(numbered)
    assert "passkey" not in client.get("/sign-in").text
    assert client.post("/sign-in/passkey/options").status_code == 404
    mine = company.client(numbered, "marjan")
    assert mine.post(f"{PAGE}/passkeys/begin").status_code == 404
    assert "such as localhost" in mine.get(PAGE).text
