"""A system announces over several journeys, says it otherwise and takes it back; none is told."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from sqlalchemy import select

from partnerjourney.announcements.models import OwnAnnouncement
from partnerjourney.core import border
from partnerjourney.core.scopes import System
from tests.rest.caller import V1, Caller, make_key, other_journey
from tests.told import NOW, NOWHERE, Story, told

__all__ = ["told"]

CLOSED = {"kind": "closure", "text": "Dicht op 5 mei.", "from": "2027-05-05", "until": "2027-05-05"}


@pytest.fixture
def courier(told: Story) -> Caller:
    """Give a system of the courier that is for the journeys of both its brands."""
    both = [told.ids["journey_id"], other_journey(told)]
    return Caller(told, make_key(told, "koerier-snel", journeys=both))


def _read(caller: Caller, journey: uuid.UUID) -> list[dict[str, Any]]:
    """Return what a reader is told there of that day."""
    found = caller.all(f"/journeys/{journey}/announcements", 50)
    return [one for one in found if one["from"] == CLOSED["from"]]


def test_it_is_said_otherwise_and_taken_back_over_all_brands(courier: Caller, told: Story) -> None:
    here, there = told.ids["journey_id"], other_journey(told)
    brands = {
        here: Caller(told, make_key(told, "telenoord", journeys=[here])),
        there: Caller(told, make_key(told, "bean-brook", journeys=[there])),
    }
    body: dict[str, Any] = {**CLOSED, "journeys": [str(here), str(there)]}
    for wrong, field in (
        ({"journeys": [str(here), str(NOWHERE)]}, "journeys.1"),
        ({"journeys": []}, "journeys"),
        ({"until": "2027-05-04"}, "until"),
        ({"until": "2020-05-04", "from": "2020-05-04"}, "until"),
        ({"text": " "}, "text"),
        ({"kind": "party"}, "kind"),
    ):
        answer = courier("POST", "/announcements", {**body, **wrong})
        assert (answer.status_code, answer.get_json()["errors"][0]["field"]) == (422, field)
    made = courier("POST", "/announcements", body)
    one = made.headers["Location"].removeprefix(V1)
    assert courier("GET", one).get_json() == made.get_json()
    assert made.get_json() in courier.all("/announcements")
    for journey, brand in brands.items():
        (seen,) = _read(brand, journey)
        assert (seen["text"], seen["ours"], seen["of"]) == (CLOSED["text"], False, None)
        assert [own["of"] for own in _read(courier, journey)] == [made.get_json()["id"]]
        assert brand("GET", one).status_code == 404
        assert brand("PATCH", one, {"text": "x"}, If_Match='"x"').status_code == 404
        assert brand("DELETE", one, If_Match='"x"').status_code == 404
    assert courier("PATCH", one, {"text": "x"}).status_code == 428
    tag = courier("GET", one).headers["ETag"]
    said = courier("PATCH", one, {"text": "Dicht op 5 en 6 mei.", "until": None}, If_Match=tag)
    assert said.get_json() == {**made.get_json(), "text": "Dicht op 5 en 6 mei.", "until": None}
    stale = courier("PATCH", one, {"text": "Te laat."}, If_Match=tag)
    assert (stale.status_code, stale.get_json()["current"]) == (412, said.get_json())
    assert [_read(brand, j)[0]["text"] for j, brand in brands.items()] == [
        "Dicht op 5 en 6 mei."
    ] * 2
    tag = said.headers["ETag"]
    for broken in ({"text": ""}, {"until": "2027-05-01"}, {"journeys": [str(NOWHERE)]}, {"x": 1}):
        assert courier("PATCH", one, broken, If_Match=tag).status_code == 422
    left = courier("PATCH", one, {"journeys": [str(there)]}, If_Match=tag)
    assert left.get_json()["journeys"] == [str(there)]
    assert (_read(brands[here], here), len(_read(brands[there], there))) == ([], 1)
    back = courier("PATCH", one, {"journeys": body["journeys"]}, If_Match=left.headers["ETag"])
    assert len(_read(brands[here], here)) == 1
    assert courier("DELETE", one, If_Match=left.headers["ETag"]).status_code == 412
    assert courier("DELETE", one, If_Match=back.headers["ETag"]).status_code == 204
    assert courier("GET", one).status_code == 404
    assert [_read(brand, j) for j, brand in brands.items()] == [[], []]
    acts = {act["act"] for act in brands[there].all(f"/journeys/{there}/history", 100)}
    assert {"announcement.make", "announcement.change", "announcement.withdraw"} <= acts


def test_what_was_taken_back_while_apart_is_taken_back_once_more(
    courier: Caller, told: Story
) -> None:
    """Where one takes part again it still stands: a person and a system can end it."""
    here = told.ids["journey_id"]
    brand, mila = (
        Caller(told, make_key(told, "telenoord")),
        told.browser("mila@koeriersnel.example"),
    )
    for by in ("page", "key"):
        made = courier("POST", "/announcements", {**CLOSED, "journeys": [str(here)]})
        one = made.headers["Location"].removeprefix(V1)
        with border.open_session(told.engine, System("a test"), write=True) as session:
            own = session.scalars(
                select(OwnAnnouncement).where(OwnAnnouncement.id == uuid.UUID(one[-36:]))
            ).one()
            own.withdrawn_at = NOW
            session.commit()
        tag = courier("GET", one).headers["ETag"]
        assert courier("PATCH", one, {"text": "Anders."}, If_Match=tag).status_code == 409
        assert len(_read(brand, here)) == 1
        page = f"/o/koerier-snel{one}"
        assert f'action="{page}/withdraw"' in mila.get(page).text
        if by == "page":
            assert mila.post(f"{page}/withdraw").status_code == 303
        else:
            assert courier("DELETE", one, If_Match=tag).status_code == 204
        assert _read(brand, here) == []
        assert f'action="{page}/withdraw"' not in mila.get(page).text
        assert mila.post(f"{page}/withdraw").status_code == 409


def test_a_key_for_one_journey_leaves_alone_what_stands_in_another(
    courier: Caller, told: Story
) -> None:
    here, there = told.ids["journey_id"], other_journey(told)
    made = courier("POST", "/announcements", {**CLOSED, "journeys": [str(here), str(there)]})
    one = made.headers["Location"].removeprefix(V1)
    narrow = Caller(told, make_key(told, "koerier-snel", journeys=[here]))
    seen = narrow("GET", one)
    assert seen.get_json()["journeys"] == [str(here)]
    tag = seen.headers["ETag"]
    for method, body in (("PATCH", {"text": "Anders."}), ("DELETE", None)):
        assert narrow(method, one, body, If_Match=tag).status_code == 409
    beyond = narrow("PATCH", one, {"journeys": [str(there)]}, If_Match=tag)
    assert beyond.get_json()["errors"][0]["field"] == "journeys.0"
    reader = Caller(told, make_key(told, "koerier-snel", "read"))
    assert reader("GET", one).status_code == 200
    assert reader("PATCH", one, {"text": "x"}, If_Match=tag).status_code == 403
    assert reader("DELETE", one, If_Match=tag).status_code == 403
    other = Caller(told, make_key(told, "rijk-bezorgt", journeys=[here]))
    assert [other(m, one, {} if m == "PATCH" else None, If_Match=tag).status_code
            for m in ("GET", "PATCH", "DELETE")] == [404] * 3  # fmt: skip
    shown = next(row for row in _read(narrow, here))
    at = f"/journeys/{here}/announcements/{shown['id']}"
    assert narrow("DELETE", at, If_Match=narrow("GET", at).headers["ETag"]).status_code == 204
    assert narrow("GET", one).status_code == 404, "it stands in none of this key's journeys"
    assert courier("GET", one).get_json()["journeys"] == [str(there)]
    with border.open_session(told.engine, System("a test")) as session:
        row = session.scalars(
            select(OwnAnnouncement).where(OwnAnnouncement.text == CLOSED["text"])
        ).one()
    assert row.withdrawn_at is None
