"""A forgotten password: the link, once, for its own purpose, from our own address only."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from string import ascii_letters, digits
from urllib.parse import urlsplit

from flask import Flask
from sqlalchemy import select

from partnerjourney.core import clock, signed
from partnerjourney.core.signed import LinkPurpose
from partnerjourney.organisations.models import PasswordReset
from tests.organisations.company import BRAND, Company, link_in, mails, work
from tests.web_client import ADDRESS, browser

NEW = {"password": "een nieuw lang zinnetje"}


def asked(app: Flask, company: Company, folder: Path, name: str = "marjan") -> str:
    """Ask for a link and return its path."""
    browser(app).post("/forgotten", data={"email": company.email(name)})
    work(app)
    return urlsplit(link_in(mails(folder)[-1])).path


def test_the_link_sets_a_password_once_and_ends_every_login(
    app: Flask, company: Company, tmp_path: Path
) -> None:
    signed_in = company.client(app, "marjan")
    path = asked(app, company, tmp_path)
    reader = browser(app)
    for _ in range(3):  # scanners of mail open every link
        assert reader.get(path).status_code == 200
    assert reader.post(path, data=NEW).location == "/sign-in"
    assert signed_in.get("/account").status_code == 303
    form = {"email": company.email("marjan"), **NEW}
    assert browser(app).post("/sign-in", data=form).status_code == 303
    assert reader.get(path).status_code == 404
    assert reader.post(path, data={"password": "nog een ander zinnetje"}).status_code == 404
    assert browser(app).post("/sign-in", data=form).status_code == 303
    work(app)
    assert mails(tmp_path)[-1]["Subject"] == "Your password was changed"


def test_the_answer_is_the_same_whether_the_address_is_known(
    app: Flask, company: Company, tmp_path: Path
) -> None:
    answers = []
    for email in (company.email("marjan"), "nobody@example.org"):
        answer = browser(app).post("/forgotten", data={"email": email})
        answers.append((answer.status_code, answer.text.replace(email, "…")))
    assert answers[0] == answers[1]
    work(app)
    assert [mail["To"] for mail in mails(tmp_path)] == [company.email("marjan")]


def test_a_link_dies_after_an_hour_and_with_its_siblings(
    app: Flask, company: Company, tmp_path: Path
) -> None:
    first, second = asked(app, company, tmp_path), asked(app, company, tmp_path)
    assert first != second
    with clock.at(clock.now() + timedelta(minutes=61)):
        assert browser(app).get(first).status_code == 404
    assert browser(app).post(second, data=NEW).status_code == 303
    assert browser(app).get(first).status_code == 404


def test_no_other_text_opens_it(app: Flask, company: Company, tmp_path: Path) -> None:
    path = asked(app, company, tmp_path)
    token = path.rpartition("/")[2]
    client = browser(app)
    for position in range(len(token)):
        for other in f"{ascii_letters}{digits}-_.":
            if token[position] != other:
                changed = f"{token[:position]}{other}{token[position + 1 :]}"
                try:
                    signed.read(app.secret_key, LinkPurpose.PASSWORD_RESET, changed)
                except signed.NotFoundError:
                    continue
                raise AssertionError(f"{changed} opens what {token} opens")
    for text in ("", token[:-1], f"{token}A", token.swapcase(), "x" * 4000, "%00", "ä"):
        assert client.get(f"/reset/{text}").status_code == 404


def test_a_link_of_another_purpose_opens_nothing(app: Flask, company: Company) -> None:
    with company.system() as session:
        reset = PasswordReset(
            user_id=company.users["marjan"],
            created_at=clock.now(),
            expires_at=clock.now() + timedelta(hours=1),
        )
        session.add(reset)
        session.flush()
        row = reset.id
    opened = {}
    for purpose in LinkPurpose:
        token = signed.sign(app.secret_key, purpose, row)
        opened[purpose] = browser(app).get(f"/reset/{token}").status_code
        assert browser(app).get(f"/colleague/{token}").status_code == 404
    assert [purpose for purpose, status in opened.items() if status == 200] == [
        LinkPurpose.PASSWORD_RESET
    ]
    forged = signed.sign("another installation's secret", LinkPurpose.PASSWORD_RESET, row)
    assert browser(app).get(f"/reset/{forged}").status_code == 404


def test_the_link_is_ours_whatever_host_the_request_names(
    app: Flask, company: Company, tmp_path: Path
) -> None:
    headers = {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    browser(app).post("/forgotten", data={"email": company.email("marjan")}, headers=headers)
    work(app)
    mail = mails(tmp_path)[-1]
    assert link_in(mail).startswith(f"{ADDRESS}/reset/")
    assert "evil.example" not in mail.as_string()


def test_a_weak_password_is_refused_and_the_link_still_works(
    app: Flask, company: Company, tmp_path: Path
) -> None:
    path = asked(app, company, tmp_path)
    for weak in ("kort", "Welkom2026!", company.email("marjan")):
        assert browser(app).post(path, data={"password": weak}).status_code == 422
    assert browser(app).post(path, data=NEW).status_code == 303


def test_a_reset_signs_out_whoever_shares_the_browser(
    app: Flask, company: Company, tmp_path: Path
) -> None:
    path = asked(app, company, tmp_path)
    client = company.client(app, "mila")
    assert client.post(path, data=NEW).status_code == 303
    assert client.get(f"/o/{BRAND}/").location.startswith("/sign-in")


def test_a_job_that_runs_twice_makes_one_link(app: Flask, company: Company, tmp_path: Path) -> None:
    asked(app, company, tmp_path)
    work(app)
    with company.system() as session:
        assert len(session.scalars(select(PasswordReset)).all()) == 1
