"""Codes of an app and recovery codes: who gets in, what is used up, and what an attacker learns."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from partnerjourney.core import clock, ledger, sealing
from partnerjourney.core.logins import LoginSession, Step
from partnerjourney.core.sealing import BrokenSealError
from partnerjourney.credentials import services
from partnerjourney.credentials.models import AuthenticatorApp, RecoveryCode
from partnerjourney.credentials.rules import codes
from partnerjourney.credentials.services import Typed, steps
from partnerjourney.organisations import services as people
from tests.credentials.second import PAGE, STEP, another_app, pending, set_up, sign_in, with_app
from tests.organisations.company import BRAND, PASSWORD, Company, mails, work
from tests.web_client import browser

HOME = f"/o/{BRAND}/"
START = datetime(2031, 1, 14, 12, 0, tzinfo=UTC)
LATER = START + timedelta(minutes=2)


def means(company: Company) -> list[str]:
    """Return how the logins that stand were proven, the oldest first."""
    with company.system() as session:
        open_ones = select(LoginSession.means).where(LoginSession.ended_at.is_(None))
        return list(session.scalars(open_ones.order_by(LoginSession.created_at, LoginSession.id)))


def test_the_second_page_lets_in_once_with_each_code(app: Flask, company: Company) -> None:
    with clock.at(START):
        client, mine = with_app(app, company)
        setting_up = mine.code()
    with clock.at(LATER):
        first = pending(app, company, next="/account")
        assert first.get("/account").location.startswith("/sign-in"), "half signed in is not in"
        assert first.get(HOME).status_code == 303
        for wrong in ("000000", setting_up, "", "12345", "abcdef", "९९९९९९"):
            if wrong != mine.code():
                assert first.post(STEP, data={"code": wrong}).status_code in (422, 303)
                first = pending(app, company, next="/account")
        good = mine.code()
        answer = first.post(STEP, data={"code": f"{good[:3]} {good[3:]}"})
        assert (answer.status_code, answer.location) == (303, "/account")
        assert first.get("/account").status_code == 200
        replay = pending(app, company)
        assert replay.post(STEP, data={"code": good}).status_code == 422
    assert sorted(means(company)) == ["password+code"] * 2
    assert client.get(HOME).status_code == 200


def test_the_code_that_switched_the_app_on_opens_nothing(app: Flask, company: Company) -> None:
    with clock.at(START):
        _, mine = with_app(app, company)
        assert pending(app, company).post(STEP, data={"code": mine.code()}).status_code == 422
    early = START + timedelta(seconds=30)
    with clock.at(early):  # one step ahead is taken, and then the step before it is not
        assert pending(app, company).post(
            STEP, data={"code": mine.code(at=early + timedelta(seconds=30))}
        ).status_code == 303  # fmt: skip
        assert pending(app, company).post(STEP, data={"code": mine.code()}).status_code == 422


def test_a_step_is_used_up_though_the_request_fails_and_by_one_of_two(
    app: Flask, company: Company
) -> None:
    with clock.at(START):
        _, mine = with_app(app, company)
    user, secret = company.users["marjan"], str(app.secret_key)
    code, found = mine.code(at=LATER), []

    def use() -> None:
        with ledger.writing(company.engine, "a test") as session:
            found.append(steps.use_code(session, user, code, secret=secret, at=LATER))

    threads = [threading.Thread(target=use) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [False, False, True]
    with clock.at(LATER):
        assert pending(app, company).post(STEP, data={"code": code}).status_code == 422


def test_a_recovery_code_works_once_however_it_is_typed_and_is_told(
    app: Flask, company: Company, tmp_path: Path
) -> None:
    client, mine = with_app(app, company)
    assert len(set(mine.recovery)) == 10
    typed = mine.recovery[0].upper().replace("-", " ").replace("0", "O").replace("1", "l")
    assert pending(app, company).post(STEP, data={"recovery": typed}).location == HOME
    assert pending(app, company).post(STEP, data={"recovery": typed}).status_code == 422
    assert "9 of 10 left" in client.get(PAGE).text
    work(app)
    assert mails(tmp_path)[-1]["Subject"] == "A recovery code of yours was used"
    renewed = client.post(f"{PAGE}/codes")
    assert mine.recovery[1] not in renewed.text
    assert renewed.headers["Cache-Control"] == "no-store"
    old = pending(app, company).post(STEP, data={"recovery": mine.recovery[1]})
    assert old.status_code == 422


def test_another_persons_code_opens_nothing(app: Flask, company: Company) -> None:
    with clock.at(START):
        _, mine = with_app(app, company)
        _, theirs = with_app(app, company, "mila")
    with clock.at(LATER):
        half = pending(app, company)
        for form in ({"code": theirs.code()}, {"recovery": theirs.recovery[0]}):
            assert half.post(STEP, data=form).status_code == 422
        assert half.post(STEP, data={"code": mine.code()}).location == HOME


def test_five_wrong_codes_ask_the_password_again_and_ten_a_pause(
    app: Flask, company: Company, tmp_path: Path
) -> None:
    with clock.at(START):
        _, mine = with_app(app, company)
    with clock.at(LATER.replace(minute=5)):
        half = pending(app, company)
        tries = [half.post(STEP, data={"code": "000000"}).status_code for _ in range(5)]
        assert tries == [422] * 4 + [303]
        assert half.post(STEP, data={"code": mine.code()}).location == "/sign-in"
        half = pending(app, company)
        for _ in range(4):
            half.post(STEP, data={"code": "000000"})
        half = pending(app, company)
        half.post(STEP, data={"code": "000000"})
        answer = half.post(STEP, data={"code": mine.code()})
        assert answer.status_code == 429
        assert int(answer.headers["Retry-After"]) > 0
    with clock.at(LATER.replace(minute=10)):  # never for good
        assert pending(app, company).post(STEP, data={"code": mine.code()}).location == HOME
        work(app)
    told = [mail["Subject"] for mail in mails(tmp_path)]
    assert told.count("Somebody gave wrong codes for your account") == 1


def test_the_first_page_tells_nothing_of_a_second_step(app: Flask, company: Company) -> None:
    with_app(app, company)
    form = {"password": "not the password"}
    answers = set()
    for email in (company.email("marjan"), company.email("mila"), "nobody@example.org"):
        answer = browser(app).post("/sign-in", data={"email": email, **form})
        answers.add((answer.status_code, answer.text.replace(email, "…")))
    assert len(answers) == 1
    assert browser(app).get(STEP).location == "/sign-in"


def test_half_a_sign_in_ends_with_time_with_another_password_and_is_of_its_browser(
    app: Flask, company: Company
) -> None:
    with clock.at(START):
        client, mine = with_app(app, company)
    with clock.at(LATER):
        half, other = pending(app, company), pending(app, company)
        form = {"current": PASSWORD, "password": "een nieuw lang zinnetje"}
        assert browser(app).post(STEP, data={"code": mine.code()}).location == "/sign-in"
    with clock.at(LATER + timedelta(minutes=11)):
        assert half.post(STEP, data={"code": mine.code()}).location == "/sign-in"
    with clock.at(LATER + timedelta(minutes=1)):
        assert client.post("/account/password", data=form).status_code == 303
        assert other.post(STEP, data={"code": mine.code()}).location == "/sign-in"
        assert sign_in(browser(app), company.email("marjan")).status_code == 422


def test_a_link_to_set_a_password_does_not_pass_the_second_step(
    app: Flask, company: Company
) -> None:
    with_app(app, company)
    with company.system() as session:
        made = people.make_reset(session, company.users["marjan"], at=clock.now())
        path = people.reset_path(str(app.secret_key), made)
    new = {"password": "een nieuw lang zinnetje"}
    assert browser(app).post(path, data=new).location == "/sign-in"
    answer = browser(app).post("/sign-in", data={"email": company.email("marjan"), **new})
    assert answer.location == STEP


@pytest.mark.parametrize("address", ["javascript:alert(1)", "//evil.example", "/\\evil.example"])
def test_the_second_step_leads_to_no_other_site(app: Flask, company: Company, address: str) -> None:
    _, mine = with_app(app, company)
    half = pending(app, company, next=address)
    assert half.post(STEP, data={"recovery": mine.recovery[0]}).location == HOME


def test_the_secret_is_sealed_for_one_person_under_the_installations_key(
    app: Flask, company: Company
) -> None:
    with clock.at(START):
        _, mine = with_app(app, company)
    marjan, mila = company.users["marjan"], company.users["mila"]
    with company.system() as session:
        sealed = session.get_one(AuthenticatorApp, marjan).sealed_secret
        assert mine.secret not in sealed
        session.add(AuthenticatorApp(user_id=mila, sealed_secret=sealed, since=START))
        stored = set(session.scalars(select(RecoveryCode.code_mac)))
    plain = {code.replace("-", "") for code in mine.recovery}
    assert not stored & (plain | set(mine.recovery))
    for secret, who in (("another secret", marjan), (str(app.secret_key), mila)):
        with pytest.raises(BrokenSealError):
            steps.open_secret(sealed, who, secret=secret)
    with clock.at(LATER):  # a row copied to somebody else opens nothing
        assert (
            pending(app, company, "mila").post(STEP, data={"code": mine.code()}).status_code == 422
        )


def test_a_seal_that_was_changed_does_not_open() -> None:
    sealed = sealing.seal("s" * 32, "a test", "text", about=b"me")
    assert sealing.unseal("s" * 32, "a test", sealed, about=b"me") == "text"
    assert sealing.seal("s" * 32, "a test", "text", about=b"me") != sealed
    for broken in (sealed[:-4] + "AAAA", sealed[4:], "", "ä", "x"):
        with pytest.raises(BrokenSealError):
            sealing.unseal("s" * 32, "a test", broken, about=b"me")


def test_it_is_switched_off_and_on_another_telephone(
    app: Flask, company: Company, tmp_path: Path
) -> None:
    with clock.at(START):
        client, old = with_app(app, company)
    with clock.at(LATER):
        new = another_app(client)
        assert pending(app, company).post(STEP, data={"code": old.code()}).status_code == 422
    with clock.at(LATER + timedelta(minutes=1)):
        assert pending(app, company).post(STEP, data={"code": new.code()}).location == HOME
        assert client.post(f"{PAGE}/app/off").location == PAGE
        assert sign_in(browser(app), company.email("marjan")).location == HOME
        work(app)
    with company.system() as session:
        assert not session.scalars(select(RecoveryCode)).all()
    assert sorted(str(mail["Subject"]) for mail in mails(tmp_path)) == [
        "Your app with codes is off",
        "Your second step is on",
        "Your second step is on",
    ]


def test_setting_up_rotates_the_session_and_belongs_to_its_person(
    app: Flask, company: Company
) -> None:
    client = company.client(app, "marjan")
    planted = client.get_cookie("pj_session")
    assert planted is not None
    set_up(client)
    thief = browser(app)
    thief.set_cookie("pj_session", planted.value)
    assert thief.get("/account").status_code == 303
    assert means(company) == ["password+code"]
    assert client.get(f"{PAGE}/app").location == PAGE, "the secret is shown while setting up only"
    assert company.client(app, "mila").get(f"{PAGE}/app").location == PAGE


@given(st.text(max_size=30))
def test_whatever_is_typed_is_a_code_or_nothing(typed: str) -> None:
    assert codes.clean_code(typed) is None or codes.clean_code(typed).isascii()  # type: ignore[union-attr]
    found = codes.clean_recovery(typed)
    assert found is None or codes.clean_recovery(codes.in_groups(found)) == found


def test_typed_nothing_is_no_step(company: Company) -> None:
    with company.system() as session:
        session.execute(update(LoginSession).values(means=str(Step.PASSWORD)))
        held = services.held(session, company.users["marjan"])
        assert not held.any
        assert steps.prove(
            session, company.users["marjan"], Typed(), secret="x" * 32, site=None, at=START
        ) is None  # fmt: skip
