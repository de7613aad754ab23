"""The whole line at the command line, on real orders: journey, events, answers, scores, report."""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from pypdf import PdfReader
from sqlalchemy import Engine

from tests.command import call
from tests.events.scene import consistent

pytestmark = [
    pytest.mark.external_data,
    pytest.mark.slow,
    pytest.mark.usefixtures("disposed"),
]
MAPPINGS = Path(__file__).parent.parent / "data" / "olist"


def test_from_files_to_a_report(engine: Engine, database_url: str, tmp_path: Path) -> None:
    files = Path(os.environ["PARTNERJOURNEY_TEST_DATA"]) / "olist"

    def command(*arguments: str, code: int = 0) -> Any:
        done = call(*arguments, database_url=database_url)
        assert done.exit_code == code, done.stderr
        return json.loads(done.stdout) if done.stdout.startswith(("{", "[")) else done.stdout

    command(
        *("user", "create", "--email", "ana@marketplace.example", "--name", "Ana"),
        *("--organisation", "marketplace", "--role", "admin"),
    )
    journey = str(MAPPINGS / "journey.json")
    made = command("import", "journey", journey, "--as", "marketplace", "--json")
    slug = made["slug"]

    def take(kind: str, file: str, mapping: str) -> tuple[tuple[int, ...], Counter[str]]:
        named = ("--journey", slug, "--mapping", str(MAPPINGS / mapping))
        told = command("import", kind, str(files / file), *named, "--json")
        flags = Counter(flag["rule"] for flag in told["flags"])
        return (told["accepted"], told["duplicates"], told["rejected"]), flags

    events = ("events", "olist_orders_dataset.csv", "events.toml")
    answers = ("answers", "olist_order_reviews_dataset.csv", "answers.toml")
    odd = {"wrong_order": 77, "delivered_before_taken_over": 3}
    assert take(*events) == ((19_512, 0, 0), odd)
    assert take(*answers) == ((8_225, 0, 0), {"older_than_event": 282})
    assert take(*events) == ((0, 19_512, 0), {})
    assert take(*answers) == ((0, 8_225, 0), {})
    limits = take("events", "olist_order_items_dataset.csv", "limits.toml")
    assert limits[0] == (8_365, 0, 0)
    rows = command("scores", slug, "--by", "deviation", "--json")
    groups = {row["group"]: (row["n"], round(row["mean"], 4)) for row in rows if row["n"]}
    assert groups == {"none": (4819, 4.2770), "late": (419, 2.4988), "unknown": (2987, 1.7580)}
    [whole] = command("scores", slug, "--json")
    assert (whole["n"], round(whole["mean"], 4), whole["score"]) == (8225, 3.2716, None)
    assert whole["histogram"]["5"] == 3354
    out = tmp_path / "report.pdf"
    command("export", "report", slug, "--out", str(out))
    text = "\n".join(page.extract_text() for page in PdfReader(out).pages)
    assert "8.225" in text or "8,225" in text
    assert consistent(engine, UUID(made["id"]))
