"""Signing in: who gets in, what an attacker learns, and how long it lasts."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from partnerjourney.core import clock, logins, passwords
from partnerjourney.core.errors import NotFoundError
from partnerjourney.core.logins import LoginSession
from partnerjourney.organisations import services
from partnerjourney.organisations.models import Credential
from partnerjourney.web import entry
from tests import cheap_passwords
from tests.organisations.company import BRAND, PASSWORD, Company
from tests.web_client import browser, make_app, settings_for

HOME = f"/o/{BRAND}/"


def sign_in(client: FlaskClient, email: str, password: str = PASSWORD, **form: str) -> TestResponse:
    """Post the form."""
    return client.post("/sign-in", data={"email": email, "password": password, **form})


def cookie(client: FlaskClient) -> str:
    """Return the session's cookie."""
    found = client.get_cookie("pj_session")
    assert found is not None
    return found.value


@pytest.fixture
def verified(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Count the checks of a password: the only part of signing in that takes long."""
    counted: list[str] = []

    def verify(self: PasswordHasher, stored: str, password: str) -> bool:
        counted.append(stored)
        return real(self, stored, password)

    real = PasswordHasher.verify
    monkeypatch.setattr(PasswordHasher, "verify", verify)
    return counted


def test_a_member_gets_in_and_begins_at_home(app: Flask, company: Company) -> None:
    client = browser(app)
    answer = sign_in(client, " Marjan@Example.org ")
    assert (answer.status_code, answer.location) == (303, HOME)
    assert client.get("/account").status_code == 200
    assert client.get("/").location == HOME


def test_wrong_and_unknown_look_and_cost_the_same(
    app: Flask, company: Company, verified: list[str]
) -> None:
    answers = []
    for email in (company.email("marjan"), "nobody@example.org", "no address at all"):
        before = len(verified)
        answer = sign_in(browser(app), email, "not the password")
        assert answer.status_code == 422
        assert len(verified) == before + 1
        answers.append(answer.text.replace(email, "…"))
    assert len(set(answers)) == 1


def test_a_stranger_cannot_get_in_with_an_empty_or_endless_password(
    app: Flask, company: Company
) -> None:
    for password in ("", "x" * 100_000, PASSWORD + "x" * 200):
        assert sign_in(browser(app), company.email("marjan"), password).status_code == 422


def test_a_session_planted_before_signing_in_is_worth_nothing_after(
    app: Flask, company: Company
) -> None:
    planted = company.client(app, "mila")
    before = cookie(planted)
    sign_in(planted, company.email("marjan"))
    assert cookie(planted) != before
    attacker = browser(app)
    attacker.set_cookie("pj_session", before)
    assert attacker.get("/account").status_code == 303
    assert planted.get(HOME).status_code == 200


def test_signing_out_ends_the_row_and_not_just_the_cookie(app: Flask, company: Company) -> None:
    client = company.client(app, "marjan")
    kept = cookie(client)
    assert client.post("/sign-out").location == "/sign-in"
    thief = browser(app)
    thief.set_cookie("pj_session", kept)
    assert thief.get("/account").location.startswith("/sign-in")


def test_one_browser_is_signed_out_from_another_and_nobody_elses(
    app: Flask, company: Company
) -> None:
    mine, phone, other = (company.client(app, name) for name in ("marjan", "marjan", "mila"))
    with company.system() as session:
        rows = session.scalars(select(LoginSession).order_by(LoginSession.created_at)).all()
        here, there, theirs = (row.id for row in rows)
    assert mine.post(f"/account/logins/{theirs}/end").status_code == 303
    assert other.get("/account").status_code == 200
    assert mine.post(f"/account/logins/{there}/end").status_code == 303
    assert phone.get("/account").status_code == 303
    assert mine.get("/account").status_code == 200
    assert mine.post(f"/account/logins/{here}/end").location == "/sign-in"
    assert mine.get("/account").status_code == 303


def test_sign_out_everywhere_reaches_every_browser(app: Flask, company: Company) -> None:
    clients = [company.client(app, "marjan") for _ in range(3)]
    assert clients[0].post("/account/logins/end").location == "/sign-in"
    assert {client.get("/account").status_code for client in clients} == {303}


def test_a_login_idles_out_and_never_lasts_longer_than_a_week(app: Flask, company: Company) -> None:
    start = clock.now()
    client = company.client(app, "marjan")
    with clock.at(start + timedelta(hours=7)):
        assert client.get("/account").status_code == 200  # and is seen
    with clock.at(start + timedelta(hours=14)):
        assert client.get("/account").status_code == 200
    with clock.at(start + timedelta(hours=23)):
        assert client.get("/account").status_code == 303
    old = company.client(app, "marjan")
    with company.system() as session:
        session.execute(update(LoginSession).values(created_at=start - timedelta(days=8)))
    assert old.get("/account").status_code == 303


def test_attempts_are_counted_for_all_processes_and_pass(
    app: Flask, company: Company, database_url: str, tmp_path: Path
) -> None:
    second = make_app(settings_for(database_url, tmp_path / "mail"))
    try:
        start = clock.now().replace(minute=0, second=0)
        with clock.at(start):
            for n in range(10):
                sign_in(browser((app, second)[n % 2]), company.email("marjan"), f"guess {n} of ten")
            answer = sign_in(browser(second), company.email("marjan"))
            assert answer.status_code == 429
            assert int(answer.headers["Retry-After"]) > 0
            assert sign_in(browser(app), company.email("mila")).status_code == 303
        with clock.at(start + timedelta(minutes=5)):
            assert sign_in(browser(app), company.email("marjan")).status_code == 303
    finally:
        second.extensions["engine"].dispose()


def test_one_address_cannot_try_all_accounts(
    app: Flask, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(entry, "PER_ADDRESS", 4)
    with clock.at(clock.now().replace(minute=0, second=0)):
        tried = [sign_in(browser(app), f"user{n}@x.example", "guess") for n in range(5)]
        assert [answer.status_code for answer in tried] == [422] * 4 + [429]
        elsewhere = browser(app)
        elsewhere.environ_base["REMOTE_ADDR"] = "192.0.2.7"
        assert sign_in(elsewhere, company.email("marjan")).status_code == 303


def test_a_hash_with_older_parameters_is_made_anew(
    app: Flask, company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passwords, "_HASHER", cheap_passwords.REAL)
    old = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    with company.system() as session:
        session.execute(update(Credential).values(password_hash=old))
    assert sign_in(browser(app), company.email("marjan")).status_code == 303
    with company.system() as session:
        new = session.get_one(Credential, company.users["marjan"]).password_hash
    assert new.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert sign_in(browser(app), company.email("marjan")).status_code == 303


def test_a_password_that_changes_while_it_is_checked_lets_nobody_in(company: Company) -> None:
    email = company.email("marjan")
    proof = services.check_password(company.engine, email=email, password=PASSWORD)
    assert proof is not None
    with company.system() as session:
        services.set_password(session, proof.user_id, password_hash="new", at=clock.now())
    with company.system() as session, pytest.raises(NotFoundError):
        services.accept(session, proof)


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "//evil.example", "https://evil.example", "/\\evil.example",
     "/\t/evil.example", "\\evil", "data:text/html,x"],
)  # fmt: skip
def test_signing_in_never_leads_to_another_site(app: Flask, company: Company, address: str) -> None:
    answer = sign_in(browser(app), company.email("marjan"), next=address)
    assert answer.location == HOME
    page = browser(app).get("/sign-in", query_string={"next": address})
    assert address not in page.text
    client = company.client(app, "marjan")
    assert client.get("/sign-in", query_string={"next": address}).location == HOME


def test_signing_in_leads_back_to_the_page_that_was_asked_for(app: Flask, company: Company) -> None:
    client = browser(app)
    there = f"/o/{BRAND}/organisation/invite"
    asked = client.get(there)
    assert asked.location == f"/sign-in?next={there}"
    assert sign_in(client, company.email("marjan"), next=there).location == there


def test_another_password_ends_every_other_browser_and_keeps_this_one(
    app: Flask, company: Company
) -> None:
    mine, phone = company.client(app, "marjan"), company.client(app, "marjan")
    before = cookie(mine)
    form = {"current": PASSWORD, "password": "een nieuw lang zinnetje"}
    assert mine.post("/account/password", data=form).status_code == 303
    assert cookie(mine) != before
    assert mine.get("/account").status_code == 200
    assert phone.get("/account").status_code == 303
    assert sign_in(browser(app), company.email("marjan")).status_code == 422
    assert sign_in(browser(app), company.email("marjan"), form["password"]).status_code == 303


def test_another_password_needs_the_present_one_and_some_strength(
    app: Flask, company: Company
) -> None:
    mine = company.client(app, "marjan")
    for form in (
        {"current": "not mine", "password": "een nieuw lang zinnetje"},
        {"current": PASSWORD, "password": "kort"},
        {"current": PASSWORD, "password": "Marjan.Smit.99"},
        {"password": "een nieuw lang zinnetje"},
    ):
        answer = mine.post("/account/password", data=form)
        assert answer.status_code == 422
        assert form["password"] not in answer.text
    assert sign_in(browser(app), company.email("marjan")).status_code == 303


def test_at_most_two_passwords_are_hashed_at_once() -> None:
    gate = passwords._AT_ONCE
    assert gate.acquire(blocking=False)
    assert gate.acquire(blocking=False)
    try:
        assert not gate.acquire(blocking=False)
    finally:
        gate.release()
        gate.release()


def test_the_token_is_stored_only_as_its_hash(app: Flask, company: Company) -> None:
    client = company.client(app, "marjan")
    with client.session_transaction() as kept:
        token = kept["_user_id"]
    with company.system() as session:
        stored = session.scalars(select(LoginSession.token_hash)).one()
        assert token != stored
        assert logins.find(
            session,
            stored,
            at=clock.now(),
            idle=timedelta(hours=1),
            longest=timedelta(hours=1),
        ) is None  # fmt: skip
