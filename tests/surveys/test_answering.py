"""One answer: a GET stores nothing, a POST stores or replaces, and the cells follow."""

from __future__ import annotations

import importlib
import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event, func, select

from partnerjourney.core import clock, ids, schema
from partnerjourney.core.border import BorderError
from partnerjourney.core.ledger import Attempt
from partnerjourney.core.links import Link, Purpose, new_link
from partnerjourney.events.models import Case
from partnerjourney.surveys.models import Answer, Contact, Invitation, OptOut, PermittedComment
from partnerjourney.surveys.rules import InvitationState
from tests.databases import counted
from tests.factories import row
from tests.surveys.story import AT, Story, add_call
from tests.surveys.told import answers, cells, send
from tests.web_client import client_of


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def rows(story: Story) -> dict[str, list[Any]]:
    """Return every row of every table."""
    with story.system() as session:
        found = schema.load().metadata.sorted_tables
        return {
            table.name: [tuple(one) for one in session.execute(select(table)).all()]
            for table in found
        }


def test_a_get_or_head_writes_nothing_and_shows_no_earlier_answer(
    client: FlaskClient, story: Story
) -> None:
    token = story.invite(story.open_wave())
    send(client, token, score="3", comment="kwam te laat")
    with story.system() as session:
        invitation = session.scalars(select(Invitation.id)).one()
        stop = new_link(session, Purpose.UNSUBSCRIBE, invitation, at=AT)
    written = []

    def watch(_c, _cursor, statement, *_):
        if not statement.lstrip().upper().startswith(("SELECT", "BEGIN", "COMMIT", "ROLLBACK")):
            written.append(statement)

    event.listen(story.engine, "before_cursor_execute", watch)
    before = rows(story)
    with clock.at(AT):
        for path in (f"/s/{token}", f"/s/{token}?score=9", f"/s/{token}/privacy", f"/u/{stop}"):
            for method in ("GET", "HEAD"):
                got = client.open(path, method=method)
                assert "kwam te laat" not in got.text
                assert "checked" not in got.text or "score=9" in path
                assert "Set-Cookie" not in got.headers
                assert got.headers["Cache-Control"] == "no-store"
    event.remove(story.engine, "before_cursor_execute", watch)
    assert written == []
    assert rows(story) == before
    assert answers(story) == [(3, "kwam te laat")]


def test_one_answer_costs_at_most_eight_statements(client: FlaskClient, story: Story) -> None:
    add_call(story)
    by_number = story.open_wave("call", close_on=None, close_at_answers=500)
    by_day = story.open_wave()
    flevo = {"comment": "Prima", "share": str(story.participations["flevo"])}
    case = ids.new_v4()
    with story.system() as session:
        session.add(row(Case, journey_id=story.journey, id=case))
    about = {"case_id": case}
    for wave, extra, asked in (
        (by_number, {}, {}),
        (by_day, {}, {}),
        (by_day, {}, about),
        (by_day, flevo, {}),
    ):
        send(client, story.invite(wave), score="1")
        token = story.invite(wave, **asked)
        with clock.at(AT), counted(story.engine) as found:
            client.get(f"/s/{token}?score=4")
            assert client.post(f"/s/{token}", data={"score": "4"} | extra).status_code == 200
        assert len(found) <= 8 + 2 * bool(extra), found.texts


@pytest.mark.parametrize(
    "score", ["9.5", "11", "−1", "-1", "", "\uff19", "1e1", "09", " 8", "8\n", "x"]
)
def test_a_score_that_is_none_is_refused_with_422(
    client: FlaskClient, story: Story, score: str
) -> None:
    token = story.invite(story.open_wave())
    got = send(client, token, score=score)
    assert got.status_code == 422
    assert "Kies een cijfer van 0 tot en met 10." in got.text
    assert answers(story) == []


def test_no_score_at_all_is_refused_and_a_wrong_preselection_ignored(
    client: FlaskClient, story: Story
) -> None:
    token = story.invite(story.open_wave())
    assert send(client, token).status_code == 422
    with clock.at(AT):
        for score in ("11", "<b>", "9.5", "\x00"):
            got = client.get(f"/s/{token}", query_string={"score": score})
            assert got.status_code == 200
            assert " checked" not in got.text


def test_later_posts_replace_and_the_cells_hold_one_answer(
    client: FlaskClient, story: Story
) -> None:
    token = story.invite(story.open_wave())
    with cells() as counts:
        for score in ("2", "9", "9", "8"):
            got = send(client, token, score=score)
            assert got.status_code == 200
            assert f"Uw {score} voor de levering van wo 4 maart is verstuurd." in got.text
        assert counts() == {"s8": 1}
        send(client, token, AT + timedelta(days=1), score="8")
        assert counts() == {"s8": 1}
        assert "Er is geen cijfer opgeslagen" in send(client, token, not_me="1").text
        assert counts() == {"skipped": 1}
        send(client, token, score="10")
        assert counts() == {"s10": 1}
    assert answers(story) == [(10, None)]


def test_a_comment_goes_to_whom_it_was_ticked_for_and_goes_again(
    client: FlaskClient, story: Story
) -> None:
    token = story.invite(story.open_wave(), members=("snel",))

    def readers() -> dict[str, str]:
        found = {}
        for name in ("telenoord", "flevo", "snel", "rijk", "stranger"):
            with story.acting(name) if name != "stranger" else story.system() as opened:
                session = opened[0] if isinstance(opened, tuple) else opened
                if name == "stranger":
                    continue
                for comment in session.scalars(select(PermittedComment.comment)):
                    found[name] = comment
        return found

    send(client, token, score="4", comment="Doos stuk")
    assert readers() == {"telenoord": "Doos stuk"}
    share = [str(story.participations[name]) for name in ("snel", "rijk")] + ["x", ""]
    page = send(client, token, score="4", comment="Doos stuk", share=share)
    assert "Koerier Snel mag mijn toelichting lezen" in page.text
    assert "Rijk" not in page.text
    assert readers() == {"telenoord": "Doos stuk", "snel": "Doos stuk"}
    send(client, token, score="5")  # the score alone: the comment and its ticks stay
    assert readers() == {"telenoord": "Doos stuk", "snel": "Doos stuk"}
    send(client, token, score="5", comment="Doos heel", share=str(story.participations["flevo"]))
    assert readers() == {"telenoord": "Doos heel", "flevo": "Doos heel"}
    send(client, token, score="5", comment="  ")
    assert readers() == {}


def test_the_name_has_a_tick_of_its_own_for_each_party(
    app: Flask, client: FlaskClient, story: Story
) -> None:
    wave = story.open_wave()
    token = story.invite(wave, members=("snel",), named=True)
    with story.system() as session:
        session.scalars(select(Contact)).one().name = "M. <de> Wit"
    flevo, snel = (str(story.participations[name]) for name in ("flevo", "snel"))

    def names() -> dict[str, str]:
        found = {}
        for name in ("telenoord", "flevo", "snel", "rijk"):
            with story.acting(name) as (session, *_):
                for row in session.scalars(select(PermittedComment)):
                    found[name] = row.name
        return found

    with clock.at(AT):
        asked = client.get(f"/s/{token}")
    thanks = send(client, token, score="4")
    assert "M. &lt;" not in asked.text + thanks.text  # a link shows nobody's name
    assert thanks.text.count('name="share_name"') == 2
    assert " checked" not in thanks.text
    said = {"score": "4", "comment": "Doos stuk"}
    send(client, token, **said, share_name=flevo)  # no comment, so no name
    assert names() == {"telenoord": "M. <de> Wit"}
    page = send(client, token, **said, share=[flevo, snel], share_name=flevo)
    assert len(re.findall(r"checked><span>Met mijn naam erbij voor Magazijn Flevo", page.text)) == 1
    assert names() == {"telenoord": "M. <de> Wit", "flevo": "M. <de> Wit", "snel": ""}
    send(client, token, score="5")  # the score alone: what was ticked stays
    assert names() == {"telenoord": "M. <de> Wit", "flevo": "M. <de> Wit", "snel": ""}
    for name, seen in (("telenoord", 1), ("flevo", 1), ("snel", 0)):
        point = story.points["delivery"]
        with clock.at(AT):
            where = f"/o/{name}/journeys/{story.journey}/measurement/{point}"
            shown = client_of(app, story.users[name]).get(where).text
        assert "Doos stuk" in shown
        assert shown.count("M. &lt;de&gt; Wit") == seen
    send(client, token, **said, share=[flevo, snel], share_name=snel)
    assert names() == {"telenoord": "M. <de> Wit", "flevo": "", "snel": "M. <de> Wit"}


def test_without_a_stored_name_none_is_offered(client: FlaskClient, story: Story) -> None:
    token = story.invite(story.open_wave())
    flevo = str(story.participations["flevo"])
    page = send(client, token, score="4", comment="x", share=flevo, share_name=flevo)
    assert "share_name" not in page.text
    with story.acting("flevo") as (session, *_):
        assert session.scalars(select(PermittedComment.name)).all() == [""]


def test_nasty_comments(client: FlaskClient, story: Story) -> None:
    token = story.invite(story.open_wave())
    long = send(client, token, score="7", comment="x" * 10_000)
    assert long.status_code == 422
    assert "langer dan 4000 tekens" in long.text
    assert answers(story) == []
    got = send(client, token, score="7", comment="<script>alert(1)</script>\u202e\x00\x07\r\nja")
    assert got.status_code == 200
    assert "<script>alert" not in got.text
    assert answers(story) == [(7, "<script>alert(1)</script>\nja")]


def test_whatever_does_not_open_is_the_same_calm_404(client: FlaskClient, story: Story) -> None:
    wave = story.open_wave()
    token = story.invite(wave)
    with story.system() as session:
        invitation = session.scalars(select(Invitation.id)).one()
        stop = new_link(session, Purpose.UNSUBSCRIBE, invitation, at=AT)
        orphan = new_link(session, Purpose.SURVEY, ids.new_v4(), at=AT)
    planned = story.invite(wave, state=InvitationState.PLANNED)
    bounced = story.invite(wave, state=InvitationState.BOUNCED)
    changed = token[:-1] + ("A" if token[-1] != "A" else "B")
    bad = [
        changed,
        token[:-1],
        token + "A",
        ids.new_token(),
        stop,
        orphan,
        planned,
        bounced,
        "x" * 500,
    ]
    with clock.at(AT):
        pages = {client.get(f"/s/{one}").text for one in bad}
        for one in bad:
            assert client.get(f"/s/{one}").status_code == 404
            assert client.head(f"/s/{one}").status_code == 404
            assert client.post(f"/s/{one}", data={"score": "8"}).status_code == 404
            assert client.get(f"/s/{one}/privacy").status_code == 404
        assert client.get(f"/u/{token}").status_code == 404
        assert client.post(f"/u/{token}").status_code == 404
    assert len(pages) == 1
    assert "Telenoord" not in pages.pop()
    assert answers(story) == []


def test_no_more_questions(client: FlaskClient, story: Story) -> None:
    story.invite(story.open_wave())
    with story.system() as session:
        invitation = session.scalars(select(Invitation.id)).one()
        token = new_link(session, Purpose.UNSUBSCRIBE, invitation, at=AT)

    def stored() -> int:
        with story.system() as session:
            return session.scalar(select(func.count()).select_from(OptOut)) or 0

    got = client.get(f"/u/{token}")
    assert "Geen vragen meer van Telenoord?" in got.text
    assert stored() == 0
    for headers in ({}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://mail.example"}):
        got = client.post(f"/u/{token}", data={"List-Unsubscribe": "One-Click"}, headers=headers)
        assert got.status_code == 200
        assert "Set-Cookie" not in got.headers
        assert stored() == 1


def test_the_language_is_that_of_the_question(app: Flask, engine: Engine, story: Story) -> None:
    token = story.invite(story.open_wave())
    with clock.at(AT):
        got = app.test_client().get(f"/s/{token}?lang=en", headers={"Accept-Language": "en"})
    assert '<html lang="nl"' in got.text
    assert "Skip to the content" not in got.text


def test_another_scope_reads_no_link(story: Story) -> None:
    token = story.invite(story.open_wave())
    with story.acting("telenoord") as (session, *_):
        assert session.scalars(select(Invitation)).all() == []
        assert session.scalars(select(Link)).all() == []
        session.add(row(Answer, journey_id=story.journey))
        with pytest.raises(BorderError):
            session.flush()
        session.expunge_all()
    assert token


def test_a_link_that_posts_on_and_on_waits_and_loses_nothing(
    client: FlaskClient, story: Story
) -> None:
    wave = story.open_wave()
    token, other = story.invite(wave, members=("snel",)), story.invite(wave)
    flevo = str(story.participations["flevo"])
    for _ in range(21):  # the first is the answer, twenty change it
        assert send(client, token, score="3").status_code == 200
    typed = {"score": "9", "comment": "Het kwam <toch> goed", "share": flevo}
    for _ in range(2):
        got = send(client, token, **typed)
        assert got.status_code == 429
        assert 0 < int(got.headers["Retry-After"]) <= 3600
        assert got.headers["Cache-Control"] == "no-store"
        assert "Even geduld" in got.text
        assert "is niet verstuurd" in got.text
        assert "Het kwam &lt;toch&gt; goed" in got.text
        assert re.search(rf'value="{flevo}" checked', got.text)
    alone = send(client, token, score="9")
    assert alone.status_code == 429
    assert re.search(r'value="9"[^>]* checked', alone.text)
    assert answers(story) == [(3, None)]
    assert send(client, other, score="5").status_code == 200
    with clock.at(AT):
        assert client.get(f"/s/{token}").status_code == 200
    assert send(client, token, AT + timedelta(hours=1), score="9").status_code == 200


def test_posts_without_a_score_are_counted_too(client: FlaskClient, story: Story) -> None:
    token = story.invite(story.open_wave())
    statuses = [send(client, token, score="x").status_code for _ in range(22)]
    assert statuses == [422] * 20 + [429] * 2
    assert send(client, token, score="8").status_code == 200  # an answer is never kept out


def test_the_first_answer_keeps_no_ledger(client: FlaskClient, story: Story) -> None:
    token = story.invite(story.open_wave())
    send(client, token, score="8")
    with story.system() as session:
        assert session.scalars(select(Attempt)).all() == []
    send(client, token, score="8")
    with story.system() as session:
        assert session.scalars(select(Attempt.count)).all() == [1]


def test_dead_links_are_counted_per_address_and_living_ones_are_not(
    client: FlaskClient, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    views = importlib.import_module("partnerjourney.web.links")
    monkeypatch.setattr(views, "DEAD_PER_ADDRESS", 3)
    token = story.invite(story.open_wave())
    with clock.at(AT):
        dead = [client.get(f"/s/{ids.new_token()}").status_code for _ in range(2)]
        dead += [client.post(f"/u/{ids.new_token()}").status_code, client.get("/s/x").status_code]
        assert dead == [404, 404, 404, 429]
        assert client.get(f"/s/{token}").status_code == 200
    assert send(client, token, score="8").status_code == 200
    other = {"REMOTE_ADDR": "192.0.2.7"}
    with clock.at(AT):
        assert client.get("/s/x", environ_overrides=other).status_code == 404
