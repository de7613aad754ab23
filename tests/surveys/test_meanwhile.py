"""What others do while a customer's answer waits for them: it finds what they left behind."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, func, select

from partnerjourney.core import border, ids
from partnerjourney.core.errors import NotFoundError
from partnerjourney.core.links import Purpose, new_link
from partnerjourney.core.parties import Organisation, Role
from partnerjourney.events.models import Case, CaseState
from partnerjourney.events.rules import State
from partnerjourney.events.signals import case_states_changed
from partnerjourney.measurement import services as measurement
from partnerjourney.measurement.models import Cell
from partnerjourney.surveys.models import Answer, PermittedComment, Wave
from partnerjourney.surveys.services import answering, opening, respondents, waves
from tests.factories import row
from tests.surveys.story import AT, SECRET, Story, tell
from tests.surveys.told import send
from tests.waiting import during


@pytest.fixture
def story(engine: Engine) -> Story:
    """Give the journey with its measuring point."""
    return tell(engine)


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


@contextmanager
def just_before_it_is_stored(act: Callable[[], object]) -> Iterator[None]:
    """Let something happen once, after a post has seen its link and before it stores."""
    really, acts = answering.answer, [act]

    def answer(*given: Any, **more: Any) -> Any:
        if acts:
            thread = threading.Thread(target=acts.pop())  # whose request is its own
            thread.start()
            thread.join()
        return really(*given, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(answering, "answer", answer)
        yield


def test_of_two_first_posts_at_once_the_later_one_stands(app: Flask, story: Story) -> None:
    wave = story.open_wave()
    token = story.invite(wave)

    said = []

    def other() -> None:
        said.append(send(app.test_client(), token, score="3", comment="the other one"))

    with just_before_it_is_stored(other):
        said.append(send(app.test_client(), token, score="8"))
    assert [answer.status_code for answer in said] == [200, 200]
    with story.system() as session:
        assert session.execute(select(Answer.score, Answer.comment)).all() == [(8, "the other one")]
        raw = measurement.recount(session, story.journey)
        assert [(cell["s8"], cell["s3"]) for cell in raw.values() if cell["s8"]] == [(1, 0)]
        counted = session.execute(select(Cell.s8, Cell.s3).where(Cell.wave_id == wave)).all()
        assert [sum(numbers) for numbers in zip(*counted, strict=True)] == [1, 0]


def test_a_wave_that_closes_before_an_answer_is_stored_takes_no_more(
    app: Flask, story: Story
) -> None:
    wave = story.open_wave()
    token = story.invite(wave)

    def close() -> None:
        with story.system() as session:
            waves.close_wave(session, session.get_one(Wave, (story.journey, wave)), at=AT)

    with just_before_it_is_stored(close):
        assert send(app.test_client(), token, score="8").status_code == 404
    with story.system() as session:
        assert session.scalars(select(Answer.score)).all() == []


def test_of_two_first_posts_the_later_waits_for_the_one_before(app: Flask, story: Story) -> None:
    token = story.invite(story.open_wave())

    @contextmanager
    def answered() -> Iterator[None]:
        with story.respondent(token) as session:
            ask = opening.hold(session, at=AT)
            answering.answer(session, ask, answering.Reply(3, "the other one"), at=AT)
            yield

    said = during(answered, lambda: send(app.test_client(), token, score="8"))
    assert said.status_code == 200
    with story.system() as session:
        assert session.execute(select(Answer.score, Answer.comment)).all() == [(8, "the other one")]
        columns = [func.sum(getattr(Cell, f"s{score}")) for score in (3, 8)]
        assert session.execute(select(*columns)).one() == (0, 1)


def test_an_answer_waits_for_a_wave_that_is_being_closed(app: Flask, story: Story) -> None:
    wave = story.open_wave()
    token = story.invite(wave)

    @contextmanager
    def closing() -> Iterator[None]:
        with story.system() as session:
            waves.close_wave(session, session.get_one(Wave, (story.journey, wave)), at=AT)
            session.flush()
            yield

    assert during(closing, lambda: send(app.test_client(), token, score="8")).status_code == 404
    with story.system() as session:
        assert session.scalars(select(Answer.score)).all() == []


@pytest.mark.parametrize("members", [(), ("snel",)])
def test_a_link_opens_the_same_with_and_without_holding_it(
    app: Flask, story: Story, members: tuple[str, ...]
) -> None:
    case, last = ids.new_v4(), story.handovers["drives-receives"]
    with story.system() as session:
        session.add(row(Case, journey_id=story.journey, id=case))
    asked = {"case_id": case, "reference": "10234", "named": True, "members": members}
    token = story.invite(story.open_wave(), **asked)
    scope = opening.scope_of(token)
    for answered in (False, True):
        found = opening.find(story.engine, scope, at=AT)
        with story.respondent(token) as session:
            held = opening.hold(session, at=AT)
        assert held == found
        assert (found.answered, found.judged) == (answered, last)
        assert (found.invitation.reference, found.invitation.named) == ("10234", True)
        if not answered:
            assert send(app.test_client(), token, score="8").status_code == 200


def test_no_other_link_opens_a_question(story: Story) -> None:
    token = story.invite(story.open_wave())
    ask = opening.find(story.engine, opening.scope_of(token), at=AT)
    with story.system() as session:
        stop = new_link(session, Purpose.UNSUBSCRIBE, ask.invitation.id, at=AT)
    for other in (stop, ids.new_token(), token[:-1] + ("A" if token[-1] != "A" else "E")):
        with pytest.raises(NotFoundError):
            opening.find(story.engine, opening.scope_of(other), at=AT)
