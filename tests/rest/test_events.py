"""Events over REST: stored once, told of each, never compared with those of others."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from sqlalchemy import func, select

from partnerjourney.core import border
from partnerjourney.core.scopes import System
from partnerjourney.events.models import Case, Event
from tests.rest.caller import Caller, make_key, other_journey
from tests.told import Story, told

__all__ = ["told"]

BATCH = "application/cloudevents-batch+json"
ONE = "application/cloudevents+json"


def event(number: int = 1, **other: Any) -> dict[str, Any]:
    """Return a sound CloudEvent; `data_…` go into its data."""
    data = {name[5:]: other.pop(name) for name in [*other] if name.startswith("data_")}
    return {
        "specversion": "1.0",
        "id": f"scan-{number}",
        "source": "wms",
        "type": "partnerjourney.handover.completed",
        "subject": f"ORDER-{number}",
        "time": "2026-11-19T09:30:00+01:00",
        "data": {"handover": "opdracht", **data},
        **other,
    }


@pytest.fixture
def brand(told: Story) -> Caller:
    """Give the brand's system."""
    return Caller(told, make_key(told, "telenoord", "events"))


def stored(story: Story) -> int:
    """Return how many events there are."""
    with border.open_session(story.engine, System("a test")) as session:
        return session.scalar(select(func.count()).select_from(Event)) or 0


def test_an_event_is_stored_once(brand: Caller) -> None:
    before = stored(brand.story)
    first = brand("POST", "/events", event(), Content_Type=ONE)
    assert first.status_code == 201
    assert first.get_json()["duplicate"] is False
    again = brand("POST", "/events", event(traceparent="00-ab"), Content_Type=ONE)
    assert (again.status_code, again.get_json()["duplicate"]) == (200, True)
    assert again.get_json()["id"] == first.get_json()["id"]
    other = brand("POST", "/events", event(subject="ORDER-9"), Content_Type=ONE)
    assert (other.status_code, other.get_json()["errors"][0]["field"]) == (409, "id")
    plain = {k: v for k, v in event().items() if k not in ("specversion", "source")}
    assert brand("POST", "/events", plain).status_code == 201  # another source: `api`
    assert stored(brand.story) == before + 2


def test_ids_of_another_organisation_are_never_looked_at(told: Story, brand: Caller) -> None:
    assert brand("POST", "/events", event(), Content_Type=ONE).status_code == 201
    warehouse = Caller(told, make_key(told, "magazijn-flevo", "events"))
    answer = warehouse("POST", "/events", event(subject="ORDER-X"), Content_Type=ONE)
    assert answer.status_code in (201, 422)
    assert "differs" not in answer.text
    if answer.status_code == 422:  # it does not share that hand-over: unknown, as any other
        unknown = warehouse("POST", "/events", event(data_handover="nothing"), Content_Type=ONE)
        assert unknown.data == answer.data


def test_a_batch_tells_of_each(brand: Caller) -> None:
    said = [
        event(1),
        event(2, time="yesterday"),
        event(3, data_handover="nowhere"),
        event(1),
        event(4, type="partnerjourney.handover.eaten"),
        event(5, id=""),
        "text",
        event(6, type="partnerjourney.handover.expected", data_promise="2026-11-20"),
    ]
    answer = brand("POST", "/events", said, Content_Type=BATCH)
    assert answer.status_code == 200
    found = answer.get_json()
    assert (found["accepted"], found["duplicates"], found["rejected"]) == (2, 1, 5)
    assert [one["index"] for one in found["results"]] == list(range(8))
    assert [one["status"] for one in found["results"]] == [
        "accepted",
        "rejected",
        "rejected",
        "duplicate",
        "rejected",
        "rejected",
        "rejected",
        "accepted",
    ]
    named = {one["index"]: one["errors"][0]["field"] for one in found["results"] if "errors" in one}
    assert named == {1: "time", 2: "data.handover", 4: "type", 5: "id", 6: ""}
    none = brand("POST", "/events", [event(7, time=None)], Content_Type=BATCH)
    assert (none.status_code, none.get_json()["rejected"]) == (422, 1)
    assert none.get_json()["errors"][0]["field"] == "0.time"
    assert brand("POST", "/events", [], Content_Type=BATCH).status_code == 422
    assert brand("POST", "/events", [event()] * 501, Content_Type=BATCH).status_code == 422
    assert brand("POST", "/events", event(), Content_Type=BATCH).status_code == 422
    assert brand("POST", "/events", [event()], Content_Type=ONE).status_code == 422


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"specversion": "0.3"}, "specversion"),
    ({"id": 7}, "id"),
    ({"id": "x" * 201}, "id"),
    ({"source": ""}, "source"),
    ({"source": "x" * 61}, "source"),
    ({"type": "com.example.other"}, "type"),
    ({"subject": None}, "subject"),
    ({"subject": "a\u202eb"}, "subject"),
    ({"time": "2026-11-19T09:30:00"}, "time"),
    ({"time": "2026-13-19T09:30:00Z"}, "time"),
    ({"time": "9999-12-31T23:59:59-23:59"}, "time"),
    ({"time": 7}, "time"),
    ({"time": None}, "time"),
    ({"data": None}, "data"),
    ({"data": []}, "data"),
    ({"data": {}}, "data.handover"),
    ({"datacontenttype": "text/xml"}, "datacontenttype"),
    ({"data_handover": "x" * 61}, "data.handover"),
    ({"data_promise": "soon"}, "data.promise"),
    ({"data_member": "nobody"}, "data.member"),
    ({"data_journey": "nothing"}, "data.journey"),
    ({"data_sender": "us"}, "data.sender"),
    ({"data_references": {"UPPER": "x"}}, "data.references"),
    ({"data_references": {f"k{n}": "x" for n in range(11)}}, "data.references"),
    ({"type": "partnerjourney.handover.expected"}, "data.promise"),
]


def test_every_wrong_field_is_named(brand: Caller) -> None:
    before = stored(brand.story)
    for other, field in WRONG:
        answer = brand("POST", "/events", event(**other), Content_Type=ONE)
        assert answer.status_code == 422, other
        named = [fault["field"] for fault in answer.get_json()["errors"]]
        assert any(name.startswith(field) for name in named), (other, named)
    both = brand("POST", "/events", event(id="", subject="", time="x"), Content_Type=ONE)
    assert {fault["field"] for fault in both.get_json()["errors"]} == {"id", "subject", "time"}
    assert stored(brand.story) == before


def test_a_key_for_several_journeys_says_which(told: Story) -> None:
    both = [told.ids["journey_id"], other_journey(told)]
    caller = Caller(told, make_key(told, "telenoord", "events", journeys=both))
    unsaid = caller("POST", "/events", event(), Content_Type=ONE)
    assert unsaid.get_json()["errors"][0]["field"] == "data.journey"
    for name in (str(both[0]), "telenoord/zakelijk-internet"):
        said = caller("POST", "/events", event(data_journey=name), Content_Type=ONE)
        assert said.status_code in (200, 201), said.text
    other = caller("POST", "/events", event(2, data_journey=str(both[1])), Content_Type=ONE)
    assert other.status_code == 422  # the brand takes no part there


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_the_same_said_at_the_same_moment_is_stored_once(told: Story) -> None:
    """Eight threads of the server, one event: each hears 201 or 200, and there is one."""
    key, before = make_key(told, "telenoord", "events"), stored(told)
    start, codes = threading.Barrier(8), []

    def send() -> None:
        caller = Caller(told, key)
        start.wait()
        codes.append(caller("POST", "/events", event(), Content_Type=ONE).status_code)

    threads = [threading.Thread(target=send) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == [200] * 7 + [201]
    assert stored(told) == before + 1
    with border.open_session(told.engine, System("a test")) as session:
        assert session.scalars(select(Case)).all()
