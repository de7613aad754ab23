"""`scores` and `nps` on the command line."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine

from partnerjourney.cli import main
from partnerjourney.events.rules import State
from tests.command import environment
from tests.copies import made_once
from tests.measurement.scene import Scene, make

pytestmark = pytest.mark.usefixtures("disposed")


@pytest.fixture
@made_once
def scene(engine: Engine) -> Scene:
    """Give one open wave at delivery with 100 answers, five of which were late."""
    made = make(engine)
    with made.system() as session:
        made.wave(session, "delivery", "q3")
        made.answers(session, "delivery", "q3", {3: 15, 8: 30, 10: 50}, member="snel")
        made.answers(session, "delivery", "q3", {3: 5}, state=State.LATE)
        session.commit()
    return made


def run(database_url: str, *arguments: str) -> Result:
    """Run the command in this process."""
    return CliRunner().invoke(main, arguments, env=environment(database_url))


def asked(database_url: str, *arguments: str) -> Any:
    """Return the document that the command prints; it must be fine."""
    done = run(database_url, *arguments, "--json")
    assert done.exit_code == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.usefixtures("scene")
def test_scores_of_all_points_in_path_order(database_url: str) -> None:
    found = asked(database_url, "scores", "story")
    assert [row["point"] for row in found] == ["delivery", "installation", "help"]
    assert found[0] == {
        "point": "delivery",
        "handovers": ["pickup", "delivery"],
        "group": None,
        "metric": "nps",
        "from": "2026-09-01",
        "to": "2026-09-01",
        "n": 100,
        "score": 30.0,
        "mean": None,
        "low": pytest.approx(14.1, abs=0.1),
        "high": pytest.approx(44.2, abs=0.1),
        "confidence": 0.95,
        "method": "aw3t",
        "histogram": {**dict.fromkeys(map(str, range(11)), 0), "3": 20, "8": 30, "10": 50},
        "verdict": None,
        "withheld": None,
    }
    empty = found[2]
    assert (empty["n"], empty["mean"], empty["low"], empty["from"]) == (0, None, None, None)
    assert list(empty["histogram"]) == ["1", "2", "3", "4", "5"]


@pytest.mark.usefixtures("scene")
def test_scores_act_for_one_organisation(database_url: str) -> None:
    found = asked(database_url, "scores", "brand/story", "--as", "snel", "--by", "deviation")
    assert [(r["point"], r["group"], r["n"]) for r in found[:2]] == [
        ("delivery", "none", 95),
        ("delivery", "late", 0),
    ]
    assert asked(database_url, "scores", "story", "--as", "desk")[0]["point"] == "help"
    lifted = asked(database_url, "scores", "story", "--as", "snel", "--operator", "a question")
    assert lifted[0]["n"] == 100


@pytest.mark.usefixtures("scene")
def test_scores_of_days_and_as_a_table(database_url: str) -> None:
    found = asked(database_url, "scores", "story", "--from", "2026-09-02", "--to", "2026-09-30")
    assert [(r["n"], r["from"], r["to"]) for r in found] == [(0, "2026-09-02", "2026-09-30")] * 3
    table = run(database_url, "scores", "story").stdout
    assert "30.0  14.1 … 44.2" in table


@pytest.mark.usefixtures("scene")
@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("scores", "nothing"), 4),
        (("scores", "story", "--wave", "nothing"), 4),
        (("scores", "story", "--as", "nobody"), 4),
        (("scores", "story", "--by", "colour"), 2),
        (("scores", "story", "--from", "2026-09-02", "--to", "2026-09-01"), 2),
        (("scores", "story", "--from", "yesterday"), 2),
        (("nps", "1", "2"), 2),
        (("nps", "1", "2", "-3"), 2),
        (("nps", "1", "2", "3", "--confidence", "1"), 2),
    ],
)
def test_what_goes_wrong_prints_nothing(
    database_url: str, arguments: tuple[str, ...], code: int
) -> None:
    done = run(database_url, *arguments, "--json")
    assert (done.exit_code, done.stdout) == (code, "")
    assert done.stderr


def test_nps_is_the_formula(tmp_path: object) -> None:
    url = f"sqlite:///{tmp_path}/none.db"
    found = asked(url, "nps", "20", "30", "50")
    assert found["score"] == pytest.approx(0.3)
    assert (found["method"], found["n"]) == ("aw3t", 100)
    assert (found["low"], found["high"]) == pytest.approx((0.141, 0.442), abs=0.001)
    tango = asked(url, "nps", "3", "20", "9", "--method", "tango", "--confidence", "0.95")
    assert (tango["low"], tango["high"]) == pytest.approx((-0.027, 0.390), abs=0.001)
    assert tango["centre"] is None
    nothing = asked(url, "nps", "0", "0", "0")
    assert nothing.pop("n") == 0
    assert set(nothing.values()) == {None}
