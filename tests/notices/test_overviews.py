"""Overviews and mail at once: who gets them, when, once, and never what it is about."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, time, timedelta
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from partnerjourney.core import clearing, clock, jobs, waiting
from partnerjourney.core.jobs import Job
from partnerjourney.core.links import Link, Purpose
from partnerjourney.core.scopes import Member
from partnerjourney.core.waiting import Item
from partnerjourney.notices import jobs as notices
from partnerjourney.notices import queries, services
from partnerjourney.notices.jobs import DueMail, overviews
from partnerjourney.notices.models import NoticeSetting
from partnerjourney.notices.rules import Often
from partnerjourney.organisations import services as organisations
from partnerjourney.organisations.models import WorkingCalendar
from tests.organisations.company import BRAND, COURIER, Company, mails, work
from tests.web_client import browser

MONDAY = datetime(2026, 11, 23, 6, 5, tzinfo=UTC)  # 7.05 in Amsterdam
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def kinds(monkeypatch: pytest.MonkeyPatch) -> dict[uuid.UUID, list[Item]]:
    """Give one kind of thing that waits, by organisation; nothing else waits."""
    found: dict[uuid.UUID, list[Item]] = {}

    def find(_session: Session, actor: Member, _at: datetime) -> list[Item]:
        return found.get(actor.organisation_id, [])

    monkeypatch.setattr(waiting, "KINDS", {})
    waiting.register("parcel", find, say=lambda n: f"{n} parcels")
    return found


def put(company: Company, kinds: dict[uuid.UUID, list[Item]], slug: str = BRAND) -> None:
    """Have three parcels wait for an organisation: two on one day."""
    kinds[company.organisations[slug]] = [
        Item(date(2026, 11, 20), "parcel", f"/o/{slug}/parcels/1", "Telenoord · Levering"),
        Item(date(2026, 11, 27), "parcel", f"/o/{slug}/parcels/2", "Telenoord · Levering"),
        Item(date(2026, 11, 27), "parcel", f"/o/{slug}/parcels/3", "Telenoord · Levering"),
    ]


def morning(app: Flask, at: datetime = MONDAY) -> None:
    """Have a worker run at a moment."""
    with clock.at(at):
        notices.schedule(app.extensions["engine"], at=at)
        work(app)


def addressees(folder: Path) -> list[str]:
    """Return to whom mails went."""
    return sorted(str(mail["To"]).partition("@")[0] for mail in mails(folder))


def text_of(mail: EmailMessage) -> str:
    """Return the text of a mail."""
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def choose(
    company: Company, name: str, often: Often, *, weekday: int = 0, slug: str = BRAND
) -> None:
    """Have a person choose when it gets an overview."""
    with company.system() as session:
        services.change_own(
            session,
            company.users[name],
            company.organisations[slug],
            often=often,
            weekday=weekday,
            immediate=False,
            at=MONDAY,
        )


def test_each_member_gets_one_overview_in_the_morning_and_whom_nothing_waits_for_none(
    app: Flask, company: Company, kinds: dict[uuid.UUID, list[Item]], tmp_path: Path
) -> None:
    put(company, kinds)
    morning(app, MONDAY - timedelta(hours=1))
    assert addressees(tmp_path) == []
    for _ in range(2):
        morning(app)
    morning(app, MONDAY + timedelta(hours=2))
    assert addressees(tmp_path) == ["aisha", "both", "marjan", "pieter"]  # none for the courier
    mail = next(mail for mail in mails(tmp_path) if "marjan" in mail["To"])
    said = text_of(mail)
    assert mail["Subject"] == "3 things wait for Telenoord"
    assert (
        "overdue since Friday 20 November 2026: 1 parcels (Telenoord · Levering)\n"
        "http://localhost/o/telenoord/parcels/1\n\n"
        "before the end of Friday 27 November 2026: 2 parcels (Telenoord · Levering)\n"
        "http://localhost/o/telenoord/\n\n"  # two lead to home
    ) in said
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_each_person_chooses_its_day_per_organisation(
    app: Flask, company: Company, kinds: dict[uuid.UUID, list[Item]], tmp_path: Path
) -> None:
    put(company, kinds)
    put(company, kinds, COURIER)
    choose(company, "aisha", Often.NEVER)
    choose(company, "marjan", Often.DAILY)
    choose(company, "pieter", Often.WEEKLY, weekday=1)
    choose(company, "both", Often.NEVER, slug=BRAND)
    morning(app)
    assert addressees(tmp_path) == ["both", "marjan", "mila"]
    morning(app, MONDAY + DAY)
    assert addressees(tmp_path) == ["both", "marjan", "marjan", "mila", "pieter"]


def test_it_is_morning_where_the_organisation_is(
    app: Flask, company: Company, kinds: dict[uuid.UUID, list[Item]], tmp_path: Path
) -> None:
    put(company, kinds, COURIER)
    with company.system() as session:
        session.add(
            WorkingCalendar(
                owner_id=company.organisations[COURIER],
                zone="America/Sao_Paulo",
                cut_off=time(17),
                changed_at=MONDAY,
            )
        )
    morning(app)
    assert addressees(tmp_path) == []
    morning(app, MONDAY + timedelta(hours=4))
    assert addressees(tmp_path) == ["both", "mila"]


def test_who_was_down_in_the_morning_sends_before_noon_and_then_no_more(
    app: Flask, company: Company, kinds: dict[uuid.UUID, list[Item]], tmp_path: Path
) -> None:
    put(company, kinds)
    morning(app, MONDAY + timedelta(hours=4))
    assert len(addressees(tmp_path)) == 4
    put(company, kinds, COURIER)
    morning(app, MONDAY + timedelta(hours=5))
    assert len(addressees(tmp_path)) == 4


def test_a_run_asks_for_the_next_hours_run_once(app: Flask, company: Company) -> None:
    morning(app)
    morning(app)
    with company.system() as session:
        runs = session.scalars(select(Job).where(Job.kind == overviews.ROUND).order_by(Job.run_at))
        assert [job.run_at for job in runs] == [MONDAY, MONDAY + timedelta(minutes=55)]


def test_who_leaves_before_the_mail_goes_out_gets_none(
    app: Flask, company: Company, kinds: dict[uuid.UUID, list[Item]], tmp_path: Path
) -> None:
    put(company, kinds)
    with company.system() as session:
        services.enqueue_overviews(session, services.mornings(session, at=MONDAY), at=MONDAY)
    with company.acting("marjan") as (session, actor):
        brand = company.organisation(session)
        member = company.memberships["aisha", BRAND]
        organisations.remove_member(session, actor, brand, member, at=MONDAY)
    choose(company, "both", Often.NEVER)
    with clock.at(MONDAY):
        work(app)
    assert addressees(tmp_path) == ["marjan", "pieter"]


# --- no more overviews --------------------------------------------------------------------------


def stop_path(mail: EmailMessage) -> str:
    """Return the path of the link that ends overviews."""
    return urlsplit(str(mail["List-Unsubscribe"]).strip(" <>")).path


def test_a_link_at_the_foot_ends_overviews_by_a_post_alone(
    app: Flask, company: Company, kinds: dict[uuid.UUID, list[Item]], tmp_path: Path
) -> None:
    put(company, kinds)
    morning(app)
    mail = next(mail for mail in mails(tmp_path) if "aisha" in mail["To"])
    path = stop_path(mail)
    assert path in text_of(mail)
    stranger = browser(app, site=None)
    page = stranger.get(path)
    assert page.status_code == 200
    assert "Nothing has changed yet" in page.text
    assert wish(company, "aisha") is Often.WEEKLY
    one_click = {"List-Unsubscribe": "One-Click"}
    for _ in range(2):
        assert stranger.post(path, data=one_click).status_code == 200
    assert wish(company, "aisha") is Often.NEVER
    assert wish(company, "pieter") is Often.WEEKLY
    morning(app, MONDAY + 7 * DAY)
    assert addressees(tmp_path).count("aisha") == 1
    assert stranger.post(path[:-1] + "x").status_code == 404
    assert stranger.get(path.replace("/overview", "")).status_code == 404


def wish(company: Company, name: str) -> Often:
    """Return how often a person wants an overview of the brand."""
    with company.system() as session:
        found = queries.setting_of(session, company.organisations[BRAND], company.users[name])
        assert found is not None
        return found.often


def test_a_membership_that_ended_ended_its_link(
    app: Flask, company: Company, kinds: dict[uuid.UUID, list[Item]], tmp_path: Path
) -> None:
    put(company, kinds)
    morning(app)
    mail = next(mail for mail in mails(tmp_path) if "aisha" in mail["To"])
    with company.acting("marjan") as (session, actor):
        brand = company.organisation(session)
        member = company.memberships["aisha", BRAND]
        organisations.remove_member(session, actor, brand, member, at=MONDAY)
    assert browser(app).post(stop_path(mail)).status_code == 404


def test_links_go_after_their_time(app: Flask, company: Company) -> None:
    with company.system() as session:
        for age in (119, 121):
            at = MONDAY - age * DAY
            services.overview_path(
                session, company.organisations[BRAND], company.users["aisha"], at=at
            )
    with clock.at(MONDAY):
        clearing.schedule(app.extensions["engine"], at=MONDAY)
        work(app)
    with company.system() as session:
        left = session.scalars(select(Link.created_at).where(Link.purpose == Purpose.OVERVIEW))
        assert list(left) == [MONDAY - 119 * DAY]
        assert len(session.scalars(select(NoticeSetting)).all()) == 1


# --- at once ------------------------------------------------------------------------------------

THINGS = [uuid.UUID(int=number) for number in (7, 8, 9)]


@pytest.fixture
def due(monkeypatch: pytest.MonkeyPatch) -> dict[str, DueMail]:
    """Give a kind of thing that is mailed at once, while it waits."""
    monkeypatch.setattr(jobs, "HANDLERS", dict(jobs.HANDLERS))
    monkeypatch.setattr(jobs, "MAILING", set(jobs.MAILING))
    waits = {"parcel": DueMail(date(2026, 11, 27), "/a/once")}

    def prepare(_session: Session, job: Job, _at: datetime) -> DueMail | None:
        assert job.thing_id in THINGS
        return waits.get("parcel")

    notices.due("parcel", prepare)
    return waits


def ask(
    company: Company,
    name: str,
    *,
    key: str = "offered",
    slug: str = BRAND,
    run_at: datetime | None = None,
    thing: int = 0,
) -> None:
    """Have a person mailed about the thing."""
    with company.acting("marjan") as (session, _actor):
        services.send_due(
            session,
            organisation_id=company.organisations[slug],
            user_id=company.users[name],
            kind="parcel",
            thing_id=THINGS[thing],
            key=key,
            at=MONDAY,
            run_at=run_at,
        )


def test_who_must_answer_is_mailed_once_with_the_link_of_that_moment(
    app: Flask, company: Company, due: dict[str, DueMail], tmp_path: Path
) -> None:
    for _ in range(2):
        ask(company, "aisha")
        ask(company, "both")
    with clock.at(MONDAY):
        work(app)
    assert addressees(tmp_path) == ["aisha", "both"]
    mail = mails(tmp_path)[0]
    assert mail["Subject"] == "Something waits for your answer, before Friday 27 November 2026"
    assert "\nhttp://localhost/a/once\n" in text_of(mail)
    due["parcel"] = DueMail(date(2026, 11, 27), "https://elsewhere.example/a/2", reminder=True)
    ask(company, "aisha", key="reminder")
    with clock.at(MONDAY + DAY):
        work(app)
    last = mails(tmp_path)[-1]
    assert last["Subject"].strip().startswith("Reminder: something waits")
    assert "\nhttps://elsewhere.example/a/2\n" in text_of(last)


def test_all_that_is_due_for_one_person_is_one_mail(
    app: Flask, company: Company, due: dict[str, DueMail], tmp_path: Path
) -> None:
    for thing, minutes in enumerate((0, 0, 1)):
        at = MONDAY + timedelta(minutes=minutes)
        for key in (f"offered {thing}", f"reminder of {thing}"):
            ask(company, "aisha", key=key, run_at=at, thing=thing)
    ask(company, "both", key="one")
    ask(company, "aisha", key="tomorrow", run_at=MONDAY + DAY)
    with clock.at(MONDAY):
        work(app)
    assert addressees(tmp_path) == ["aisha", "both"]
    mail = next(one for one in mails(tmp_path) if "aisha" in one["To"])
    subject = "3 things wait for your answer, the first before Friday 27 November 2026"
    assert " ".join(mail["Subject"].split()) == subject
    assert text_of(mail).count("- Friday 27 November 2026: http://localhost/a/once\n") == 3
    with clock.at(MONDAY + timedelta(minutes=5)):
        work(app)
    assert len(mails(tmp_path)) == 2
    with clock.at(MONDAY + DAY):
        work(app)
    assert len(mails(tmp_path)) == 3


def test_what_waits_no_more_who_left_and_who_wants_none_are_not_mailed(
    app: Flask, company: Company, due: dict[str, DueMail], tmp_path: Path
) -> None:
    choose(company, "aisha", Often.WEEKLY)  # and no mail at once
    ask(company, "aisha")
    ask(company, "mila")  # no member of the brand
    with clock.at(MONDAY):
        work(app)
    due.clear()
    ask(company, "marjan")
    with clock.at(MONDAY):
        work(app)
    assert addressees(tmp_path) == []


# --- the page of a person's own mail ------------------------------------------------------------


def test_a_person_chooses_its_mail_for_each_of_its_organisations(
    app: Flask, company: Company
) -> None:
    client = company.client(app, "both")
    form = {"organisation": COURIER, "often": "daily", "weekday": "2"}
    assert client.post("/account/mail", data=form).status_code == 303
    with company.system() as session:
        rows = queries.settings_of(session, company.users["both"])
        chosen = {one.slug: setting for one, setting in rows}
    assert chosen[BRAND] is None
    courier = chosen[COURIER]
    assert courier is not None
    assert (courier.often, courier.weekday, courier.immediate) == (Often.DAILY, 2, False)
    page = client.get("/account/mail").text
    assert page.count('value="daily" checked') == 1
    assert page.count('value="weekly" checked') == 1


def test_wrong_choices_are_told_and_other_organisations_are_not_found(
    app: Flask, company: Company
) -> None:
    client = company.client(app, "both")
    form = {"organisation": COURIER, "often": "hourly", "weekday": "9"}
    wrong = client.post("/account/mail", data=form)
    assert wrong.status_code == 422
    assert wrong.text.count("Choose one of these.") >= 2
    mila = company.client(app, "mila")
    assert mila.post("/account/mail", data={**form, "organisation": BRAND}).status_code == 404
    assert browser(app).get("/account/mail").status_code == 303
