"""A courier answers from its mail: two taps, no account, once; everything else is one calm page."""

from __future__ import annotations

import re
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select, update

from partnerjourney import features
from partnerjourney.answering.models import AnswerLink
from partnerjourney.complaints.models import Complaint
from partnerjourney.complaints.rules import State
from partnerjourney.core import clock, ids, jobs
from partnerjourney.core.parties import Membership, Participation, ParticipationState, Role, User
from tests.complaints.test_pages import TITLE, Desk, chain, desk
from tests.maps.telenoord import NOW
from tests.web_client import browser

__all__ = ["chain", "desk"]

CALM = "Deze link werkt niet meer"
SOON = NOW + timedelta(minutes=1)
PICK = "pick_up:2026-11-20T17:00"


class Post:
    """The mails that went out, and a phone on which nobody is signed in."""

    def __init__(self, app: Flask, folder: Path) -> None:
        self.app, self.folder = app, folder
        self.phone = browser(app, site=None)
        self.phone.environ_base["HTTP_ACCEPT_LANGUAGE"] = "nl"

    def work(self, at: Any = SOON) -> None:
        features.employ()
        with clock.at(at), self.app.app_context():
            engine, settings = self.app.extensions["engine"], self.app.extensions["settings"]
            while jobs.run_due(engine, settings, ids.new_v4()):
                pass

    def mails(self, to: str) -> list[Any]:
        found = [
            message_from_bytes(path.read_bytes(), policy=policy.default)
            for path in sorted(self.folder.glob("*.eml"))
        ]
        return [mail for mail in found if mail["To"] == to]

    def link(self, to: str) -> str:
        body = self.mails(to)[-1].get_body(("plain",)).get_content()
        return re.search(r"http://localhost(/a/[\w-]{43})", body)[1]  # type: ignore[index]

    def get(self, path: str, at: Any = SOON) -> Any:
        with clock.at(at):
            return self.phone.get(path)

    def send(self, path: str, at: Any = SOON, **data: Any) -> Any:
        with clock.at(at):
            return self.phone.post(path, data=data)


@pytest.fixture
def post(app: Flask, tmp_path: Path, desk: Desk) -> Post:
    for name in ("snel", "flevo", "rijk"):
        desk.client(name)
    return Post(app, tmp_path / "mail")


def state(desk: Desk) -> tuple[State, Any]:
    with desk.chain.system() as session:
        found = session.scalars(select(Complaint)).one()
        return found.state, found.promised_at


def test_the_mail_says_nothing_and_its_link_answers_in_two_taps(desk: Desk, post: Post) -> None:
    desk.report(needs="Zwart, anders kan de monteur niet komen")
    post.work()
    assert post.mails("admin-nl@rijk.example") == []
    assert post.mails("admin-nl@telenoord.example") == [], "the desk knows"
    [mail] = post.mails("admin-nl@snel.example")
    whole = mail.as_string() + mail.get_body(("html",)).get_content()
    for told in ("Blauwe", "10234", "monteur", "Magazijn", "Rijk"):
        assert told not in whole
    link = post.link("admin-nl@snel.example")
    for _ in range(2):  # scanners open it too
        page = post.get(link)
        assert page.status_code == 200
        assert TITLE in page.text
        assert "Rijk" not in page.text
    assert re.search(rf'value="{PICK}" data-label="[^"]+" checked', page.text), "one tap is left"
    assert state(desk) == (State.REPORTED, None)
    said = post.send(link, answer=PICK)
    assert said.status_code == 200
    assert "Koerier Snel pakt dit op, vóór vandaag 17.00" in said.text
    assert state(desk)[0] is State.PICKED_UP
    assert "Koerier Snel pakt dit op" in desk.get("telenoord", str(only(desk))).text
    for again in (post.get(link), post.send(link, answer="solve")):
        assert again.status_code == 404
        assert CALM in again.text
    assert state(desk)[0] is State.PICKED_UP


def only(desk: Desk) -> Any:
    with desk.chain.system() as session:
        return session.scalars(select(Complaint.id)).one()


def test_shortly_before_the_moment_a_new_link_asks_whether_it_is_solved(
    desk: Desk, post: Post
) -> None:
    desk.report()
    post.work()
    first = post.link("admin-nl@snel.example")
    post.send(first, answer=PICK)
    post.work(NOW + timedelta(hours=5))
    assert len(post.mails("admin-nl@snel.example")) == 1
    near = NOW + timedelta(hours=6)
    post.work(near)
    second = post.link("admin-nl@snel.example")
    assert second != first
    assert "is het opgelost?" in post.mails("admin-nl@snel.example")[-1]["Subject"]
    assert post.send(second, near, answer="solve", done="Omgeruild.").status_code == 200
    assert state(desk)[0] is State.SOLVED
    post.work(near + timedelta(days=1))
    assert len(post.mails("admin-nl@snel.example")) == 2


def test_what_cannot_be_taken_is_shown_again_and_spends_nothing(desk: Desk, post: Post) -> None:
    desk.report()
    post.work()
    link = post.link("admin-nl@snel.example")
    for data in ({}, {"answer": "close"}, {"answer": "not_here"}, {"answer": "pick_up:x"}):
        assert post.send(link, **data).status_code == 422
    kept = post.send(link, answer="pick_up:2020-01-01T10:00", done="bewaar dit")
    assert kept.status_code == 422
    assert "Kies een moment dat nog komt." in kept.text
    assert "bewaar dit" in kept.text
    assert post.send(link, answer="not_here", reason="Niet van onze route.").status_code == 200
    assert state(desk)[0] is State.REPORTED


def test_another_was_first_and_the_link_says_so(desk: Desk, post: Post) -> None:
    desk.report()
    post.work()
    link = post.link("admin-nl@snel.example")
    desk.post("flevo", f"{only(desk)}/answer", answer=PICK)
    shown = post.get(link)
    assert "Magazijn Flevo pakt dit op" in shown.text
    assert 'name="answer"' not in shown.text
    late = post.send(link, answer=PICK)
    assert late.status_code == 409
    assert "Dit is veranderd sinds de mail" in late.text


@pytest.mark.parametrize("why", ["altered", "expired", "closed", "left", "viewer", "suspended"])
def test_a_link_that_opens_nothing_is_one_calm_page(desk: Desk, post: Post, why: str) -> None:
    desk.report()
    post.work()
    link = post.link("admin-nl@snel.example")
    at = SOON
    user = desk.chain.user("snel")
    with desk.chain.system() as session:
        if why == "altered":
            link = link[:-1] + ("A" if link[-1] != "A" else "B")
        elif why == "expired":
            session.execute(update(AnswerLink).values(expires_at=NOW))
        elif why == "left":
            session.execute(delete(Membership).where(Membership.user_id == user))
        elif why == "viewer":
            session.execute(
                update(Membership).where(Membership.user_id == user).values(role=Role.VIEWER)
            )
        elif why == "suspended":
            here = Participation.organisation_id == desk.chain.organisations["snel"]
            session.execute(
                update(Participation).where(here).values(state=ParticipationState.SUSPENDED)
            )
    if why == "closed":
        desk.post("flevo", f"{only(desk)}/answer", answer="solve")
        desk.post("telenoord", f"{only(desk)}/close")
    for answer in (post.get(link, at), post.send(link, at, answer=PICK)):
        assert answer.status_code == 404
        assert CALM in answer.text
        assert "Blauwe" not in answer.text
        assert answer.headers["Cache-Control"] == "no-store"


def test_a_link_answers_its_own_complaint_for_its_own_person(desk: Desk, post: Post) -> None:
    """What is posted names nothing: neither another complaint nor another organisation."""
    desk.report()
    post.work()
    link = post.link("admin-nl@flevo.example")
    assert post.send(link, answer=PICK, complaint_id="x", organisation="snel").status_code == 422
    assert post.send(link, answer=PICK).status_code == 200
    with desk.chain.system() as session:
        found = session.scalars(select(Complaint)).one()
        by = session.get_one(Participation, (found.journey_id, found.picker_id))
        assert by.organisation_id == desk.chain.organisations["flevo"]
        assert session.scalar(select(User.email).where(User.email == "admin-nl@flevo.example"))
