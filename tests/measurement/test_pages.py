"""The measurement page: the finding, the rows of those who share, one point from near."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, date, datetime
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from partnerjourney.core import ids
from partnerjourney.core.parties import Membership, Role, User
from partnerjourney.events.rules import State
from partnerjourney.surveys.models import PermittedComment
from partnerjourney.surveys.rules import WaveKind
from tests.copies import made_once
from tests.databases import counted
from tests.measurement.scene import AT, DAY, Scene, make
from tests.web_client import app, client_of

__all__ = ["app"]


@pytest.fixture
@made_once
def scene(engine: Engine) -> Scene:
    """Give a delivery that became better and where late is worse, and nine answers about help."""
    made = make(engine)
    with made.system() as session:
        march = datetime(2026, 3, 1, tzinfo=UTC)
        made.wave(session, "delivery", "base", WaveKind.BASELINE, opened_at=march)
        made.answers(
            session, "delivery", "base", {2: 30, 7: 40, 9: 50}, member="snel", day=date(2026, 3, 3)
        )
        made.close(session, "delivery", "base", at=datetime(2026, 4, 30, tzinfo=UTC))
        made.wave(session, "delivery", "q3")
        made.answers(session, "delivery", "q3", {8: 20, 10: 110}, member="snel")
        made.answers(session, "delivery", "q3", {2: 18, 9: 3}, member="rap", state=State.LATE)
        made.close(session, "delivery", "q3", at=datetime(2026, 10, 31, tzinfo=UTC))
        made.wave(session, "help", "q3", close_on=date(2026, 12, 31))
        made.answers(session, "help", "q3", {2: 2, 3: 3, 5: 4})
        session.add(
            PermittedComment(
                owner_id=made.organisations["warehouse"],
                journey_id=made.journey_id,
                point_id=made.points["delivery"],
                answer_id=ids.new_v4(),
                score=2,
                comment="Blauw <b>in plaats van</b> zwart.",
                day=DAY,
            )
        )
        session.commit()
    return made


@pytest.fixture
def sign_in(app: Flask, scene: Scene) -> object:
    """Give what signs a new person of an organisation in."""

    def signed_in(who: str, language: str = "nl") -> FlaskClient:
        with scene.system() as session:
            user = User(
                email=f"{who}-{language}@example.com", name="An", language=language, created_at=AT
            )
            session.add(user)
            session.flush()
            session.add(
                Membership(
                    owner_id=scene.organisations[who],
                    user_id=user.id,
                    role=Role.VIEWER,
                    created_at=AT,
                )
            )
            session.commit()
        return client_of(app, user.id)

    return signed_in


def address(scene: Scene, who: str, point: uuid.UUID | None = None) -> str:
    """Return the address of the page for an organisation."""
    return f"/o/{who}/journeys/{scene.journey_id}/measurement/{point or ''}"


def words(html: str) -> str:
    """Return the words of a page."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def test_the_finding_heads_the_page(scene: Scene, sign_in) -> None:  # type: ignore[no-untyped-def]
    page = sign_in("brand").get(address(scene, "brand"))
    assert page.status_code == 200
    assert re.findall(r"<h1[^>]*>(.*?)</h1>", page.text) == [
        "Levering is beter dan bij de nulmeting"
    ]
    told = words(page.text)
    assert "9 antwoorden" in told
    assert "Levering: waar het te laat was, is de score lager" in told
    assert "Dit is een samenhang, geen oorzaak." in told
    assert "merken van Bain" in told
    assert "style=" not in page.text


def test_a_number_stands_with_its_answers_margin_and_period(scene: Scene, sign_in) -> None:  # type: ignore[no-untyped-def]
    told = words(sign_in("warehouse", "en").get(address(scene, "warehouse")).text)
    assert "+63" in told
    assert re.search(r"\+63 · 151 · margin \+5\d to \+7\d", told)
    assert "1 Sep – 31 Oct 2026" in told
    assert "Delivery" not in told  # what customers are asked about stays in the journey's language


def test_a_point_has_its_own_address_and_fragment(scene: Scene, sign_in) -> None:  # type: ignore[no-untyped-def]
    client = sign_in("brand", "en")
    where = address(scene, "brand", scene.points["help"])
    whole = client.get(where)
    part = client.get(where, headers={"HX-Request": "true", "HX-Request-Type": "partial"})
    assert 'id="near-title">Hulp<' in whole.text
    assert part.text.lstrip().startswith('<div id="measured"')
    assert "<h1" not in part.text
    assert "on 31 Dec 2026" in words(part.text)


def test_others_find_nothing_at_that_address(scene: Scene, sign_in) -> None:  # type: ignore[no-untyped-def]
    client = sign_in("desk")
    assert client.get(address(scene, "desk", scene.points["delivery"])).status_code == 404
    page = client.get(address(scene, "desk"))
    assert "Levering" not in page.text
    assert "Hulp" in page.text


def test_a_member_of_a_group_sees_its_own_and_no_verdict(scene: Scene, sign_in) -> None:  # type: ignore[no-untyped-def]
    told = words(sign_in("rap").get(address(scene, "rap")).text)
    assert "21 antwoorden" in told
    assert "130" not in told
    assert "beter" not in told


def test_comments_are_for_whom_they_were_ticked(scene: Scene, sign_in) -> None:  # type: ignore[no-untyped-def]
    page = sign_in("warehouse").get(address(scene, "warehouse")).text
    assert "Blauw &lt;b&gt;in plaats van&lt;/b&gt; zwart." in page
    assert "Blauw" not in sign_in("brand").get(address(scene, "brand")).text


def test_before_the_first_answer_the_page_says_what_to_do(scene: Scene, sign_in) -> None:  # type: ignore[no-untyped-def]
    told = words(sign_in("installer").get(address(scene, "installer")).text)
    assert "Nog niets gemeten" in told
    assert "Open een meetperiode" in told
    assert "nog geen antwoorden" in told
    assert "+0" not in told


def test_periods_can_be_chosen(scene: Scene, sign_in) -> None:  # type: ignore[no-untyped-def]
    client = sign_in("brand")
    where = address(scene, "brand")
    assert "120" in words(client.get(f"{where}?wave=base").text)
    assert "271" in words(client.get(f"{where}?all=1").text)
    days = words(client.get(f"{where}?from=2026-03-01&to=2026-03-31").text)
    assert "1 – 31 mrt 2026" in days
    assert "beter" not in days


@pytest.mark.parametrize("query", ["from=2026-13-01", "from=2026-03-02&to=2026-03-01"])
def test_a_period_that_cannot_be_is_said(scene: Scene, sign_in, query: str) -> None:  # type: ignore[no-untyped-def]
    page = sign_in("brand", "en").get(f"{address(scene, 'brand')}?{query}")
    assert page.status_code == 422
    assert "Something is not right yet" in page.text


def test_the_page_costs_a_fixed_number_of_statements(
    scene: Scene,
    sign_in,
    engine: Engine,  # type: ignore[no-untyped-def]
) -> None:
    client = sign_in("brand")
    client.get(address(scene, "brand"))
    with counted(engine) as statements:
        client.get(address(scene, "brand"))
    assert len(statements) <= 17
