"""What a system does beside drawing: compare, put back, steer proposals, find and link cases."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from partnerjourney.core import border, clock
from partnerjourney.core.parties import Organisation
from partnerjourney.core.scopes import Member, System
from partnerjourney.events.models import CaseReference, Event
from partnerjourney.proposals.models import Proposal
from partnerjourney.proposals.rules import State
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


def _drawn(brand: Caller) -> tuple[str, str, str]:
    """Draw a phase with two cards, one of a new lane; return the address of each."""
    here = base(brand)
    phase = brand("POST", f"{here}/phases", {"name": "Nazorg"}).get_json()["id"]
    lane = brand("POST", f"{here}/parties", {"name": "Verzekeraar", "kind": "organisation"})
    own = next(one["id"] for one in brand.all(f"{here}/parties", 50) if one["coordinates"])
    new = {"phase": phase, "kind": "step"}
    cards = [
        brand("POST", f"{here}/cards", {**new, "name": name, "party": party}).headers["Location"]
        for name, party in (("Aangifte", own), ("Keuring", lane.get_json()["id"]))
    ]
    return (f"{here}/phases/{phase}", *(one.removeprefix(V1) for one in cards))  # type: ignore[return-value]


def _tag(caller: Caller, address: str) -> str:
    tag: str = caller("GET", address).headers["ETag"]
    return tag


def test_what_was_taken_off_is_put_back_and_a_fork_is_named(brand: Caller, courier: Caller) -> None:
    here = base(brand)
    phase, mine, theirs = _drawn(brand)
    ends = {"from_card": mine[-36:], "to_card": theirs[-36:]}
    made = brand("POST", f"{here}/handovers", ends)
    edge = made.headers["Location"].removeprefix(V1)
    named = brand("PATCH", edge, {"label": "bij schade"}, If_Match=made.headers["ETag"])
    assert (named.status_code, named.get_json()["label"]) == (200, "bij schade")
    tag = named.headers["ETag"]
    assert brand("PATCH", edge, {"label": "x"}, If_Match=made.headers["ETag"]).status_code == 412
    assert courier("PATCH", edge, {"label": "x"}, If_Match=tag).status_code == 403
    crossed = brand("PATCH", edge, {"to_card": ends["from_card"]}, If_Match=tag)
    assert crossed.get_json()["errors"][0]["field"] == "to_card"
    free = brand("PATCH", edge, {"from_card": None}, If_Match=tag)
    assert free.get_json()["from_card"] is None
    order = (edge, mine, theirs, phase)
    assert [brand("DELETE", one, If_Match=_tag(brand, one)).status_code for one in order] == [
        204
    ] * 4
    assert [brand("GET", one).status_code for one in order] == [404] * 4
    early = brand("POST", f"{mine}/restore")
    assert early.get_json()["errors"][0]["field"] == "phase"
    for one in reversed(order):
        assert courier("POST", f"{one}/restore").status_code == 403
        assert courier("POST", f"{one[:-36]}{NOWHERE}/restore").status_code == 404
        back = brand("POST", f"{one}/restore")
        assert back.get_json() == brand("GET", one).get_json()
        assert brand("POST", f"{one}/restore").status_code == 409


def test_a_hand_over_comes_back_without_an_end_that_went_to_another_lane(brand: Caller) -> None:
    here = base(brand)
    _, mine, theirs = _drawn(brand)
    made = brand("POST", f"{here}/handovers", {"from_card": mine[-36:], "to_card": theirs[-36:]})
    edge = made.headers["Location"].removeprefix(V1)
    for one in (edge, mine):
        assert brand("DELETE", one, If_Match=_tag(brand, one)).status_code == 204
    own = next(one["id"] for one in brand.all(f"{here}/parties", 50) if one["coordinates"])
    moved = brand("PATCH", theirs, {"party": own}, If_Match=_tag(brand, theirs))
    assert moved.get_json()["party"] == own
    back = brand("POST", f"{edge}/restore")
    ends = {"from_card": mine[-36:], "to_card": None}
    assert {name: back.get_json()[name] for name in ends} == ends
    # What is off the map at one end does not keep who coordinates from naming the fork.
    named = brand("PATCH", edge, {"label": "bij schade"}, If_Match=back.headers["ETag"])
    assert (named.status_code, named.get_json()["label"]) == (200, "bij schade")


def test_a_card_follows_another_of_its_phase(brand: Caller, courier: Caller) -> None:
    here = base(brand)
    cards = brand.all(f"{here}/cards", 100)
    mine = {one["id"] for one in brand.all(f"{here}/parties", 50) if one["coordinates"]}
    own = next(
        one
        for one in cards
        if one["party"] in mine and sum(c["phase"] == one["phase"] for c in cards) > 1
    )
    at = f"{here}/cards/{own['id']}"

    def path() -> list[str]:
        found = brand.all(f"{here}/cards", 100)
        return [one["id"] for one in found if one["phase"] == own["phase"]]

    others = [one for one in path() if one != own["id"]]
    for after, stands in ((others[-1], [*others, own["id"]]), (None, [own["id"], *others])):
        moved = brand("PATCH", at, {"after": after}, If_Match=_tag(brand, at))
        assert (moved.status_code, path()) == (200, stands)
    elsewhere = next(one["id"] for one in cards if one["phase"] != own["phase"])
    for wrong in (own["id"], elsewhere, str(NOWHERE)):
        answer = brand("PATCH", at, {"name": "x", "after": wrong}, If_Match=_tag(brand, at))
        assert answer.get_json()["errors"][0]["field"] == "after"
    assert brand("GET", at).get_json()["name"] == own["name"]
    tag = _tag(courier, at)
    assert courier("PATCH", at, {"after": None}, If_Match=tag).status_code == 403


def test_two_versions_are_compared(brand: Caller, courier: Caller) -> None:
    at = f"{base(brand)}/difference"
    versions = brand.all(f"{base(brand)}/versions", 50)
    before = brand("GET", at).get_json()
    assert before["from"] in {one["id"] for one in versions}
    assert before["to"] is None
    phase, card, _ = _drawn(brand)
    found = brand("GET", at).get_json()
    added = {one["id"]: one for one in found["changes"]}
    assert {phase[-36:], card[-36:]} <= added.keys()
    assert (added[card[-36:]]["marks"], added[card[-36:]]["before"]) == (["added"], None)
    assert added[card[-36:]]["after"]["name"] == "Aangifte"
    assert courier("GET", at).get_json() == found, "all parties see the same map"
    same = brand("GET", f"{at}?from={versions[0]['id']}&to={versions[0]['id']}")
    assert same.get_json()["changes"] == []
    for wrong in (f"from={NOWHERE}", "to=x", "from=", "to=now&to=now"):
        assert brand("GET", f"{at}?{wrong}").status_code == 422, wrong


def test_who_proposed_reminds_and_renews(brand: Caller, courier: Caller) -> None:
    here = base(brand)
    parties = {one["key"]: one["id"] for one in brand.all(f"{here}/parties", 50)}
    card = next(
        one for one in brand.all(f"{here}/cards", 50) if one["party"] == parties["thuisklaar"]
    )
    said = {"name": "Installeren en testen", "reason": "Zo zegt de klant het."}
    made = brand("POST", f"{here}/cards/{card['id']}/proposals", said)
    one = made.headers["Location"].removeprefix(V1)
    installer = Caller(brand.story, make_key(brand.story, "thuisklaar"))
    for verb in ("remind", "renew"):
        body: Any = {} if verb == "renew" else None
        assert courier("POST", f"{one}/{verb}", body).status_code == 404
        assert installer("POST", f"{one}/{verb}", body).status_code == 403
    with clock.at(NOW + timedelta(days=1)):
        assert brand("POST", f"{one}/remind").get_json() == {"sent": True}
        assert brand("POST", f"{one}/remind").get_json() == {"sent": False}
    assert brand("POST", f"{one}/renew", {}).status_code == 409
    with border.open_session(brand.story.engine, System("a test"), write=True) as session:
        row = session.scalars(select(Proposal).where(Proposal.reason == said["reason"])).one()
        row.state, row.answer, row.decided_at = State.REJECTED, "Nee.", NOW
        session.commit()
    again = brand("POST", f"{one}/renew", {"reason": "Nu beter uitgelegd."})
    (new,) = again.get_json()["proposals"]
    assert (new["state"], new["reason"]) == ("open", "Nu beter uitgelegd.")
    assert new["fields"]["name"]["after"] == said["name"]
    assert new["id"] != made.get_json()["id"]
    assert installer("GET", f"{here}/proposals/{new['id']}").get_json()["awaits"] == "us"
    assert brand("POST", f"{one}/remind").status_code == 409


def test_a_conversation_is_opened_again(brand: Caller, courier: Caller) -> None:
    talks = f"{base(brand)}/conversations"
    mine = brand("POST", talks, {"audience": "journey", "text": "Wie belt?"})
    one = f"{talks}/{mine.get_json()['id']}"
    assert brand("POST", f"{one}/resolve").get_json()["resolved_at"]
    assert courier("POST", f"{one}/reopen").status_code == 403, "a member of a group reads along"
    assert brand("POST", f"{one}/reopen").get_json()["resolved_at"] is None
    assert brand("POST", f"{talks}/{NOWHERE}/reopen").status_code == 404


def _references(story: Story, slug: str) -> tuple[str, str]:
    """Return a reference of a case, and one of a case of which an organisation reads no event."""
    here = CaseReference.journey_id == story.ids["journey_id"]
    with border.open_session(story.engine, System("a test")) as session:
        found = session.scalars(
            select(CaseReference).where(here).order_by(CaseReference.value)
        ).all()
        owner = session.scalars(select(Organisation.id).where(Organisation.slug == slug)).one()
    with border.open_session(story.engine, Member(None, owner)) as session:
        own = set(session.scalars(select(Event.case_id)))
    return found[0].value, next(one.value for one in found if one.case_id not in own)


def test_a_complaint_is_found_by_its_case_and_linked(brand: Caller, courier: Caller) -> None:
    here = base(brand)
    shared = next(one for one in courier.all(f"{here}/handovers", 50) if one["terms"])
    said: dict[str, Any] = {
        "reference": "BEL-1",
        "happened": "late",
        "title": "Niet gekomen",
        "needs": "Vandaag leveren",
        "due": "2026-11-23T17:00:00+01:00",
        "handovers": [shared["id"]],
    }
    odd = brand("POST", f"{here}/complaints", {**said, "members": ["koerier-snel", "niemand"]})
    assert odd.get_json()["errors"][0]["field"] == "members.1"
    made = brand("POST", f"{here}/complaints", {**said, "members": ["koerier-snel"]})
    assert (made.status_code, made.get_json()["linked"]) == (201, False)
    one = made.headers["Location"].removeprefix(V1)
    assert courier("GET", one).status_code == 200
    rival = Caller(brand.story, make_key(brand.story, "rijk-bezorgt"))
    known, hidden = _references(brand.story, "koerier-snel")
    assert rival("POST", f"{one}/link", {"reference": known}).status_code == 404
    for wrong in ({"reference": "NIEMAND-1"}, {}, {"reference": ""}):
        refused = brand("POST", f"{one}/link", wrong)
        assert refused.get_json()["errors"][0]["field"] == "reference"
    theirs = [
        courier("POST", f"{one}/link", {"reference": reference})
        for reference in (hidden, "NIEMAND-1")
    ]
    assert [answer.status_code for answer in theirs] == [422, 422]
    assert theirs[0].data == theirs[1].data, "a case that it does not share is unknown to it"
    reader = Caller(brand.story, make_key(brand.story, "telenoord", "read"))
    assert reader("POST", f"{one}/link", {"reference": known}).status_code == 403
    unlinked = {row["id"] for row in brand.all(f"{here}/complaints?linked=false", 50)}
    assert made.get_json()["id"] in unlinked
    linked = brand("POST", f"{one}/link", {"reference": known})
    assert (linked.status_code, linked.get_json()["linked"]) == (200, True)
    assert brand("POST", f"{one}/link", {"reference": known}).status_code == 409
    for reference in ("BEL-1", known):
        found = brand.all(f"{here}/complaints?reference={reference}", 1)
        assert made.get_json()["id"] in {row["id"] for row in found}, reference
        assert brand.all(f"{here}/complaints?reference={reference}&linked=false", 1) == []
        assert rival.all(f"{here}/complaints?reference={reference}", 50) == [], reference
    assert brand("GET", f"{here}/complaints?reference=").status_code == 422


def test_a_version_is_brought_back_as_it_was_shown(brand: Caller, courier: Caller) -> None:
    here = base(brand)
    version = brand.all(f"{here}/versions", 50)[-1]["id"]
    cards = brand.all(f"{here}/cards", 100)
    mine = {one["id"] for one in brand.all(f"{here}/parties", 50) if one["coordinates"]}
    own = next(one for one in cards if one["party"] in mine)
    at, back = f"{here}/cards/{own['id']}", f"{here}/versions/{version}/restore"
    before = brand("GET", back).get_json()
    assert brand("PATCH", at, {"name": "Heel anders"}, If_Match=_tag(brand, at)).status_code == 200
    phase = _drawn(brand)[0]
    shown = brand("GET", back).get_json()
    does = {one["id"]: one["does"] for one in shown["steps"]}
    assert does[own["id"]] == "do"
    assert does[phase[-36:]] in ("do", "cannot")
    assert courier("GET", back).status_code == 403
    said = {"upon": shown["upon"], "reason": "Terug naar wat gold."}
    assert courier("POST", back, said).status_code == 403
    assert brand("POST", back, {**said, "upon": before["upon"]}).status_code == 409
    for field in said:
        refused = brand("POST", back, {**said, field: ""})
        assert refused.get_json()["errors"][0]["field"] == field
    assert brand("GET", at).get_json()["name"] == "Heel anders"
    done = brand("POST", back, said).get_json()
    assert own["id"] in {one["id"] for one in done["done"]}
    assert brand("GET", at).get_json()["name"] == own["name"]
    assert brand("POST", back, said).status_code == 409, "the map is another by now"


def test_a_key_finds_within_its_journeys_alone(brand: Caller, courier: Caller) -> None:
    here = base(brand)
    (only,) = brand("GET", "/search?q=er").get_json()["journeys"]
    assert only["journey"] == here[-36:]
    edges = {one["id"]: one for one in brand.all(f"{here}/handovers", 50)}
    hidden = {one["id"] for one in courier.all(f"{here}/handovers", 50) if not one["terms"]}
    said = next(t["name"] for one in hidden for t in edges[one]["terms"] if t["name"])
    for caller, found in ((brand, True), (courier, False)):
        answer = caller("GET", "/search?q=" + said.replace(" ", "+").replace("&", "%26"))
        ids = {f["id"] for one in answer.get_json()["journeys"] for f in one["finds"]}
        assert bool(ids & hidden) == found, (said, ids)
    other = other_journey(brand.story)
    assert brand("GET", f"/search?q=er&journey={other}").status_code == 404
    for wrong in ("q=", "q=a", "q=er&journey=x", "q=er&q=b", "q=" + "x" * 500, "q=%00"):
        assert brand("GET", f"/search?{wrong}").status_code == 422, wrong
