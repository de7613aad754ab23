"""Every operation does what its document says, and the document says all of it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from partnerjourney.core import border
from partnerjourney.core.parties import Journey, Organisation
from partnerjourney.core.scopes import System
from partnerjourney.reviews.models import Report, ReportState
from tests.rest.caller import V1, Caller, make_key, other_journey
from tests.told import NOW, NOWHERE, Story, told

__all__ = ["told"]


@pytest.fixture
def brand(told: Story) -> Caller:
    """Give the system of the brand that coordinates the journey."""
    return Caller(told, make_key(told, "telenoord"))


@pytest.fixture
def courier(told: Story) -> Caller:
    """Give the system of a courier, one of two in a group."""
    return Caller(told, make_key(told, "koerier-snel"))


def base(caller: Caller) -> str:
    """Return the address of the story's journey."""
    return f"/journeys/{caller.story.ids['journey_id']}"


def test_the_document_has_every_operation_and_no_other(told: Story) -> None:
    document = told.app.test_client().get(f"{V1}/openapi.json").get_json()
    assert document["openapi"].startswith("3.1")
    documented = {
        (method.upper(), path)
        for path, operations in document["paths"].items()
        for method in operations
    }
    served = {
        (method, re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule))
        for rule in told.app.url_map.iter_rules()
        if rule.rule.startswith("/api/") and not rule.rule.endswith("openapi.json")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert documented == served
    names = [one["operationId"] for path in document["paths"].values() for one in path.values()]
    assert len(names) == len(set(names))
    assert all(one["summary"] for path in document["paths"].values() for one in path.values())


def test_every_list_and_thing_is_read_as_documented(brand: Caller) -> None:
    assert brand("GET", "/key").get_json()["organisation"] == "telenoord"
    assert brand("GET", "/members").get_json()["data"]
    here = base(brand)
    assert [one["id"] for one in brand.all("/journeys")] == [str(brand.story.ids["journey_id"])]
    assert brand("GET", here).get_json()["coordinates"] is True
    phases = brand.all(f"{here}/phases")
    assert brand("GET", f"{here}/phases/{phases[0]['id']}").get_json() == phases[0]
    assert brand("GET", f"{here}/kind").get_json()["kind"] == "end_to_end"
    roles = brand.all(f"{here}/customer-roles")
    assert brand("GET", f"{here}/customer-roles/{roles[0]['id']}").get_json() == roles[0]
    assert {"koeriers", "servicedesk"} <= {one["key"] for one in brand.all(f"{here}/parties")}
    for listed, one in (("checks", "rule"), ("checklist", "id")):
        rows = brand.all(f"{here}/{listed}")
        assert brand("GET", f"{here}/{listed}/{rows[0][one]}").get_json() == rows[0]
    trade = next(one for one in brand.all(f"{here}/disciplines") if one["ours"])
    assert brand("GET", f"{here}/disciplines/{trade['party']}").get_json() == trade
    cards = brand.all(f"{here}/cards")
    assert cards == brand("GET", f"{here}/cards?limit=100").get_json()["data"]
    assert brand("GET", f"{here}/cards/{cards[0]['id']}").get_json() == cards[0]
    edges = brand.all(f"{here}/handovers")
    assert brand("GET", f"{here}/handovers/{edges[0]['id']}").get_json() == edges[0]
    points = brand.all(f"{here}/points")
    point = f"{here}/points/{points[0]['id']}"
    assert brand("GET", point).get_json() == points[0]
    waves = brand.all(f"{point}/waves", limit=1)
    assert brand("GET", f"{point}/waves/{waves[0]['id']}").get_json() == waves[0]
    beside = f"{point}/waves/{waves[0]['id']}/explanations"
    brand.all(beside)
    own = next(one["id"] for one in brand.all(f"{here}/parties") if one["mine"])
    assert brand("GET", f"{beside}/{own}").get_json()["ours"] is True
    assert [one["opened_at"] for one in waves] == sorted(
        (one["opened_at"] for one in waves), reverse=True
    )
    proposals = brand.all(f"{here}/proposals")
    assert brand("GET", f"{here}/proposals/{proposals[0]['id']}").get_json() == proposals[0]
    still = brand("GET", f"{here}/proposals?state=open").get_json()["data"]
    assert {one["state"] for one in still} == {"open"}
    complaints = brand.all(f"{here}/complaints")
    assert brand("GET", f"{here}/complaints/{complaints[0]['id']}").get_json() == complaints[0]
    versions = brand.all(f"{here}/versions")
    assert brand("GET", f"{here}/versions/{versions[0]['id']}").status_code == 200
    back = f"{here}/versions/{versions[0]['id']}/restore"
    assert brand("GET", back).get_json()["upon"]
    assert brand("GET", f"{here}/difference?from={versions[0]['id']}").status_code == 200
    for by in ("point", "handover", "deviation", "role", "day"):
        scores = brand("GET", f"{here}/scores?by={by}").get_json()["data"]
        assert all((one["n"] is None) == (one["withheld"] is not None) for one in scores)
    talks = brand.all(f"{here}/conversations")
    assert brand("GET", f"{here}/conversations/{talks[0]['id']}").get_json() == talks[0]
    acts = brand.all(f"{here}/history", limit=100)
    about = next(one["about"] for one in acts if one["act"] == "proposal.make")
    told_of = brand("GET", f"{here}/history?about={about}").get_json()["data"]
    assert {one["about"] for one in told_of} == {about}
    assert brand.all("/library") == []
    looked = brand("GET", f"/search?q={cards[0]['name'].split()[0]}&journey={here[-36:]}")
    assert cards[0]["id"] in str(looked.get_json()["journeys"])
    for form in ("json", "cjml", "mermaid"):
        assert brand("GET", f"{here}/file/{form}").status_code == 200
    typed = {"kind": "closure", "text": "Dicht op 5 mei.", "from": "2027-05-05"}
    all_of_them = f"{here}/announcements"
    assert brand("POST", all_of_them, {**typed, "until": "2027-05-04"}).status_code == 422
    made = brand("POST", all_of_them, typed).get_json()
    announced = f"{all_of_them}/{made['id']}"
    told = brand("GET", announced)
    assert told.get_json() == made == brand.all(all_of_them)[-1]
    tag = told.headers["ETag"]
    peer = Caller(brand.story, make_key(brand.story, "magazijn-flevo"))
    assert peer("GET", announced).get_json() == {**made, "ours": False, "of": None}
    assert brand("GET", f"/announcements/{made['of']}").get_json() in brand.all("/announcements")
    assert peer("DELETE", announced, If_Match=tag).status_code == 403
    assert brand("DELETE", announced, If_Match=tag).status_code == 204
    assert peer("GET", announced).status_code == 404
    read = {(method, path) for method, path, _ in brand.seen}
    wanted = {
        ("GET", path)
        for path, operations in brand.document["paths"].items()
        if "get" in operations and "reports" not in path and "item_id" not in path
    }
    assert wanted <= read


def test_reports_are_listed_and_taken_along(brand: Caller) -> None:
    with border.open_session(brand.story.engine, System("a test"), write=True) as session:
        owner = session.scalars(select(Organisation.id).where(Organisation.slug == "telenoord"))
        common = {
            "owner_id": owner.one(),
            "journey_id": brand.story.ids["journey_id"],
            "language": "nl",
            "facts": {"fixed_on": "2026-11-20", "fixed_by": "Anna"},
            "sha256": "0" * 64,
            "created_at": NOW,
        }
        for minutes in range(3):
            made = NOW - timedelta(minutes=minutes)
            done = {"pdf": b"%PDF-1.7", "state": ReportState.DONE} if minutes else {}
            session.add(Report(**common, **done, fixed_at=made))
        session.commit()
    rows = brand.all(f"{base(brand)}/reports")
    assert [bool(row["pdf"]) for row in rows][:3] == [False, True, True]
    rows = [row for row in rows if row["pdf"]]
    answer = brand("GET", rows[0]["pdf"].removeprefix(V1), Accept="application/pdf")
    assert answer.data == b"%PDF-1.7"
    assert answer.headers["Cache-Control"] == "no-store"
    other = Caller(brand.story, make_key(brand.story, "koerier-snel"))
    assert other("GET", rows[0]["pdf"].removeprefix(V1)).status_code == 404


def test_a_courier_sees_its_own_terms_alone(courier: Caller, brand: Caller) -> None:
    mine = courier.all(f"{base(courier)}/handovers")
    theirs = {one["id"]: one for one in brand.all(f"{base(brand)}/handovers")}
    shared = [one for one in mine if one["terms"]]
    assert shared
    for one in shared:
        assert {terms["member"] for terms in one["terms"]} <= {"koerier-snel", None}
    hidden = [one for one in mine if not one["terms"]]
    assert any(theirs[one["id"]]["terms"] for one in hidden)
    members = {t["member"] for one in theirs.values() for t in one["terms"]}
    assert "koerier-snel" in members
    assert "koerier-snel" in str(courier("GET", f"{base(courier)}/parties").get_json())
    for other in members - {"koerier-snel", None}:
        for path in ("parties", "handovers", "scores", "points", "cards"):
            assert other not in courier("GET", f"{base(courier)}/{path}?limit=100", plain=True).text


# --- writing -------------------------------------------------------------------------------------


def test_a_card_is_added_changed_and_taken_off(brand: Caller) -> None:
    here = base(brand)
    phase = brand.all(f"{here}/phases")[0]["id"]
    party = next(p["id"] for p in brand.all(f"{here}/parties") if p["coordinates"])
    new = {"name": "Nieuw", "phase": phase, "party": party, "kind": "touchpoint"}
    made = brand("POST", f"{here}/cards", {**new, "channel": "sms"})
    assert made.status_code == 201
    address = made.headers["Location"].removeprefix(V1)
    read = brand("GET", address)
    assert read.headers["ETag"] == made.headers["ETag"]
    assert brand("GET", address, If_None_Match=read.headers["ETag"]).status_code == 304
    assert brand("PATCH", address, {"name": "Anders"}).status_code == 428
    stale = brand("PATCH", address, {"name": "Anders"}, If_Match='"nothing"')
    assert (stale.status_code, stale.get_json()["current"]["name"]) == (412, "Nieuw")
    changed = brand("PATCH", address, {"name": "Anders"}, If_Match=read.headers["ETag"])
    assert changed.get_json() == {**read.get_json(), "name": "Anders"}
    again = brand("PATCH", address, {"name": "Weer"}, If_Match=read.headers["ETag"])
    assert again.status_code == 412
    assert again.headers["ETag"] == changed.headers["ETag"]
    assert brand("DELETE", address).status_code == 428
    assert brand("DELETE", address, If_Match=changed.headers["ETag"]).status_code == 204
    assert brand("GET", address).status_code == 404


def test_a_card_on_which_something_stands_stays(brand: Caller) -> None:
    here = base(brand)
    edge = next(one for one in brand.all(f"{here}/handovers") if one["from_card"])
    address = f"{here}/cards/{edge['from_card']}"
    read = brand("GET", address)
    answer = brand("DELETE", address, If_Match=read.headers["ETag"])
    assert answer.status_code in (403, 409)


def test_a_party_changes_no_other_partys_card(courier: Caller, brand: Caller) -> None:
    here = base(courier)
    cards = {card["id"]: card for card in courier.all(f"{here}/cards")}
    mine = {party["id"] for party in courier.all(f"{here}/parties") if party["mine"]}
    other = next(card for card in cards.values() if card["party"] not in mine)
    address = f"{here}/cards/{other['id']}"
    tag = courier("GET", address).headers["ETag"]
    assert courier("PATCH", address, {"name": "Van ons"}, If_Match=tag).status_code == 403
    assert courier("DELETE", address, If_Match=tag).status_code == 403
    assert courier("POST", f"{here}/phases", {"name": "Nieuw"}).status_code == 403
    assert brand("GET", address).get_json()["name"] == other["name"]


def _to_nobody(brand: Caller) -> tuple[str, str]:
    """Hand over to a party that nobody fills yet; return the hand-over and its ETag."""
    here = base(brand)
    lane = {"name": "Verzekeraar", "kind": "organisation"}
    party = brand("POST", f"{here}/parties", lane).get_json()
    assert (party["provisional"], party["mine"]) == (True, False)
    phase = brand.all(f"{here}/phases")[-1]["id"]
    own = next(one["id"] for one in brand.all(f"{here}/parties") if one["coordinates"])
    ends = [
        brand(
            "POST", f"{here}/cards", {"name": n, "phase": phase, "party": p, "kind": "step"}
        ).get_json()["id"]
        for n, p in (("Aangifte", own), ("Keuring", party["id"]))
    ]
    made = brand("POST", f"{here}/handovers", {"from_card": ends[0], "to_card": ends[1]})
    assert made.status_code == 201
    assert made.get_json()["to"] == party["id"]
    same = brand("POST", f"{here}/handovers", {"from_card": ends[0], "to_card": ends[0]})
    assert same.status_code == 422
    assert same.get_json()["errors"][0]["field"] == "to_card"
    return made.get_json()["id"], made.headers["ETag"]


def test_phases_parties_and_handovers_are_added(brand: Caller) -> None:
    here = base(brand)
    made = brand("POST", f"{here}/phases", {"name": "Nazorg"})
    assert brand.all(f"{here}/phases")[-1]["name"] == "Nazorg"
    phase = f"{here}/phases/{made.get_json()['id']}"
    to = {"name": "Eerst dit", "after": None}
    put = brand("PATCH", phase, to, If_Match=made.headers["ETag"])
    assert brand.all(f"{here}/phases")[0]["name"] == put.get_json()["name"] == "Eerst dit"
    assert brand("PATCH", phase, {"name": " "}, If_Match=put.headers["ETag"]).status_code == 422
    here_again = {"after": made.get_json()["id"]}
    assert brand("PATCH", phase, here_again, If_Match=put.headers["ETag"]).status_code == 422
    full = f"{here}/phases/{brand.all(f'{here}/phases')[1]['id']}"
    tag = brand("GET", full).headers["ETag"]
    assert brand("DELETE", full, If_Match=tag).status_code in (409, 422)
    assert brand("DELETE", phase, If_Match=put.headers["ETag"]).status_code == 204
    assert brand("GET", phase).status_code == 404
    added, _ = _to_nobody(brand)
    assert added in {one["id"] for one in brand.all(f"{here}/handovers")}


def test_customer_roles_are_kept_by_who_coordinates(brand: Caller, courier: Caller) -> None:
    all_of_them = f"{base(brand)}/customer-roles"
    new = {"kind": "user", "department": "Magazijn van de klant"}
    assert courier("POST", all_of_them, new).status_code == 403
    made = brand("POST", all_of_them, new)
    one = made.headers["Location"].removeprefix(V1)
    assert courier("GET", one).get_json() == made.get_json()
    moved = brand("PATCH", one, {"name": "Inboeker", "position": 0}, If_Match=made.headers["ETag"])
    assert brand.all(all_of_them)[0] == moved.get_json() == {**made.get_json(), "name": "Inboeker"}
    assert brand("PATCH", one, {"kind": "boss"}, If_Match="x").status_code == 422
    assert brand("DELETE", one, If_Match=made.headers["ETag"]).status_code == 412
    assert brand("DELETE", one, If_Match=moved.headers["ETag"]).status_code == 204
    assert brand("GET", one).status_code == 404


def test_other_words_for_a_card_are_put_to_its_party_and_taken_back(
    brand: Caller, courier: Caller
) -> None:
    here = base(brand)
    parties = {one["key"]: one["id"] for one in brand.all(f"{here}/parties")}
    cards = brand.all(f"{here}/cards")
    theirs = next(one for one in cards if one["party"] == parties["thuisklaar"])
    ours = next(one for one in cards if one["party"] == parties["telenoord"])
    said = {"name": "Installeren, uitleggen en testen", "reason": "Zo zegt de klant het."}
    assert brand("POST", f"{here}/cards/{ours['id']}/proposals", said).status_code == 409
    address = f"{here}/cards/{theirs['id']}/proposals"
    assert brand("POST", address, {"name": said["name"]}).status_code == 422
    assert brand("POST", address, {"name": theirs["name"], "reason": "x"}).status_code == 422
    made = brand("POST", address, said)
    assert (made.status_code, made.get_json()["awaits"]) == (201, "them")
    one = made.headers["Location"].removeprefix(V1)
    tag = brand("GET", one).headers["ETag"]
    assert courier("DELETE", one, If_Match=tag).status_code == 404
    installer = Caller(brand.story, make_key(brand.story, "thuisklaar"))
    seen = installer("GET", one)
    assert seen.get_json()["awaits"] == "us"
    assert installer("DELETE", one, If_Match=seen.headers["ETag"]).status_code == 403
    assert brand("DELETE", one, If_Match=tag).status_code == 204
    assert brand("GET", one).get_json()["state"] == "withdrawn"


def test_terms_change_and_wait_for_the_other_side(brand: Caller, courier: Caller) -> None:
    here = base(brand)
    edges = brand.all(f"{here}/handovers")
    shared = {one["id"] for one in courier.all(f"{here}/handovers") if one["terms"]}
    for edge in edges:
        address = f"{here}/handovers/{edge['id']}"
        tag = brand("GET", address).headers["ETag"]
        wanted = {"name": "Nieuwe naam", "reason": "Zo noemt de klant het."}
        answer = brand("PATCH", address, wanted, If_Match=tag)
        if edge["id"] in shared and answer.status_code == 200:
            break
    else:
        raise AssertionError("the brand changes no hand-over with the courier")
    asked = [p for one in courier("GET", address).get_json()["terms"] for p in one["proposals"]]
    [mine] = [one for one in asked if one["fields"].get("name")]
    assert mine["fields"]["name"]["after"] == "Nieuwe naam"
    assert mine["awaits"] == "us"
    bad = brand("PATCH", address, {"time_limit": "soon"}, If_Match=answer.headers["ETag"])
    assert bad.status_code == 422
    assert bad.get_json()["errors"][0]["field"] == "time_limit"


def test_the_journey_itself_is_changed_by_who_coordinates(brand: Caller, courier: Caller) -> None:
    here = base(brand)
    tag = brand("GET", here).headers["ETag"]
    changed = brand("PATCH", here, {"name": "Zakelijk"}, If_Match=tag)
    assert changed.get_json()["name"] == "Zakelijk"
    theirs = courier("GET", here).headers["ETag"]
    assert courier("PATCH", here, {"name": "Van ons"}, If_Match=theirs).status_code == 403
    with border.open_session(brand.story.engine, System("a test")) as session:
        assert session.get_one(Journey, brand.story.ids["journey_id"]).name == "Zakelijk"


def test_a_measuring_period_is_opened_and_closed(brand: Caller, courier: Caller) -> None:
    here = base(brand)
    for point in brand.all(f"{here}/points"):
        address = f"{here}/points/{point['id']}/waves"
        running = [one for one in brand.all(address) if one["state"] == "open"]
        for wave in running:
            one = f"{address}/{wave['id']}"
            tag = brand("GET", one).headers["ETag"]
            closed = brand("PATCH", one, {"state": "closed"}, If_Match=tag)
            assert closed.get_json()["state"] in ("closed", "frozen")
        new: dict[str, Any] = {"key": "zomer-2027", "close_on": "2027-06-30"}
        assert brand("POST", address, new).status_code == 201
        assert brand("POST", address, new).status_code == 409
        assert brand("POST", address, {"key": "x"}).status_code == 422
        theirs = courier("POST", address, new)
        assert theirs.status_code in (403, 404)


def test_a_question_is_asked_on_a_touchpoint_and_taken_off(brand: Caller, courier: Caller) -> None:
    here = base(brand)
    point = next(one for one in brand.all(f"{here}/points") if len(one["handovers"]) > 1)
    old = f"{here}/points/{point['id']}"
    tag = brand("GET", old).headers["ETag"]
    theirs = courier("GET", old).headers.get("ETag", '"x"')
    assert courier("DELETE", old, If_Match=theirs).status_code in (403, 404)
    assert brand("DELETE", old, If_Match=tag).status_code == 204
    assert brand("GET", old).status_code == 404
    new = {"key": "opnieuw", "card": point["card"], "metric": "csat", "subject": "je levering"}
    new["handovers"] = point["handovers"]
    made = brand("POST", f"{here}/points", new)
    assert (made.status_code, made.get_json()["handovers"]) == (201, point["handovers"])
    assert brand("POST", f"{here}/points", new).status_code == 409
    for wrong, field in (
        ({"key": "met spaties!"}, "key"),
        ({"key": "x", "card": str(NOWHERE)}, "card"),
        ({"key": "x", "handovers": point["handovers"][:-1]}, "handovers"),
    ):
        answer = brand("POST", f"{here}/points", {**new, **wrong})
        assert answer.get_json()["errors"][0]["field"] == field


def test_a_handover_leaves_the_map_unless_another_agreed(brand: Caller, courier: Caller) -> None:
    here = base(brand)
    shared = next(one["id"] for one in courier.all(f"{here}/handovers") if one["terms"])
    tag = brand("GET", f"{here}/handovers/{shared}").headers["ETag"]
    assert brand("DELETE", f"{here}/handovers/{shared}", If_Match=tag).status_code == 409
    free, tag = _to_nobody(brand)
    address = f"{here}/handovers/{free}"
    assert courier("DELETE", address, If_Match='"x"').status_code == 403
    assert brand("DELETE", address).status_code == 428
    assert brand("DELETE", address, If_Match=tag).status_code == 204
    assert brand("GET", address).status_code == 404


def test_a_desk_reports_what_a_customer_said(brand: Caller, courier: Caller) -> None:
    here = base(brand)
    shared = next(one["id"] for one in courier.all(f"{here}/handovers") if one["terms"])
    said = {
        "reference": "ORDER-99",
        "happened": "wrong_item",
        "title": "Blauw in plaats van zwart",
        "needs": "Een zwarte telefoon",
        "due": "2026-11-23T17:00:00+01:00",
        "handovers": [shared],
    }
    made = brand("POST", f"{here}/complaints", said)
    assert (made.status_code, made.get_json()["state"]) == (201, "reported")
    assert [line["act"] for line in made.get_json()["history"]] == ["report"]
    nowhere = brand("POST", f"{here}/complaints", {**said, "handovers": [str(NOWHERE)]})
    assert nowhere.get_json()["errors"][0]["field"] == "handovers"
    assert brand("POST", f"{here}/complaints", {**said, "needs": ""}).status_code == 422
    listed = [one["id"] for one in brand.all(f"{here}/complaints")]
    assert made.get_json()["id"] in listed
    reader = Caller(brand.story, make_key(brand.story, "telenoord", "read"))
    assert reader("POST", f"{here}/complaints", said).status_code == 403


def test_nothing_of_another_journey(told: Story) -> None:
    """A key of the brand for its own journey alone: another's things are not there for it."""
    caller = Caller(told, make_key(told, "telenoord", journeys=[other_journey(told)]))
    assert caller("GET", "/journeys").get_json() == {"data": [], "next": None}
    for path in caller.document["paths"]:
        if "{journey_id}" not in path:
            continue
        for method in caller.document["paths"][path]:
            address = re.sub(r"\{(\w+)\}", lambda m: str(told.ids[m[1]]), path)
            body = {} if method in ("post", "patch") else None
            answer = caller(method.upper(), address.removeprefix(V1), body, If_Match='"x"')
            assert answer.status_code in (404, 422), (method, path, answer.status_code)
            if answer.status_code == 422:
                continue
            assert answer.get_json()["detail"].startswith("There is no such thing")
