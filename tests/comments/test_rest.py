"""Conversations over REST: the same readers, and nothing of what people keep among themselves."""

from __future__ import annotations

from sqlalchemy import select

from partnerjourney.comments.models import JourneyThread
from partnerjourney.core import border
from partnerjourney.core.scopes import System
from partnerjourney.handovers.models import Handover
from tests.rest.caller import Caller, make_key
from tests.told import Story, told

__all__ = ["told"]


def handover(told: Story, key: str) -> str:
    """Return the id of a hand-over of the story."""
    with border.open_session(told.engine, System("a test")) as session:
        query = select(Handover.id).where(
            Handover.journey_id == told.ids["journey_id"], Handover.key == key
        )
        return str(session.scalars(query).one())


def test_a_system_talks_with_exactly_those_whom_it_chose(told: Story) -> None:
    warehouse = Caller(told, make_key(told, "magazijn-flevo"))
    fast = Caller(told, make_key(told, "koerier-snel"))
    other = Caller(told, make_key(told, "rijk-bezorgt"))
    here = f"/journeys/{told.ids['journey_id']}/conversations"
    before = other("GET", here).data
    new = {"audience": "edge", "handover": handover(told, "lading"), "text": "Etiketten op?"}
    assert warehouse("POST", here, new).status_code == 422  # with which of the two?
    assert warehouse("POST", here, {**new, "member": "thuisklaar"}).status_code == 422
    assert fast("POST", here, {**new, "member": "rijk-bezorgt"}).status_code == 422
    assert warehouse("POST", here, {"audience": "own", "text": "Onder ons."}).status_code == 422
    made = warehouse("POST", here, {**new, "member": "koerier-snel"})
    assert made.status_code == 201, made.text
    address = f"{here}/{made.get_json()['id']}"
    (comment,) = made.get_json()["comments"]
    assert (comment["organisation"], comment["person"]) == ("Magazijn Flevo", None)
    asks = {"text": "Nee, morgen weer.", "asks": [str(told.ids["party_id"])]}
    assert fast("POST", f"{address}/comments", asks).status_code == 422  # it does not read this
    answered = fast("POST", f"{address}/comments", {"text": "Nee, morgen weer."})
    said = {one["text"] for one in answered.get_json()["comments"]}
    assert said == {"Etiketten op?", "Nee, morgen weer."}
    assert warehouse("POST", f"{address}/resolve").get_json()["resolved_at"]
    assert made.get_json()["id"] in {one["id"] for one in fast.all(f"{here}?resolved=true")}
    for method, path in (("GET", ""), ("POST", "/resolve"), ("POST", "/comments")):
        body = {"text": "x"} if path == "/comments" else None
        assert other(method, address + path, body).status_code == 404, path
    assert other("GET", here).data == before
    with border.open_session(told.engine, System("a test")) as session:
        thread = session.scalars(select(JourneyThread.id)).first()
    typed = {"text": "Ik ben er ook."}
    assert other("POST", f"{here}/{thread}/comments", typed).status_code == 403  # a group's member
