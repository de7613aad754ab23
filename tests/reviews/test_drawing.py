"""The process that draws: its limits hold, and it gets nothing that it does not need."""

from __future__ import annotations

import subprocess
import sys

import pytest

from partnerjourney.reviews.rules import document_of
from partnerjourney.reviews.services import DrawingError, Limits, draw
from tests.reviews.sample import facts


def test_it_draws_says_how_far_it_is_and_reads_no_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PARTNERJOURNEY_SECRET_KEY", "x" * 64)
    monkeypatch.setenv("PYTHONPATH", "/nowhere")
    given: list[dict[str, str]] = []
    start = subprocess.Popen.__init__

    def note(self: object, *arguments: object, **options: object) -> None:
        given.append(dict(options["env"]))  # type: ignore[call-overload]
        start(self, *arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(subprocess.Popen, "__init__", note)
    heard: list[int] = []
    pdf = draw(document_of(facts()), language="en", progressed=heard.append)
    assert pdf.startswith(b"%PDF-1.7")
    assert heard == sorted(heard)
    assert len(heard) >= 3
    assert heard[-1] < 100
    assert not [name for name in given[0] if name.startswith(("PARTNERJOURNEY", "PYTHON"))]


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        (Limits(wall_seconds=0.2), "slow"),
        (Limits(cpu_seconds=1), "slow"),
        (Limits(mebibytes=64), "failed"),
    ],
)
def test_its_limits_hold(limits: Limits, reason: str) -> None:
    with pytest.raises(DrawingError) as caught:
        draw(document_of(facts()), language="nl", limits=limits)
    assert caught.value.reason == reason


def test_too_much_text_is_refused_before_it_is_drawn() -> None:
    document = document_of(facts())
    document["phases"] = [{"key": f"p{n}", "name": "x" * 200} for n in range(30_000)]
    with pytest.raises(DrawingError) as caught:
        draw(document, language="nl")
    assert caught.value.reason == "large"


@pytest.mark.parametrize("document", [{}, {"format": 1}, {"journey": []}])
def test_what_are_no_facts_is_not_drawn(document: dict[str, object]) -> None:
    with pytest.raises(DrawingError) as caught:
        draw(document, language="nl")
    assert caught.value.reason == "failed"


def test_ten_thousand_signs_change_nothing() -> None:
    document = document_of(facts())
    for card in document["cards"]:
        card["name"] = "<b>url(http://127.0.0.1/)</b>\u202e\x07" * 400
    document["parties"][0]["name"] = "x" * 10_000
    document["journey"] = "\u202e" + "y" * 10_000
    assert draw(document, language="nl").startswith(b"%PDF-")


ATTEMPTS = (
    "import socket; socket.create_connection(('127.0.0.1', 9))",
    "import socket; socket.getaddrinfo('example.org', 80)",
    "from socket import *; socket(AF_INET, SOCK_DGRAM).sendto(b'', ('127.0.0.1', 9))",
    "import subprocess; subprocess.run(['true'])",
    "import os; os.system('true')",
    "import os; os.fork()",
)


def test_it_stays_alone_and_knows_no_database() -> None:
    code = f"""
from partnerjourney.reviews import child
child.stay_alone()
for attempt in {ATTEMPTS!r}:
    try:
        exec(attempt)
    except PermissionError as refused:
        print(refused)
from partnerjourney.reviews.paper import printing
import sys
print("knows a database" if "sqlalchemy" in sys.modules else "knows no database")
"""
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.count("a report does without") == len(ATTEMPTS)
    assert done.stdout.endswith("knows no database\n")
