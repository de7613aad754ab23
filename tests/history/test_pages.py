"""The history in the browser: who did what, before and after, and for whom it is not there."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from urllib.parse import urlsplit
from uuid import uuid4

from sqlalchemy import Engine, select

from partnerjourney.core import clock
from partnerjourney.core.audit import CircleAct, CircleChange
from partnerjourney.handovers import services as handovers
from partnerjourney.history import words
from partnerjourney.history.rules import TOLD
from partnerjourney.proposals import services as proposals
from partnerjourney.touchpoints import services as touchpoints
from tests.comments.talks import Talks
from tests.databases import counted
from tests.maps.telenoord import NOW


def said(page: str) -> str:
    """Return the words of a page."""
    return unescape(" ".join(re.sub(r"<[^>]+>", " ", page).split()))


def propose(talks: Talks, name: str, member: str = "") -> None:
    """Let an organisation propose another trigger at the hand-over to the couriers."""
    with clock.at(NOW), talks.chain.acting(name) as (session, actor, place):
        edge = talks.chain.edge(session, place, "h4")
        terms = edge.terms[-1] if member else edge.terms[0]
        proposals.change(
            session,
            actor,
            place,
            edge,
            terms,
            version=terms.version,
            at=NOW + timedelta(minutes=1),
            fields={"trigger": f"Klaar voor {name}."},
            reason="Zo loopt het beter.",
        )


def test_it_says_who_changed_what_and_from_what_to_what(talks: Talks) -> None:
    card = talks.chain.card("test")
    with clock.at(NOW), talks.chain.acting("telenoord") as (session, actor, place):
        found = touchpoints.find(session, place, card, lock=True)
        old = found.content.name
        touchpoints.change(
            session,
            actor,
            place,
            found,
            version=found.content.version,
            at=NOW,
            fields={"name": "Meet de snelheid", "channel": "app"},
        )
    page = said(talks.get("flevo", "/history/").text)
    assert "Telenoord wijzigde een contactmoment of handeling" in page
    assert f"Naam: {old} → Meet de snelheid" in page
    assert "Meet de snelheid" in said(talks.get("flevo", f"/history/?card={card}").text)
    other = talks.chain.card("neemt")
    assert "Meet de snelheid" not in said(talks.get("flevo", f"/history/?card={other}").text)


def test_an_act_of_a_circle_is_told_there_once_and_nowhere_else(talks: Talks) -> None:
    for name in ("rijk", "snel", "flevo"):
        talks.client(name)
    edge = talks.chain.handover("h4")
    paths = ("/history/", f"/history/?handover={edge}", "/history/?whose=mine")
    before = [talks.get("rijk", path).data for path in paths]
    propose(talks, "snel", member="snel")
    thread = talks.at_snel(text="Een vraag onder ons.")
    for name in ("flevo", "telenoord", "snel"):
        page = said(talks.get(name, f"/history/?handover={edge}").text)
        assert page.count("Koerier Snel stelde een wijziging voor") == 1, name
        assert "→ Klaar voor snel." in page
        assert "begon een gesprek" in page
        assert "Een vraag onder ons" not in page
    assert [talks.get("rijk", path).data for path in paths] == before
    mine = said(talks.get("snel", "/history/?whose=mine").text)
    assert "stelde een wijziging voor" in mine
    assert "begon een gesprek" not in mine
    assert talks.get("snel", str(thread)).status_code == 200


def test_what_the_brand_puts_to_a_whole_group_stands_once(talks: Talks) -> None:
    propose(talks, "flevo")
    page = said(talks.get("flevo", "/history/").text)
    assert page.count("→ Klaar voor flevo.") == 1
    with talks.chain.system() as session:
        rows = session.scalars(select(CircleAct).where(CircleAct.verb == "proposal.make")).all()
    assert len({row.circle_id for row in rows}) > 1  # it stands in each circle


def test_persons_of_others_are_not_named_and_contacts_not_told(talks: Talks) -> None:
    with clock.at(NOW), talks.chain.acting("flevo") as (session, _actor, place):
        edge = talks.chain.edge(session, place, "h4")
        new = {"contact_name": "Jan Geheim", "contact_reach": "06 555 01 99"}
        handovers.write(session, edge.handover, edge.terms[0], new, at=NOW)
    talks.begin("flevo", "journey", text="Voor iedereen.")
    own = said(talks.get("flevo", "/history/").text)
    assert "Magazijn Flevo (Mila Bos) begon een gesprek" in own
    assert "Aanspreekpunt als het misgaat: gewijzigd" in own
    assert "Jan Geheim" not in own
    theirs = said(talks.get("telenoord", "/history/").text)
    assert "Magazijn Flevo begon een gesprek" in theirs
    assert "(Mila Bos)" not in theirs
    with talks.chain.system() as session:
        stored = [change.fields for change in session.scalars(select(CircleChange))]
    assert "Jan Geheim" not in str(stored)
    assert "0199" not in str(stored).replace(" ", "")


def test_pages_go_on_where_the_last_one_ended(engine: Engine, talks: Talks) -> None:
    card = talks.chain.card("test")
    with clock.at(NOW), talks.chain.acting("telenoord") as (session, actor, place):
        found = touchpoints.find(session, place, card, lock=True)
        for number in range(60):
            touchpoints.change(
                session,
                actor,
                place,
                found,
                version=found.content.version,
                at=NOW,
                fields={"name": f"Naam {number}"},
            )
    seen: list[str] = []
    path = f"/history/?card={card}"
    client = talks.client("flevo")
    client.get(talks.chain.at("flevo", path[1:]))
    while path:
        with counted(engine) as statements:
            page = talks.get("flevo", path).text
        assert len(statements) <= 14, statements.texts
        seen += re.findall(r"<ins>Naam (\d+)</ins>", page)
        older = re.search(r'href="([^"]+before=[^"]+)"', page)
        path = ""
        if older:
            asked = urlsplit(unescape(older[1]))
            path = f"/history/?{asked.query}"
    assert sorted(map(int, seen)) == list(range(60))


def test_nonsense_is_not_found(talks: Talks) -> None:
    for asked in ("card=x", f"card={uuid4()}", f"handover={talks.chain.card('test')}", "before=x"):
        assert talks.get("flevo", f"/history/?{asked}").status_code == 404, asked
    assert talks.get("stranger", "/history/").status_code == 404


def test_every_act_that_is_told_has_words(talks: Talks) -> None:
    with talks.app.test_request_context():
        assert set(words.verbs()) == set(TOLD)
