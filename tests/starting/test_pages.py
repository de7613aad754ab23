"""A journey out of a file on the page and at the command line, and into one; on both engines."""

from __future__ import annotations

import io
import json
import re
import uuid
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, func, select

from partnerjourney.core.parties import Journey, Membership, Role, User
from partnerjourney.touchpoints.models import Card
from tests.chain import Chain, build
from tests.command import call
from tests.factories import row
from tests.web_client import client_of

MERMAID = (
    "journey\n  title Nieuw toestel\n  section Leveren\n    Pakt in: 4: Magazijn\n"
    "    Bezorgt: aan de deur: 2: Koerier, Klant\n"
)
FROM_FILE = "/o/telenoord/journeys/from-file"


@pytest.fixture
def chain(engine: Engine) -> Chain:
    return build(engine)


def member(chain: Chain, app: Flask, name: str, role: Role = Role.EDITOR) -> FlaskClient:
    """Return the browser of somebody of an organisation."""
    with chain.system() as session:
        user = row(User, email=f"{uuid.uuid4().hex}@example.org", language="nl")
        session.add(user)
        session.flush()
        session.add(row(Membership, owner_id=chain.organisations[name], user_id=user.id, role=role))
        found = user.id
    return client_of(app, found)


def count(chain: Chain) -> int:
    """Return how many journeys there are."""
    with chain.system() as session:
        return session.scalar(select(func.count(Journey.id))) or 0


def text(page: str) -> str:
    """Return what a page says."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page)))


def typed(page: str) -> dict[str, str]:
    """Return what stands in the form of the preview."""
    found = dict(re.findall(r'name="(text|name)" [^>]*?value="([^"]*)"', page))
    found |= {
        name: value
        for name, options in re.findall(
            r'<select[^>]* name="(\w+)"[^>]*>(.*?)</select>', page, re.DOTALL
        )
        for value in re.findall(r'value="([^"]*)" selected', options)
    }
    return {name: unescape(value) for name, value in found.items()}


def test_a_file_is_looked_at_first_and_made_when_the_reader_says_so(
    chain: Chain, app: Flask
) -> None:
    client = member(chain, app, "telenoord")
    before = count(chain)
    given: dict[str, Any] = {"file": (io.BytesIO(MERMAID.encode()), "reis.mmd")}
    looked = client.post(FROM_FILE, data=given, content_type="multipart/form-data")
    assert looked.status_code == 200
    assert count(chain) == before
    page = looked.get_data(as_text=True)
    said = text(page)
    assert "2 contactmomenten en handelingen, 4 partijen, 1 fase, 1 overdracht" in said
    assert "Regel 5 Score 2 bij ‘Bezorgt: aan de deur’: een getekende score is niemands" in said
    assert "‘Klant’ is om de naam voor de klant gehouden" in said
    assert "Geen partij in het bestand is Telenoord" in said
    form = typed(page)
    assert form["name"] == "Nieuw toestel"
    form |= {"me": "magazijn", "language": "nl"}
    again = client.post(FROM_FILE, data=form)
    assert "3 partijen" in text(again.get_data(as_text=True))
    made = client.post(f"{FROM_FILE}/journey", data=form)
    assert made.status_code == 303
    assert count(chain) == before + 1
    shown = client.get(made.location)
    assert shown.status_code == 200
    assert "Bezorgt: aan de deur" in text(shown.get_data(as_text=True))
    second = client.post(f"{FROM_FILE}/journey", data=form)
    assert second.status_code == 303, "another of the same name gets a slug of its own"


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("", "Er staat niets in"),
        ("<!DOCTYPE a SYSTEM 'http://127.0.0.1:9/'><CJML/>", "er is niets opgehaald"),
        ("<CJML>", "regel 1"),
        ("zomaar", "geen CJML"),
    ],
)
def test_what_cannot_be_read_is_said_at_the_field_and_stays_typed(
    chain: Chain, app: Flask, given: str, says: str
) -> None:
    client = member(chain, app, "telenoord")
    for address in (FROM_FILE, f"{FROM_FILE}/journey"):
        answer = client.post(address, data={"text": given, "name": "x"})
        page = answer.get_data(as_text=True)
        assert answer.status_code == 422
        assert says in text(page)
        assert given in unescape(page)


def test_fifty_megabytes_get_a_sentence_and_are_not_read(chain: Chain, app: Flask) -> None:
    client = member(chain, app, "telenoord")

    class Unread(io.BytesIO):
        def read(self, *_: Any) -> bytes:
            raise AssertionError("it was read")

    answer = client.post(
        FROM_FILE,
        input_stream=Unread(),
        environ_overrides={"CONTENT_LENGTH": str(50 * 1024 * 1024)},
        content_type="multipart/form-data; boundary=x",
    )
    assert answer.status_code == 413
    assert "groter dan 2 MB" in text(answer.get_data(as_text=True))


def test_a_viewer_and_a_nameless_journey_make_nothing(chain: Chain, app: Flask) -> None:
    viewer = member(chain, app, "telenoord", Role.VIEWER)
    assert viewer.get(FROM_FILE).status_code == 403
    before = count(chain)
    editor = member(chain, app, "telenoord")
    answer = editor.post(f"{FROM_FILE}/journey", data={"text": MERMAID, "name": " "})
    assert answer.status_code == 422
    assert "Vul dit in" in text(answer.get_data(as_text=True))
    assert count(chain) == before


def test_a_journey_is_handed_out_as_the_reader_sees_it(chain: Chain, app: Flask) -> None:
    address = f"/journeys/{chain.journey}/file"
    ours, theirs = member(chain, app, "telenoord"), member(chain, app, "snel")
    whole = ours.get(f"/o/telenoord{address}/json")
    assert whole.headers["Content-Disposition"].endswith('"zakelijk-internet.json"')
    assert "Type en kleur van het toestel" in whole.get_data(as_text=True)
    seen = theirs.get(f"/o/snel{address}/json").get_data(as_text=True)
    assert "Type en kleur van het toestel" not in seen
    assert json.loads(seen)["cards"] == json.loads(whole.get_data())["cards"]
    xml = theirs.get(f"/o/snel{address}/cjml")
    assert xml.mimetype == "application/xml"
    assert 'actorID="koeriers"' in xml.get_data(as_text=True)
    assert theirs.get(f"/o/snel{address}/mermaid").get_data().startswith(b"journey\n")
    assert theirs.get(f"/o/snel{address}/xlsx").status_code == 404
    stranger = member(chain, app, "stranger")
    assert stranger.get(f"/o/stranger{address}/json").status_code == 404


# --- the command line ---------------------------------------------------------------------------


@pytest.mark.usefixtures("disposed")
def test_the_command_line_imports_lists_and_exports(
    chain: Chain, database_url: str, tmp_path: Path
) -> None:
    file = tmp_path / "reis.mmd"
    file.write_text(MERMAID, "utf-8")
    given = ("import", "mermaid", str(file), "--as", "telenoord", "--slug", "reis", "--json")
    made = call(*given, database_url=database_url)
    assert made.exit_code == 3, made.output
    told = json.loads(made.stdout)
    assert told["slug"] == "reis"
    assert [one["line"] for one in told["left"]] == [4, 5]
    assert any("Klant" in one["message"] for one in told["read_as"])
    taken = call(*given, database_url=database_url)
    assert taken.exit_code == 1
    assert json.loads(taken.stdout)["errors"][0]["path"] == "journey.slug"
    out = tmp_path / "reis.xml"
    written = call(
        "export",
        "journey",
        "reis",
        "--format",
        "cjml",
        "--out",
        str(out),
        database_url=database_url,
    )
    assert written.exit_code == 0
    assert "the terms of 1 hand-overs" in written.stderr
    again = call(
        "import",
        "cjml",
        str(out),
        "--as",
        "telenoord",
        "--slug",
        "weer",
        "--party",
        "Magazijn",
        "--json",
        database_url=database_url,
    )
    assert again.exit_code == 0, again.output
    assert json.loads(again.stdout)["left"] == []
    with chain.system() as session:
        names = session.scalars(
            select(Card.key)
            .join(Journey, Journey.id == Card.journey_id)
            .where(Journey.slug == "weer")
        ).all()
        assert len(names) == 2


@pytest.mark.usefixtures("disposed")
def test_the_command_line_refuses_with_one_sentence(
    chain: Chain, database_url: str, tmp_path: Path
) -> None:
    file = tmp_path / "x.xml"
    before = count(chain)
    for content, code, says in (
        (b"<!DOCTYPE a><CJML/>", 4, "nothing was fetched"),
        (b"\0" * (50 * 1024 * 1024), 4, "larger than 2 MB"),
    ):
        file.write_bytes(content)
        answer = call(
            "import", "cjml", str(file), "--as", "telenoord", "--json", database_url=database_url
        )
        assert answer.exit_code == code, answer.output
        assert says in answer.stderr
        assert answer.stdout == ""
    file.write_text(MERMAID, "utf-8")
    for option, value in (("--party", "Niemand"), ("--customer", "Niemand")):
        answer = call(
            "import",
            "mermaid",
            str(file),
            "--as",
            "telenoord",
            option,
            value,
            database_url=database_url,
        )
        assert answer.exit_code == 2
        assert "Niemand" in answer.stderr
    assert count(chain) == before
