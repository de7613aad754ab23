"""The pages of complaints: at the desk, at a courier, and for who must not learn of them."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select

from partnerjourney.complaints.models import Complaint
from partnerjourney.core import clock
from partnerjourney.core.parties import Organisation, Participation, Role
from tests.databases import counted
from tests.maps.telenoord import NOW, Telenoord, chain

__all__ = ["chain"]

LIVE = {"HX-Request": "true", "HX-Request-Type": "partial", "HX-Target": "div#complaint-state"}
TITLE = "Blauwe telefoon in plaats van een zwarte"


class Desk:
    """Everybody's browser, and the desk's form."""

    def __init__(self, app: Flask, chain: Telenoord) -> None:
        self.app, self.chain = app, chain
        self.clients: dict[str, FlaskClient] = {}
        self.posts = 0

    def at(self, name: str, path: str = "") -> str:
        return self.chain.at(name, f"complaints/{path}")

    def client(self, name: str, role: Role = Role.ADMIN) -> FlaskClient:
        key = f"{name} {role}"
        if key not in self.clients:
            self.clients[key] = self.chain.client(self.app, name, role)
        return self.clients[key]

    def get(self, name: str, path: str = "", at: Any = NOW, **more: Any) -> Any:
        with clock.at(at):
            return self.client(name).get(self.at(name, path), **more)

    def post(self, name: str, path: str, at: Any = NOW, **data: Any) -> Any:
        self.posts += 1  # one after another, as people do
        with clock.at(at + timedelta(seconds=self.posts)):
            return self.client(name).post(self.at(name, path), data=data)

    def member(self, name: str) -> str:
        with self.chain.system() as session:
            found = session.scalars(
                select(Participation.id).where(
                    Participation.journey_id == self.chain.journey,
                    Participation.organisation_id == self.chain.organisations[name],
                )
            ).one()
            return str(found)

    def typed(self, **more: Any) -> dict[str, Any]:
        return {
            "reference": "10234",
            "happened": "wrong_item",
            "title": TITLE,
            "needs": "De zwarte telefoon",
            "due": "2026-11-20T17:00",
            "handovers": [str(self.chain.handover("h4")), str(self.chain.handover("h5"))],
            "members": [self.member("snel")],
            **more,
        }

    def report(self, name: str = "telenoord", **more: Any) -> UUID:
        answer = self.post(name, "", **self.typed(**more))
        assert answer.status_code == 303, answer.text
        return UUID(answer.location.rpartition("/")[2])


@pytest.fixture
def desk(app: Flask, chain: Telenoord) -> Desk:
    return Desk(app, chain)


def test_the_desk_enters_it_once_and_the_courier_sees_it(desk: Desk) -> None:
    assert "Geen open klacht" in desk.get("snel").text
    complaint = desk.report()
    page = desk.get("telenoord", str(complaint)).text
    assert "Nog niemand pakt dit op" in page
    assert "De klant heeft antwoord nodig vóór vandaag 17.00. Wacht op" in page
    assert "Telenoord spreekt de klant" in page
    for name in ("snel", "flevo"):
        assert TITLE in desk.get(name).text
        assert desk.get(name, str(complaint)).status_code == 200
    with clock.at(NOW):
        home = desk.client("snel").get("/o/snel/").text
    assert "Nog niemand pakt dit op" in home
    assert TITLE in home


def test_who_must_not_learn_of_it_sees_nothing_of_it(desk: Desk) -> None:
    """Neither the other courier nor somebody elsewhere on the journey: the same bytes as before."""
    paths = ("", "new", "unlinked", "find?reference=10234", "?state=closed", str(uuid4()))
    rest = ("", "?view=table", f"handovers/{desk.chain.handover('h5')}")

    def everything() -> list[Any]:
        found = []
        with clock.at(NOW):
            client = desk.client("rijk")
            addresses = [desk.at("rijk", path) for path in paths]
            addresses += [desk.chain.at("rijk", path) for path in rest]
            for address in (*addresses, "/o/rijk/", "/o/rijk/complaints/"):
                answer = client.get(address)
                found.append((answer.status_code, answer.data, answer.headers.get("ETag")))
        return found

    before = everything()
    complaint = desk.report()
    desk.post("snel", f"{complaint}/answer", answer="pick_up:2026-11-20T17:00")
    assert everything() == before
    for name in ("rijk", "stranger"):
        assert desk.get(name, str(complaint)).status_code == 404
        assert desk.post(name, f"{complaint}/answer", answer="solve").status_code == 404
        for verb in ("told", "voice", "not-solved", "link", "close"):
            assert desk.post(name, f"{complaint}/{verb}").status_code == 404


def test_the_desk_sees_an_answer_without_reloading_in_one_statement(
    engine: Engine, app: Flask, desk: Desk
) -> None:
    app.extensions["kept"].checking = False
    complaint = desk.report()
    desk.get("telenoord", str(complaint))  # says in a toast that it was reported
    first = desk.get("telenoord", str(complaint), headers=LIVE)
    assert "<h1" not in first.text
    tag = {"If-None-Match": first.headers["ETag"]}
    with counted(engine) as found:
        again = desk.get("telenoord", str(complaint), headers=LIVE | tag)
    assert (again.status_code, len(found)) == (304, 1)
    desk.post("snel", f"{complaint}/answer", answer="pick_up:2026-11-20T16:00")
    now = desk.get("telenoord", str(complaint), headers=LIVE | tag)
    assert now.status_code == 200
    assert "Koerier Snel pakt dit op, vóór vandaag 16.00" in now.text
    assert 'id="complaint-history" aria-labelledby="history-title" hx-swap-oob' in now.text


def test_picked_up_solved_told_and_closed(desk: Desk) -> None:
    complaint = desk.report()
    said = desk.post("flevo", f"{complaint}/answer", answer="not_here", reason="Zwart ging mee.")
    assert said.status_code == 303
    desk.post("snel", f"{complaint}/answer", answer="pick_up:other", moment="2026-11-20T15:30")
    assert "Koerier Snel pakt dit op, vóór vandaag 15.30" in desk.get("flevo", str(complaint)).text
    assert 'name="answer"' not in desk.get("flevo", str(complaint)).text, "nothing to do any more"
    desk.post("telenoord", f"{complaint}/told", told="Vanmiddag komt de zwarte.")
    assert desk.post("snel", f"{complaint}/told", told="Ook van ons.").status_code == 403
    desk.post("snel", f"{complaint}/answer", answer="solve", done="Omgeruild.")
    assert desk.post("snel", f"{complaint}/close").status_code == 403
    page = desk.get("telenoord", str(complaint)).text
    assert "Opgelost, zegt Koerier Snel" in page
    assert desk.post("telenoord", f"{complaint}/close").status_code == 303
    assert TITLE not in desk.get("snel").text
    closed = desk.get("snel", "?state=closed").text
    assert TITLE in closed
    page = desk.get("snel", str(complaint)).text
    for told in ("Zwart ging mee.", "Vanmiddag komt de zwarte.", "Omgeruild.", "Gesloten"):
        assert told in page


def test_what_is_typed_badly_is_said_at_its_field_and_kept(desk: Desk) -> None:
    answer = desk.post("telenoord", "", **desk.typed(reference="", due="later", handovers=[]))
    assert answer.status_code == 422
    for told in ("Vul het kenmerk van de zaak in.", "Vul een dag en een tijd in.", "misging."):
        assert told in answer.text
    assert TITLE in answer.text
    assert desk.post("telenoord", "", **desk.typed(members=[str(uuid4())])).status_code == 422
    assert desk.post("telenoord", "", **desk.typed(members=["x"])).status_code == 422
    assert desk.post("telenoord", "", **desk.typed(where="x,y")).status_code == 422
    assert desk.post("telenoord", "", **desk.typed(happened="fault")).status_code == 422
    assert desk.post("telenoord", "", **desk.typed(handovers=[str(uuid4())])).status_code == 422
    complaint = desk.report()
    for data, told in (
        ({}, "Kies een van de antwoorden."),
        ({"answer": "pick_up:gisteren"}, "Vul een dag en een tijd in."),
        ({"answer": "pick_up:2020-01-01T10:00"}, "Kies een moment dat nog komt."),
        ({"answer": "pick_up:other"}, "Vul een dag en een tijd in."),
        ({"answer": "not_here"}, "Zeg in een paar woorden waarom"),
        ({"answer": "close"}, "Kies een van de antwoorden."),
    ):
        answer = desk.post("snel", f"{complaint}/answer", **data)
        assert answer.status_code == 422, data
        assert told in answer.text


def test_two_who_pick_it_up_at_once_see_who_was_first(desk: Desk) -> None:
    complaint = desk.report()
    desk.post("flevo", f"{complaint}/answer", answer="pick_up:2026-11-20T17:00")
    late = desk.post("snel", f"{complaint}/answer", answer="not_here", reason="Wij reden niet.")
    assert late.status_code == 409
    assert "Magazijn Flevo antwoordde ondertussen." in late.text
    assert "Magazijn Flevo pakt dit op" in late.text


def test_a_viewer_reads_and_answers_nothing(desk: Desk) -> None:
    complaint = desk.report()
    viewer = desk.client("snel", Role.VIEWER)
    with clock.at(NOW):
        page = viewer.get(desk.at("snel", str(complaint)))
        assert page.status_code == 200
        assert 'name="answer"' not in page.text
        address = desk.at("snel", f"{complaint}/answer")
        assert viewer.post(address, data={"answer": "solve"}).status_code == 403
        assert viewer.get(desk.at("snel", "new")).status_code == 403
        assert viewer.post(desk.at("snel"), data=desk.typed()).status_code == 403


def test_a_deadline_that_passes_is_said_plainly_to_those_it_concerns(desk: Desk) -> None:
    desk.report(due="2026-11-20T11:00")
    later = NOW + timedelta(hours=2)
    with clock.at(later):
        for name in ("telenoord", "snel", "flevo"):
            page = desk.client(name).get(f"/o/{name}/").text
            assert "De klant had antwoord nodig vóór vandaag 11.00. Dat is voorbij." in page, name
        assert "voorbij" not in desk.client("rijk").get("/o/rijk/").text


def test_the_map_shows_it_to_those_who_share_it(desk: Desk) -> None:
    complaint = desk.report()
    with clock.at(NOW):
        for name, badges in (("telenoord", 1), ("snel", 1), ("flevo", 1), ("rijk", 0)):
            client = desk.client(name)
            page = client.get(desk.chain.at(name)).text
            assert page.count("melding open") == badges, name
            panel = client.get(desk.chain.at(name, f"handovers/{desk.chain.handover('h5')}")).text
            assert (f"complaints/{complaint}" in panel) is bool(badges), name
        group = desk.client("telenoord").get(desk.chain.at("telenoord", "?as=koeriers")).text
        assert "melding open" not in group, "each member sees its own"
        there = desk.client("telenoord").get(desk.chain.at("telenoord", "?as=magazijn")).text
        assert "melding open" in there


def test_over_all_journeys_by_due_time_and_what_waits_for_us(desk: Desk) -> None:
    desk.report(title="Eerste", due="2026-11-24T10:00")
    desk.report(title="Tweede", due="2026-11-23T10:00")
    with clock.at(NOW):
        client = desk.client("snel")
        page = client.get("/o/snel/complaints/").text
        assert 0 < page.index("Tweede") < page.index("Eerste")
        assert "Tweede" in client.get("/o/snel/complaints/?state=mine").text
        assert "Tweede" not in client.get("/o/snel/complaints/?state=closed").text
        mine = desk.client("telenoord").get("/o/telenoord/complaints/?state=mine").text
        assert "Tweede" not in mine, "it waits for others"
        here = client.get(f"/o/snel/complaints/?journey={desk.chain.journey}").text
        assert "Tweede" in here


def test_an_unknown_reference_is_listed_and_found(desk: Desk) -> None:
    empty = '<span class="count is-brand"></span>'
    assert empty not in desk.get("telenoord", "unlinked").text, "no count of nothing"
    complaint = desk.report(reference="JOB-5")
    assert "nog niet gekoppeld" in desk.get("snel", str(complaint)).text
    assert "JOB-5" in desk.get("telenoord", "unlinked").text
    assert TITLE in desk.get("snel", "find?reference=JOB-5").text
    assert "Niets gevonden" in desk.get("snel", "find?reference=JOB").text
    refused = desk.post("snel", f"{complaint}/link", reference="nothing")
    assert refused.status_code == 422
    assert "kent hier geen zaak met dit kenmerk" in refused.text


def test_the_number_of_statements_does_not_grow(engine: Engine, app: Flask, desk: Desk) -> None:
    app.extensions["kept"].checking = False
    needed = []
    for number in (1, 3):
        for _ in range(number):
            complaint = desk.report()
        desk.get("telenoord", str(complaint))
        for path in ("", str(complaint)):
            with counted(engine) as found:
                desk.get("telenoord", path)
            needed.append(len(found))
    assert needed[:2] == needed[2:]
    assert max(needed) <= 12


def test_no_column_and_no_word_says_whose_fault_it_was(desk: Desk) -> None:
    names = {column.name for column in Complaint.__table__.columns}
    assert not {name for name in names if re.search("fault|blame|guilt|culprit", name)}
    complaint = desk.report()
    page = desk.get("telenoord", str(complaint)).text
    assert not re.search(r"schuld|fout van|verantwoordelijk", page)
    with desk.chain.system() as session:
        name = select(Organisation.name).where(Organisation.slug == "snel")
        assert session.scalar(name) in page
