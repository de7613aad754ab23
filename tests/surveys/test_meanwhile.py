"""What others do while a customer's answer waits for them: it finds what they left behind."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, select

from partnerjourney.core import border, ids
from partnerjourney.core.parties import Organisation, Role
from partnerjourney.events.models import Case, CaseState
from partnerjourney.events.rules import State
from partnerjourney.events.signals import case_states_changed
from partnerjourney.surveys.models import Answer, PermittedComment
from partnerjourney.surveys.services import respondents
from tests.factories import row
from tests.surveys.story import AT, SECRET, Story, tell
from tests.surveys.told import send

WAITS = 0.6  # seconds: enough for the other to come to the lock; less finds less, and never fails


@pytest.fixture
def story(engine: Engine) -> Story:
    """Give the journey with its measuring point."""
    return tell(engine)


def during(act: Callable[[], AbstractContextManager[None]], post: Callable[[], Any]) -> Any:
    """Post while an act holds what it changed and has not committed yet; returns the answer."""
    answers: list[Any] = []
    thread = threading.Thread(target=lambda: answers.append(post()))
    with act():
        thread.start()
        time.sleep(WAITS)
    thread.join()
    return answers[0]


def test_an_answer_gets_the_state_that_came_meanwhile(app: Flask, story: Story) -> None:
    case, last = ids.new_v4(), story.handovers["drives-receives"]
    with story.system() as session:
        session.add(row(Case, journey_id=story.journey, id=case))
    token = story.invite(story.open_wave(), case_id=case)

    @contextmanager
    def comes_late() -> Iterator[None]:
        with story.system() as session:
            place = {"journey_id": story.journey, "case_id": case, "handover_id": last}
            done = AT - timedelta(hours=2)
            session.add(row(CaseState, **place, state=State.LATE, completed_at=done))
            session.flush()
            moved = [(case, State.UNKNOWN, State.LATE)]
            case_states_changed.send(
                session, journey_id=story.journey, handover_id=last, changes=moved
            )
            yield

    assert during(comes_late, lambda: send(app.test_client(), token, score="6")).status_code == 200
    with story.system() as session:
        assert session.execute(select(Answer.score, Answer.state)).all() == [(6, State.LATE)]


def test_an_answer_during_an_erasure_is_not_stored(app: Flask, story: Story) -> None:
    token = story.invite(story.open_wave())
    assert send(app.test_client(), token, score="9", comment="first").status_code == 200

    @contextmanager
    def erased() -> Iterator[None]:
        actor = story.member("telenoord", Role.ADMIN)
        with border.open_session(story.engine, actor, write=True) as session, session.begin():
            brand = session.get_one(Organisation, actor.organisation_id)
            email = "m.dewit@example.org"
            respondents.erase(session, actor, brand, email=email, secret=SECRET, at=AT)
            session.flush()
            yield

    def again() -> Any:
        return send(app.test_client(), token, score="2", comment="my name is secret")

    assert during(erased, again).status_code == 404
    with story.system() as session:
        assert session.execute(select(Answer.score, Answer.comment)).all() == [(9, None)]
        assert session.scalars(select(PermittedComment)).all() == []
