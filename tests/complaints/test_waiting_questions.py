"""While a customer has an open complaint it is not asked how it went; then it is, if in time."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from partnerjourney.complaints import services
from partnerjourney.complaints.models import Complaint, ComplaintEntry, ComplaintHandover
from partnerjourney.complaints.rules import Act, State
from partnerjourney.core import clock, retention
from partnerjourney.core.parties import Membership, Organisation, Role
from partnerjourney.core.settings import Settings
from partnerjourney.surveys.models import Invitation, Wave
from partnerjourney.surveys.rules.asking import REMIND_AFTER, working_days_later
from partnerjourney.surveys.services import respondents, waves
from tests.complaints.desk import close, report, says
from tests.surveys.story import AT, SECRET, Story
from tests.surveys.test_asking import invitations, upload, work
from tests.surveys.test_asking import mails as all_mails

HOUR = timedelta(hours=1)
STRETCH = ("picks-drives", "drives-receives")
LINE = "email;reference\nmarije@example.org;10234"


def mails(folder: Path) -> list[Any]:
    """Return the questions that went out; complaints have mails of their own."""
    return [mail for mail in all_mails(folder) if mail["List-Unsubscribe"]]


def complains(story: Story, reference: str = "10234") -> uuid.UUID:
    return report(story, reference, by="telenoord", on=STRETCH)  # type: ignore[arg-type]


def ends(story: Story, complaint: uuid.UUID, at: object = AT) -> None:
    """Solve a complaint and close it."""
    says(story, "flevo", complaint, Act.SOLVE, at=at)  # type: ignore[arg-type]
    close(story, complaint, by="telenoord", at=at)  # type: ignore[arg-type]


def test_a_question_waits_until_the_complaint_is_closed(
    app: Flask, story: Story, tmp_path: Path
) -> None:
    wave = story.open_wave()
    complaint = complains(story)
    assert upload(story, wave, LINE + "\nother@example.org;10999") == []
    work(app)
    assert sorted(invitations(story)) == [("planned", "open_complaint"), ("sent", None)]
    assert [mail["To"] for mail in mails(tmp_path)] == ["other@example.org"]
    work(app, AT + HOUR)
    assert len(mails(tmp_path)) == 1, "nobody tries in the meantime"
    ends(story, complaint, AT + 2 * HOUR)
    work(app, AT + 2 * HOUR)
    assert invitations(story) == [("sent", None), ("sent", None)]
    assert len(mails(tmp_path)) == 2


def test_what_waited_too_long_is_not_sent_and_says_why(app: Flask, story: Story) -> None:
    wave = story.open_wave(close_on=date(2026, 3, 6))
    complaint = complains(story)
    upload(story, wave, LINE)
    work(app)
    with story.system() as session:
        waves.close_if_due(session, wave, at=AT + timedelta(days=3))
    assert invitations(story) == [("suppressed", "open_complaint")]
    ends(story, complaint, AT + timedelta(days=4))
    work(app, AT + timedelta(days=4))
    assert invitations(story) == [("suppressed", "open_complaint")]


def test_one_that_is_let_go_goes_on_waiting_for_another_complaint(app: Flask, story: Story) -> None:
    wave = story.open_wave()
    first, second = complains(story), complains(story)
    upload(story, wave, LINE)
    work(app)
    ends(story, first)
    work(app)
    assert invitations(story) == [("planned", "open_complaint")]
    ends(story, second)
    work(app)
    assert invitations(story) == [("sent", None)]


def test_it_is_the_customer_that_is_left_alone_not_the_case(app: Flask, story: Story) -> None:
    """Asked about another order, at another address for all we know: the same customer waits."""
    wave = story.open_wave()
    upload(story, wave, LINE)
    work(app)
    complaint = complains(story)
    later = AT + timedelta(days=40)
    with story.system() as session:
        waves.close_wave(session, session.get_one(Wave, (story.journey, wave)), at=later)
    autumn = story.open_wave(key="autumn")
    upload(story, autumn, "email;reference\nMarije@Example.org;20001", at=later)
    work(app, later)
    assert ("planned", "open_complaint") in invitations(story)
    ends(story, complaint, later)
    work(app, later)
    assert ("planned", "open_complaint") not in invitations(story)


def test_a_reminder_waits_too(app: Flask, story: Story, tmp_path: Path) -> None:
    wave = story.open_wave()
    upload(story, wave, LINE)
    work(app)
    complaint = complains(story)
    due = working_days_later(AT, REMIND_AFTER)
    work(app, due)
    assert len(mails(tmp_path)) == 1
    ends(story, complaint, due + HOUR)
    work(app, due + timedelta(days=1))
    assert len(mails(tmp_path)) == 2


def test_an_erased_customer_is_erased_from_its_complaints(app: Flask, story: Story) -> None:
    wave = story.open_wave()
    complaint = complains(story)
    upload(story, wave, LINE)
    says(story, "flevo", complaint, Act.NOT_HERE, text="Marije said so")  # type: ignore[arg-type]
    with story.system() as session:
        session.scalars(
            select(Membership).where(Membership.owner_id == story.organisations["telenoord"])
        ).one().role = Role.ADMIN
    with story.acting("telenoord", Role.ADMIN) as (session, actor, _place):
        brand = session.get_one(Organisation, actor.organisation_id)
        respondents.erase(session, actor, brand, email="marije@example.org", secret=SECRET, at=AT)
    with story.system() as session:
        found = session.scalars(select(Complaint)).one()
        assert (found.reference, found.title, found.needs, found.case_id) == ("", "", "", None)
        assert found.state is State.CLOSED
        assert set(session.scalars(select(ComplaintEntry.text))) == {""}
        assert set(session.scalars(select(Invitation.reference))) == {""}


@pytest.mark.parametrize("closed", [True, False])
def test_it_goes_after_its_time_with_all_that_was_said(
    app: Flask, story: Story, *, closed: bool
) -> None:
    complaint = complains(story)
    if closed:
        ends(story, complaint)
    rule, engine = retention.RULES["complaints"], app.extensions["engine"]
    for months, left in ((23, 1), (25, 0)):
        at = retention.months_before(AT, -months)
        with clock.at(at):
            list(rule.clear(engine, Settings(), rule.before(Settings(), at)))
        with story.system() as session:
            assert len(session.scalars(select(Complaint)).all()) == left
    with story.system() as session:
        assert session.scalars(select(ComplaintEntry)).all() == []
        assert session.scalars(select(ComplaintHandover)).all() == []


def test_who_does_not_share_it_finds_no_complaint_by_its_reference(story: Story) -> None:
    complains(story)
    with story.acting("rijk") as (session, _actor, place):
        assert services.case_of(session, place, "10234") is None
