"""`export report` on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine

from partnerjourney.cli import main
from partnerjourney.reviews.queries import reports
from partnerjourney.reviews.services import DrawingError
from tests.chain import Chain
from tests.command import environment
from tests.reviews.journey import make
from tests.reviews.test_paper import texts

pytestmark = pytest.mark.usefixtures("disposed")


@pytest.fixture
def chain(engine: Engine) -> Chain:
    return make(engine, "snel")


def run(database_url: str, *arguments: str) -> Result:
    """Run the command in this process."""
    return CliRunner().invoke(main, ["export", "report", *arguments], env=environment(database_url))


def kept(chain: Chain, name: str) -> list[str]:
    """Return the fingerprints of an organisation's reports that can be downloaded."""
    with chain.acting(name) as (session, _actor, place):
        return [row.sha256 for row in reports(session, place) if not row.busy]


def test_the_brand_by_default_in_the_journeys_language(
    chain: Chain, database_url: str, tmp_path: Path
) -> None:
    out = tmp_path / "report.pdf"
    done = run(database_url, "zakelijk-internet", "--out", str(out), "--json")
    assert done.exit_code == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["file"] == str(out)
    assert kept(chain, "telenoord") == [told["sha256"]]
    assert kept(chain, "flevo") == []
    whole = " ".join(texts(out.read_bytes()))
    assert "Op één bladzijde" in whole
    assert told["sha256"][:4] in whole


def test_an_operator_for_a_partner_in_english_leaves_nothing_in_anybodys_list(
    chain: Chain, database_url: str, tmp_path: Path
) -> None:
    out = tmp_path / "report.pdf"
    whom = ("--as", "flevo", "--language", "en", "--operator", "a question of the partner")
    done = run(database_url, "zakelijk-internet", "--out", str(out), *whom)
    assert done.exit_code == 0, done.stderr
    assert done.stdout == ""
    whole = " ".join(texts(out.read_bytes()))
    assert "On one page" in whole
    assert "Alleen voor het merk" not in whole
    assert kept(chain, "flevo") == kept(chain, "telenoord") == []


def test_what_is_wrong_is_said_and_nothing_is_written(
    chain: Chain, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "report.pdf"
    for arguments, code in (
        (["elsewhere", "--out", str(out)], 4),
        (["zakelijk-internet", "--out", str(out), "--as", "stranger"], 4),
        (["zakelijk-internet", "--out", str(out), "--language", "fr"], 2),
        (["zakelijk-internet", "--out", str(out), "--from", "2026-02-02", "--to", "2026-02-01"], 2),
        (["zakelijk-internet"], 2),
    ):
        assert run(database_url, *arguments).exit_code == code

    def draw(*_: object, **__: object) -> bytes:
        raise DrawingError("slow")

    monkeypatch.setattr("partnerjourney.reviews.services.draw", draw)
    done = run(database_url, "zakelijk-internet", "--out", str(out))
    assert (done.exit_code, done.stdout) == (4, "")
    assert "it took too long" in done.stderr
    assert not out.exists()
    assert kept(chain, "telenoord") == []
