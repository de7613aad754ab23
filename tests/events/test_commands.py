"""`import events|answers`: one JSON document on standard output, or none; the exit codes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine

from partnerjourney import create_app
from partnerjourney.core import commandline
from partnerjourney.events import commands as events
from partnerjourney.surveys import commands as surveys
from tests.databases import ROLES
from tests.events.scene import ANSWER_HEADER, ANSWERS, EVENTS, HEADER, Scene, play

GOOD = HEADER + "A1,2026-03-01 10:00:00,2026-03-02 10:00:00,,\n"


@pytest.fixture
def scene(engine: Engine) -> Scene:
    return play(engine)


@pytest.fixture
def command(scene: Scene, database_url: str, tmp_path: Path) -> Any:
    """Run a command on a file with this content and mapping."""
    root = commandline.Root("partnerjourney")
    taking, giving = click.Group("import"), click.Group("export")
    root.add_command(taking)
    events.register(root, taking, giving)
    surveys.register(root, taking, giving)
    env = {"PARTNERJOURNEY_DATABASE_URL": database_url}
    if database_url.startswith("postgresql"):
        env["PARTNERJOURNEY_DATABASE_ROLES"] = ROLES

    def run(
        what: str, text: str | bytes, mapping: str, *more: str, journey: str = "delivery"
    ) -> Result:
        file, toml = tmp_path / "rows.csv", tmp_path / "mapping.toml"
        file.write_bytes(text.encode() if isinstance(text, str) else text)
        toml.write_text(mapping)
        where = ["--journey", journey, "--mapping", str(toml), *more]
        here = commandline.Installation(create_app)
        done = CliRunner().invoke(root, ["import", what, str(file), *where], obj=here, env=env)
        here.engine.dispose()
        return done

    return run


def test_all_is_well(command: Any) -> None:
    done = command("events", GOOD, EVENTS)
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout) == {
        "read": 1,
        "candidates": 2,
        "accepted": 2,
        "duplicates": 0,
        "rejected": 0,
        "errors": [],
        "flags": [],
    }
    answers = command("answers", f"{ANSWER_HEADER}1,A1,9,,2026-03-04 10:00:00\n", ANSWERS, "--json")
    assert (answers.exit_code, json.loads(answers.stdout)["accepted"]) == (0, 1)


def test_a_rejected_row_is_exit_code_3_and_a_dry_run_says_so_too(command: Any) -> None:
    for more in (("--dry-run",), ()):
        done = command("events", GOOD + "A2,yesterday,,,\n", EVENTS, *more)
        assert done.exit_code == 3
        assert json.loads(done.stdout)["errors"][0]["line"] == 3
        assert json.loads(done.stdout)["accepted"] == 2


def test_a_correction_is_said_with_correct(command: Any) -> None:
    command("events", GOOD, EVENTS)
    other = GOOD.replace("2026-03-02", "2026-03-04")
    assert command("events", other, EVENTS).exit_code == 3
    assert command("events", other, EVENTS, "--correct").exit_code == 0


@pytest.mark.parametrize(
    ("text", "mapping", "more", "code", "said"),
    [
        (b"", EVENTS, (), 4, "empty"),
        (HEADER.encode() + b"\xff,,,,\n", EVENTS, (), 4, "byte 41"),
        ("order,ordered\n", EVENTS, (), 4, "'scanned'"),
        (GOOD, EVENTS.replace("time =", "tijd ="), (), 2, "event 1.tijd"),
        (GOOD, EVENTS.replace("courier-customer", "courier-moon"), (), 2, "unknown hand-over"),
        (GOOD, ANSWERS, (), 2, "no [[event]]"),
        (GOOD, EVENTS, ("--as", "nobody"), 4, "nobody"),
        (GOOD, EVENTS, ("--as", "outsider"), 4, "delivery"),
        (GOOD, EVENTS, ("--as", "warehouse"), 2, "unknown hand-over"),
    ],
)
def test_what_fails_prints_nothing_on_standard_output_and_stores_nothing(
    command: Any,
    scene: Scene,
    text: Any,
    mapping: str,
    more: tuple[str, ...],
    code: int,
    said: str,
) -> None:
    done = command("events", text, mapping, *more)
    assert (done.exit_code, done.stdout) == (code, ""), done.output
    assert said in done.stderr
    assert scene.rows()["event"] == 0


def test_a_file_that_is_not_there(command: Any, tmp_path: Path) -> None:
    done = command("events", GOOD, EVENTS, journey="nowhere")
    assert (done.exit_code, done.stdout) == (4, "")


def test_an_operator_lifts_the_border(command: Any, scene: Scene) -> None:
    done = command("events", GOOD, EVENTS, "--as", "warehouse", "--operator", "a repair")
    assert (done.exit_code, json.loads(done.stdout)["accepted"]) == (0, 2)
