"""What logs may not hold."""

from __future__ import annotations

import io
import logging

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError

from partnerjourney.core import border, logs
from partnerjourney.core.parties import User
from partnerjourney.core.scopes import System
from tests.factories import row

TOKEN = "Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5MGFiY2RlZmdoaWprbG0"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (f"GET /s/{TOKEN} 200", "GET /s/*** 200"),
        (f"https://reis.example/reset/a.b.{TOKEN}?x=1", "https://reis.example/reset/***?x=1"),
        (f"GET /%73/{TOKEN}", "GET /s/***"),
        (f"GET /s%2F{TOKEN}", "GET /s/***"),
        (f"GET /sign-in/oidc/confirm/{TOKEN}.x 200", "GET /sign-in/oidc/confirm/*** 200"),
        (f"GET /x?code={TOKEN}&state={TOKEN} 303", "GET /x?code=***&state=*** 303"),
        (f"Authorization: Bearer {TOKEN}", "Authorization: ***"),
        (f"cookie: pj_session={TOKEN}", "cookie: ***"),
        ("smtp://wij:geheim@mail.example:25", "smtp://wij:***@mail.example:25"),
        ("GET /o/helder/journeys/ 200", "GET /o/helder/journeys/ 200"),
        ("100% of 30 %s", "100% of 30 %s"),
        ("550 <jan@x.nl> unknown", "550 <***> unknown"),
        ("{'jos\\xc3\\xa9@x.nl': b'no'}", "{'***': b'no'}"),
        ('to="jan de vries"@x.nl, Piet <p.j+a@post.y.nl>;', "to=***, Piet <***>;"),
        ("postgresql://owner@db.example/name", "postgresql://owner@db.example/name"),
        ("DETAIL:  Key (name)=(Jan de Vries) already exists.", "DETAIL:  ***"),
        ("    @property", "    @property"),
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


@pytest.mark.parametrize(
    ("error", "kept"),
    [
        (
            ValueError(f"token {TOKEN} of 0199aaaa-bbbb-7ccc-8ddd-eeeeffff0000"),
            "ValueError: token *** of 0199aaaa-bbbb-7ccc-8ddd-eeeeffff0000",
        ),
        (
            OSError("see https://mail.example/why?who=jan and http://x.example"),
            "OSError: see https://mail.example/*** and http://x.example",
        ),
        (
            ValueError("unique\nDETAIL:  Key (name)=(Jan)\n[parameters: ('Jan',)]"),
            "ValueError: unique",
        ),
        (ValueError(), "ValueError"),
        (KeyError("kind"), "KeyError: 'kind'"),
    ],
)
def test_what_is_stored_of_an_error(error: Exception, kept: str) -> None:
    assert logs.told(error) == kept


def test_a_database_s_error_tells_no_value(engine: Engine) -> None:
    taken = row(User, email="jan@example.org", name="Jan de Vries")
    with border.open_session(engine, System("test"), write=True) as session:
        session.add_all([taken, row(User, email="jan@example.org", name="Jan de Vries")])
        with pytest.raises(IntegrityError) as caught:
            session.flush()
    kept = logs.told(caught.value)
    assert kept.startswith("IntegrityError: ")
    assert "user_account" in kept
    record = logging.LogRecord("x", 40, "x", 1, "failed", (), caught._excinfo)
    for text in (kept, logs.Redacting("%(message)s").format(record)):
        assert "Jan" not in text
        assert "example.org" not in text
