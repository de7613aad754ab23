"""Facts as JSON: what goes in comes out, and nothing else gets in."""

from __future__ import annotations

import copy
import json
import unicodedata
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partnerjourney.reviews.rules import (
    FactsError,
    canonical,
    document_of,
    facts_of,
    fingerprint,
    shortened,
    tamed,
)
from tests.reviews.sample import facts


@pytest.mark.parametrize("mine", [None, "magazijn"])
def test_facts_survive_their_json(mine: str | None) -> None:
    found = facts(mine)
    assert facts_of(json.loads(canonical(found))) == found
    assert fingerprint(facts_of(json.loads(canonical(found)))) == fingerprint(found)


def test_the_fingerprint_does_not_hang_on_the_order_of_keys() -> None:
    document = document_of(facts())
    shuffled = dict(reversed(list(document.items())))
    assert fingerprint(facts_of(shuffled)) == fingerprint(facts())


@given(st.text(max_size=40))
def test_every_text_has_its_own_fingerprint(name: str) -> None:
    name = name.encode("utf-8", "ignore").decode()
    found = facts(journey=name)
    assert facts_of(json.loads(canonical(found))) == found
    assert (fingerprint(found) == fingerprint(facts())) is (name == facts().journey)


def test_minus_nothing_is_nothing() -> None:
    one = facts()
    late = one.points[0].late
    points = (replace(one.points[0], late=replace(late, difference=-0.0)), *one.points[1:])
    other = (replace(one.points[0], late=replace(late, difference=0.0)), *one.points[1:])
    assert fingerprint(facts(points=points)) == fingerprint(facts(points=other))


def _change(document: Any, path: list[Any], value: Any) -> Any:
    changed = copy.deepcopy(document)
    target = changed
    for step in path[:-1]:
        target = target[step]
    target[path[-1]] = value
    return changed


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["journey"], 3),
        (["fixed_on"], "yesterday"),
        (["points", 0, "now", "n"], "150"),
        (["points", 0, "now", "value"], True),
        (["points", 0, "now", "histogram", "9"], "2"),
        (["points", 0, "metric"], "stars"),
        (["points"], {}),
        (["parties", 0], None),
        (["handovers", 0, "cases"], [1]),
        (["secret"], "x"),
    ],
)
def test_what_is_no_fact_document_is_refused(path: list[Any], value: Any) -> None:
    with pytest.raises(FactsError):
        facts_of(_change(document_of(facts()), path, value))


def test_a_missing_part_is_refused() -> None:
    document = document_of(facts())
    del document["points"][0]["baseline"]
    with pytest.raises(FactsError, match=r"points\[0\]"):
        facts_of(document)


@given(st.text(max_size=400))
def test_tamed_texts_are_one_visible_line(text: str) -> None:
    found = tamed({"a": [text]})["a"][0]
    assert len(found) <= 280
    assert not [sign for sign in found if unicodedata.category(sign) in ("Cc", "Cf", "Cs")]
    assert tamed(found) == found


def test_what_a_party_says_has_more_room_than_a_name() -> None:
    long = "woord " * 200
    found = tamed({"points": [{"name": long, "explanations": [{"by": long, "text": long}]}]})
    point = found["points"][0]
    assert len(point["name"]) <= 280
    assert len(point["explanations"][0]["by"]) <= 280
    assert 590 < len(point["explanations"][0]["text"]) <= 600


def test_a_long_text_is_cut_at_a_word() -> None:
    assert shortened("een twee drie vier", 14) == "een twee drie…"
    assert shortened("a" * 50, 10) == "a" * 9 + "…"
    assert shortened("kort", 10) == "kort"
