"""Answers from elsewhere: validated, judged by what is known of the case, counted once."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import IntegrityError

from partnerjourney.core import border
from partnerjourney.core.parties import Party, PartyKind
from partnerjourney.events.rules import State
from partnerjourney.events.rules.mapping import read
from partnerjourney.events.services import MappingFault, Result
from partnerjourney.surveys.models import Answer, PermittedComment, Point, Wave
from partnerjourney.surveys.rules import WaveKind
from partnerjourney.surveys.rules.answer_rows import NewAnswer
from partnerjourney.surveys.services import waves
from partnerjourney.surveys.services.import_chunks import Sender
from partnerjourney.surveys.services.import_place import asked_of
from partnerjourney.surveys.services.imports import CHUNK
from tests.bench.load import ROOT
from tests.databases import counted
from tests.events.scene import ANSWER_HEADER, ANSWERS, AT, HEADER, Interrupted, Scene, play

EVENTS = (
    HEADER
    + "A1,2026-03-01 10:00:00,2026-03-02 10:00:00,2026-03-03 10:00:00,2026-03-04 00:00:00\n"
    + "A2,2026-03-01 10:00:00,2026-03-02 10:00:00,2026-03-05 10:00:00,2026-03-04 00:00:00\n"
)
TEXT = (
    ANSWER_HEADER
    + "1,A1,9,fine,2026-03-04 10:00:00\n"
    + "2,A2,3,,2026-03-06 10:00:00\n"
    + "3,A9,7,,2026-03-06 10:00:00\n"
)


@pytest.fixture
def scene(engine: Engine) -> Scene:
    return play(engine)


def numbers(report: dict[str, Any]) -> tuple[int, ...]:
    assert report["accepted"] + report["duplicates"] + report["rejected"] == report["candidates"]
    return tuple(report[n] for n in ("read", "candidates", "accepted", "duplicates", "rejected"))


EXPECTED = {(State.NONE, 9): 1, (State.LATE, 3): 1, (State.UNKNOWN, 7): 1}


def test_events_first_or_answers_first_comes_to_the_same(scene: Scene) -> None:
    assert numbers(scene.answers(TEXT)) == (3, 3, 3, 0, 0)
    assert scene.scores() == {(State.UNKNOWN, 9): 1, (State.UNKNOWN, 3): 1, (State.UNKNOWN, 7): 1}
    scene.events(EVENTS)
    assert scene.scores() == EXPECTED
    again = TEXT.replace("A1", "B1").replace("A2", "B2").replace("A9", "B9")
    scene.events(EVENTS.replace("A1", "B1").replace("A2", "B2"))
    other = ANSWERS.replace("panel", "another panel")
    assert numbers(scene.answers(again, other)) == (3, 3, 3, 0, 0)
    assert scene.scores() == {key: 2 * number for key, number in EXPECTED.items()}
    assert scene.counted()


def test_a_correction_of_an_event_moves_the_answer(scene: Scene) -> None:
    scene.events(EVENTS)
    scene.answers(TEXT)
    scene.events(EVENTS.replace("2026-03-05 10", "2026-03-03 10"), correct=True)
    assert scene.scores() == {(State.NONE, 9): 1, (State.NONE, 3): 1, (State.UNKNOWN, 7): 1}
    assert scene.counted()


def test_the_second_time_adds_nothing_and_other_content_is_rejected(scene: Scene) -> None:
    scene.events(EVENTS)
    scene.answers(TEXT)
    assert numbers(scene.answers(TEXT)) == (3, 3, 0, 3, 0)
    changed = TEXT.replace("2,A2,3", "2,A1,4")
    report = scene.answers(changed)
    assert numbers(report) == (3, 3, 0, 2, 1)
    assert report["errors"] == [
        {"line": 3, "field": "id", "message": "differs from what was stored on 2026-03-05"}
    ]
    assert scene.scores() == EXPECTED
    assert numbers(scene.answers(changed, correct=True)) == (3, 3, 1, 2, 0)
    assert scene.scores() == {(State.NONE, 9): 1, (State.NONE, 4): 1, (State.UNKNOWN, 7): 1}
    assert scene.counted()
    with scene.system() as session:
        assert len(session.scalars(select(Answer)).all()) == 3


def test_two_corrections_of_one_answer_in_one_file_leave_the_last(scene: Scene) -> None:
    row = "1,A1,9,,2026-03-04 10:00:00\n"
    text = ANSWER_HEADER + row + row.replace(",9,", ",2,") + row.replace(",9,", ",5,")
    for expected in ((3, 3, 3, 0, 0), (3, 3, 3, 0, 0)):
        assert numbers(scene.answers(text, correct=True)) == expected
        assert scene.scores() == {(State.UNKNOWN, 5): 1}
        assert scene.counted()


@pytest.mark.parametrize("score", ["", "11", "-1", "9.5", "x", "09", "٩"])
def test_a_score_that_is_not_on_the_scale_is_rejected(scene: Scene, score: str) -> None:
    report = scene.answers(f"{ANSWER_HEADER}1,A1,{score},,2026-03-04 10:00:00\n")
    assert numbers(report) == (1, 1, 0, 0, 1)
    assert report["errors"][0]["field"] == "score"
    assert scene.scores() == {}


def test_words_of_the_file_are_translated(scene: Scene) -> None:
    mapping = ANSWERS + '[values.score]\n"very good" = 10\n'
    text = f"{ANSWER_HEADER}1,A1,very good,,2026-03-04 10:00:00\n"
    assert numbers(scene.answers(text, mapping))[2] == 1
    assert scene.scores() == {(State.UNKNOWN, 10): 1}


def test_a_dry_run_stores_nothing_and_foresees_the_real_one(scene: Scene) -> None:
    rows = "".join(f"{n},A{n},8,,2026-03-04 10:00:00\n" for n in range(700))
    text = ANSWER_HEADER + rows + "0,A0,8,,2026-03-04 10:00:00\n1,A1,1,,2026-03-04 10:00:00\n"
    foreseen = scene.answers(text, dry_run=True)
    with scene.system() as session:
        assert session.scalars(select(Answer)).all() == []
        assert session.scalars(select(Wave)).all() == []
    assert scene.rows()["journey_case"] == 0
    assert scene.answers(text) == foreseen
    assert numbers(foreseen) == (702, 702, 700, 1, 1)


def test_an_answer_older_than_its_event_is_flagged_and_stays_in_its_group(scene: Scene) -> None:
    scene.events(EVENTS)
    report = scene.answers(f"{ANSWER_HEADER}1,A2,2,,2026-03-05 09:00:00\n")
    assert [flag["rule"] for flag in report["flags"]] == ["older_than_event"]
    assert report["flags"][0]["line"] == 2
    assert scene.scores() == {(State.LATE, 2): 1}


def test_without_a_wave_answers_are_outside_any_and_the_day_is_the_journeys(scene: Scene) -> None:
    scene.answers(f"{ANSWER_HEADER}1,A1,9,secret,2026-03-04 23:30:00\n", _utc(ANSWERS))
    with scene.system() as session:
        answer = session.scalars(select(Answer)).one()
        wave = session.scalars(select(Wave)).one()
        assert wave.kind is WaveKind.OUTSIDE
        assert answer.day == date(2026, 3, 5)
        assert session.scalars(select(PermittedComment)).all() == []


def _utc(mapping: str) -> str:
    return mapping.replace('name = "panel"', 'name = "panel"\ntime_zone = "UTC"')


def _wave(scene: Scene, **fields: Any) -> Any:
    with scene.acting() as (session, actor, place):
        point = session.scalars(select(Point)).one()
        return waves.open_wave(session, actor, place, point, key="spring", at=AT, **fields).id


def test_a_wave_takes_answers_while_it_is_open_and_closes_at_its_number(scene: Scene) -> None:
    mapping = ANSWERS + 'wave = "spring"\n'
    with pytest.raises(MappingFault, match="unknown wave"):
        scene.answers(TEXT, mapping)
    with scene.system() as session:  # with a group on the stretch, only on a day
        couriers = session.scalars(select(Party).where(Party.key == "couriers")).one()
        couriers.kind = PartyKind.ORGANISATION
        session.commit()
    wave = _wave(scene, close_at_answers=3)
    assert numbers(scene.answers(TEXT, mapping)) == (3, 3, 3, 0, 0)
    with scene.system() as session:
        assert {answer.wave_id for answer in session.scalars(select(Answer))} == {wave}
        assert session.scalars(select(Wave)).one().closed_at is not None
    with pytest.raises(MappingFault, match="not open"):
        scene.answers(TEXT.replace(",7,", ",8,"), mapping, correct=True)
    outside = scene.answers(TEXT.replace(",7,", ",8,"), correct=True)
    assert [error["message"] for error in outside["errors"]] == ["the wave is closed"]
    assert scene.counted()


def test_a_wave_that_is_closed_meanwhile_takes_no_more(scene: Scene) -> None:
    wave_id = _wave(scene, close_on=date(2026, 5, 31))
    number = 3 * CHUNK
    stream = Interrupted(_many(number).encode(), lambda: _close(scene, wave_id))
    report = scene.answers("", ANSWERS + 'wave = "spring"\n', stream=stream)
    assert 0 < report["accepted"] < number
    assert {error["message"] for error in report["errors"]} == {"the wave is closed"}
    assert sum(scene.scores().values()) == report["accepted"]
    assert scene.counted()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (('point = "delivery"', 'point = "nowhere"'), "unknown measuring point"),
        (('metric = "nps"', 'metric = "csat"'), "asks nps, not csat"),
    ],
)
def test_what_the_mapping_names_must_be_there(
    scene: Scene, change: tuple[str, str], said: str
) -> None:
    with pytest.raises(MappingFault, match=said):
        scene.answers(TEXT, ANSWERS.replace(*change))


class TestMembers:
    """A group's members: each its own circle, and none of another's."""

    MAPPING = ANSWERS + 'member = "by"\n'
    TEXT = (
        "answer,order,score,comment,at,by\n"
        "1,A1,9,,2026-03-04 10:00:00,courier-a\n"
        "2,A2,3,,2026-03-04 10:00:00,courier-b\n"
        "3,A3,5,,2026-03-04 10:00:00,\n"
    )

    def test_each_member_sees_its_own_answers_and_the_brand_all(self, scene: Scene) -> None:
        assert numbers(scene.answers(self.TEXT, self.MAPPING)) == (3, 3, 3, 0, 0)
        assert scene.scores("courier-a") == {(State.UNKNOWN, 9): 1}
        assert scene.scores("courier-b") == {(State.UNKNOWN, 3): 1}
        assert sum(scene.scores("brand").values()) == 3
        assert sum(scene.scores("warehouse").values()) == 3

    def test_a_member_writes_to_its_own_circle_and_cannot_name_another(self, scene: Scene) -> None:
        report = scene.answers(self.TEXT, self.MAPPING, by="courier-a")
        assert numbers(report) == (3, 3, 2, 0, 1)
        assert report["errors"] == [{"line": 3, "field": "member", "message": "unknown member"}]
        assert sum(scene.scores("courier-a").values()) == 2
        assert scene.scores("courier-b") == {}


def test_a_chunk_costs_the_same_statements_however_many_rows_it_has(
    scene: Scene, engine: Engine
) -> None:
    def cost(first: int, rows: int) -> int:
        text = ANSWER_HEADER + "".join(
            f"{n},Z{n},{n % 11},,2026-03-04 10:00:00\n" for n in range(first, first + rows)
        )
        with counted(engine) as found:
            scene.answers(text)
        return len(found)

    cost(0, 1)
    assert cost(1, 11) == cost(12, 400)


def _many(number: int) -> str:
    rows = (f"{n},A{n},{n % 11},,2026-03-04 10:00:00\n" for n in range(number))
    return ANSWER_HEADER + "".join(rows)


KILLED = """
import json, pathlib, sys
from tests.bench.importing import product
product(sys.argv[1], pathlib.Path(sys.argv[2]), json.loads(sys.argv[3]))
"""


def test_a_killed_import_leaves_whole_chunks_and_is_taken_up(
    scene: Scene, engine: Engine, tmp_path: Path
) -> None:
    scene.answers(_many(1))
    text, file = _many(30_000), tmp_path / "answers.csv"
    file.write_text(text)
    ids = {"organisation": str(scene.organisations["brand"]), "journey": str(scene.journey)}
    url = engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-c", KILLED, url, str(file), json.dumps(ids)]
    with subprocess.Popen(command, cwd=ROOT) as process:
        while _stored(scene) == 1:
            assert process.poll() is None
            time.sleep(0.01)
        process.kill()
    assert scene.counted()
    report = scene.answers(text)
    assert numbers(report)[1:] == (30_000, report["accepted"], report["duplicates"], 0)
    assert 0 < report["accepted"] < 30_000
    assert report["duplicates"] % CHUNK == 0
    assert scene.counted()


def _stored(scene: Scene) -> int:
    with scene.system() as session:
        return session.scalar(select(func.count()).select_from(Answer)) or 0


def test_two_runs_of_the_same_file_at_once_count_once(scene: Scene) -> None:
    text, reports = _many(4500), []
    runs = [threading.Thread(target=lambda: reports.append(scene.answers(text))) for _ in "ab"]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    assert sum(report["accepted"] for report in reports) == 4500
    assert sum(report["duplicates"] for report in reports) == 4500
    assert _stored(scene) == sum(scene.scores().values()) == 4500
    assert scene.counted()


class TestBeforeTheLock:
    """What was judged before the write lock is asked again under it."""

    ANSWER = NewAnswer(
        line=2,
        row_key="2",
        references=(("case", "A2"),),
        at=datetime(2026, 3, 4, 10, tzinfo=UTC),
        score=3,
        comment="",
        member="",
        skipped_time=False,
    )

    def _store(self, scene: Scene, between: Callable[[], Any], wave: str = "") -> list[Result]:
        actor, spec = scene.member(), read((ANSWERS + wave).encode()).answer
        assert spec is not None
        sender = Sender(actor, "panel", AT, correct=False)
        with border.open_session(scene.engine, actor) as session:
            asked = asked_of(session, actor, scene.journey, spec)
            ready = sender.get_ready(session, asked, [self.ANSWER])
        between()
        with border.open_session(scene.engine, actor, write=True) as session, session.begin():
            return sender.store(session, asked, [self.ANSWER], ready)

    def test_an_event_that_came_between_judges_it(self, scene: Scene) -> None:
        scene.answers(f"{ANSWER_HEADER}1,A2,9,,2026-03-04 10:00:00\n")  # makes wave and case
        [result] = self._store(scene, lambda: scene.events(EVENTS))
        assert [flag.rule for flag in result.flags] == ["older_than_event"]
        assert scene.scores() == {(State.LATE, 9): 1, (State.LATE, 3): 1}
        assert scene.counted()

    def test_a_wave_that_was_closed_between_takes_it_no_more(self, scene: Scene) -> None:
        wave_id = _wave(scene, close_on=date(2026, 5, 31))
        [result] = self._store(scene, lambda: _close(scene, wave_id), 'wave = "spring"\n')
        assert result.fault is not None
        assert result.fault.message == "the wave is closed"
        assert _stored(scene) == 0
        assert scene.rows()["journey_case"] == 0

    def test_a_row_that_came_between_is_left_to_the_next_attempt(self, scene: Scene) -> None:
        scene.answers(f"{ANSWER_HEADER}1,A1,9,,2026-03-04 10:00:00\n")
        text = f"{ANSWER_HEADER}2,A2,3,,2026-03-04 10:00:00\n"
        with pytest.raises(IntegrityError):
            self._store(scene, lambda: scene.answers(text))
        assert _stored(scene) == 2
        assert scene.counted()


def _close(scene: Scene, wave_id: uuid.UUID) -> None:
    with scene.acting() as (session, actor, place):
        point = session.scalars(select(Point)).one()
        wave = waves.find_wave(session, place, point, wave_id)
        waves.close_by_hand(session, actor, place, point, wave, at=AT)


def test_raw_answers_are_sealed(scene: Scene) -> None:
    scene.answers(TEXT)
    with scene.acting() as (session, _, _place):
        assert session.scalars(select(Answer)).all() == []
    with scene.system() as session:
        assert len(session.scalars(select(Answer)).all()) == 3
