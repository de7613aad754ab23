"""While mail is held, nothing is noted as sent: no state, no link, no reminder."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from partnerjourney import create_app, features
from partnerjourney.core import border, clearing, clock, ids, jobs, mail_hold
from partnerjourney.core.jobs import Job
from partnerjourney.core.links import Link
from partnerjourney.core.parties import Membership, Organisation, Role
from partnerjourney.core.scopes import Member
from partnerjourney.journeys import services as journeys
from partnerjourney.organisations import services as people
from partnerjourney.reviews.services import MAKE_JOB
from partnerjourney.surveys.models import Invitation
from partnerjourney.surveys.rules.uploads import read
from partnerjourney.surveys.services import asking, points, waves
from tests.surveys.story import AT, SECRET, Story
from tests.web_client import settings_for

MONTH = timedelta(days=30)


@pytest.fixture
def asked(app: Flask, story: Story) -> Flask:
    """Give an application in which two customers are about to be asked."""
    features.employ()
    wave_id = story.open_wave()
    with story.acting("telenoord") as (session, actor, place):
        point = points.find_point(session, place, story.points["delivery"])
        wave = waves.find_wave(session, place, point, wave_id)
        found = read("email\na@x.nl\nb@x.nl")
        asking.upload(session, actor, place, point, wave, found=found, secret=SECRET, at=AT)
    return app


def work(app: Flask, at: Any) -> None:
    """Let a worker do what is due."""
    with clock.at(at), app.app_context():
        while jobs.run_due(app.extensions["engine"], app.extensions["settings"], ids.new_v4()):
            pass


def hold(story: Story) -> None:
    """Hold mail, as a restore does."""
    with story.system() as session:
        mail_hold.hold(session, reason="restore", at=AT)


def stored(story: Story) -> list[tuple[Any, ...]]:
    """Return how the invitations stand, how many links there are, and what the jobs cost."""
    with story.system() as session:
        columns = (Invitation.state, Invitation.sent_at, Invitation.reminded_at)
        return [
            *session.execute(select(*columns).order_by(Invitation.id)),
            *session.execute(select(Link.token_hash).order_by(Link.token_hash)),
            *session.execute(
                select(Job.id, Job.state, Job.attempts, Job.last_error).order_by(Job.id)
            ),
        ]


def test_a_question_that_is_held_is_not_marked_as_sent(
    asked: Flask, story: Story, tmp_path: Path
) -> None:
    hold(story)
    before = stored(story)
    work(asked, AT)
    assert stored(story) == before
    assert not (tmp_path / "mail").exists()
    assert mail_hold.release(story.engine)
    work(asked, AT)
    assert len(list((tmp_path / "mail").glob("*.eml"))) == 2
    assert [row[0] for row in stored(story)[:2]] == ["sent", "sent"]


def test_a_reminder_that_is_held_is_not_marked_as_sent(
    asked: Flask, story: Story, tmp_path: Path
) -> None:
    work(asked, AT)
    hold(story)
    before = stored(story)
    work(asked, AT + MONTH)
    assert stored(story) == before
    assert mail_hold.release(story.engine)
    work(asked, AT + MONTH)
    assert len(list((tmp_path / "mail").glob("*.eml"))) == 4


def test_a_worker_without_pages_sends_every_kind_of_mail(
    asked: Flask, story: Story, database_url: str, tmp_path: Path
) -> None:
    light = create_app(settings_for(database_url, tmp_path / "mail"), pages=False)
    light.extensions["engine"].dispose()
    light.extensions["engine"] = story.engine
    user, owner = story.users["telenoord"], story.organisations["telenoord"]
    with story.system() as session:
        people.ask_reset(session, email="telenoord@example.org", at=AT)
        session.scalars(
            select(Membership).where(Membership.user_id == user)
        ).one().role = Role.ADMIN
    actor, given = Member(user, owner, Role.ADMIN), {"name": "", "language": "nl", "at": AT}
    opened = border.open_session(story.engine, actor, write=True)
    with opened as session, session.begin():
        brand = session.get_one(Organisation, owner)
        role = {"role": Role.EDITOR, "signatory": False}
        people.invite_member(session, actor, brand, email="c@x.nl", **role, **given)
        place = journeys.find(session, actor, story.journey)
        group = place.parties[story.parties["couriers"]]
        people.invite_party(session, actor, place, group, email="d@x.nl", **given)
    work(light, AT)
    sent = [path.read_text() for path in (tmp_path / "mail").glob("*.eml")]
    to = {re.search(r"^To: (.*)$", text, re.MULTILINE)[1] for text in sent}  # type: ignore[index]
    assert to == {"a@x.nl", "b@x.nl", "telenoord@example.org", "c@x.nl", "d@x.nl"}
    with story.system() as session:
        assert [job.last_error for job in session.scalars(select(Job)) if job.last_error] == []


def test_only_what_sends_no_mail_goes_on(asked: Flask) -> None:
    features.employ()
    assert set(jobs.HANDLERS) - jobs.MAILING == {
        *(clearing.CLEAR, waves.CLOSE, MAKE_JOB),
        *("apart.forget", "notice.round", "party.leave", "takeout.make"),
        *("library.change", "proposals.close", "proposals.fall_back"),
        # these ask for mails, in jobs that do wait
        *(f"proposals.{step}" for step in ("remind", "deputy", "escalate", "nudge")),
        *("proposals.emergency", "proposals.calmed"),
        *(f"versions.{step}" for step in ("remind", "deputy", "escalate", "nudge")),
    }
