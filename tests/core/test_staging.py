"""Staged rows: what goes in comes out, whatever it is, and nobody but the product stages any."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import Engine, select, text

from partnerjourney.core import border, ids
from partnerjourney.core.scopes import System
from partnerjourney.core.staging import among, insert_rows
from partnerjourney.events.models import Case
from partnerjourney.events.rules import State
from partnerjourney.surveys.models import Answer, Point
from partnerjourney.surveys.services.imports import CHUNK
from tests.events.scene import ANSWER_HEADER, AT, Scene, play

COLUMNS = ("id", "score", "comment", "state", "day", "answered_at", "row_key", "flags")
TEXTS = ("", "two\nlines\r\tand \\n", "{\"a\",'b'}", "null", "é ☂ \U0001f6f5", " blanks ")


@pytest.fixture
def scene(engine: Engine) -> Scene:
    found = play(engine)
    found.answers(f"{ANSWER_HEADER}0,A0,8,,2026-03-04 10:00:00\n")
    return found


def _same(scene: Scene) -> dict[str, Any]:
    with scene.system() as session:
        one = session.scalars(select(Answer)).one()
    names = ("journey_id", "circle_id", "point_id", "wave_id", "question_id", "skipped", "role")
    return {name: getattr(one, name) for name in names}


def _rows(texts: tuple[str | None, ...]) -> list[tuple[Any, ...]]:
    east = timezone(timedelta(hours=5, minutes=30))
    moments = (AT, AT.replace(microsecond=7), datetime(1969, 12, 31, 23, 0, tzinfo=east))
    return [
        (
            ids.new_v4(),
            None if number % 2 else number,
            text,
            State.LATE,
            date(2026, 3, 1 + number),
            moments[number % 3],
            f"k{number}",
            ["older_than_event", 'a "quoted" word'] if number else None,
        )
        for number, text in enumerate(texts)
    ]


def test_what_goes_in_comes_out(scene: Scene) -> None:
    rows = _rows((*TEXTS, None))
    with scene.system() as session:
        insert_rows(session, Answer, COLUMNS, rows, same=_same(scene))
        session.commit()
    with scene.system() as session:
        wanted = [row[0] for row in rows]
        found = {
            one.id: one
            for one in session.scalars(select(Answer).where(among(session, Answer.id, wanted)))
        }
        assert [tuple(getattr(found[i], name) for name in COLUMNS) for i in wanted] == rows
        keys = select(Answer.id).where(among(session, Answer.row_key, {"k1", "k3", "absent", "k'"}))
        assert set(session.scalars(keys)) == {wanted[1], wanted[3]}
        assert (
            session.scalars(select(Answer.id).where(among(session, Answer.row_key, []))).all() == []
        )


@pytest.mark.parametrize("text", ["a\x1eb", "\x1d"])
def test_a_separator_in_a_text_never_becomes_another_row(scene: Scene, text: str) -> None:
    rows, same = _rows((text, None)), _same(scene)
    with scene.system() as session:
        try:
            insert_rows(session, Answer, COLUMNS, rows, same=same)
        except ValueError:
            assert scene.engine.dialect.name == "postgresql"
        else:
            assert session.get_one(Answer, (scene.journey, rows[0][0])).comment == text


def test_a_moment_without_a_zone_is_refused(scene: Scene) -> None:
    same = {"journey_id": scene.journey, "created_at": datetime(2026, 3, 5)}  # noqa: DTZ001
    with scene.system() as session, pytest.raises(Exception, match="without a time zone"):
        insert_rows(session, Case, ("id",), [(ids.new_v4(),)], same=same)


def test_a_member_stages_nothing(scene: Scene) -> None:
    same = {"journey_id": scene.journey, "created_at": datetime.now(UTC)}
    with scene.acting() as (session, _, _place), pytest.raises(border.BorderError):
        insert_rows(session, Case, ("id",), [(ids.new_v4(),)], same=same)
    with border.open_session(scene.engine, System("test")) as session:
        assert len(session.scalars(select(Case)).all()) == 1
        assert session.scalars(select(Point)).one()


def test_the_planner_is_told_of_a_journey_that_many_rows_come_into(scene: Scene) -> None:
    number = 2 * CHUNK
    many = "".join(f"{n},B{n},8,,2026-03-04 10:00:00\n" for n in range(number))
    scene.answers(ANSWER_HEADER + many)
    if scene.engine.dialect.name == "postgresql":
        query = "explain (format json) select from answer where journey_id = :journey"
        with scene.system() as session:
            [found] = session.execute(text(query), {"journey": scene.journey}).scalar_one()
        assert found["Plan"]["Plan Rows"] > number / 4
