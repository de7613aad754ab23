"""The end of a wave, answers at the same time, and events that move answers."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from partnerjourney.core import clock, ids
from partnerjourney.core.errors import InputError
from partnerjourney.events.models import Case, CaseState
from partnerjourney.events.rules import State
from partnerjourney.events.signals import case_states_changed
from partnerjourney.surveys import signals
from partnerjourney.surveys.models import Answer, Invitation, Wave
from partnerjourney.surveys.rules import InvitationState, WaveState
from partnerjourney.surveys.services import points, waves
from tests.factories import row
from tests.surveys.story import AT, Story, add_call
from tests.surveys.told import answers, cells, send
from tests.web_client import client_of


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def test_after_the_close_nothing_moves(client: FlaskClient, story: Story) -> None:
    wave = story.open_wave(close_on=date(2026, 3, 10))
    token = story.invite(wave)
    send(client, token, score="8")
    late = datetime(2026, 3, 10, 23, 30, tzinfo=UTC)  # 00.30 the next day in Amsterdam
    assert send(client, token, late, score="1").status_code == 404
    with story.system() as session:
        assert waves.close_if_due(session, wave, at=late)
    with story.system() as session:
        assert session.scalars(select(Wave.state)).one() is WaveState.FROZEN
        assert session.scalars(select(Invitation.state)).one() is InvitationState.ANSWERED
    assert send(client, token, AT, score="1").status_code == 404
    assert answers(story) == [(8, None)]


def test_a_wave_closes_at_its_number(client: FlaskClient, story: Story) -> None:
    add_call(story)
    wave = story.open_wave("call", close_on=None, close_at_answers=10)
    with cells():
        for _ in range(9):
            send(client, story.invite(wave), score="4")
        with story.system() as session:
            assert not waves.close_if_due(session, wave, at=AT)
        send(client, story.invite(wave), score="4")
    told = []
    with (
        signals.wave_closed.connected_to(lambda _s, wave: told.append(wave.id)),
        story.system() as session,
    ):
        assert waves.close_if_due(session, wave, at=AT)
        assert waves.close_if_due(session, wave, at=AT)
    assert told == [wave]


def test_where_a_group_is_on_the_stretch_a_wave_closes_on_a_day_only(
    app: Flask, story: Story
) -> None:
    """Else a member would learn from the close that others were answered about."""
    for fields in ({"close_on": None}, {}):
        with pytest.raises(InputError) as refused:
            story.open_wave(close_at_answers=10, **fields)
        assert "Members of a group" in refused.value.messages["close_on"][0]
    wave = story.open_wave()
    with story.system() as session:  # one from before the group came onto the stretch
        session.get_one(Wave, (story.journey, wave)).close_at_answers = 10
    member, client = client_of(app, story.users["snel"]), app.test_client()
    where = f"/o/snel/journeys/{story.journey}"
    pages = [f"{where}/{page}/" for page in ("surveys", "measurement", "map")]

    def sent() -> list[bytes]:
        return [member.get(page, follow_redirects=True).get_data() for page in pages]

    with clock.at(AT):
        before = sent()
        for _ in range(12):
            send(client, story.invite(wave, members=("rijk",)), score="8")
        with story.system() as session:
            assert not waves.close_if_due(session, wave, at=AT)
        assert b"sluit na zo 31 mei" in before[0]
        assert sent() == before
        over = datetime(2026, 6, 1, tzinfo=UTC)
        with story.system() as session:
            assert waves.close_if_due(session, wave, at=over)


def test_two_posts_at_once_are_one_answer(app: Flask, story: Story) -> None:
    token = story.invite(story.open_wave())
    statuses: list[int] = []

    def post(score: str) -> None:
        statuses.append(send(app.test_client(), token, score=score).status_code)

    with cells() as counts:
        threads = [threading.Thread(target=post, args=(str(n),)) for n in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        [(score, _)] = answers(story)
        assert statuses == [200] * 6
        assert counts() == {f"s{score}": 1}


def test_a_close_waits_for_the_answer_that_is_being_stored(app: Flask, story: Story) -> None:
    """The verdict must count what was acknowledged, and nothing is acknowledged after it."""
    wave = story.open_wave()
    tokens = [story.invite(wave) for _ in range(8)]
    statuses: dict[str, int] = {}
    seen: list[int] = []

    def count(session, **_):
        seen.append(session.scalar(select(func.count()).select_from(Answer)))

    def post(token: str) -> None:
        statuses[token] = send(app.test_client(), token, score="8").status_code

    def close() -> None:
        with story.acting("telenoord") as (session, actor, place):
            point = points.find_point(session, place, story.points["delivery"])
            found = waves.find_wave(session, place, point, wave, lock=True)
            waves.close_by_hand(session, actor, place, point, found, at=AT)

    with signals.wave_closed.connected_to(count):
        threads = [threading.Thread(target=post, args=(token,)) for token in tokens]
        threads.insert(4, threading.Thread(target=close))
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert seen == [list(statuses.values()).count(200)] == [len(answers(story))]


def test_the_answer_has_the_state_of_the_last_handover(client: FlaskClient, story: Story) -> None:
    wave = story.open_wave()
    case, last = ids.new_v4(), story.handovers["drives-receives"]
    with story.system() as session:
        session.add(row(Case, journey_id=story.journey, id=case))
        session.flush()
        for key, state in (("picks-drives", State.MISSING), ("drives-receives", State.LATE)):
            session.add(
                row(
                    CaseState,
                    journey_id=story.journey,
                    case_id=case,
                    handover_id=story.handovers[key],
                    state=state,
                )
            )
    token = story.invite(wave, case_id=case)
    with cells() as counts:
        send(client, token, score="6")
        send(client, story.invite(wave), score="9")
        with story.system() as session:
            states = dict(tuple(r) for r in session.execute(select(Answer.score, Answer.state)))
            assert states == {6: State.LATE, 9: State.UNKNOWN}
            told = {"journey_id": story.journey, "changes": [(case, State.LATE, State.NONE)]}
            other = story.handovers["picks-drives"]
            case_states_changed.send(session, handover_id=other, **told)
            case_states_changed.send(session, handover_id=last, **told)
        assert counts() == {"s6": 1, "s9": 1}
    with story.system() as session:
        assert session.scalars(select(Answer.state).where(Answer.score == 6)).one() is State.NONE
