"""Cells: what is counted, in whose name, and that they always equal a recount."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from partnerjourney.core import border, ids
from partnerjourney.core.scopes import Respondent
from partnerjourney.events.rules import State
from partnerjourney.measurement.models import Cell
from partnerjourney.measurement.services import COUNTS, rebuild, recount
from partnerjourney.measurement.services.cells import CellKey
from partnerjourney.surveys.models import Answer
from partnerjourney.surveys.rules import InvitationState
from partnerjourney.surveys.signals import CellDelta, cells_changed
from tests.copies import made_once
from tests.databases import counted
from tests.measurement.scene import DAY, Scene, make


@pytest.fixture
@made_once
def scene(engine: Engine) -> Scene:
    """Give a journey with one open wave at each point."""
    made = make(engine)
    with made.system() as session:
        for point in ("delivery", "installation", "help"):
            made.wave(session, point, "q3")
        session.commit()
    return made


def stored(session: Session, scene: Scene) -> dict[CellKey, dict[str, int]]:
    """Return the cells that hold anything."""
    session.expire_all()
    found = {}
    for cell in session.scalars(select(Cell).where(Cell.journey_id == scene.journey_id)):
        counts = {name: getattr(cell, name) for name in COUNTS if getattr(cell, name)}
        if counts:
            found[CellKey(*(getattr(cell, name) for name in CellKey._fields))] = counts
    return found


def told(session: Session, scene: Scene) -> dict[CellKey, dict[str, int]]:
    """Return what the raw rows say."""
    found = recount(session, scene.journey_id)
    return {key: {n: c for n, c in counts.items() if c} for key, counts in found.items()}


@pytest.mark.parametrize("seed", range(4))
def test_cells_equal_a_recount_after_any_sequence(scene: Scene, seed: int) -> None:
    chance = random.Random(seed)
    answers: list[tuple[str, str, Answer]] = []
    with scene.system() as session:
        for _step in range(60):
            point = chance.choice(["delivery", "installation", "help"])
            member = chance.choice(["", "snel", "rap"]) if point != "help" else ""
            day = DAY + timedelta(days=chance.randrange(3))
            scores = range(1, 6) if point == "help" else range(11)
            act = chance.choice(["send", "bounce", "answer", "replace", "move", "skip"])
            if act == "send":
                scene.invite(session, point, "q3", member=member, day=day)
            elif act == "bounce":
                state = InvitationState.BOUNCED
                scene.invite(session, point, "q3", member=member, day=day, state=state)
            elif act in ("answer", "skip"):
                answer = scene._answer(
                    point,
                    "q3",
                    member=member,
                    state=chance.choice(list(State)),
                    role="buyer",
                    at=scene.moment(day),
                )
                answer.score = chance.choice(scores) if act == "answer" else None
                answer.skipped = act == "skip"
                session.add(answer)
                cells_changed.send(session, deltas=[delta(answer, 1)])
                answers.append((point, member, answer))
            elif answers:
                point, member, answer = chance.choice(answers)
                before = delta(answer, -1)
                if act == "replace":
                    answer.score, answer.skipped = chance.choice(list(range(1, 6))), False
                    answer.day = day
                else:
                    answer.state = chance.choice(list(State))
                cells_changed.send(session, deltas=[before, delta(answer, 1)])
        session.flush()
        assert answers
        assert stored(session, scene) == told(session, scene)
        assert rebuild(session, scene.journey_id) == 0


def delta(answer: Answer, by: int) -> CellDelta:
    """Return what one answer counts."""
    name = "skipped" if answer.skipped else f"s{answer.score}"
    return CellDelta(
        answer.journey_id,
        answer.circle_id,
        answer.point_id,
        answer.wave_id,
        answer.question_id,
        answer.role,
        answer.state,
        answer.day,
        name,
        by,
    )


def test_a_rebuild_mends_what_was_lost(scene: Scene) -> None:
    with scene.system() as session:
        scene.answers(session, "delivery", "q3", {3: 4, 9: 2}, member="snel")
        whole = stored(session, scene)
        cell = session.scalars(select(Cell)).one()
        cell.s3, cell.s10 = 1, 7
        session.flush()
        assert rebuild(session, scene.journey_id) == 1
        assert stored(session, scene) == whole


def test_an_answer_costs_one_statement_however_many_changes(scene: Scene) -> None:
    with scene.system() as session:
        session.connection()
        with counted(scene.engine) as statements:
            cells_changed.send(
                session,
                deltas=[scene.delta("delivery", "q3", f"s{n}", 1, "snel") for n in (8, 9, 9)],
            )
        assert len(statements) == 1
        assert [(c.s8, c.s9) for c in session.scalars(select(Cell))] == [(1, 2)]


def test_changes_that_cancel_out_write_nothing(scene: Scene) -> None:
    with scene.system() as session:
        changes = [scene.delta("help", "q3", "s4", by) for by in (1, -1)]
        cells_changed.send(session, deltas=changes)
        assert not session.scalars(select(Cell)).all()


def test_a_strange_field_is_refused(scene: Scene) -> None:
    with scene.system() as session, pytest.raises(ValueError, match="journey_id"):
        cells_changed.send(session, deltas=[scene.delta("help", "q3", "journey_id")])


def test_a_member_that_imports_has_the_product_count(scene: Scene) -> None:
    with scene.open_as("warehouse", write=True) as session:
        cells_changed.send(session, deltas=[scene.delta("delivery", "q3", "s9")])
        assert [cell.s9 for cell in session.scalars(select(Cell))] == [1]


def invited(scene: Scene) -> str:
    with scene.system() as session:
        _invitation, token = scene.invite(session, "delivery", "q3", member="snel")
        session.commit()
    return ids.token_hash(token)


def test_a_survey_link_counts_in_the_cells_of_its_own_invitation(scene: Scene) -> None:
    own = Respondent(invited(scene))
    with border.open_session(scene.engine, own, write=True) as session:
        change = scene.delta("delivery", "q3", "s8", 1, "snel", State.LATE)
        cells_changed.send(session, deltas=[change])
        cells_changed.send(session, deltas=[change])
        session.commit()
    with scene.system() as session:
        late = session.scalars(select(Cell).where(Cell.state == State.LATE)).one()
        assert (late.s8, late.circle_id) == (2, scene.circles["delivery", "snel"])


@pytest.mark.parametrize(
    ("point", "member"), [("delivery", "rap"), ("delivery", ""), ("installation", "snel")]
)
def test_a_survey_link_counts_nowhere_else(scene: Scene, point: str, member: str) -> None:
    own = Respondent(invited(scene))
    with (
        border.open_session(scene.engine, own, write=True) as session,
        pytest.raises(border.BorderError),
    ):
        cells_changed.send(session, deltas=[scene.delta(point, "q3", "s0", 1, member)])


def test_a_survey_link_does_not_touch_a_cell_of_others_that_is_there(scene: Scene) -> None:
    with scene.system() as session:
        scene.answers(session, "delivery", "q3", {9: 5}, member="rap")
        session.commit()
    own = Respondent(invited(scene))
    change = scene.delta("delivery", "q3", "s9", -5, "rap", State.NONE)
    with (
        border.open_session(scene.engine, own, write=True) as session,
        pytest.raises(border.BorderError),
    ):
        cells_changed.send(session, deltas=[change])
    with scene.open_as("rap") as session:
        assert [cell.s9 for cell in session.scalars(select(Cell))] == [5]


def test_a_stolen_or_unknown_link_counts_nothing(scene: Scene) -> None:
    own = Respondent(ids.token_hash("nobody"))
    with (
        border.open_session(scene.engine, own, write=True) as session,
        pytest.raises(border.BorderError),
    ):
        cells_changed.send(session, deltas=[scene.delta("delivery", "q3", "s9", 1, "snel")])
