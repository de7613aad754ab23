"""What a card is to the customer, the silo check, disciplines and do's and don'ts, for a system."""

from __future__ import annotations

import re
import uuid
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select, update

from partnerjourney.core import border, clock
from partnerjourney.core.parties import Journey, Organisation, Role
from partnerjourney.core.scopes import Member, System
from partnerjourney.journeys import services as journeys
from partnerjourney.touchpoints.models import Card, CustomerRole
from tests.rest.caller import Caller, make_key, other_journey
from tests.told import NOW, NOWHERE, Story, told

__all__ = ["told"]

PEOPLE = {
    "telenoord": "anna@telenoord.example",
    "koerier-snel": "mila@koeriersnel.example",
    "thuisklaar": "dirk@thuisklaar.example",
}


@pytest.fixture
def keys(told: Story) -> dict[str, Caller]:
    """Give the systems of the brand, of a courier in a group, and of the installer."""
    return {slug: Caller(told, make_key(told, slug)) for slug in PEOPLE}


def base(told: Story) -> str:
    """Return the address of the story's journey."""
    return f"/journeys/{told.ids['journey_id']}"


def _by_key(caller: Caller, kind: str) -> dict[str, Any]:
    return {one["key"]: one for one in caller.all(f"{base(caller.story)}/{kind}", limit=100)}


def _fault(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.get_json()["errors"][0]["field"]


def test_a_card_says_to_all_what_it_is_to_the_customer_and_its_owner_changes_that(
    told: Story, keys: dict[str, Caller]
) -> None:
    brand, courier, installer = keys.values()
    parties, roles = _by_key(brand, "parties"), _by_key(brand, "customer-roles")
    cards = _by_key(courier, "cards")
    assert cards == _by_key(brand, "cards")
    mine, test = cards["installeren"], cards["test"]
    assert (mine["perceived"], mine["control"]) == (parties["telenoord"]["id"], None)
    assert mine["perceived_told"] == "Onze installateur Thuisklaar komt bij u langs."
    assert test["roles"] == [
        {"role": roles["gebruiker"]["id"], "moment_of_truth": True, "impact": 2},
        {"role": roles["it"]["id"], "moment_of_truth": True, "impact": -1},
    ]
    address = f"{base(told)}/cards/{mine['id']}"
    user, it = (roles[key]["id"] for key in ("gebruiker", "it"))
    wanted = {
        "intended_experience": "Rustig.",
        "perceived_told": "Thuisklaar komt, in opdracht van ons.",
        "control": "partner",
        "roles": [{"role": it, "impact": -2}, {"role": user, "moment_of_truth": True}],
    }
    read = installer("GET", address)
    for refused in (brand, courier):
        theirs = refused("GET", address).headers["ETag"]
        assert refused("PATCH", address, wanted, If_Match=theirs).status_code == 403
    assert installer("PATCH", address, wanted).status_code == 428
    done = installer("PATCH", address, wanted, If_Match=read.headers["ETag"])
    assert done.get_json() == {
        **mine,
        **wanted,
        "roles": [
            {"role": user, "moment_of_truth": True, "impact": None},
            {"role": it, "moment_of_truth": False, "impact": -2},
        ],
    }
    assert brand("GET", address).get_json() == done.get_json()
    assert _by_key(courier, "cards")["installeren"] == done.get_json()
    # Somebody weighs it on the page: what was read before is stale, and nothing is overwritten.
    page = f"/o/thuisklaar/journeys/{told.ids['journey_id']}/cards/{mine['id']}/customer"
    person = told.browser(PEOPLE["thuisklaar"])
    version = re.search(r'name="version" value="(\d+)"', person.get(page).text)
    assert version is not None
    typed = {"version": version[1], "impacts": f"{user}:1", "control": "partner"}
    assert person.post(page, data=typed).status_code == 303
    stale = installer("PATCH", address, {"roles": []}, If_Match=done.headers["ETag"])
    assert stale.status_code == 412
    assert [row["impact"] for row in stale.get_json()["current"]["roles"]] == [1]
    now = stale.headers["ETag"]
    lane = next(key for key in parties.values() if key["kind"] == "customer")["id"]
    for wrong, field in (
        ({"perceived": str(NOWHERE)}, "perceived"),
        ({"perceived": lane}, "perceived"),
        ({"perceived_told": "x" * 301}, "perceived_told"),
        ({"control": "nobody"}, "control"),
        ({"roles": [{"role": user, "impact": 3}]}, "roles.0.impact"),
        ({"roles": [{"role": user, "impact": True}]}, "roles.0.impact"),
        ({"roles": [{"role": user}, {"role": user}]}, "roles.1.role"),
        ({"roles": [{"role": user}, {"role": str(NOWHERE)}]}, "roles.1.role"),
        ({"roles": [{"role": _elsewhere(told)}]}, "roles.0.role"),
        ({"roles": None}, "roles"),
        ({"roles": [{"role": user, "score": 3}]}, "roles.0.score"),
    ):
        assert _fault(installer("PATCH", address, wrong, If_Match=now)) == (422, field), wrong
    itself = installer("PATCH", address, {"perceived": lane}, If_Match=now)
    assert "not the customer" in itself.get_json()["errors"][0]["message"]
    assert installer("GET", address).headers["ETag"] == now
    # An empty list takes all away, nothing sent leaves all as it is.
    kept = installer("PATCH", address, {"control": None}, If_Match=now)
    assert (kept.get_json()["control"], len(kept.get_json()["roles"])) == (None, 1)
    tag = kept.headers["ETag"]
    assert installer("PATCH", address, {"roles": []}, If_Match=tag).get_json()["roles"] == []


def _elsewhere(told: Story) -> str:
    with border.open_session(told.engine, System("a test")) as session:
        where = CustomerRole.journey_id == other_journey(told)
        return str(session.scalars(select(CustomerRole.id).where(where)).first())


def test_the_customer_notices_no_step(told: Story, keys: dict[str, Caller]) -> None:
    brand = keys["telenoord"]
    step = _by_key(brand, "cards")["doorgeven"]
    role = next(iter(_by_key(brand, "customer-roles").values()))["id"]
    address, own = f"{base(told)}/cards/{step['id']}", step["party"]
    tag = brand("GET", address).headers["ETag"]
    new = {"name": "Nieuw", "phase": step["phase"], "party": own, "kind": "step"}
    for wrong, field in (
        ({"perceived": own}, "perceived"),
        ({"perceived_told": "Wij."}, "perceived_told"),
        ({"control": "own"}, "control"),
        ({"roles": [{"role": role}]}, "roles"),
    ):
        assert _fault(brand("PATCH", address, wrong, If_Match=tag)) == (422, field)
        assert _fault(brand("POST", f"{base(told)}/cards", {**new, **wrong})) == (422, field)
    assert "nieuw" not in _by_key(brand, "cards")
    noticed = {
        **new,
        "kind": "touchpoint",
        "control": "own",
        "roles": [{"role": role, "impact": 0}],
    }
    made = brand("POST", f"{base(told)}/cards", noticed, Idempotency_Key="depth").get_json()
    assert made["roles"] == [{"role": role, "moment_of_truth": False, "impact": 0}]
    # A role that is off the journey is nothing to a card any more.
    one = f"{base(told)}/customer-roles/{role}"
    brand("DELETE", one, If_Match=brand("GET", one).headers["ETag"])
    assert brand("GET", f"{base(told)}/cards/{made['id']}").get_json()["roles"] == []


def test_the_silo_check_says_to_each_system_what_its_people_see(
    told: Story, keys: dict[str, Caller]
) -> None:
    with clock.at(NOW.replace(year=2027)):  # nobody was seen for long
        fresh = {slug: Caller(told, make_key(told, slug, days=900)) for slug in PEOPLE}
        found = {}
        for slug, email in PEOPLE.items():
            caller = fresh[slug]
            found[slug] = {one["rule"]: one for one in caller.all(f"{base(told)}/checks")}
            page = (
                told.browser(email).get(f"/o/{slug}/journeys/{told.ids['journey_id']}/check").text
            )
            shown = set(re.findall(r'<section class="card" id="(S\d)"', page))
            rules = found[slug]
            for day in (date.fromisoformat(one["since"]) for one in rules["S4"]["findings"]):
                assert re.search(rf"\b{day.day} [a-z]+\.? {day.year}", page)
            assert shown == {r for r, one in rules.items() if one["outcome"] == "found"}
            for rule, one in rules.items():
                assert caller("GET", f"{base(told)}/checks/{rule}").get_json() == one
                for thing in one["findings"]:
                    ids = [thing[name] for name in ("card", "handover", "party") if thing[name]]
                    assert all(there in page for there in ids), (rule, thing)
    assert list(found["telenoord"]) == [f"S{n}" for n in range(1, 10)]
    assert found["telenoord"]["S5"]["outcome"] == "other_kind"
    absent = found["telenoord"]["S4"]["findings"]
    group = _by_key(fresh["telenoord"], "parties")["koeriers"]["id"]
    assert {one["how"] for one in absent} == {"silent", "nobody"}
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d", one["since"]) for one in absent)
    assert group in {one["party"] for one in absent}
    assert group not in {one["party"] for one in found["koerier-snel"]["S4"]["findings"]}
    brand = keys["telenoord"]
    card = _by_key(brand, "cards")["oorzaak"]
    mistaken = brand("GET", f"{base(told)}/checks/S8").get_json()["findings"]
    assert card["id"] in {one["card"] for one in mistaken}
    assert brand("GET", f"{base(told)}/checks/S10").status_code == 404


def test_a_reason_is_written_where_the_check_asks_for_one(
    told: Story, keys: dict[str, Caller]
) -> None:
    brand, courier = keys["telenoord"], keys["koerier-snel"]
    first, second = f"{base(told)}/checks/S1", f"{base(told)}/checks/S2"
    why = {"reason": "Eerst een proef."}
    tags = {one: brand("GET", one).headers["ETag"] for one in (first, second)}
    assert brand("PATCH", second, why, If_Match=tags[second]).status_code == 409
    assert brand("PATCH", first, why, If_Match=tags[first]).status_code == 409  # nothing was found
    own = {
        p["id"] for p in _by_key(brand, "parties").values() if p["key"] in ("telenoord", "klant")
    }
    other = [
        uuid.UUID(card["id"])
        for card in _by_key(brand, "cards").values()
        if card["party"] not in own
    ]
    with border.open_session(told.engine, System("a test"), write=True) as session:
        session.execute(update(Card).where(Card.id.in_(other)).values(retired_at=NOW))
        session.commit()
    read = brand("GET", first)
    assert (read.get_json()["outcome"], read.get_json()["needs_reason"]) == ("found", True)
    assert brand("PATCH", first, why, If_Match=tags[first]).status_code == 412
    tag = read.headers["ETag"]
    assert brand("PATCH", first, why).status_code == 428
    for wrong in ({}, {"reason": "x" * 501}, {"reason": 3}):
        assert _fault(brand("PATCH", first, wrong, If_Match=tag)) == (422, "reason")
    theirs = courier("GET", first).headers["ETag"]
    assert courier("PATCH", first, why, If_Match=theirs).status_code == 403
    done = brand("PATCH", first, why, If_Match=tag)
    assert (done.get_json()["reason"], done.get_json()["needs_reason"]) == (why["reason"], False)
    assert courier("GET", first).get_json()["reason"] == why["reason"]
    assert brand("PATCH", first, why, If_Match=tag).status_code == 412
    back = brand("PATCH", first, {"reason": None}, If_Match=done.headers["ETag"])
    assert back.get_json() == read.get_json()


def test_lists_beside_the_map_are_kept_by_whose_they_are(
    told: Story, keys: dict[str, Caller]
) -> None:
    brand, courier = keys["telenoord"], keys["koerier-snel"]
    lists = f"{base(told)}/checklist"
    new = {"kind": "dont", "text": "Alleen het eigen deel verbeteren."}
    assert courier("POST", lists, new).status_code == 403
    for wrong, field in (
        ({"kind": "must"}, "kind"),
        ({"text": " "}, "text"),
        ({"done": 2}, "done"),
    ):
        assert _fault(brand("POST", lists, {**new, **wrong})) == (422, field)
    made = brand("POST", lists, new, Idempotency_Key="dont")
    assert brand("POST", lists, new, Idempotency_Key="dont").data == made.data
    assert brand.all(lists)[-1] == made.get_json() == courier.all(lists)[-1]
    one, tag = f"{lists}/{made.get_json()['id']}", made.headers["ETag"]
    theirs = courier("GET", one).headers["ETag"]
    assert courier("PATCH", one, {"done": True}, If_Match=theirs).status_code == 403
    assert courier("DELETE", one, If_Match=theirs).status_code == 403
    ticked = brand("PATCH", one, {"done": True}, If_Match=tag)
    assert ticked.get_json()["done"] is True
    assert brand("DELETE", one, If_Match=tag).status_code == 412
    assert brand("DELETE", one, If_Match=ticked.headers["ETag"]).status_code == 204
    assert brand("GET", one).status_code == courier("GET", one).status_code == 404

    trades = f"{base(told)}/disciplines"
    group = _by_key(courier, "parties")["koeriers"]["id"]
    mine = f"{trades}/{group}"
    assert brand("GET", mine).status_code == 404  # the brand is not of that party
    was = courier("GET", mine)
    assert _fault(
        courier("PATCH", mine, {"disciplines": ["art"]}, If_Match=was.headers["ETag"])
    ) == (422, "disciplines.0")
    said = {"disciplines": ["service", "logistics"]}
    assert courier("PATCH", mine, said).status_code == 428
    now = courier("PATCH", mine, said, If_Match=was.headers["ETag"]).get_json()
    assert now == {**was.get_json(), **said, "ours": True}
    assert courier("PATCH", mine, said, If_Match=was.headers["ETag"]).status_code == 412
    assert {**now, "ours": False} in brand.all(trades)
    peer = Caller(told, make_key(told, "rijk-bezorgt"))
    assert "koerier-snel" not in {one["organisation"] for one in peer.all(trades)}
    assert peer("GET", mine).get_json()["disciplines"] != said["disciplines"]
    reader = Caller(told, make_key(told, "koerier-snel", "read"))
    assert reader("PATCH", mine, said, If_Match='"x"').status_code == 403


def _make_part(told: Story, *, part: uuid.UUID, instead_of: uuid.UUID) -> None:
    """Let another journey be part of the story's."""
    with border.open_session(told.engine, System("a test"), write=True) as session:
        session.get_one(Journey, instead_of).parent_id = None
        session.get_one(Journey, part).parent_id = told.ids["journey_id"]
        session.commit()


def test_a_journey_is_made_a_part_of_another_within_the_journeys_of_a_key(told: Story) -> None:
    whole = told.ids["journey_id"]
    with border.open_session(told.engine, System("a test"), write=True) as session:
        leads = session.scalars(select(Organisation).where(Organisation.slug == "telenoord")).one()
        scope = Member(None, leads.id, Role.ADMIN)
        part = journeys.create(session, scope, leads, at=NOW, name="Storing", language="nl").id
        session.commit()
    wide = Caller(told, make_key(told, "telenoord", journeys=[whole, part]))
    narrow, above = (Caller(told, make_key(told, "telenoord", journeys=[j])) for j in (part, whole))
    here, there = f"/journeys/{part}/kind", f"{base(told)}/kind"
    phases = [one["id"] for one in wide.all(f"{base(told)}/phases")]
    wanted = {"kind": "micro", "parent": str(whole), "parent_from": phases[1]}
    read = wide("GET", here)
    assert read.get_json()["kind"] == "end_to_end"
    tag = read.headers["ETag"]
    assert wide("PATCH", here, wanted).status_code == 428
    for wrong, field in (
        ({**wanted, "parent": str(other_journey(told))}, "parent"),
        ({**wanted, "parent": str(part)}, "parent"),
        ({**wanted, "parent_to": phases[0]}, "parent_to"),
        ({**wanted, "parent_from": str(NOWHERE)}, "parent_from"),
        ({"kind": "whole"}, "kind"),
        ({"cadence_days": 0}, "cadence_days"),
    ):
        assert _fault(wide("PATCH", here, wrong, If_Match=tag)) == (422, field), wrong
    assert _fault(narrow("PATCH", here, wanted, If_Match=tag)) == (422, "parent")
    made = wide("PATCH", here, {**wanted, "cadence_days": 30}, If_Match=tag).get_json()
    assert made == {**read.get_json(), **wanted, "parent_to": None, "cadence_days": None}
    assert wide("PATCH", here, {"kind": "lifeline"}, If_Match=tag).status_code == 412
    # A key for one of the two learns nothing of the other, and breaks neither.
    seen = narrow("GET", here)
    assert (seen.get_json()["parent"], seen.get_json()["parent_from"]) == (None, None)
    ends = narrow("PATCH", here, {"kind": "lifeline"}, If_Match=seen.headers["ETag"])
    assert ends.status_code == 409
    top = above("GET", there)
    assert top.get_json()["parts"] == []
    assert wide("GET", there).get_json()["parts"] == [str(part)]
    away = above("PATCH", there, {"kind": "micro"}, If_Match=top.headers["ETag"])
    assert _fault(away) == (422, "kind")
    # A part in which the organisation does not take part is as unknown to its key as to its people.
    _make_part(told, part=other_journey(told), instead_of=part)
    top = above("GET", there)
    apart = above("PATCH", there, {"kind": "micro"}, If_Match=top.headers["ETag"])
    assert apart.get_json() == {**top.get_json(), "kind": "micro"}
    peer = Caller(told, make_key(told, "magazijn-flevo"))
    theirs = peer("GET", there)
    assert theirs.get_json()["parts"] == []
    refused = peer("PATCH", there, {"kind": "micro"}, If_Match=theirs.headers["ETag"])
    assert refused.status_code == 403
    phase = f"{base(told)}/phases/{phases[0]}"
    used = wide("PATCH", phase, {"is_use": True}, If_Match=wide("GET", phase).headers["ETag"])
    assert used.get_json() == peer("GET", phase).get_json()
    assert used.get_json()["is_use"] is True
