"""What is refused: strangers, other purposes, bad JSON, stale and repeated requests."""

from __future__ import annotations

import json
import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from partnerjourney.core import border, clock, predicates, tokens
from partnerjourney.core.ledger import Attempt
from partnerjourney.core.scopes import System
from partnerjourney.core.tokens import ApiAnswer, ApiToken
from partnerjourney.journeys.models import Phase
from partnerjourney.web.problems import ProblemError
from partnerjourney.web.rest import keys, reading
from tests.databases import counted
from tests.rest.caller import V1, Caller, make_key, other_journey
from tests.told import NOW, Story, told

__all__ = ["told"]


def operations(caller: Caller) -> list[tuple[str, str, dict[str, Any]]]:
    """Return method, address of things of the story, and what is documented, of all operations."""
    return [
        (method.upper(), _address(caller.story, path), said)
        for path, methods in caller.document["paths"].items()
        for method, said in methods.items()
    ]


def _address(story: Story, path: str) -> str:
    return re.sub(r"\{(\w+)\}", lambda m: str(story.ids[m[1]]), path).removeprefix(V1)


def _tried(caller: Caller, method: str, path: str) -> Any:
    body = {} if method in ("POST", "PATCH") else None
    return caller(method, path, body, If_Match='"x"')


def rows(story: Story) -> dict[str, int]:
    """Return how many rows each table has, but those of the ledger."""
    with border.open_session(story.engine, System("a test")) as session:
        return {
            table.__tablename__: session.scalar(select(func.count()).select_from(table)) or 0
            for table in predicates.tables()
            if table is not Attempt
        }


def test_nobody_comes_in_without_a_key_that_works(told: Story) -> None:
    revoked, expired = make_key(told, "telenoord"), make_key(told, "telenoord", days=-1)
    with border.open_session(told.engine, System("a test"), write=True) as session:
        for key in session.scalars(select(ApiToken).where(ApiToken.expires_at > NOW)):
            key.revoked_at = NOW
        session.commit()
    sound = make_key(told, "telenoord")
    altered = sound[:-1] + ("0" if sound[-1] != "0" else "1")
    signed_in = told.browser("anna@telenoord.example")
    before = rows(told)
    for key in (None, "", "x", altered, sound[:-1], tokens.compose(uuid.uuid4()), revoked, expired):
        caller = Caller(told, key)
        for method, path, _said in operations(caller):
            answer = caller(method, path, {} if method != "GET" else None)
            assert answer.status_code in (401, 429), (key, method, path)
            if answer.status_code == 401:
                assert answer.headers["WWW-Authenticate"].startswith("Bearer")
            else:
                assert int(answer.headers["Retry-After"]) > 0
            assert answer.headers["Cache-Control"] == "no-store"
    for method, path, _said in operations(Caller(told, None)):
        assert signed_in.open(f"{V1}{path}", method=method).status_code == 401
        assert signed_in.open(f"{V1}{path}?key={sound}", method=method).status_code == 401
    assert rows(told) == before


def test_a_mangled_key_asks_the_database_nothing(told: Story) -> None:
    caller = Caller(told, make_key(told, "telenoord")[:-1] + "!")
    with counted(told.engine) as said:
        assert caller("GET", "/journeys").status_code == 401
    assert said.texts == []


OF_WHO_PROPOSED = ("/renew", "/remind")


def test_purposes_are_kept_apart(told: Story) -> None:
    for purpose in ("read", "events", "write"):
        caller = Caller(told, make_key(told, "telenoord", purpose))
        for method, path, said in operations(caller):
            needed = re.search(r"made for `(\w+)`", said["description"])
            answer = _tried(caller, method, path)
            refused = needed is not None and needed[1] != purpose
            if not refused and "/proposals/" in path and path.endswith(OF_WHO_PROPOSED):
                continue  # the story's proposal is another party's
            assert (answer.status_code == 403) == refused, (purpose, method, path, answer.text)


def test_of_a_journey_that_was_left_nothing_is_there(told: Story) -> None:
    caller = Caller(told, make_key(told, "bean-brook"))  # a key for a journey of others
    assert caller("GET", "/journeys").get_json()["data"] == []
    for method, path, _said in operations(caller):
        if "/journeys/" in path:
            answer = _tried(caller, method, path)
            assert answer.status_code in (404, 422), (method, path)


# --- what is sent -------------------------------------------------------------------------------

MALFORMED = {
    "nothing": b"",
    "half": b'{"name": ',
    "two": b"{} {}",
    "NaN": b'{"name": NaN}',
    "infinity": b'{"name": -Infinity}',
    "too large a number": b'{"name": 1e999}',
    "a key twice": b'{"name": "a", "name": "b"}',
    "deep": b'{"name": ' + b"[" * 17 + b"]" * 17 + b"}",
    "very deep": b"[" * 100_000,
    "not UTF-8": b'{"name": "\xff"}',
    "UTF-16": '{"name": "a"}'.encode("utf-16"),
    "many digits": b'{"name": ' + b"9" * 5000 + b"}",
    "comment": b'{"name": "a"} // b',
    "single quotes": b"{'name': 'a'}",
}
WRONG: list[Any] = [
    [],
    "text",
    b"null",
    7,
    {},
    {"name": None},
    {"name": 7},
    {"name": []},
    {"name": ""},
    {"name": " "},
    {"name": "x" * 81},
    {"name": "a\u202eb"},
    {"name": "a\u0000b"},
    {"name": "a\ud800b"},
    {"name": "a\nb"},
    {"name": "a", "more": 1},
    {"name": "a", "journey_id": str(uuid.UUID(int=7))},
]


def test_bad_bodies_are_told_and_change_nothing(told: Story) -> None:
    caller = Caller(told, make_key(told, "telenoord"))
    path = f"/journeys/{told.ids['journey_id']}/phases"
    before = rows(told)
    for name, body in MALFORMED.items():
        assert caller("POST", path, body).status_code == 400, name
    for wrong in WRONG:
        answer = caller("POST", path, wrong)
        assert answer.status_code == 422, wrong
        assert all(set(fault) == {"field", "message"} for fault in answer.get_json()["errors"])
    assert caller("POST", path, b'{"name": "' + b"x" * (1 << 20) + b'"}').status_code == 413
    for kind in (
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/json; charset=latin-1",
    ):
        answer = caller("POST", path, b'{"name": "a"}', Content_Type=kind)
        assert answer.status_code == 415, kind
        assert "application/json" in answer.headers["Accept-Post"]
    packed = caller("POST", path, b"\x1f\x8b", Content_Encoding="gzip")
    assert packed.status_code == 415
    assert caller("GET", path, Accept="text/html").status_code == 406
    assert caller("POST", path, {"name": "a"}, Accept="text/csv").status_code == 406
    assert rows(told) == before
    other = caller("PUT", path, {"name": "a"}, plain=True)
    assert (other.status_code, other.mimetype) == (405, "application/problem+json")
    assert set(other.headers["Allow"].split(", ")) >= {"GET", "POST"}
    gone = caller("GET", "/nothing", plain=True)
    assert (gone.status_code, gone.mimetype) == (404, "application/problem+json")


def test_bad_parameters_are_told(told: Story) -> None:
    caller = Caller(told, make_key(told, "telenoord"))
    here = f"/journeys/{told.ids['journey_id']}"
    for asked in (
        "limit=0",
        "limit=101",
        "limit=x",
        "limit=1&limit=2",
        "cursor=",
        "cursor=x",
        "cursor=W10",
        "cursor=WzEsMl0",
        "cursor=bnVsbA",
        "cursor=%00",
        "page=2",
        "cursor=" + "W" * 500,
        "cursor=W3RydWUsMV0",
    ):
        assert caller("GET", f"{here}/cards?{asked}").status_code == 422, asked
    for asked in ("by=fault", "from=2026-02-30", "from=2026-03-02&to=2026-03-01", "wave=", "x=1"):
        assert caller("GET", f"{here}/scores?{asked}").status_code == 422, asked
    assert caller("GET", f"{here}/scores?wave=nothing").status_code == 404
    assert caller("GET", f"{here}?x=1").status_code == 422


def test_ids_of_others_in_a_body_are_not_found(told: Story) -> None:
    """A phase and a party of another journey look like ones that do not exist."""
    other = other_journey(told)
    caller = Caller(told, make_key(told, "telenoord"))
    here = f"/journeys/{told.ids['journey_id']}"
    with border.open_session(told.engine, System("a test")) as session:
        foreign = session.scalars(select(Phase.id).where(Phase.journey_id == other)).first()
    own = next(p["id"] for p in caller.all(f"{here}/parties") if p["coordinates"])
    answers = [
        caller(
            "POST",
            f"{here}/cards",
            {"name": "x", "phase": str(phase), "party": own, "kind": "step"},
        )
        for phase in (foreign, uuid.uuid4())
    ]
    assert [answer.status_code for answer in answers] == [422, 422]
    assert answers[0].data == answers[1].data
    assert answers[0].get_json()["errors"][0]["field"] == "phase"


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.binary(max_size=60) | st.text(max_size=60).map(lambda text: text.encode("utf-8", "ignore"))
)
def test_any_bytes_are_json_or_refused(raw: bytes) -> None:
    try:
        found, code = reading.parse(raw), 200
    except ProblemError as error:
        found, code = None, error.code
    assert code in (200, 400)
    assert code == 400 or json.loads(raw) == found


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(JSON_VALUES, st.sampled_from(["id", "source", "type", "subject", "time", "data"]))
def test_no_event_breaks_it(told: Story, value: Any, place: str) -> None:
    key = told.keys.get("telenoord") or told.keys.setdefault(
        "telenoord", make_key(told, "telenoord")
    )
    caller = Caller(told, key)
    event = {
        "id": "e",
        "type": "partnerjourney.handover.completed",
        "subject": "s",
        "time": "2026-11-19T09:30:00Z",
        "data": {"handover": "nothing"},
    }
    assert caller("POST", "/events", {**event, place: value}).status_code in (422, 429)


# --- again --------------------------------------------------------------------------------------


def test_a_request_with_a_key_of_its_own_is_done_once(told: Story) -> None:
    caller = Caller(told, make_key(told, "telenoord"))
    other = Caller(told, make_key(told, "telenoord"))
    path = f"/journeys/{told.ids['journey_id']}/phases"
    first = caller("POST", path, {"name": "Nazorg"}, Idempotency_Key="one")
    again = caller("POST", path, {"name": "Nazorg"}, Idempotency_Key="one")
    assert (again.status_code, again.data) == (201, first.data)
    assert again.headers["ETag"] == first.headers["ETag"]
    assert again.headers["Idempotency-Replayed"] == "true"
    changed = caller("POST", path, {"name": "Anders"}, Idempotency_Key="one")
    assert changed.status_code == 422
    elsewhere = caller(
        "POST", path.replace("phases", "parties"), {"name": "Nazorg"}, Idempotency_Key="one"
    )
    assert elsewhere.status_code == 422
    assert other("POST", path, {"name": "Nazorg"}, Idempotency_Key="one").data != first.data
    refused = caller("POST", path, {"name": ""}, Idempotency_Key="two")
    assert refused.status_code == 422
    assert caller("POST", path, {"name": "Nu goed"}, Idempotency_Key="two").status_code == 201
    for odd in ("", "x" * 256, "é"):
        odd_answer = caller("POST", path, {"name": "x"}, Idempotency_Key=odd)
        assert odd_answer.status_code == 422
    names = [one["name"] for one in caller.all(path)]
    assert names.count("Nazorg") == 2
    with border.open_session(told.engine, System("a test")) as session:
        assert len(session.scalars(select(ApiAnswer)).all()) == 3


def test_too_many_requests_wait(told: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "PER_MINUTE", 3)
    one, two = (Caller(told, make_key(told, "telenoord")) for _ in range(2))
    codes = [one("GET", "/key").status_code for _ in range(5)]
    assert codes == [200, 200, 200, 429, 429]
    assert 0 < int(one("GET", "/key").headers["Retry-After"]) <= 60
    assert two("GET", "/key").status_code == 200
    with clock.at(NOW + timedelta(minutes=1)):
        assert one("GET", "/key").status_code == 200
