"""Verdicts: given once, at the close, for those who sit in all circles of the point."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Engine, select

from partnerjourney.events.rules import State
from partnerjourney.measurement.models import StoredVerdict
from partnerjourney.measurement.queries import overview
from partnerjourney.measurement.rules import Verdict
from partnerjourney.measurement.services import give
from partnerjourney.surveys.models import Wave
from partnerjourney.surveys.rules import WaveKind
from tests.copies import made_once
from tests.measurement.scene import Scene, make

SPRING, AUTUMN = datetime(2026, 4, 30, tzinfo=UTC), datetime(2026, 10, 31, tzinfo=UTC)


@pytest.fixture
@made_once
def scene(engine: Engine) -> Scene:
    """Give a closed baseline of 120 answers at delivery and an open wave."""
    made = make(engine)
    with made.system() as session:
        march = datetime(2026, 3, 1, tzinfo=UTC)
        made.wave(session, "delivery", "base", WaveKind.BASELINE, opened_at=march)
        made.answers(
            session, "delivery", "base", {2: 30, 7: 40, 9: 50}, member="snel", day=date(2026, 3, 3)
        )
        made.close(session, "delivery", "base", at=SPRING)
        made.wave(session, "delivery", "q3")
        session.commit()
    return made


def verdicts(scene: Scene, who: str) -> dict[str, str]:
    """Return family → verdict of what an organisation may read."""
    with scene.open_as(who) as session:
        return {row.family: row.verdict for row in session.scalars(select(StoredVerdict))}


def close(scene: Scene, *batches: tuple[dict[int, int], str, State]) -> None:
    with scene.system() as session:
        for counts, member, state in batches:
            scene.answers(session, "delivery", "q3", counts, member=member, state=state)
        scene.close(session, "delivery", "q3", at=AUTUMN)
        session.commit()


@pytest.mark.parametrize(
    ("counts", "verdict"),
    [
        ({3: 5, 8: 15, 10: 80}, "better"),
        ({0: 60, 8: 30, 10: 10}, "worse"),
        ({2: 25, 7: 33, 9: 42}, "no_difference"),
        ({9: 9}, "too_few"),
        ({}, "too_few"),
    ],
)
def test_the_close_compares_with_the_baseline(
    scene: Scene, counts: dict[int, int], verdict: str
) -> None:
    close(scene, (counts, "snel", State.NONE))
    assert verdicts(scene, "brand")["primary"] == verdict
    assert verdicts(scene, "warehouse") == verdicts(scene, "brand")


def test_it_counts_over_all_members_and_keeps_its_numbers(scene: Scene) -> None:
    close(
        scene,
        ({10: 60}, "snel", State.NONE),
        ({10: 40}, "rap", State.NONE),
        ({0: 5}, "", State.NONE),
    )
    with scene.open_as("brand") as session:
        row = session.scalars(select(StoredVerdict)).one()
        assert row.facts["after"]["n"] == 105
        assert row.facts["before"]["histogram"]["9"] == 50
        assert row.facts["low"] < row.facts["difference"] < row.facts["high"]
        assert row.facts["reworded"] is False


def test_members_and_others_do_not_read_it(scene: Scene) -> None:
    close(scene, ({10: 100}, "snel", State.NONE))
    for who in ("snel", "rap", "installer", "desk"):
        assert verdicts(scene, who) == {}
    with scene.open_as("snel") as session:
        row = overview(session, scene.place(session, "snel")).rows[0]
        assert (row.now.n, row.verdict) == (100, None)


def test_it_is_given_once_and_never_recomputed(scene: Scene) -> None:
    close(scene, ({10: 100}, "snel", State.NONE))
    before = verdicts(scene, "brand")
    with scene.system() as session:
        scene.answers(session, "delivery", "q3", {0: 500}, member="snel")
        wave = session.get_one(Wave, (scene.journey_id, scene.waves["delivery", "q3"]))
        assert give(session, wave, at=AUTUMN) is Verdict.BETTER
        session.commit()
    assert verdicts(scene, "brand") == before


def test_neither_the_baseline_nor_an_open_wave_has_one(scene: Scene) -> None:
    assert verdicts(scene, "brand") == {}
    with scene.system() as session:
        wave = session.get_one(Wave, (scene.journey_id, scene.waves["delivery", "q3"]))
        assert give(session, wave, at=AUTUMN) is None


def test_without_a_closed_baseline_there_is_none(scene: Scene) -> None:
    with scene.system() as session:
        scene.wave(session, "installation", "base", WaveKind.BASELINE)
        scene.wave(session, "installation", "q3")
        scene.answers(session, "installation", "q3", {9: 50}, member="snel")
        scene.close(session, "installation", "q3", at=AUTUMN)
        session.commit()
    assert verdicts(scene, "installer") == {}


def test_deviations_of_a_wave_are_judged_together(scene: Scene) -> None:
    close(
        scene,
        ({9: 80, 7: 20}, "snel", State.NONE),
        ({1: 20, 9: 4}, "snel", State.LATE),
        ({9: 5}, "snel", State.FAILING),
    )
    assert verdicts(scene, "brand") == {
        "primary": "better",
        "deviation:late": "worse",
        "deviation:failing": "too_few",
    }


def test_a_closing_partner_does_not_read_more_than_it_shares(scene: Scene) -> None:
    """The verdict is the product's: whoever closes the wave, it stands on all circles."""
    with scene.system() as session:
        scene.answers(session, "delivery", "q3", {10: 100}, member="rap")
        session.commit()
    with scene.open_as("brand", write=True) as session:
        scene.close(session, "delivery", "q3", at=AUTUMN)
        session.commit()
    assert verdicts(scene, "warehouse") == {"primary": "better"}
