"""A system hands in answers, explains a number, makes a report, and leads a version to its use."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import delete, select

from partnerjourney import features
from partnerjourney.core import border
from partnerjourney.core.jobs import Job
from partnerjourney.core.parties import Organisation
from partnerjourney.core.scopes import Member, System
from partnerjourney.journeys import services as journeys
from partnerjourney.reviews.models import Report
from partnerjourney.reviews.queries import collect
from partnerjourney.reviews.rules import document_of
from partnerjourney.reviews.services import MAKE_JOB
from tests.organisations.company import work
from tests.rest.caller import V1, Caller, make_key
from tests.told import NOW, Story, told

__all__ = ["told"]

features.employ()


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


def _point(caller: Caller, key: str) -> str:
    points = caller.all(f"{base(caller)}/points")
    return f"{base(caller)}/points/{next(one['id'] for one in points if one['key'] == key)}"


def _counted(caller: Caller, key: str) -> int:
    rows = caller("GET", f"{base(caller)}/scores").get_json()["data"]
    return sum(row["n"] or 0 for row in rows if row["point"] == key)


def test_answers_given_elsewhere_are_handed_in_once(brand: Caller, courier: Caller) -> None:
    address, before = f"{_point(brand, 'levering')}/answers", _counted(brand, "levering")
    one = {"id": "a-1", "score": 9, "time": "2026-11-19T09:30:00+01:00", "comment": "Netjes."}
    other = {**one, "id": "a-2", "score": 3, "references": {"order": "ORDER-77"}}
    wrong = [{**one, "id": "a-3", "score": 11}, {**one, "id": "a-4", "member": "niemand"}]
    body = {"source": "panel", "answers": [one, other, *wrong]}
    told = brand("POST", address, body).get_json()
    assert (told["accepted"], told["rejected"], told["duplicates"]) == (2, 2, 0)
    faults = {at["index"]: at["errors"][0]["field"] for at in told["results"] if "errors" in at}
    assert faults == {2: "score", 3: "member"}
    assert "id" not in told["results"][0], "an answer's id leads to nothing outside"
    assert _counted(brand, "levering") == before + 2
    assert brand("POST", address, body).get_json()["duplicates"] == 2
    changed = {"source": "panel", "answers": [{**one, "score": 1}]}
    refused = brand("POST", address, changed)
    assert refused.get_json()["errors"][0]["field"] == "0.id"
    assert brand("POST", address, {**changed, "correct": True}).get_json()["accepted"] == 1
    assert _counted(brand, "levering") == before + 2
    closed = brand("POST", address, {**body, "wave": "nooit"})
    assert closed.get_json()["errors"][0]["field"] == "wave"
    late = {**one, "time": "yesterday"}
    assert brand("POST", address, {"answers": [late]}).status_code == 422
    odd = [late, {**one, "id": "a-5"}, "x", {**one, "id": "a-6", "time": "9999-12-31T23:30:00Z"}]
    told = brand("POST", address, {"answers": odd}).get_json()
    assert [at["status"] for at in told["results"]] == [
        *("rejected", "accepted", "rejected", "rejected")
    ], "one that is wrong refuses no other"
    assert told["results"][3]["errors"][0]["field"] == "time"
    assert courier("POST", address, {"answers": [one]}).get_json()["accepted"] == 1
    reader = Caller(brand.story, make_key(brand.story, "telenoord", "read"))
    assert reader("POST", address, body).status_code == 403


def test_a_party_explains_a_number_and_takes_it_back(brand: Caller, courier: Caller) -> None:
    point = _point(courier, "levering")
    wave = courier.all(f"{point}/waves")[0]["id"]
    beside = f"{point}/waves/{wave}/explanations"
    parties = {one["key"]: one["id"] for one in courier.all(f"{base(courier)}/parties")}
    mine = f"{beside}/{parties['koeriers']}"
    assert courier("GET", f"{beside}/{parties['telenoord']}").status_code == 404
    now = courier("GET", mine)
    said = {"text": "In week 46 reden wij met invallers."}
    assert courier("PATCH", mine, said).status_code == 428
    done = courier("PATCH", mine, said, If_Match=now.headers["ETag"])
    assert done.get_json()["text"] == said["text"]
    assert done.get_json()["by"] == "Koerier Snel"
    assert courier("PATCH", mine, said, If_Match=now.headers["ETag"]).status_code == 412
    assert said["text"] in {one["text"] for one in brand.all(beside)}
    other = Caller(brand.story, make_key(brand.story, "rijk-bezorgt"))
    assert said["text"] not in {one["text"] for one in other.all(beside)}
    assert courier("DELETE", mine, If_Match=done.headers["ETag"]).status_code == 204
    assert courier("GET", mine).get_json()["text"] == ""
    assert said["text"] not in {one["text"] for one in brand.all(beside)}


def test_a_report_is_made_in_the_organisations_name(brand: Caller, courier: Caller) -> None:
    address = f"{base(brand)}/reports"
    assert brand("POST", address, {"language": "fr"}).status_code == 422
    made = brand("POST", address, {"language": "nl"})
    assert (made.status_code, made.get_json()["state"]) == (201, "waiting")
    report = made.headers["Location"].removeprefix(V1)
    assert courier("GET", report).status_code == 404
    with border.open_session(brand.story.engine, System("a test")) as session:
        owner = session.scalars(select(Organisation.id).where(Organisation.slug == "telenoord"))
        person = Member(None, owner.one())
        kept = session.scalars(
            select(Report).where(Report.sha256 == made.get_json()["sha256"])
        ).one()
        facts: dict[str, Any] = kept.facts
    with border.open_session(brand.story.engine, person) as session:
        place = journeys.find(session, person, brand.story.ids["journey_id"])
        seen = document_of(collect(session, place, fixed_by="", at=NOW))
    assert {**facts, "fixed_at": ""} == {**seen, "fixed_at": ""}, "a key sees what a person sees"
    with border.open_session(brand.story.engine, System("a test"), write=True) as session:
        session.execute(delete(Job).where(Job.kind != MAKE_JOB))  # the story's own wait
        session.commit()
    work(brand.story.app)
    done = brand("GET", report).get_json()
    assert done["state"] == "done"
    assert brand("GET", done["pdf"].removeprefix(V1), Accept="application/pdf").status_code == 200


def test_a_version_is_named_put_forward_taken_back_and_put_away(
    brand: Caller, courier: Caller
) -> None:
    all_of_them = f"{base(brand)}/versions"
    for version in brand.all(all_of_them):
        if version["state"] == "alignment":
            assert brand("POST", f"{all_of_them}/{version['id']}/take-back").status_code == 200
    card = next(
        one
        for one in brand.all(f"{base(brand)}/cards")
        if one["party"] in {p["id"] for p in brand.all(f"{base(brand)}/parties") if p["mine"]}
    )
    at = f"{base(brand)}/cards/{card['id']}"
    tag = brand("GET", at).headers["ETag"]
    assert brand("PATCH", at, {"name": "Anders genoemd"}, If_Match=tag).status_code == 200
    made = brand("POST", all_of_them, {"note": "Proef", "put_forward": False})
    assert (made.status_code, made.get_json()["state"]) == (201, "draft")
    one = made.headers["Location"].removeprefix(V1)
    whole = brand("GET", one)
    assert courier("PATCH", one, {"note": "x"}, If_Match="x").status_code == 403
    named = brand("PATCH", one, {"note": "De naam"}, If_Match=whole.headers["ETag"])
    assert named.get_json()["note"] == "De naam"
    assert named.get_json()["sha256"] == made.get_json()["sha256"]
    assert brand("PATCH", one, {"note": "y"}, If_Match=whole.headers["ETag"]).status_code == 412
    assert brand("PATCH", one, {}, If_Match=named.headers["ETag"]).status_code == 422
    put = brand("POST", f"{one}/put-forward", {}).get_json()
    assert put["state"] in ("alignment", "agreed")
    if put["state"] == "alignment":
        assert brand("POST", f"{one}/remind").status_code == 200
        assert brand("POST", f"{one}/use").status_code == 409
        assert brand("POST", f"{one}/take-back").get_json()["state"] == "draft"
    else:
        assert brand("POST", f"{one}/take-back").status_code == 409
        assert brand("POST", f"{one}/use").get_json()["state"] == "in_use"
    assert courier("POST", f"{one}/archive").status_code == 403
    assert brand("POST", f"{one}/archive").get_json()["state"] == "archived"
    assert brand("POST", f"{one}/archive").status_code == 409
    assert brand("GET", one).get_json()["text"]["cards"]
