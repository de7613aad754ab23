"""What logs may not hold."""

from __future__ import annotations

import io
import logging

import pytest

from partnerjourney.core import logs

TOKEN = "Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5MGFiY2RlZmdoaWprbG0"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (f"GET /s/{TOKEN} 200", "GET /s/*** 200"),
        (f"https://reis.example/reset/a.b.{TOKEN}?x=1", "https://reis.example/reset/***?x=1"),
        (f"GET /%73/{TOKEN}", "GET /s/***"),
        (f"GET /s%2F{TOKEN}", "GET /s/***"),
        (f"Authorization: Bearer {TOKEN}", "Authorization: ***"),
        (f"cookie: pj_session={TOKEN}", "cookie: ***"),
        ("smtp://wij:geheim@mail.example:25", "smtp://wij:***@mail.example:25"),
        ("GET /o/helder/journeys/ 200", "GET /o/helder/journeys/ 200"),
        ("100% of 30 %s", "100% of 30 %s"),
    ],
)
def test_secrets_are_taken_out(text: str, kept: str) -> None:
    assert logs.redact(text) == kept


def test_tracebacks_hold_no_token_either() -> None:
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(logs.Redacting("%(message)s"))
    log = logging.getLogger("tests.redacted")
    log.addHandler(handler)
    try:
        int(f"/invitation/{TOKEN}")
    except ValueError:
        log.exception("/s/%s failed", TOKEN)
    log.removeHandler(handler)
    assert "'/invitation/***'" in out.getvalue()
    assert TOKEN not in out.getvalue()
