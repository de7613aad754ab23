"""Scores: the same number for all who share a stretch, none for anybody else."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine

from partnerjourney.core.errors import NotFoundError
from partnerjourney.events.rules import State
from partnerjourney.measurement.queries import (
    By,
    Headline,
    Period,
    PillKind,
    detail,
    facts,
    headline,
    overview,
    pills,
    scores,
)
from partnerjourney.measurement.rules import Method, Verdict
from partnerjourney.surveys.rules import InvitationState, WaveKind
from partnerjourney.surveys.rules.asking import Reach
from tests.copies import made_once
from tests.databases import counted
from tests.measurement.scene import DAY, Scene, make

CLOSE = datetime(2026, 10, 31, 12, tzinfo=UTC)


@pytest.fixture
@made_once
def scene(engine: Engine) -> Scene:
    """Give a baseline of 120 at delivery, a closed wave with 106 answers, five at the help desk."""
    made = make(engine)
    with made.system() as session:
        march = datetime(2026, 3, 1, tzinfo=UTC)
        made.wave(session, "delivery", "base", WaveKind.BASELINE, opened_at=march)
        made.answers(
            session, "delivery", "base", {2: 30, 7: 40, 9: 50}, member="snel", day=date(2026, 3, 3)
        )
        made.close(session, "delivery", "base", at=datetime(2026, 4, 30, tzinfo=UTC))
        made.wave(session, "delivery", "q3")
        made.answers(session, "delivery", "q3", {3: 10, 8: 20, 10: 70}, member="snel")
        made.answers(
            session, "delivery", "q3", {3: 5}, member="rap", state=State.LATE, role="buyer"
        )
        made.answers(session, "delivery", "q3", {3: 1}, day=DAY + timedelta(days=2))
        made.close(session, "delivery", "q3", at=CLOSE)
        made.wave(session, "help", "any", WaveKind.OUTSIDE)
        made.answers(session, "help", "any", {1: 1, 4: 2, 5: 2})
        session.commit()
    return made


def listed(scene: Scene, who: str, **asked: object) -> list[tuple[str, str | None, int | None]]:
    """Return point, group and n of what an organisation is told."""
    with scene.open_as(who) as session:
        found = scores(session, scene.place(session, who), **asked)  # type: ignore[arg-type]
        return [(s.view.point, s.view.group, s.view.n) for s in found]


def test_giver_and_coordinator_see_the_sum_over_the_members(scene: Scene) -> None:
    whole = [("delivery", None, 226)]
    assert listed(scene, "warehouse") == whole
    assert listed(scene, "brand") == [*whole, ("installation", None, 0), ("help", None, 5)]


def test_members_of_a_group_see_their_own(scene: Scene) -> None:
    assert listed(scene, "snel", wave="q3") == [("delivery", None, 100), ("installation", None, 0)]
    assert listed(scene, "rap", wave="q3") == [("delivery", None, 5), ("installation", None, 0)]


def test_another_party_of_the_journey_has_no_row_and_no_pill(scene: Scene) -> None:
    assert listed(scene, "installer") == [("installation", None, 0)]
    assert listed(scene, "desk") == [("help", None, 5)]
    with scene.open_as("desk") as session:
        assert set(pills(session, scene.place(session, "desk"))) == {scene.points["help"]}


def test_the_same_figures_for_all_who_share(scene: Scene) -> None:
    views = []
    for who in ("brand", "warehouse"):
        with scene.open_as(who) as session:
            views.append(scores(session, scene.place(session, who), wave="q3")[0].view)
    assert views[0] == views[1]
    view = views[0]
    assert (view.n, view.score) == (106, pytest.approx(100 * (70 - 16) / 106))
    assert view.method is Method.AW3T
    assert view.verdict is Verdict.BETTER
    assert view.histogram
    assert all(type(count) is int for count in view.histogram.counts)


def test_a_mean_and_no_score_for_csat(scene: Scene) -> None:
    with scene.open_as("desk") as session:
        view = scores(session, scene.place(session, "desk"))[0].view
    assert (view.n, view.mean, view.score) == (5, 3.8, None)
    assert view.low is not None
    assert view.verdict is None


def test_split_by_deviation_has_all_states_in_order(scene: Scene) -> None:
    rows = listed(scene, "warehouse", by=By.DEVIATION, wave="q3")
    assert rows == [
        ("delivery", "none", 101), ("delivery", "late", 5), ("delivery", "missing", 0),
        ("delivery", "failing", 0), ("delivery", "ad_hoc", 0), ("delivery", "unknown", 0),
    ]  # fmt: skip


def test_split_by_handover_repeats_the_number_of_the_stretch(scene: Scene) -> None:
    rows = listed(scene, "warehouse", by=By.HANDOVER)
    assert rows == [("delivery", "pickup", 226), ("delivery", "delivery", 226)]


def test_split_by_role_and_by_day(scene: Scene) -> None:
    assert listed(scene, "warehouse", by=By.ROLE) == [
        ("delivery", "", 221), ("delivery", "buyer", 5),
    ]  # fmt: skip
    assert listed(scene, "warehouse", by=By.DAY, wave="q3") == [
        ("delivery", "2026-09-01", 105), ("delivery", "2026-09-03", 1),
    ]  # fmt: skip


def test_the_period_is_inclusive_and_said(scene: Scene) -> None:
    later = DAY + timedelta(days=2)
    assert listed(scene, "warehouse", date_from=DAY, date_to=DAY) == [("delivery", None, 105)]
    assert listed(scene, "warehouse", date_from=DAY, date_to=later) == [("delivery", None, 106)]
    assert listed(scene, "warehouse", date_from=later) == [("delivery", None, 1)]
    with scene.open_as("warehouse") as session:
        place = scene.place(session, "warehouse")
        view = scores(session, place, wave="q3")[0].view
        assert (view.period_from, view.period_to) == (DAY, later)
        view = scores(session, place, date_from=date(2026, 1, 1))[0].view
        assert (view.period_from, view.period_to) == (date(2026, 1, 1), later)
        with pytest.raises(ValueError, match="before it begins"):
            scores(session, place, date_from=later, date_to=DAY)


def test_a_wave_of_a_point_of_others_is_not_there(scene: Scene) -> None:
    for who, wave in (("desk", "q3"), ("brand", "nothing")):
        with pytest.raises(NotFoundError):
            listed(scene, who, wave=wave)


def test_statements_do_not_grow_with_points_and_answers(scene: Scene) -> None:
    with scene.open_as("brand") as session:
        place = scene.place(session, "brand")
        with counted(scene.engine) as statements:
            scores(session, place)
        assert len(statements) <= 3
        with counted(scene.engine) as statements:
            overview(session, place)
        assert len(statements) <= 6


def test_pills_and_headline_say_what_was_judged(scene: Scene) -> None:
    with scene.open_as("brand") as session:
        place = scene.place(session, "brand")
        found = pills(session, place)
        said = headline(overview(session, place))
    pill = found[scene.points["delivery"]]
    assert (pill.kind, pill.view.n, pill.verdict) == (PillKind.SCORE, 106, Verdict.BETTER)
    assert found[scene.points["help"]].kind is PillKind.ANSWERS
    assert found[scene.points["installation"]].kind is PillKind.NONE
    assert (said.kind, said.better, said.compared) == (Headline.FOUND, ("Levering",), 1)


def test_free_days_and_everything_have_no_verdict(scene: Scene) -> None:
    with scene.open_as("brand") as session:
        place = scene.place(session, "brand")
        whole = overview(session, place, Period(everything=True)).rows[0]
        few = overview(session, place, Period(first=DAY + timedelta(days=1))).rows[0]
    assert (whole.now.n, whole.verdict) == (226, None)
    assert (few.now.n, few.verdict) == (1, None)
    assert few.baseline
    assert few.baseline.n == 120


def test_facts_on_all_cases_are_for_those_who_share_the_hand_over(scene: Scene) -> None:
    with scene.system() as session:
        circle = scene.circles["delivery", "snel"]
        scene.cases(session, "delivery", circle, {State.NONE: 198, State.LATE: 14})
        scene.cases(session, "delivery", circle, {State.LATE: 3}, day=date(2026, 3, 4))
        session.commit()
    with scene.open_as("warehouse") as session:
        place = scene.place(session, "warehouse")
        found = overview(session, place).rows[0].facts
        assert (found.cases, found.late) == (212, 14)
        assert facts(session, place)[scene.handovers["delivery"]].late == 17
    for who in ("rap", "desk"):
        with scene.open_as(who) as session:
            assert not facts(session, scene.place(session, who))


def test_what_became_of_a_list_is_told_at_the_close_and_never_of_few(scene: Scene) -> None:
    with scene.system() as session:
        scene.wave(session, "delivery", "q4", opened_at=CLOSE)
        scene.answers(session, "delivery", "q4", {9: 1}, member="snel", day=CLOSE.date())
        for number in range(9):
            reason, member = ("too_soon", "snel") if number < 6 else ("opted_out", "rap")
            scene.invite(
                session, "delivery", "q4", member=member, sent=False, suppressed=reason,
                state=InvitationState.SUPPRESSED,
            )  # fmt: skip
        for member in ("snel", "rap"):
            scene.invite(session, "delivery", "q4", member=member)
        session.commit()

    def told(who: str) -> object:
        with scene.open_as(who) as session:
            place = scene.place(session, who)
            row = overview(session, place).rows[0]
            assert detail(session, place, row, Period(everything=True)).reach is None
            return detail(session, place, row, Period()).reach

    assert told("warehouse") == Reach(11)
    assert told("snel") == Reach(7)
    with scene.system() as session:
        scene.close(session, "delivery", "q4", at=CLOSE)
        session.commit()
    assert told("warehouse") == Reach(11, 2, 2, 0)  # nine in all, but three of them of one reason
    assert told("snel") == Reach(7, 1, 1, 0, {"too_soon": 6})


def test_late_against_no_deviation_with_its_margin(scene: Scene) -> None:
    with scene.open_as("warehouse") as session:
        place = scene.place(session, "warehouse")
        row = overview(session, place).rows[0]
        found = detail(session, place, row, Period())
    assert [view.group for view in found.states] == ["late", "none", "unknown"]
    assert (found.late.n_before, found.late.n_after) == (101, 5)
    assert found.late.difference == pytest.approx(-100 - 100 * (70 - 11) / 101)
