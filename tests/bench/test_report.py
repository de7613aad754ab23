"""The report as the worker draws it, against bare WeasyPrint on the same HTML: processor time."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from partnerjourney.reviews.paper import printing
from partnerjourney.reviews.rules import document_of, fingerprint
from tests.bench.figures import Figures
from tests.reviews.sample import facts

pytestmark = pytest.mark.bench

TURNS = 4
_BARE = """
import sys, weasyprint
html = open(sys.argv[1], encoding="utf-8").read()
weasyprint.HTML(string=html, base_url=sys.argv[2]).write_pdf(sys.argv[3], pdf_variant="pdf/ua-1")
"""


def _cpu(command: list[str], given: Path) -> float:
    """Return the processor time of a process that reads a file, in seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with given.open("rb") as file:
        subprocess.run(command, stdin=file, capture_output=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def test_report(figures: Figures, tmp_path: Path) -> None:
    found = facts()
    given, html = tmp_path / "facts.json", tmp_path / "report.html"
    given.write_text(json.dumps({"language": "nl", "facts": document_of(found)}), "utf-8")
    with printing.application().app_context():
        html.write_text(printing.html_of(found, fingerprint(found), "nl"), "utf-8")
    ours = [sys.executable, "-m", "partnerjourney.reviews.child", "60", "1536"]
    base = f"{printing.FOLDER.as_uri()}/"
    bare = [sys.executable, "-c", _BARE, str(html), base, str(tmp_path / "bare.pdf")]
    turns = [(_cpu(ours, given), _cpu(bare, given)) for _ in range(TURNS)]
    mine, floor = min(turn[0] for turn in turns), min(turn[1] for turn in turns)
    figures.add(
        "any",
        "report PDF",
        f"{mine:.2f} s",
        floor=f"{floor:.2f} s",
        ratio=mine / floor,
        target="≤ 1.5",
        besides="processor time, imports included",
    )
