"""A customer asks what is stored, or to be forgotten: counts stay, the person does not."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, func, inspect, select

from partnerjourney.core import audit, border, clock, predicates
from partnerjourney.core.links import Purpose, new_link
from partnerjourney.core.parties import Membership, Organisation, Role
from partnerjourney.core.policy import NotAllowedError
from partnerjourney.core.scopes import System
from partnerjourney.events.models import Case
from partnerjourney.measurement.services import cells as measured
from partnerjourney.surveys.models import (
    Answer,
    Contact,
    Erasure,
    Invitation,
    OptOut,
    PermittedComment,
)
from partnerjourney.surveys.rules import InvitationState
from partnerjourney.surveys.services import respondents
from tests.command import call
from tests.surveys.story import AT, SECRET, Story
from tests.surveys.test_asking import upload, work
from tests.surveys.told import answers, send
from tests.web_client import client_of

EMAIL = "M.deWit@example.org"
NAMES = "email;name;account;reference;date\n"


@pytest.fixture
def asked(app: Flask, story: Story) -> str:
    """Ask two customers as a list does; the first answers. Returns her link."""
    wave = story.open_wave()
    lines = f"{EMAIL};Marije de Wit;Wit BV;10234;4-3-2026\nother@example.org;Otto;;;"
    assert upload(story, wave, NAMES + lines) == []
    work(app)
    with story.system() as session:
        invitation = session.scalars(
            select(Invitation)
            .join(Contact, Contact.id == Invitation.contact_id)
            .where(Contact.name == "Marije de Wit")
        ).one()
        token = new_link(session, Purpose.SURVEY, invitation.id, at=AT)
        session.scalars(
            select(Membership).where(Membership.owner_id == story.organisations["telenoord"])
        ).one().role = Role.ADMIN
    said = {"score": "3", "comment": "Bel Marije maar", "share_name": ""}
    send(app.test_client(), token, **said, share=str(story.participations["flevo"]))
    return token


@pytest.fixture
def admin(app: Flask, story: Story, asked: str) -> FlaskClient:
    return client_of(app, story.users["telenoord"])


@pytest.fixture
def post(admin: FlaskClient) -> Callable[..., Any]:
    def posted(path: str = "", **data: str) -> Any:
        with clock.at(AT):
            return admin.post(f"/o/telenoord/customer-requests/{path}", data=data)

    return posted


def texts(engine: Engine) -> str:
    """Return everything that is stored, as one text."""
    found = []
    with border.open_session(engine, System("a test")) as session:
        for table in predicates.tables():
            for one in session.scalars(select(table)):
                found += [str(getattr(one, c.key)) for c in inspect(table).column_attrs]
    return "\n".join(found)


def test_an_admin_downloads_what_is_stored_about_one_address(post: Callable[..., Any]) -> None:
    page = post(email="m.dewit@EXAMPLE.org ")
    assert page.status_code == 200
    assert "Marije de Wit" in page.text
    assert "1 vraag" in page.text
    assert "Otto" not in page.text
    assert page.headers["Cache-Control"] == "no-store"
    file = post("export", email=EMAIL)
    assert file.mimetype == "application/json"
    assert "attachment" in file.headers["Content-Disposition"]
    found = json.loads(file.text)
    [contact], [question] = found["contacts"], found["questions"]
    assert (contact["name"], contact["account"]) == ("Marije de Wit", "Wit BV")
    assert (question["about"], question["reference"]) == ("levering", "10234")
    assert (question["about_day"], question["state"]) == ("2026-03-04", "answered")
    assert (question["answer"]["score"], question["answer"]["comment"]) == (3, "Bel Marije maar")
    readers = {r["organisation"]: r["with_name"] for r in question["answer"]["comment_read_by"]}
    assert readers == {"Telenoord": True, "Magazijn Flevo": False}


@pytest.mark.parametrize("email", ["dewit@example.org", "m.dewit@example.or", "%@example.org"])
def test_only_the_whole_address_finds_somebody(post: Callable[..., Any], email: str) -> None:
    assert "Marije" not in post(email=email).text
    assert "Marije" not in post("export", email=email).text


def test_erasing_leaves_counts_that_lead_to_nobody(
    app: Flask, story: Story, asked: str, post: Callable[..., Any]
) -> None:
    with story.system() as session:
        before = measured.recount(session, story.journey)
        case = session.scalars(select(Invitation.case_id).where(Invitation.reference != "")).one()
    unticked = post("erase", email=EMAIL)
    assert unticked.status_code == 422
    assert "Marije" not in unticked.text  # what is not written down is not shown
    assert "Marije" in texts(story.engine)
    gone = post("erase", email=EMAIL, sure="1")
    assert gone.status_code == 303
    left = texts(story.engine).lower()
    assert not [word for word in ("marije", "m.dewit", "bel ", "wit bv") if word in left]
    assert "otto" in left
    assert answers(story) == [(3, None)]
    with story.system() as session:
        assert measured.recount(session, story.journey) == before
        assert measured.rebuild(session, story.journey) == 0
        assert session.scalars(select(PermittedComment)).all() == []
        [answer] = session.scalars(select(Answer))
        assert (answer.invitation_id, answer.case_id) == (None, None)
        assert session.get(Case, (story.journey, case)) is not None  # the partners' own
        macs = set(session.scalars(select(Invitation.address_mac)))
        assert session.scalars(select(OptOut.address_mac)).one() not in macs
    with clock.at(AT):
        assert app.test_client().get(f"/s/{asked}").status_code == 404
        assert "niets bewaard" not in post(email=EMAIL).text  # the opt-out is
        assert "Wil geen vragen meer" in post(email=EMAIL).text
    assert post("erase", email=EMAIL, sure="1").status_code == 303
    assert answers(story) == [(3, None)]


def test_who_was_erased_is_not_asked_again(
    app: Flask, story: Story, post: Callable[..., Any]
) -> None:
    post("erase", email=EMAIL, sure="1")
    with story.system() as session:
        wave = session.scalars(select(Invitation.wave_id).distinct()).one()
    assert upload(story, wave, f"email\n{EMAIL}") == []
    with story.system() as session:
        states = session.scalars(select(Invitation.state).where(Invitation.suppressed.is_not(None)))
        assert states.all() == [InvitationState.SUPPRESSED]


def test_a_question_that_waits_is_not_sent_any_more(app: Flask, story: Story) -> None:
    assert upload(story, story.open_wave(), f"email\n{EMAIL}") == []
    with story.acting("telenoord", Role.ADMIN) as (session, actor, place):
        here = session.get_one(Organisation, place.journey.customer_owner_id)
        respondents.erase(session, actor, here, email=EMAIL, secret=SECRET, at=AT)
    work(app)
    with story.system() as session:
        assert session.scalars(select(Invitation.state)).one() is InvitationState.EXPIRED
        assert session.scalar(select(func.count()).select_from(Contact)) == 0


def test_what_is_done_is_written_down_without_the_address(
    story: Story, post: Callable[..., Any]
) -> None:
    post(email=EMAIL)
    post("export", email="nobody@example.org")
    post("erase", email=EMAIL, sure="1")
    with story.acting("telenoord", Role.ADMIN) as (session, *_):
        acts = session.scalars(select(audit.OrganisationAct))
        verbs = sorted((act.verb, act.user_id) for act in acts)
    me = story.users["telenoord"]
    assert verbs == [("respondent.erase", me), ("respondent.look", me), ("respondent.look", me)]


def test_only_admins_of_the_customer_owner_get_there(app: Flask, story: Story, asked: str) -> None:
    with clock.at(AT):
        editor = client_of(app, story.users["flevo"])
        for path in ("", "export", "erase"):
            where = f"/o/flevo/customer-requests/{path}"
            assert editor.post(where, data={"email": EMAIL, "sure": "1"}).status_code == 403
            other = where.replace("flevo", "telenoord")
            assert editor.post(other, data={"email": EMAIL, "sure": "1"}).status_code == 404
        assert editor.get("/o/flevo/customer-requests/").status_code == 403
    with story.system() as session:
        session.scalars(
            select(Membership).where(Membership.owner_id == story.organisations["flevo"])
        ).one().role = Role.ADMIN
    with clock.at(AT):
        partner = client_of(app, story.users["flevo"])
        got = partner.post("/o/flevo/customer-requests/", data={"email": EMAIL})
    assert got.status_code == 200
    assert "Marije" not in got.text  # of another customer owner
    with story.acting("telenoord") as (session, actor, place):
        here = session.get_one(Organisation, place.journey.customer_owner_id)
        with pytest.raises(NotAllowedError):  # an editor
            respondents.stored(session, actor, here, email=EMAIL, secret=SECRET, at=AT)


def test_a_restored_backup_forgets_again(
    story: Story, post: Callable[..., Any], database_url: str, tmp_path: Path
) -> None:
    """The log of the lost database, heard by one in which the customer is still there."""
    post("erase", email=EMAIL, sure="1")
    log = call("export", "erasures", database_url=database_url)
    assert log.exit_code == 0, log.output
    assert "dewit" not in log.stdout.lower()
    file = tmp_path / "erasures.jsonl"
    file.write_text(log.stdout, "utf-8")
    with story.system() as session:  # as it was: the contact, a question and its answer
        for table in (Erasure, OptOut):
            for one in session.scalars(select(table)):
                session.delete(one)
    wave = _wave(story)
    assert upload(story, wave, f"email;name\n{EMAIL};Marije de Wit") == []
    assert "Marije" in texts(story.engine)
    for expected in ({"erased": 1, "opt_outs": 1}, {"erased": 0, "opt_outs": 0}):
        done = call(
            *("import", "erasures", str(file), "--json"),
            database_url=database_url,
            secret_key=SECRET,
        )
        assert json.loads(done.stdout) == expected
    assert "marije" not in texts(story.engine).lower()


@pytest.mark.parametrize(
    "text",
    ["x", '{"organisation": "nowhere", "address": "a", "at": "b", "erased": true}', '["a"]', "[1]"],
)
def test_a_file_that_is_no_log_is_refused(
    story: Story, database_url: str, tmp_path: Path, text: str
) -> None:
    file = tmp_path / "erasures.jsonl"
    file.write_text(text, "utf-8")
    done = call("import", "erasures", str(file), database_url=database_url)
    assert done.exit_code == 4
    assert "Traceback" not in done.stderr


def _wave(story: Story) -> Any:
    with story.system() as session:
        return session.scalars(select(Invitation.wave_id).distinct()).one()
