"""The page about the API: every example on it is run, and answers what stands beside it."""

from __future__ import annotations

import re
import shlex
from typing import Any

from sqlalchemy import select

from partnerjourney.core import border
from partnerjourney.core.places import CHECKOUT
from partnerjourney.core.scopes import System
from partnerjourney.touchpoints.models import Card
from tests.rest.caller import V1, Caller, make_key
from tests.told import Story, told

__all__ = ["told"]


def examples() -> list[tuple[list[str], int]]:
    """Return every curl of the page, and the status that it names."""
    assert CHECKOUT is not None
    page = (CHECKOUT / "docs" / "api.md").read_text("utf-8")
    blocks = "\n".join(re.findall(r"```sh\n(.*?)```", page, re.DOTALL)).replace("\\\n", " ")
    found = re.findall(r"^(curl .*?)   # (\d{3})$", blocks, re.DOTALL | re.MULTILINE)
    return [(shlex.split(command), int(status)) for command, status in found]


def run(caller: Caller, words: list[str], known: dict[str, str]) -> Any:
    """Do what a curl does."""
    method, headers, data, address = None, {}, None, ""
    said = iter(words[1:])
    for word in said:
        if word == "-X":
            method = next(said)
        elif word == "-H":
            name, _, value = next(said).partition(": ")
            headers[name] = value
        elif word == "-d":
            data = next(said)
        elif word != "-s":
            address = word
    for name, value in known.items():
        address = address.replace(f"${name}", value)
        headers = {n: text.replace(f"${name}", value) for n, text in headers.items()}
    assert "$" not in address + "".join(headers.values()), words
    path = address.removeprefix(V1)
    body = None if data is None else data.encode()
    return caller(method or ("POST" if data else "GET"), path, body, **headers)


def test_every_example_answers_as_the_page_says(told: Story) -> None:
    key = make_key(told, "telenoord")
    caller = Caller(told, key)
    with border.open_session(told.engine, System("a test")) as session:
        card = session.scalars(select(Card).where(Card.key == "bevestigt")).one()
    journey = str(told.ids["journey_id"])
    address = f"/journeys/{journey}/cards/{card.id}"
    tag = caller("GET", address).headers["ETag"]
    point = next(p for p in caller.all(f"/journeys/{journey}/points") if p["key"] == "levering")
    known = {
        "POINT": point["id"],
        "BASE": "",
        "KEY": key,
        "JOURNEY": journey,
        "CARD": str(card.id),
        "ETAG": tag,
    }
    answers = [(words, status, run(caller, words, known)) for words, status in examples()]
    assert len(answers) == 15
    for words, status, answer in answers:
        assert answer.status_code == status, (words, answer.text)
    assert answers[-1][2].data == answers[-2][2].data
    batch = next(a for w, _, a in answers if "application/cloudevents-batch+json" in str(w))
    counts = {name: batch.get_json()[name] for name in ("accepted", "duplicates", "rejected")}
    assert counts == {"accepted": 0, "duplicates": 1, "rejected": 1}
