"""A journey written as CJML comes in again with everything that CJML can carry."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import partnerjourney
from partnerjourney.maps.rules.document import check_document
from partnerjourney.maps.services.importing import SHAPES
from partnerjourney.starting.rules.cjml import CHANNELS
from partnerjourney.starting.rules.drafting import Choices
from partnerjourney.starting.rules.writing import cjml, lacking, mermaid, sides
from partnerjourney.starting.services import look

DEMO = Path(partnerjourney.__file__).parent / "demo" / "zakelijk-internet.json"

signs = st.characters(exclude_categories=("C", "Z"), include_characters=" <>&\"':;#,%{}")


def tidy(text: str) -> str:
    """Return a name as the product keeps it: composed, single spaces."""
    return " ".join(unicodedata.normalize("NFC", text).split())[:40].strip()


names = st.text(signs, min_size=1, max_size=40).map(tidy).filter(bool)
keys = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,12}", fullmatch=True)


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """Draw a journey of the things that CJML can carry."""

    def some(least: int, most: int) -> list[str]:
        return draw(st.lists(keys, min_size=least, max_size=most, unique=True))

    parties = [
        {"key": key, "name": draw(names), "kind": "customer" if n == 0 else "organisation"}
        for n, key in enumerate(some(2, 5))
    ]
    parties[1]["orchestrator"] = True
    phases = [{"key": key, "name": draw(names)} for key in some(1, 4)]
    lanes = st.sampled_from([party["key"] for party in parties])
    cards = []
    for key in some(1, 8):
        owner, other = draw(lanes), draw(lanes)
        card = {
            "key": key,
            "phase": draw(st.sampled_from(phases))["key"],
            "party": owner,
            "kind": draw(st.sampled_from(["touchpoint", "step"])),
            "name": draw(names),
        }
        if card["kind"] == "touchpoint":
            card |= {"initiator": owner, "receiver": other, "channel": draw(names)}
        cards.append(card)
    order = [phase["key"] for phase in phases]
    cards.sort(key=lambda card: order.index(card["phase"]))
    return {
        "journey": {"slug": "a-b", "name": draw(names), "language": "nl", "form_of_address": "u"},
        "parties": parties,
        "phases": phases,
        "cards": cards,
        "handovers": [],
        "points": [],
    }


def again(text: str, document: dict[str, Any], form: str) -> dict[str, Any]:
    """Read what was written; who coordinates is not in the file."""
    (lead,) = (p for p in document["parties"] if p.get("orchestrator"))
    me = lead["key"] if form == "cjml" else lead["name"].casefold()
    found = look(text, Choices("Somebody", slug=document["journey"]["slug"], me=me), form=form)
    assert check_document(found.document, SHAPES) == []
    if form == "cjml":
        assert found.report.left == []
    return {**found.document, "handovers": []}


@given(documents())
@settings(max_examples=40)
def test_cjml_carries_all_that_it_can(document: dict[str, Any]) -> None:
    for card in document["cards"]:
        if "channel" in card:
            card["channel"] = CHANNELS.get(card["channel"].casefold(), card["channel"])
    assert again(cjml(document), document, "cjml") == document


@given(documents())
@settings(max_examples=40)
def test_mermaid_keeps_names_phases_and_order(document: dict[str, Any]) -> None:
    kept = again(mermaid(document), document, "mermaid")
    used = {card["phase"] for card in document["cards"]}
    if len({p["name"].casefold() for p in document["phases"]}) == len(document["phases"]):
        assert [card["name"] for card in kept["cards"]] == [c["name"] for c in document["cards"]]
        assert {p["name"] for p in kept["phases"]} >= {
            phase["name"] for phase in document["phases"] if phase["key"] in used
        }
    assert kept["journey"]["name"] == document["journey"]["name"]


def test_the_demo_comes_back_but_for_what_is_said_to_be_lacking() -> None:
    document = json.loads(DEMO.read_text("utf-8"))
    kept = again(cjml(document), document, "cjml")
    customers = ["klant"]
    for card, was in zip(kept["cards"], document["cards"], strict=True):
        assert card["name"] == was["name"]
        assert card["phase"] == was["phase"]
        assert card["kind"] == was["kind"]
        assert card.get("channel") == was.get("channel")
        if was["kind"] == "touchpoint":
            assert (card["initiator"], card["receiver"]) == sides(was, customers)
    counts = {lack.what.value: lack.count for lack in lacking(document, "cjml")}
    assert counts == {"terms": 8, "points": 3, "marks": 9, "lanes": 2, "kinds": 6}
    assert lacking(document, "json") == []
    assert {lack.what.value for lack in lacking(document, "mermaid")} >= {"scores", "channels"}


@pytest.mark.parametrize("word", ["section", "Title", "journey", "accTitle", "%% x", "# x", "a; b"])
def test_a_name_that_mermaid_would_misread_is_written_in_its_codes(word: str) -> None:
    document = json.loads(DEMO.read_text("utf-8"))
    document["cards"][0]["name"] = f"{word} kiezen: nu"
    assert again(mermaid(document), document, "mermaid")["cards"][0]["name"] == f"{word} kiezen: nu"
