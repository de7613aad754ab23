"""Lists, pressure and mails: who is asked, and who is not told what."""

from __future__ import annotations

import email
import email.policy
import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from partnerjourney.core import clock, ids, jobs
from partnerjourney.core.jobs import HANDLERS, Context, Job, JobState
from partnerjourney.core.mail import MailNotTakenError
from partnerjourney.core.parties import Role
from partnerjourney.core.policy import NotAllowedError
from partnerjourney.surveys import jobs as survey_jobs
from partnerjourney.surveys import queries, signals
from partnerjourney.surveys.models import Contact, Invitation, OptOut, Wave
from partnerjourney.surveys.rules import InvitationState
from partnerjourney.surveys.rules.asking import Reach, address_mac
from partnerjourney.surveys.rules.uploads import read
from partnerjourney.surveys.services import asking, points, sending, waves
from tests.surveys.story import AT, SECRET, Story
from tests.surveys.told import send
from tests.web_client import client_of

HEAD = "email;name;salutation;reference;date;role;member\n"


def upload(story: Story, wave: Any, text: str, at: Any = AT, name: str = "telenoord", **more: Any):
    with story.acting(name, **more) as (session, actor, place):
        point = points.find_point(session, place, story.points["delivery"])
        found = waves.find_wave(session, place, point, wave)
        return asking.upload(
            session, actor, place, point, found, found=read(text), secret=SECRET, at=at
        )


def invitations(story: Story) -> list[tuple[str, str | None]]:
    with story.system() as session:
        rows = session.execute(
            select(Invitation.state, Invitation.suppressed)
            .join(Contact, Contact.id == Invitation.contact_id)
            .order_by(Contact.email, Invitation.planned_at)
        )
        return [(row.state.value, row.suppressed) for row in rows]


def work(app: Flask, at: Any = AT) -> None:
    with clock.at(at), app.app_context():
        while jobs.run_due(app.extensions["engine"], app.extensions["settings"], ids.new_v4()):
            pass


def mails(folder: Path) -> list[Any]:
    return [
        email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        for path in sorted((folder / "mail").glob("*.eml"))
    ]


def test_a_list_becomes_mails_that_say_the_brand(app: Flask, story: Story, tmp_path: Path) -> None:
    wave = story.open_wave(reference_name="bestelling")
    line = "m.dewit@example.org;M. de Wit;Geachte mevrouw De Wit;10234;4-3-2026;koper;snel"
    assert upload(story, wave, HEAD + line) == []
    with story.system() as session:
        assert session.scalars(select(Invitation.named)).one() is True
    work(app)
    [mail] = mails(tmp_path)
    assert mail["From"].addresses[0].display_name == "Telenoord"
    assert mail["Reply-To"] == "marjan@telenoord.example"
    assert mail["To"] == "m.dewit@example.org"
    assert mail["Subject"] == "Eén vraag over uw levering van woensdag 4 maart"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    stop = mail["List-Unsubscribe"].strip("<> ")
    assert re.fullmatch(r"http://localhost/u/[\w-]{43}", stop)
    html = mail.get_body(("html",)).get_content()
    plain = mail.get_body(("plain",)).get_content()
    links = re.findall(r"http://localhost(/s/[\w-]{43}\?score=\d+)\"", html)
    assert [link.rpartition("=")[2] for link in links] == [str(n) for n in range(11)]
    for body in (html, plain):
        assert "Geachte mevrouw De Wit," in body
        assert "Uw levering van woensdag 4 maart (bestelling 10234)" in body
        assert "Telenoord, Magazijn Flevo en Koerier Snel zien uw cijfer" in body
        assert "Rijk" not in body
    with clock.at(AT):
        client = app.test_client()
        got = client.get(links[8])
        assert "Uw levering van wo 4 maart</b> · bestelling 10234" in got.text
        assert client.post(links[8].partition("?")[0], data={"score": "8"}).status_code == 200
        assert client.post(stop.removeprefix("http://localhost")).status_code == 200
    assert invitations(story) == [("answered", None)]
    with story.acting("telenoord") as (session, actor, place):
        [progress] = queries.progress(session, actor, place).values()
    assert (progress.answered, progress.reach) == (1, Reach(1))


def test_sending_is_counted_once_and_a_refused_address_bounces(
    app: Flask, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    wave = story.open_wave()
    upload(story, wave, "email\na@x.nl\nb@x.nl")

    def refuse(*_: Any, to: str, **__: Any) -> None:
        if to == "b@x.nl":
            raise MailNotTakenError(to)

    monkeypatch.setattr(survey_jobs, "send_mail", refuse)
    told: list[tuple[str, int, date]] = []

    def count(_session: Any, *, deltas: list[signals.CellDelta]) -> None:
        told.extend((delta.field, delta.by, delta.day) for delta in deltas)

    with signals.cells_changed.connected_to(count):
        work(app)
        work(app)
    day = AT.date()
    assert sorted(told) == [("delivered", 1, day), ("invited", 1, day), ("invited", 1, day)]
    assert invitations(story) == [("sent", None), ("bounced", None)]


def test_a_mail_server_that_is_away_loses_nothing_and_asks_once(
    app: Flask, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload(story, story.open_wave(), "email\na@x.nl")
    sent: list[str] = []

    def away(*_: Any, to: str, **__: Any) -> None:
        sent.append(to)
        if len(sent) == 1:
            raise ConnectionRefusedError

    monkeypatch.setattr(survey_jobs, "send_mail", away)
    work(app)
    assert invitations(story) == [("sent", None)]
    work(app, AT + timedelta(minutes=5))
    work(app, AT + timedelta(minutes=10))
    assert sent == ["a@x.nl", "a@x.nl"]


def test_one_reminder_after_five_working_days_unless_answered(
    app: Flask, story: Story, tmp_path: Path
) -> None:
    wave = story.open_wave()
    upload(story, wave, "email\na@x.nl\nb@x.nl\nc@x.nl")
    work(app)
    first = {mail["To"]: mail for mail in mails(tmp_path)}
    links = {
        to: re.search(r"/s/[\w-]{43}", mail.get_body(("plain",)).get_content())[0]
        for to, mail in first.items()
    }
    with clock.at(AT):
        client = app.test_client()
        client.post(links["a@x.nl"], data={"score": "9"})
        client.post(first["b@x.nl"]["List-Unsubscribe"].strip("<> ").partition("localhost")[2])
    work(app, AT + timedelta(days=6, hours=23))
    assert len(mails(tmp_path)) == 3
    work(app, AT + timedelta(days=7, minutes=1))
    work(app, AT + timedelta(days=30))
    reminders = mails(tmp_path)[3:]
    assert [mail["To"] for mail in reminders] == ["c@x.nl"]
    assert reminders[0]["Subject"] == "Herinnering: Eén vraag over uw levering"
    again = re.search(r"/s/[\w-]{43}", reminders[0].get_body(("plain",)).get_content())[0]
    assert again != links["c@x.nl"]
    with clock.at(AT + timedelta(days=8)):
        for link in (links["c@x.nl"], again):
            assert client.post(link, data={"score": "7"}).status_code == 200


def test_a_customer_is_asked_once(app: Flask, story: Story) -> None:
    first = story.open_wave()
    upload(story, first, "email\na@x.nl\nb@x.nl")
    work(app)
    with story.acting("telenoord") as (session, actor, place):
        point = points.find_point(session, place, story.points["delivery"])
        found = waves.find_wave(session, place, point, first, lock=True)
        waves.close_by_hand(session, actor, place, point, found, at=AT)
    second = story.open_wave(key="second")
    later = AT + timedelta(days=29)
    assert upload(story, second, "email\nA@X.nl\nnew@x.nl", later) == []
    assert invitations(story) == [
        ("expired", None),
        ("suppressed", "too_soon"),
        ("expired", None),
        ("planned", None),
    ]
    assert upload(story, second, "email\nnew@x.nl", later) == []
    assert len(invitations(story)) == 4


def test_who_opts_out_between_planning_and_sending_is_not_asked(
    app: Flask, story: Story, tmp_path: Path
) -> None:
    upload(story, story.open_wave(), "email\na@x.nl")
    opt_out(story, "a@x.nl")
    work(app)
    assert mails(tmp_path) == []
    assert invitations(story) == [("opted_out", "opted_out")]


def opt_out(story: Story, *addresses: str) -> None:
    owner = story.organisations["telenoord"]
    with story.system() as session:
        for address in addresses:
            mac = address_mac(SECRET, owner, address)
            session.add(OptOut(customer_owner_id=owner, address_mac=mac, at=AT))


def seen(app: Flask, story: Story) -> tuple[str, ...]:
    """Return what an uploader sees of its wave, wherever it may be counted."""
    client = client_of(app, story.users["telenoord"])
    where, point = f"/o/telenoord/journeys/{story.journey}", story.points["delivery"]
    pages = (
        "surveys/",
        "measurement/",
        f"measurement/{point}",
        f"measurement/{point}?all=1",
        f"measurement/{point}?from=2026-03-01&to=2026-03-31",
    )
    return tuple(client.get(f"{where}/{page}").text for page in pages)


def test_a_thousand_guessed_addresses_answer_alike(app: Flask, story: Story) -> None:
    """One list of each is taken: whether its address may be asked shows nowhere, sent or not."""
    wave = story.open_wave()
    guessed = [f"g{n}@x.nl" for n in range(1000)]
    unwilling = guessed[3::7]
    opt_out(story, *unwilling)
    said = {str(upload(story, wave, "email\n" + address)) for address in guessed[:20]}
    said.add(str(upload(story, wave, "email\n" + "\n".join(guessed[20:]))))
    assert said == {"[]"}
    with story.acting("telenoord") as (session, actor, place):
        [progress] = queries.progress(session, actor, place).values()
    assert progress.reach == Reach(1000)


def take_back(story: Story, address: str) -> None:
    """Make as if this address had not been on a list."""
    with story.system() as session:
        mac = address_mac(SECRET, story.organisations["telenoord"], address)
        gone = session.scalars(select(Invitation).where(Invitation.address_mac == mac)).one()
        if gone.sent_day is not None:
            question = session.scalars(select(Wave.question_id)).one()
            sent = [sending._delta(gone, question, field) for field in ("invited", "delivered")]
            signals.cells_changed.send(session, deltas=[replace(one, by=-1) for one in sent])
        session.delete(gone)


@pytest.mark.parametrize("already", [0, 6])
def test_before_the_close_a_list_of_one_tells_nothing(
    app: Flask, story: Story, already: int
) -> None:
    """Twin worlds: the one address was willing, or was not; alone, or after a list with others."""
    wave = story.open_wave()
    others = [f"o{n}@x.nl" for n in range(10)]
    opt_out(story, *others[:already], "no@x.nl")
    if already:
        upload(story, wave, "email\n" + "\n".join(others))
    send(app.test_client(), story.invite(wave, email="z@x.nl"), score="8")
    work(app)
    worlds = []
    with clock.at(AT):
        before = seen(app, story)
        for address in ("yes@x.nl", "no@x.nl"):
            upload(story, wave, "email\n" + address)
            planned = seen(app, story)
            work(app)
            worlds.append((planned, seen(app, story)))
            take_back(story, address)
    assert worlds[0] == worlds[1]
    assert before != worlds[0][0]  # the address itself is counted, asked or not


def test_at_the_close_fewer_than_five_look_like_none(app: Flask, story: Story) -> None:
    told = []
    for number, unwilling in enumerate((0, 1, 4, 5)):
        wave = story.open_wave(key=f"w{number}")
        addresses = [f"w{number}a{n}@x.nl" for n in range(9)]
        opt_out(story, *addresses[:unwilling])
        upload(story, wave, "email\n" + "\n".join(addresses))
        work(app)
        with story.acting("telenoord") as (session, actor, place):
            point = points.find_point(session, place, story.points["delivery"])
            found = waves.find_wave(session, place, point, wave, lock=True)
            waves.close_by_hand(session, actor, place, point, found, at=AT)
            told.append(queries.progress(session, actor, place)[wave].reach)
    assert told[:3] == [Reach(9, 9, 9, 0)] * 3
    assert told[3] == Reach(9, 4, 4, 0, {"opted_out": 5})


def test_who_may_upload_and_what_stays_private(story: Story) -> None:
    wave = story.open_wave()
    for name, role in (("flevo", Role.ADMIN), ("telenoord", Role.VIEWER)):
        with pytest.raises(NotAllowedError):
            upload(story, wave, "email\na@x.nl", name=name, role=role)
    faults = upload(story, wave, HEAD + "a@x.nl;;;;;;nobody")
    assert [(fault.line, fault.code) for fault in faults] == [(2, "member")]
    upload(story, wave, "email\na@x.nl")
    for name, seen in (("telenoord", 1), ("flevo", 0), ("snel", 0)):
        with story.acting(name) as (session, *_):
            assert len(session.scalars(select(Contact)).all()) == seen


def test_sampling_takes_its_share(story: Story) -> None:
    wave = story.open_wave(sample_percent=30)
    upload(story, wave, "email\n" + "\n".join(f"s{n}@x.nl" for n in range(400)))
    states = [state for state, _ in invitations(story)]
    assert 80 < states.count(InvitationState.PLANNED.value) < 160


def test_hostile_names_break_no_header(app: Flask, story: Story, tmp_path: Path) -> None:
    wave = story.open_wave()
    line = "a@x.nl;<b>Bobby</b>;Geachte <script>x</script>;{brand};;;"
    assert upload(story, wave, HEAD + line) == []
    assert upload(story, wave, HEAD + "a@x.nl\r\nBcc: c@x.nl;;;;;;") != []
    work(app)
    [mail] = mails(tmp_path)
    html = mail.get_body(("html",)).get_content()
    assert "<script>" not in html
    assert "kenmerk {brand}" in html
    assert mail["Bcc"] is None


def test_every_job_of_surveys_has_a_handler_and_dies_of_nothing(app: Flask, story: Story) -> None:
    assert {asking.SEND, asking.REMIND, waves.CLOSE} <= set(HANDLERS)
    with clock.at(AT), app.app_context():
        context = Context(app.extensions["engine"], app.extensions["settings"], AT)
        for kind in (asking.SEND, asking.REMIND):
            gone = Job(kind=kind, thing_id=ids.new_v4(), state=JobState.RUNNING)
            HANDLERS[kind](context, gone)
