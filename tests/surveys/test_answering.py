"""One answer: a GET stores nothing, a POST stores or replaces, and the cells follow."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event, func, select

from partnerjourney.core import clock, ids
from partnerjourney.core.border import BorderError
from partnerjourney.core.links import Link, Purpose, new_link
from partnerjourney.surveys.models import Answer, Invitation, OptOut, PermittedComment
from partnerjourney.surveys.rules import InvitationState
from tests.databases import counted
from tests.factories import row
from tests.surveys.story import AT, Story
from tests.surveys.told import answers, cells, send


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def test_a_get_or_head_writes_nothing_and_shows_no_earlier_answer(
    client: FlaskClient, story: Story
) -> None:
    token = story.invite(story.open_wave())
    send(client, token, score="3", comment="kwam te laat")
    written = []

    def watch(_c, _cursor, statement, *_):
        if not statement.lstrip().upper().startswith(("SELECT", "BEGIN", "COMMIT", "ROLLBACK")):
            written.append(statement)

    event.listen(story.engine, "before_cursor_execute", watch)
    with clock.at(AT):
        for path in (f"/s/{token}", f"/s/{token}?score=9", f"/s/{token}/privacy", f"/u/{token}"):
            for method in ("GET", "HEAD"):
                got = client.open(path, method=method)
                assert "kwam te laat" not in got.text
                assert "checked" not in got.text or "score=9" in path
                assert "Set-Cookie" not in got.headers
                assert got.headers["Cache-Control"] == "no-store"
    event.remove(story.engine, "before_cursor_execute", watch)
    assert written == []
    assert answers(story) == [(3, "kwam te laat")]


def test_one_answer_costs_at_most_eight_statements(client: FlaskClient, story: Story) -> None:
    wave = story.open_wave(close_at_answers=500)
    send(client, story.invite(wave), score="1")
    for extra in ({}, {"comment": "Prima", "share": str(story.participations["flevo"])}):
        token = story.invite(wave)
        with clock.at(AT), counted(story.engine) as found:
            client.get(f"/s/{token}?score=8")
            assert client.post(f"/s/{token}", data={"score": "8"} | extra).status_code == 200
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
