"""A journey as JSON: the round trip is exact, and every fault is listed with its place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from partnerjourney.core import border
from partnerjourney.core.parties import Journey, Organisation
from partnerjourney.maps import services as maps
from partnerjourney.maps.rules.reading import DocumentSyntaxError, parse
from partnerjourney.maps.services import DocumentError
from tests.chain import AT, Chain, build, document

SMALLEST: dict[str, Any] = {
    "journey": {
        "slug": "small",
        "name": "Small",
        "language": "nl",
        "time_zone": "Europe/Amsterdam",
    },
    "parties": [
        {"key": "brand", "name": "Brand", "kind": "organisation", "orchestrator": True},
        {"key": "courier", "name": "Courier", "kind": "organisation"},
        {"key": "customer", "name": "Customer", "kind": "customer"},
    ],
    "phases": [{"key": "deliver", "name": "Deliver"}],
    "cards": [
        {"key": "packs", "phase": "deliver", "party": "brand", "kind": "step", "name": "Packs"},
        {
            "key": "delivery",
            "phase": "deliver",
            "party": "courier",
            "kind": "touchpoint",
            "name": "Delivers",
            "initiator": "courier",
            "receiver": "customer",
            "channel": "visit",
        },
    ],
    "handovers": [
        {"key": "a", "from": "brand", "to": "courier", "time_limit": "PT48H"},
        {"key": "b", "from": "delivery", "to": "customer"},
    ],
    "points": [{"key": "delivery", "card": "delivery", "metric": "csat", "covers": ["a", "b"]}],
}


def keep(chain: Chain, given: Any, name: str = "telenoord") -> dict[str, Any]:
    """Import a document for an organisation and return what is exported of it."""
    actor = chain.member(name)
    with border.open_session(chain.engine, actor, write=True) as session, session.begin():
        leads = session.get_one(Organisation, actor.organisation_id)
        place = maps.import_journey(session, actor, leads, given, at=AT)
        return maps.export_journey(session, place)


def faults(chain: Chain, given: Any) -> dict[str, str]:
    """Return path → message of a document that is refused, and see that nothing was kept."""

    def count() -> int | None:
        with chain.system() as session:
            return session.scalar(select(func.count(Journey.id)))

    before = count()
    with pytest.raises(DocumentError) as refused:
        keep(chain, given)
    assert count() == before
    return {fault.path: fault.message for fault in refused.value.faults}


@pytest.fixture
def chain(engine: Engine) -> Chain:
    return build(engine, joined=())


def test_the_smallest_document_is_taken(chain: Chain) -> None:
    kept = keep(chain, SMALLEST)
    assert [card["key"] for card in kept["cards"]] == ["packs", "delivery"]
    assert kept["handovers"][1] == {
        "key": "b",
        "from": "courier",
        "from_card": "delivery",
        "to": "customer",
    }
    assert kept["points"][0]["covers"] == ["a", "b"]


@pytest.mark.parametrize("given", [SMALLEST, document()], ids=["smallest", "demo"])
def test_export_and_import_under_another_slug_is_equal_but_for_the_slug(
    chain: Chain, given: dict[str, Any]
) -> None:
    given = {**given, "journey": {**given["journey"], "slug": "first"}}
    first = keep(chain, given)
    second = keep(chain, {**first, "journey": {**first["journey"], "slug": "second"}})
    assert second["journey"].pop("slug") == "second"
    assert first["journey"].pop("slug") == "first"
    assert second == first


def test_a_stretch_that_is_not_given_is_the_one_since_the_previous_point(chain: Chain) -> None:
    given = document()
    given["journey"]["slug"] = "defaults"
    for point in given["points"]:
        del point["covers"]
    kept = keep(chain, given)
    covers = {point["key"]: point["covers"] for point in kept["points"]}
    assert covers["hulp"] == ["hulpvraag"]
    assert covers["installatie"] == ["afspraak", "installatie"]
    assert covers["levering"] == ["bestelling", "opdracht", "lading", "levering"]


FAULTY: dict[str, tuple[Callable[[dict[str, Any]], Any], str]] = {
    "unknown key": (lambda d: d["cards"][0].update(colour="red"), "cards[0].colour"),
    "unknown part": (lambda d: d.update(extra=1), "extra"),
    "dangling phase": (lambda d: d["cards"][1].update(phase="nowhere"), "cards[1].phase"),
    "dangling party": (lambda d: d["cards"][1].update(party="nobody"), "cards[1].party"),
    "dangling end": (lambda d: d["handovers"][0].update({"from": "x"}), "handovers[0].from"),
    "to itself": (lambda d: d["handovers"][0].update(to="klant"), "handovers[0].to"),
    "no path": (
        lambda d: d["points"][0].update(covers=["opdracht", "levering"]),
        "points[0].covers",
    ),
    "no such hand-over": (lambda d: d["points"][0].update(covers=["x"]), "points[0].covers[0]"),
    "asked at a step": (lambda d: d["points"][0].update(card="laden"), "points[0].card"),
    "twice": (lambda d: d["phases"].append(d["phases"][0]), "phases[6].key"),
    "two leads": (
        lambda d: d["parties"][2].update(orchestrator=True),
        "parties[2].orchestrator",
    ),
    "no lead": (lambda d: d["parties"][1].pop("orchestrator"), "parties"),
    "months": (lambda d: d["handovers"][0].update(time_limit="P1M"), "handovers[0].time_limit"),
    "long name": (lambda d: d["cards"][0].update(name="x" * 10_000), "cards[0].name"),
    "direction": (lambda d: d["cards"][0].update(name="a\u202eb"), "cards[0].name"),
    "no zone": (lambda d: d["journey"].update(time_zone="Mars/Base"), "journey.time_zone"),
    "no name": (lambda d: d["journey"].pop("name"), "journey.name"),
    "no list": (lambda d: d.update(cards={"a": 1}), "cards"),
    "number": (lambda d: d["journey"].update(slug=7), "journey.slug"),
}


@pytest.mark.parametrize("name", FAULTY)
def test_a_fault_is_named_with_its_place_and_nothing_is_kept(chain: Chain, name: str) -> None:
    break_it, path = FAULTY[name]
    given = document()
    given["journey"]["slug"] = "faulty"
    break_it(given)
    assert path in faults(chain, given)


def test_every_fault_is_listed_at_once(chain: Chain) -> None:
    given = document()
    given["journey"]["slug"] = "faulty"
    given["cards"][0]["colour"] = "red"
    given["handovers"][2]["time_limit"] = "soon"
    given["phases"][1]["name"] = ""
    assert set(faults(chain, given)) == {
        "cards[0].colour",
        "handovers[2].time_limit",
        "phases[1].name",
    }


def test_a_taken_slug_is_a_fault(chain: Chain) -> None:
    assert set(faults(chain, document())) == {"journey.slug"}


def test_html_in_a_name_is_text(chain: Chain) -> None:
    given = document()
    given["journey"]["slug"] = "html"
    given["cards"][0]["name"] = "<b>Kiest</b> & meer"
    assert keep(chain, given)["cards"][0]["name"] == "<b>Kiest</b> & meer"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b"\xff\xfe", "UTF-8"),
        (b'{"a": 1, "a": 2}', "twice"),
        (b'{"a": NaN}', "NaN"),
        (b"[" * 100_000, "deeply"),
        (b'{"a": 1', "line 1"),
    ],
)
def test_what_is_no_json_is_refused_with_a_reason(data: bytes, says: str) -> None:
    with pytest.raises(DocumentSyntaxError, match=says):
        parse(data)


def test_a_byte_order_mark_and_brackets_in_text_are_taken() -> None:
    assert parse(b'\xef\xbb\xbf{"a": "' + b"[" * 100 + b'"}') == {"a": "[" * 100}


def test_a_partner_exports_no_terms_of_hand_overs_that_are_not_its_own(engine: Engine) -> None:
    chain = build(engine)
    with chain.acting("snel") as (session, _, place):
        seen = {h["key"]: h for h in maps.export_journey(session, place)["handovers"]}
    assert seen["lading"]["checklist"]
    assert "checklist" not in seen["opdracht"]
    assert "time_limit" not in seen["opdracht"]
