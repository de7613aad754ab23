"""A system keeps what its organisation says: it sees what a change touches, and makes it."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from tests.rest.caller import V1, Caller, make_key, other_journey
from tests.told import NOWHERE, Story, told

__all__ = ["told"]

NUMBER = {"contact_name": "Planning", "contact_reach": "038 555 01 99"}
TEXT = {"told": "We text you when we are three stops away."}


@pytest.fixture
def courier(told: Story) -> Caller:
    """Give a system of the courier that is for the journeys of both its brands."""
    both = [told.ids["journey_id"], other_journey(told)]
    return Caller(told, make_key(told, "koerier-snel", journeys=both))


def _choose(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: one[name] for name in ("id", "base", "does")} for one in lines]


def test_a_change_over_all_brands_is_shown_and_made(courier: Caller, told: Story) -> None:
    kept = {one["title"]: one for one in courier.all("/library")}
    text, hours = kept["Call ahead"], kept["Openingstijden van de planning"]
    assert hours["says"] == {"contact_hours": "ma–za 7.00–21.00 uur"}
    assert {use["what"] for use in hours["used"]} == {"hours"}
    assert len({use["journey"] for use in hours["used"]}) == 2
    one = f"/library/{text['id']}"
    tag = courier("GET", one).headers["ETag"]
    shown = courier("POST", f"{one}/preview", {"says": TEXT}).get_json()
    assert (shown["direct"], shown["proposal"]) == (2, 1)
    (asked,) = [line for line in shown["places"] if line["does"] == "proposal"]
    assert asked["asks"] == ["Bean & Brook"]
    wanted = {"says": TEXT, "places": _choose(shown["places"])}
    assert courier("POST", f"{one}/changes", wanted).status_code == 428
    unsaid = courier("POST", f"{one}/changes", wanted, If_Match=tag)
    assert unsaid.get_json()["errors"][0]["field"] == "reason"
    wanted["reason"] = "Customers wait too long."
    done = courier("POST", f"{one}/changes", wanted, If_Match=tag).get_json()
    assert sorted(place["became"] for place in done["places"]) == ["done", "done", "proposed"]
    assert done["item"]["says"] == TEXT
    assert courier("POST", f"{one}/changes", wanted, If_Match=tag).status_code == 412
    tag = courier("GET", one).headers["ETag"]
    late = courier("POST", f"{one}/changes", wanted, If_Match=tag).get_json()
    assert "stale" in {place["became"] for place in late["places"]}
    brand = Caller(told, make_key(told, "bean-brook", journeys=[other_journey(told)]))
    theirs = f"/journeys/{other_journey(told)}"
    edge = brand("GET", f"{theirs}/handovers/{asked['thing']}").get_json()
    assert edge["told"] != TEXT["told"]
    waiting = brand("GET", f"{theirs}/proposals?state=open").get_json()["data"]
    assert TEXT["told"] in {p["fields"].get("told", {}).get("after") for p in waiting}
    assert brand("GET", one).status_code == 404  # nothing says that there is a library


def test_an_item_is_kept_used_and_taken_off_within_the_journeys_of_a_key(
    courier: Caller, told: Story
) -> None:
    here, there = str(told.ids["journey_id"]), str(other_journey(told))
    mine = next(one for one in courier.all("/library") if one["kind"] == "contact")
    places = [{"journey": use["journey"], "thing": use["thing"]} for use in mine["used"]]
    first = next(one for one in places if one["journey"] == here)
    new = {"kind": "contact", "title": "Nieuw nummer", "says": NUMBER, "places": [first]}
    for wrong, field in (
        ({"says": {"contact_reach": "1"}}, "says.contact_name"),
        ({"says": {**NUMBER, "told": "x"}}, "says.told"),
        ({"places": [{**first, "thing": str(NOWHERE)}]}, "places.0.thing"),
        ({"places": []}, "places"),
    ):
        answer = courier("POST", "/library", {**new, **wrong})
        assert (answer.status_code, answer.get_json()["errors"][0]["field"]) == (422, field)
    made = courier("POST", "/library", new)
    assert made.status_code == 201
    item = made.headers["Location"].removeprefix(V1)
    assert courier("GET", item).get_json() == made.get_json()
    left = courier("GET", f"/library/{mine['id']}").get_json()
    assert len(left["used"]) == len(mine["used"]) - 1  # a place uses one item
    further = [one for one in places if one["journey"] == there]
    used = courier("POST", f"{item}/places", {"places": further}).get_json()["used"]
    assert {use["journey"] for use in used} == {here, there}
    narrow = Caller(told, make_key(told, "koerier-snel", journeys=[told.ids["journey_id"]]))
    seen = narrow("GET", item)
    assert {use["journey"] for use in seen.get_json()["used"]} == {here}
    away = next(use for use in used if use["journey"] == there)
    assert narrow("DELETE", f"{item}/places/{away['id']}").status_code == 404
    assert narrow("DELETE", item, If_Match=seen.headers["ETag"]).status_code == 409
    chosen = [{"id": away["id"], "base": "0", "does": "direct"}]
    elsewhere = narrow(
        "POST", f"{item}/changes", {"says": NUMBER, "places": chosen}, If_Match=seen.headers["ETag"]
    )
    assert elsewhere.get_json()["errors"][0]["field"] == "places.0.id"
    wide = narrow("POST", f"{item}/changes", {"says": NUMBER}, If_Match=seen.headers["ETag"])
    assert wide.status_code == 409, "the item is another journey's too"
    for broken in ({"title": ""}, {"places": [{**chosen[0], "base": "\0"}]}):
        tag = courier("GET", item).headers["ETag"]
        refused = courier("POST", f"{item}/changes", {"says": NUMBER, **broken}, If_Match=tag)
        assert refused.status_code == 422
    assert courier("DELETE", f"{item}/places/{away['id']}").status_code == 204
    reader = Caller(told, make_key(told, "koerier-snel", "read"))
    assert reader("POST", "/library", new).status_code == 403
    assert reader("POST", f"{item}/preview", {"says": NUMBER}).status_code == 403
    tag = courier("GET", item).headers["ETag"]
    assert courier("DELETE", item, If_Match=tag).status_code == 204
    assert courier("GET", item).status_code == 404
    assert courier("GET", f"/library/{uuid.uuid4()}").status_code == 404
