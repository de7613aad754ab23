"""Raw answers go after their time with all that tells whose they were; the scores stay."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from partnerjourney import features
from partnerjourney.core import clearing, clock, jobs, retention
from partnerjourney.core.links import Link, Purpose, new_link
from partnerjourney.core.settings import Settings
from partnerjourney.measurement import services as measurement
from partnerjourney.measurement.models import Cell
from partnerjourney.surveys.models import (
    Answer,
    Contact,
    Invitation,
    OptOut,
    PermittedComment,
    Wave,
)
from partnerjourney.surveys.rules import InvitationState, WaveState
from partnerjourney.surveys.services import waves
from tests.factories import row
from tests.surveys.story import AT, Story
from tests.surveys.told import send

LATER = datetime(2029, 3, 5, 9, 1, tzinfo=UTC)
"""36 months and a minute after the answers of the story."""


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    features.employ()
    return app.test_client()


def clear(story: Story, at: datetime, **settings: Any) -> None:
    """Let a worker clear at a moment."""
    with clock.at(at):
        clearing.schedule(story.engine, at=at)
        jobs.work(story.engine, Settings(**settings), stop=threading.Event(), once=True)


def count(story: Story, *tables: Any) -> tuple[int, ...]:
    """Count the rows of tables."""
    with story.system() as session:
        return tuple(session.scalars(select(func.count()).select_from(t)).one() for t in tables)


def cells(story: Story) -> dict[str, int]:
    """Return what the cells count, added up."""
    with story.system() as session:
        columns = [func.sum(getattr(Cell, name)).label(name) for name in measurement.COUNTS]
        found = session.execute(select(*columns)).one()._asdict()
        return {name: number for name, number in found.items() if number}


def close(story: Story, wave: Any, at: datetime) -> None:
    """Close a wave."""
    with story.system() as session:
        waves.close_wave(session, session.get_one(Wave, (story.journey, wave)), at=at)


def test_an_old_answer_goes_with_its_comment_contact_and_links_and_still_counts(
    client: FlaskClient, story: Story
) -> None:
    wave = story.open_wave(close_on=date(2040, 1, 1))
    old, late, unanswered = (story.invite(wave) for _ in range(3))
    flevo = str(story.participations["flevo"])
    send(client, old, score="2", comment="kwam te laat", share=flevo)
    send(client, late, AT + timedelta(days=9), score="9", comment="prima")
    with story.system() as session:
        for invitation in session.scalars(select(Invitation)).all():
            new_link(session, Purpose.UNSUBSCRIBE, invitation.id, at=AT)
        session.add(
            OptOut(customer_owner_id=story.organisations["telenoord"], address_mac="m", at=AT)
        )
    before = cells(story)
    assert (before["s2"], before["s9"]) == (1, 1)
    everything = (Answer, PermittedComment, Invitation, Contact, Link)
    assert count(story, *everything) == (2, 3, 3, 3, 6)

    clear(story, LATER - timedelta(minutes=2))
    assert count(story, *everything) == (2, 3, 3, 3, 6), "not a minute too early"
    clear(story, LATER + timedelta(days=1))
    assert count(story, *everything) == (1, 1, 1, 1, 2)
    with story.system() as session:
        assert session.scalars(select(Answer.score)).all() == [9]
        assert session.scalars(select(PermittedComment.comment)).all() == ["prima"]
    assert cells(story) == before
    assert count(story, OptOut) == (1,), "who wants no questions is never asked again"
    for token in (old, unanswered):
        assert send(client, token, LATER, score="10").status_code == 404
    assert cells(story) == before, "nobody is counted twice"
    clear(story, LATER + timedelta(days=10))
    assert count(story, *everything) == (0, 0, 0, 0, 0)
    assert cells(story) == before


def test_a_link_ends_in_the_transaction_that_removes_its_answer(
    client: FlaskClient, story: Story
) -> None:
    """Else who answers once more in between would be counted twice."""
    token = story.invite(story.open_wave(close_on=date(2040, 1, 1)))
    send(client, token, score="2")
    before = cells(story)
    rule = retention.RULES["raw answers"]
    assert list(rule.clear(story.engine, Settings(), AT + timedelta(days=1))) == [1]
    assert send(client, token, AT + timedelta(days=2), score="2").status_code == 404
    assert count(story, Answer, Invitation, Link) == (0, 0, 0)
    assert cells(story) == before


def test_a_rebuild_leaves_the_cells_whose_answers_are_gone(
    client: FlaskClient, story: Story
) -> None:
    wave = story.open_wave(close_on=date(2040, 1, 1))
    old, late = (story.invite(wave) for _ in range(2))
    send(client, old, score="2")
    send(client, late, AT + timedelta(days=9), score="9")
    with story.system() as session:
        measurement.rebuild(session, story.journey)  # what `invite` made beside the cells
    before = cells(story)
    clear(story, LATER + timedelta(days=1))
    assert count(story, Answer) == (1,)
    with story.system() as session:
        assert measurement.rebuild(session, story.journey) == 0
    assert cells(story) == before
    with story.system() as session:
        day = (AT + timedelta(days=9)).date()
        found = session.scalars(select(Cell).where(Cell.day == day)).one()
        found.s9 = 5  # later cells are still put right
    with story.system() as session:
        assert measurement.rebuild(session, story.journey) == 1
    assert cells(story) == before


def test_an_imported_answer_counts_its_time_from_when_it_came_in(story: Story) -> None:
    wave = story.open_wave(close_on=date(2040, 1, 1))
    story.invite(wave)
    with story.system() as session:
        asked = session.scalars(select(Invitation)).one()
        places = {name: getattr(asked, name) for name in ("journey_id", "circle_id", "point_id")}
        question = session.get_one(Wave, (story.journey, wave)).question_id
        for source, received in (("early", AT), ("late", AT + timedelta(days=9))):
            session.add(
                row(
                    Answer,
                    **places,
                    wave_id=wave,
                    question_id=question,
                    day=date(2018, 8, 1),
                    answered_at=datetime(2018, 8, 1, tzinfo=UTC),
                    received_at=received,
                    source=source,
                )
            )
    clear(story, AT + timedelta(days=400))
    assert count(story, Answer) == (2,)
    clear(story, LATER)
    with story.system() as session:
        assert session.scalars(select(Answer.source)).all() == ["late"]


def test_links_to_a_closed_question_go_and_those_to_stop_stay(
    client: FlaskClient, story: Story
) -> None:
    closed, still = story.open_wave(), None
    token = story.invite(closed)
    close(story, closed, AT + timedelta(days=3))
    still = story.open_wave(key="summer")
    story.invite(still)
    with story.system() as session:
        for invitation in session.scalars(select(Invitation)).all():
            new_link(session, Purpose.UNSUBSCRIBE, invitation.id, at=AT)
    clear(story, AT + timedelta(days=33))
    assert count(story, Link) == (4,)
    clear(story, AT + timedelta(days=34))
    with story.system() as session:
        left = sorted(session.scalars(select(Link.purpose)).all())
    assert left == [Purpose.SURVEY, Purpose.UNSUBSCRIBE, Purpose.UNSUBSCRIBE]
    assert send(client, token, AT + timedelta(days=34), score="3").status_code == 404


def test_a_contact_stays_while_an_invitation_hangs_to_it(story: Story) -> None:
    wave = story.open_wave(close_on=date(2040, 1, 1))
    story.invite(wave)
    story.invite(wave)
    with story.system() as session:
        asked = session.scalars(select(Invitation).order_by(Invitation.id)).first()
        assert asked is not None
        asked.sent_at = AT + timedelta(days=900)
        asked.sent_day = (AT + timedelta(days=900)).date()
        kept = asked.contact_id
    clear(story, LATER + timedelta(days=1))
    with story.system() as session:
        assert session.scalars(select(Contact.id)).all() == [kept]


def test_what_was_never_sent_goes_too(story: Story) -> None:
    wave = story.open_wave(close_on=date(2040, 1, 1))
    story.invite(
        wave,
        state=InvitationState.SUPPRESSED,
        suppressed="asked_lately",
        sent_at=None,
        sent_day=None,
    )
    close(story, wave, AT)
    with story.system() as session:
        assert session.get_one(Wave, (story.journey, wave)).state is WaveState.FROZEN
    clear(story, LATER)
    assert count(story, Invitation, Contact, Link) == (0, 0, 0)
