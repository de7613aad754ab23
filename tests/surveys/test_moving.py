"""Events that come after the answers: flags beside the state move with them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import Engine, select

from partnerjourney.core import ids
from partnerjourney.events.models import Case, CaseState
from partnerjourney.events.rules import State
from partnerjourney.events.signals import case_states_changed
from partnerjourney.surveys.models import Answer
from tests.events.scene import ANSWER_HEADER, HEADER, Scene, play
from tests.factories import row
from tests.surveys.story import AT, Story
from tests.surveys.told import send

OLDER = ["older_than_event"]
ANSWERED = "1,A1,2,,2026-03-05 09:00:00\n"


@pytest.fixture
def scene(engine: Engine) -> Scene:
    return play(engine)


def deliver(scene: Scene, delivered: str, promised: str = "2026-03-04 00:00:00", **more: bool):
    ordered = "2026-03-01 10:00:00,2026-03-02 10:00:00"
    scene.events(f"{HEADER}A1,{ordered},{delivered},{promised}\n", **more)


def flags(scene: Scene | Story) -> list[str] | None:
    with scene.system() as session:
        return session.scalars(select(Answer.flags)).one()


@pytest.mark.parametrize("first", ["events", "answers"])
@pytest.mark.parametrize(
    ("delivered", "expected"), [("2026-03-05 10:00:00", OLDER), ("2026-03-05 08:00:00", None)]
)
def test_the_flag_is_the_same_whatever_comes_first(
    scene: Scene, first: str, delivered: str, expected: list[str] | None
) -> None:
    if first == "events":
        deliver(scene, delivered)
    scene.answers(ANSWER_HEADER + ANSWERED)
    if first == "answers":
        assert flags(scene) is None
        deliver(scene, delivered)
    assert flags(scene) == expected
    assert scene.scores() == {(State.LATE, 2): 1}


def test_a_correction_of_the_event_takes_the_flag_along(scene: Scene) -> None:
    scene.answers(ANSWER_HEADER + ANSWERED)
    deliver(scene, "2026-03-05 10:00:00")
    assert flags(scene) == OLDER
    deliver(scene, "2026-03-05 08:30:00", correct=True)  # as late as before: no other state
    assert flags(scene) is None
    assert scene.counted()
    deliver(scene, "2026-03-05 11:00:00", correct=True)
    assert flags(scene) == OLDER


def test_a_newer_answer_of_the_customer_is_not_older_than_the_event(
    app: Flask, story: Story
) -> None:
    case, last = ids.new_v4(), story.handovers["drives-receives"]
    with story.system() as session:
        session.add(row(Case, journey_id=story.journey, id=case))
    token, client = story.invite(story.open_wave(), case_id=case), app.test_client()
    send(client, token, score="6")
    with story.system() as session:
        done = {"state": State.LATE, "completed_at": AT + timedelta(hours=2)}
        session.add(
            row(CaseState, journey_id=story.journey, case_id=case, handover_id=last, **done)
        )
        session.flush()
        changes = [(case, State.UNKNOWN, State.LATE)]
        case_states_changed.send(
            session, journey_id=story.journey, handover_id=last, changes=changes
        )
    assert flags(story) == OLDER
    send(client, token, datetime(2026, 3, 6, 9, tzinfo=UTC), score="4")
    assert flags(story) is None


def test_other_flags_of_an_answer_stay(scene: Scene) -> None:
    scene.answers(ANSWER_HEADER + ANSWERED)
    with scene.system() as session:
        session.scalars(select(Answer)).one().flags = ["skipped_time"]
        session.commit()
    deliver(scene, "2026-03-05 10:00:00")
    assert flags(scene) == ["skipped_time", *OLDER]
    deliver(scene, "2026-03-05 08:30:00", correct=True)
    assert flags(scene) == ["skipped_time"]
