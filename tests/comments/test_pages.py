"""Conversations in the browser: readers chosen first, nobody beside them, and what one may do."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID

from sqlalchemy import Engine, select

from partnerjourney.comments.models import EdgeComment
from partnerjourney.core import waiting
from partnerjourney.core.parties import Role, User
from partnerjourney.core.scopes import Member
from partnerjourney.handovers.models import Handover
from tests.comments.talks import QUESTION, Talks
from tests.databases import counted
from tests.maps.telenoord import NOW

PANEL = {"HX-Request": "true", "HX-Request-Type": "partial", "HX-Target": "section#panel-talks"}
NOBODY = UUID(int=7)
LIVE = {"HX-Request": "true", "HX-Request-Type": "partial", "HX-Target": "section#talk"}


def said(page: str) -> str:
    """Return the words of a page."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def comment(talks: Talks, thread: UUID) -> UUID:
    """Return the first comment of a conversation at a hand-over."""
    with talks.chain.system() as session:
        query = select(EdgeComment.id).where(EdgeComment.thread_id == thread)
        return session.scalars(query.order_by(EdgeComment.at)).first() or NOBODY


def test_readers_are_chosen_before_a_word_can_be_typed(talks: Talks) -> None:
    where = talks.chain.handover("h4")
    page = talks.get("flevo", f"new?handover={where}").text
    assert "<textarea" not in page
    offered = [tile["audience"] for tile in talks.tiles("flevo", handover=where)]
    assert offered == ["own", "edge", "edge", "journey"]
    assert "Koerier Snel" in page
    assert "Rijk Bezorgt" in page  # the warehouse works with both, each in a circle of its own
    circle = talks.circle("flevo", "h4", "Snel")
    page = talks.get("flevo", f"new?handover={where}&audience=edge&circle={circle}").text
    assert "<textarea" in page
    assert f'name="circle" value="{circle}"' in page
    answer = talks.post("flevo", "", handover=where, text=QUESTION)
    assert answer.status_code == 422
    assert "Kies wie dit leest" in answer.text
    card = talks.chain.card("test")
    assert [tile["audience"] for tile in talks.tiles("flevo", card=card)] == ["own", "journey"]


def test_a_member_of_a_group_is_offered_its_own_circle_and_never_the_whole_journey(
    talks: Talks,
) -> None:
    where = talks.chain.handover("h4")
    assert [tile["audience"] for tile in talks.tiles("snel", handover=where)] == ["own", "edge"]
    page = talks.get("snel", f"new?handover={where}").text
    assert "Rijk" not in page
    assert "als lid van een groep" in page
    answer = talks.post("snel", "", audience="journey", text=QUESTION)
    assert answer.status_code == 422
    circle = talks.circle("flevo", "h4", "Rijk")
    answer = talks.post("snel", "", audience="edge", handover=where, circle=circle, text=QUESTION)
    assert answer.status_code == 422
    thread = talks.begin("flevo", "journey")
    assert QUESTION in talks.get("snel", str(thread)).text
    assert talks.post("snel", f"{thread}/reply", text="Ja.").status_code == 403


def test_who_shares_the_hand_over_reads_it_and_for_others_it_is_not_there(talks: Talks) -> None:
    """Byte for byte: the other courier, the brand's other partner and strangers notice nothing."""
    edge = talks.chain.handover("h4")
    pages = ("", "?state=settled", f"/handovers/{edge}", "/", f"?handover={edge}")
    for name in ("rijk", "snel"):
        talks.home(name)
    before = [talks.get("rijk", path).data for path in pages] + [talks.home("rijk").data]
    assert QUESTION not in talks.get("snel").text
    thread = talks.at_snel(asks=talks.party("koeriers"))
    for name in ("telenoord", "snel", "flevo"):
        page = talks.get(name, str(thread))
        assert page.status_code == 200
        assert QUESTION in page.text
        assert "Mila Bos" in page.text
        assert "Rijk" not in page.text
        assert QUESTION in talks.get(name).text
        beside = talks.get(name, f"?handover={edge}", headers=PANEL).text  # the panel on the map
        assert beside.lstrip().startswith("<h3>")
        assert QUESTION in beside
        assert f"comments/?handover={edge}" in talks.get(name, f"/handovers/{edge}").text
    assert talks.get("snel", str(thread), headers=LIVE).text.lstrip().startswith("<section")
    assert [talks.get("rijk", path).data for path in pages] + [talks.home("rijk").data] == before
    for name in ("rijk", "stranger"):
        assert talks.get(name, str(thread)).status_code == 404
        for path in ("reply", "resolve", "reopen", "seen"):
            assert talks.post(name, f"{thread}/{path}", text="x").status_code == 404
    assert talks.get("snel", str(NOBODY)).status_code == 404


def test_what_is_our_own_stays_with_us(talks: Talks) -> None:
    card = talks.chain.card("test")
    before = [talks.get(name).data for name in ("telenoord", "snel")]
    thread = talks.begin("flevo", "own", card=card)
    assert QUESTION in talks.get("flevo", f"?card={card}", role=Role.VIEWER).text
    assert QUESTION in talks.get("flevo", str(thread), role=Role.VIEWER).text
    for name in ("telenoord", "snel", "stranger"):
        assert talks.get(name, str(thread)).status_code == 404
    assert [talks.get(name).data for name in ("telenoord", "snel")] == before


def test_only_readers_can_be_asked_for(talks: Talks) -> None:
    where = {"handover": talks.chain.handover("h4"), "circle": talks.circle("flevo", "h4", "Snel")}
    for stranger in (talks.party("thuisklaar"), talks.party("magazijn"), talks.person("snel")):
        answer = talks.post("flevo", "", audience="edge", text=QUESTION, asks=stranger, **where)
        assert answer.status_code == 422, stranger
        assert "Alleen wie dit gesprek leest" in answer.text
        assert QUESTION in answer.text  # what was typed is kept
    for asks in ("party:x", "somebody", talks.party("koeriers") + "0"):
        answer = talks.post("flevo", "", audience="own", text=QUESTION, asks=asks)
        assert answer.status_code == 422, asks
    own = talks.post("flevo", "", audience="own", text=QUESTION, asks=talks.party("merk"))
    assert own.status_code == 422
    assert "Waar jullie het over hebben" in talks.get("telenoord").text


def test_a_colleague_who_is_asked_is_named_to_colleagues_alone(talks: Talks) -> None:
    box = talks.person("flevo", Role.EDITOR)
    with talks.chain.system() as session:
        session.get_one(User, UUID(box.partition(":")[2])).name = "Jan Pakker"
    thread = talks.at_snel(asks=box)
    assert "Jan Pakker" in talks.get("flevo", str(thread)).text
    for name in ("snel", "telenoord"):
        assert QUESTION in talks.get(name, str(thread)).text
        assert "Jan Pakker" not in talks.get(name, str(thread)).text


def test_what_is_typed_stays_when_the_hand_over_goes_meanwhile(talks: Talks) -> None:
    edge, circle = talks.chain.handover("h4"), talks.circle("flevo", "h4", "Snel")
    with talks.chain.system() as session:
        session.scalars(select(Handover).where(Handover.id == edge)).one().retired_at = NOW
    answer = talks.post("flevo", "", audience="edge", handover=edge, circle=circle, text=QUESTION)
    assert answer.status_code == 409
    assert "intussen van de kaart gehaald" in said(answer.text)
    assert QUESTION in answer.text
    assert 'name="audience" value="own"' in answer.text, "never more readers than were chosen"
    talks.begin("flevo", "own")
    assert talks.get("flevo", f"new?handover={edge}").status_code == 404


def test_who_is_asked_for_finds_it_at_home_until_it_has_looked(talks: Talks) -> None:
    thread = talks.at_snel(asks=talks.party("koeriers"))
    page = talks.home("snel").text
    assert "vraagt naar je organisatie" in page
    assert f"/comments/{thread}" in page
    for name in ("flevo", "telenoord", "rijk"):
        assert "vraagt naar" not in talks.home(name).text
    actor = Member(talks.chain.user("snel"), talks.chain.organisations["snel"], Role.ADMIN)
    with talks.chain.acting("snel") as (session, _actor, _place):
        (item,) = [one for one in waiting.items(session, actor, NOW) if one.kind == "conversation"]
    assert item.path.endswith(f"/comments/{thread}")
    assert QUESTION not in f"{item}"  # mails are made of it
    page = talks.get("snel", str(thread)).text
    assert "Hier wordt naar je gevraagd" in page
    assert "@Koerier Snel" in page
    assert talks.post("snel", f"{thread}/seen").status_code == 303
    assert "vraagt naar" not in talks.home("snel").text
    asked = talks.post("snel", f"{thread}/reply", text="Ja.", asks=talks.party("magazijn"))
    assert asked.status_code == 303
    assert "vraagt naar je organisatie" in talks.home("flevo").text
    talks.post("flevo", f"{thread}/reply", text="Dank.")  # an answer is a look
    assert "vraagt naar" not in talks.home("flevo").text


def test_a_colleague_is_asked_by_name(talks: Talks) -> None:
    talks.client("flevo", Role.EDITOR)
    thread = talks.begin("flevo", "own", asks=talks.person("flevo", Role.EDITOR))
    assert "vraagt naar" not in talks.home("flevo").text
    page = talks.client("flevo", Role.EDITOR).get("/o/flevo/").text
    assert "vraagt naar je" in page
    talks.post("flevo", f"{thread}/resolve")
    assert "vraagt naar" not in talks.client("flevo", Role.EDITOR).get("/o/flevo/").text


def test_one_mends_and_takes_back_what_is_ones_own(talks: Talks) -> None:
    thread = talks.at_snel()
    first = comment(talks, thread)
    assert talks.get("flevo", f"{thread}/of/{first}").status_code == 200
    assert talks.get("snel", f"{thread}/of/{first}").status_code == 403
    for path in ("edit", "withdraw"):
        assert talks.post("snel", f"{thread}/of/{first}/{path}", text="x").status_code == 403
        other = talks.post("flevo", f"{thread}/of/{first}/{path}", text="x", role=Role.EDITOR)
        assert other.status_code == 403  # a colleague is not who wrote it
    assert talks.post("flevo", f"{thread}/of/{first}/edit", text="").status_code == 422
    talks.post("flevo", f"{thread}/of/{first}/edit", text="Op de doos, graag.")
    page = talks.get("snel", str(thread)).text
    assert "Op de doos, graag." in page
    assert "bewerkt" in page
    assert QUESTION not in page
    late = NOW + timedelta(minutes=16)
    answer = talks.post("flevo", f"{thread}/of/{first}/edit", text="Te laat getypt.", at=late)
    assert answer.status_code == 409
    assert "Te laat getypt." in answer.text
    assert talks.post("flevo", f"{thread}/of/{first}/withdraw", at=late).status_code == 303
    page = talks.get("snel", str(thread)).text
    assert "Op de doos" not in page
    assert "Ingetrokken" in page
    assert talks.get("flevo", f"{thread}/of/{first}").status_code == 404
    with talks.chain.system() as session:
        assert session.scalars(select(EdgeComment.text)).all() == [""]


def test_it_is_dealt_with_and_an_answer_opens_it_again(talks: Talks) -> None:
    thread = talks.at_snel()
    assert QUESTION in talks.get("snel").text
    talks.post("snel", f"{thread}/resolve")
    page = said(talks.get("flevo", str(thread)).text)
    assert "Afgehandeld door Koerier Snel" in page
    assert QUESTION not in talks.get("flevo").text
    assert QUESTION in talks.get("flevo", "?state=settled").text
    talks.post("flevo", f"{thread}/reopen")
    talks.post("snel", f"{thread}/resolve")
    typed = {"HX-Request": "true", "HX-Request-Type": "partial"}
    answer = talks.post("flevo", f"{thread}/reply", text="Nog <b>één</b> ding.", headers=typed)
    assert answer.status_code == 200
    assert "Nog &lt;b&gt;één&lt;/b&gt; ding." in answer.text
    assert "Afgehandeld door" not in answer.text
    empty = talks.post("flevo", f"{thread}/reply", text=" ")
    assert empty.status_code == 422
    assert talks.post("flevo", f"{thread}/reply", text="x" * 2001).status_code == 422
    assert talks.post("flevo", f"{thread}/reply", text="x", role=Role.VIEWER).status_code == 403


def test_the_number_of_statements_does_not_grow(engine: Engine, talks: Talks) -> None:
    thread = talks.at_snel()
    card = talks.chain.card("test")
    client = talks.client("flevo")
    paths = ("", f"{thread}", f"new?card={card}")

    def asked() -> list[int]:
        found = []
        for path in paths:
            with counted(engine) as statements:
                client.get(talks.chain.at("flevo", f"comments/{path}"))
            found.append(len(statements))
        return found

    asked()
    before = asked()
    for number in range(4):
        talks.post("flevo", f"{thread}/reply", text=f"Nog iets, {number}.")
        talks.begin("flevo", "own", card=card)
        talks.begin("flevo", "journey")
    assert asked() == before
    assert max(before) <= 20, before
