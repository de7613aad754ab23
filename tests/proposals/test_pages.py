"""Proposals on pages and from the mail, for those who share them and for nobody else."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, select

from partnerjourney import features
from partnerjourney.core import clock
from partnerjourney.core.parties import Role
from partnerjourney.proposals.models import Proposal
from partnerjourney.proposals.rules import State
from tests.copies import made_once
from tests.maps import telenoord
from tests.maps.telenoord import NOW, Telenoord, text
from tests.organisations.company import mails, work
from tests.web_client import browser

features.employ()
SIDES = ("flevo", "telenoord")
THIRD = datetime(2026, 11, 25, 7, 30, tzinfo=UTC)  # Wednesday morning; proposed on the Friday


@pytest.fixture
@made_once
def chain(engine: Engine) -> Telenoord:
    """Give a chain in which the warehouse proposes another time limit to both couriers."""
    found = telenoord.build(engine)
    for name in ("snel", "flevo", "telenoord"):
        found.user(name, Role.ADMIN)
    with clock.at(NOW):
        telenoord.change_limit(found)
    return found


def open_ones(chain: Telenoord, who: str) -> list[Proposal]:
    """Return the open proposals that somebody sees."""
    with chain.acting(who) as (session, _, _place):
        return list(session.scalars(select(Proposal).where(Proposal.state == State.OPEN)))


def page(chain: Telenoord, app: Flask, who: str, path: str, status: int = 200) -> str:
    with clock.at(NOW):
        answer = chain.client(app, who).get(chain.at(who, path))
    assert answer.status_code == status
    return str(answer.get_data(as_text=True))


def test_a_proposal_is_read_and_answered_without_javascript(chain: Telenoord, app: Flask) -> None:
    [mine] = open_ones(chain, "snel")
    shown = page(chain, app, "snel", f"proposals/{mine.id}")
    for told in ("binnen 1 werkdag", "binnen 2 werkdagen", "De vrachtwagen komt later."):
        assert told in text(shown)
    client = chain.client(app, "snel")
    with clock.at(NOW):
        refused = client.post(chain.at("snel", f"proposals/{mine.id}/reject"), data={"reason": ""})
        assert refused.status_code == 422
        assert "Zeg waarom niet" in refused.text
        done = client.post(
            chain.at("snel", f"proposals/{mine.id}/reject"), data={"reason": "Te laat voor ons."}
        )
        assert done.status_code == 303
        again = client.post(chain.at("snel", f"proposals/{mine.id}/accept"))
    assert again.status_code == 409
    assert "intussen beslist" in again.text
    assert "Te laat voor ons." in text(page(chain, app, "flevo", f"proposals/{mine.id}"))


def test_nobody_else_finds_it(chain: Telenoord, app: Flask) -> None:
    [mine] = open_ones(chain, "snel")
    for who, status in (("rijk", 404), ("stranger", 404), ("flevo", 200), ("telenoord", 200)):
        page(chain, app, who, f"proposals/{mine.id}", status)
        with clock.at(NOW):
            answer = chain.client(app, who).post(chain.at(who, f"proposals/{mine.id}/accept"))
        assert answer.status_code == (404 if status == 404 else 403)
    assert str(mine.id) not in page(chain, app, "rijk", "proposals/")


def test_a_viewer_reads_and_answers_nothing(chain: Telenoord, app: Flask) -> None:
    [mine] = open_ones(chain, "snel")
    client = chain.client(app, "snel", Role.VIEWER)
    with clock.at(NOW):
        shown = client.get(chain.at("snel", f"proposals/{mine.id}")).text
        assert "/accept" not in shown
        for verb in ("accept", "reject", "object", "withdraw", "renew", "remind"):
            answer = client.post(chain.at("snel", f"proposals/{mine.id}/{verb}"))
            assert answer.status_code == 403, verb


def test_several_are_agreed_to_at_once_and_one_that_is_gone_is_told(
    chain: Telenoord, app: Flask
) -> None:
    [first] = open_ones(chain, "snel")
    with clock.at(NOW):
        telenoord.change_limit(chain, "flevo", "P3D")  # replaces it
    [second] = open_ones(chain, "snel")
    chosen = [f"{chain.journey}:{one.id}" for one in (first, second)]
    with clock.at(NOW):
        answer = chain.client(app, "snel").post(
            "/o/snel/agree", data={"proposal": chosen}, follow_redirects=True
        )
    shown = text(answer.text)
    assert "Akkoord met 1 voorstel." in shown
    assert "Over 1 voorstel is intussen beslist" in shown
    assert open_ones(chain, "snel") == []


def test_the_third_day_mails_a_link_that_answers_once(
    chain: Telenoord, app: Flask, tmp_path: Path
) -> None:
    with clock.at(THIRD):
        work(app)
    sent = [m for m in mails(tmp_path) if "@snel" in m["To"]]
    assert len(sent) == 1
    told = sent[0].get_body(("plain",)).get_content()
    assert "vrijdag 27 november 2026" in told
    assert "Pakket" not in told, "never content"
    [link] = re.findall(r"http://localhost(/a/[\w-]{43})", told)
    phone = browser(app, site=None)
    with clock.at(THIRD):
        asked = phone.get(link)
        assert asked.status_code == 200
        assert "binnen 2 werkdagen" in text(asked.text)
        assert phone.post(link, data={"answer": "refuse"}).status_code == 422
        done = phone.post(link, data={"answer": "agree"})
        assert done.status_code == 200
        assert "je antwoord staat" in text(done.text)
        assert phone.post(link, data={"answer": "agree"}).status_code == 404
    with chain.acting("flevo") as (session, _, _place):
        means = [
            told["means"]
            for agreed in session.scalars(select(Proposal.agreed))
            for told in agreed.values()
        ]
    assert means == ["mail"]


def test_a_link_to_what_was_withdrawn_says_so_and_keeps_what_was_typed(
    chain: Telenoord, app: Flask, tmp_path: Path
) -> None:
    with clock.at(THIRD):
        work(app)
        telenoord.change_limit(chain, "flevo", "P3D")
    sent = next(m for m in mails(tmp_path) if "@snel" in m["To"])
    [link] = re.findall(r"http://localhost(/a/[\w-]{43})", sent.get_body(("plain",)).get_content())
    with clock.at(THIRD):
        answer = browser(app, site=None).post(
            link, data={"answer": "refuse", "reason": "Dan zijn wij al weg."}
        )
    assert answer.status_code == 409
    assert "Dit is veranderd sinds de mail" in answer.text
    assert "ingetrokken" in text(answer.text).lower()


def test_a_card_of_another_is_proposed_on_its_page_and_nothing_typed_is_lost(
    chain: Telenoord, app: Flask
) -> None:
    card = chain.card("klaarzetten")
    path = f"proposals/cards/{card}"
    assert 'name="reason"' in page(chain, app, "telenoord", path)
    client, at = chain.client(app, "telenoord"), chain.at("telenoord", path)
    with clock.at(NOW):
        refused = client.post(at, data={"name": "Pakken", "reason": ""})
        assert refused.status_code == 422
        assert 'value="Pakken"' in refused.text
        made = client.post(at, data={"name": "Pakken", "reason": "Korter."})
    assert made.status_code == 303
    [mine] = [one for one in open_ones(chain, "flevo") if one.card_id == card]
    assert mine.fields == {"name": {"before": "Klaarzetten en laden", "after": "Pakken"}}
    assert "Voorstel van Telenoord" in text(page(chain, app, "flevo", f"cards/{card}"))
    assert "Voorstel van" not in text(page(chain, app, "snel", f"cards/{card}"))


def fields_of(shown: str) -> dict[str, str]:
    """Return what the form of the terms would send as it stands."""
    form = shown[shown.index('class="form"') :]
    found = dict(re.findall(r'<input[^>]*name="(\w+)"[^>]*value="([^"]*)"', form))
    found |= dict(re.findall(r'<textarea[^>]*name="(\w+)"[^>]*>\n?([^<]*)</textarea>', form))
    chosen = re.findall(
        r'<select[^>]*name="(\w+)"[^>]*>.*?<option value="(\w+)" selected', form, re.DOTALL
    )
    return {n: unescape(v) for n, v in (found | dict(chosen)).items() if n != "urgent"}


def test_a_counter_proposal_and_an_emergency_go_by_the_form_of_the_terms(
    chain: Telenoord, app: Flask
) -> None:
    [mine] = open_ones(chain, "snel")
    edge = chain.handover("h4")
    path = f"handovers/{edge}/edit"
    shown = page(chain, app, "snel", f"{path}?counters={mine.id}")
    data = fields_of(shown)
    assert (data["limit_amount"], data["counters"]) == ("2", str(mine.id)), "what was proposed"
    client, at = chain.client(app, "snel"), chain.at("snel", path)
    with clock.at(NOW):
        made = client.post(at, data=data | {"limit_amount": "3", "reason": "Twee is te kort."})
    assert made.status_code == 303
    [counter] = open_ones(chain, "snel")
    assert (counter.counters_id, counter.fields["time_limit"]["after"]) == (mine.id, "P3D")
    urgent = fields_of(page(chain, app, "snel", path)) | {"urgent": "1", "hours": "4"}
    with clock.at(NOW):
        refused = client.post(at, data=urgent | {"trigger": "Via poort B", "reason": ""})
        assert refused.status_code == 422
        assert "Via poort B" in refused.text
        assert 'name="urgent"' in refused.text, "the emergency has a button of its own"
        endless = urgent | {"trigger": "Via poort B", "reason": "Dicht.", "hours": "999999999999"}
        refused = client.post(at, data=endless)
        assert refused.status_code == 422
        assert "72 uur" in refused.text
        done = client.post(
            at, data=urgent | {"trigger": "Via poort B", "reason": "Poort A is dicht."}
        )
    assert done.status_code == 303
    seen = text(page(chain, app, "flevo", f"handovers/{edge}"))
    assert "Noodwijziging van Koeriers" in seen
    assert "Valt vanzelf terug op vr 20 november" in seen
    again = fields_of(page(chain, app, "snel", path)) | {"urgent": "1", "hours": "4"}
    with clock.at(NOW):
        second = client.post(at, data=again | {"trigger": "Via poort C", "reason": "B ook."})
    assert second.status_code == 422, "a second one on the same text would fall back to the first"
    assert "Via poort C" in second.text
    assert "Hier geldt nu een noodwijziging" in second.text
    lift = re.search(r'action="([^"]+/lift)"', page(chain, app, "snel", f"handovers/{edge}"))
    assert lift is not None
    with clock.at(NOW):
        assert client.post(lift[1]).status_code == 303
    assert "Noodwijziging" not in text(page(chain, app, "flevo", f"handovers/{edge}"))


def test_an_emergency_is_mailed_at_once_shown_to_all_who_share_it_and_mailed_when_it_ends(
    chain: Telenoord, app: Flask, tmp_path: Path
) -> None:
    edge = chain.handover("h4")
    path = f"handovers/{edge}/edit"
    with clock.at(NOW):
        work(app)
        before = len(mails(tmp_path))
        urgent = fields_of(page(chain, app, "snel", path)) | {"urgent": "1", "hours": "4"}
        typed = urgent | {"trigger": "Via poort B", "reason": "Poort A is dicht."}
        client = chain.client(app, "snel")
        assert client.post(chain.at("snel", path), data=typed).status_code == 303
    with clock.at(NOW + timedelta(minutes=1)):
        work(app)
    told = mails(tmp_path)[before:]
    assert {one["To"] for one in told} == {f"admin-nl@{who}.example" for who in SIDES}
    for mail in told:
        assert mail["Subject"] == "Er geldt nu een noodwijziging"
        whole = mail.as_string() + str(mail.get_body(("html",)))
        assert not [word for word in ("poort", "Koerier", "Poort") if word in whole]
        assert f"/handovers/{edge}" in whole
    for who in (*SIDES, "snel"):
        assert "noodwijziging" in text(page(chain, app, who, ""))
        assert "Noodwijziging van Koeriers" in text(page(chain, app, who, f"handovers/{edge}"))
    assert "noodwijziging" not in text(page(chain, app, "rijk", "")), "another member of the group"
    over = NOW + timedelta(hours=5)
    with clock.at(over):
        work(app)
    ended = mails(tmp_path)[before + len(told) :]
    assert {one["Subject"] for one in ended} == {"Een noodwijziging is afgelopen"}
    assert {one["To"] for one in ended} == {f"admin-nl@{who}.example" for who in (*SIDES, "snel")}
    assert "noodwijziging" not in text(page(chain, app, "flevo", "")), "the old text stands again"


def test_a_counter_proposal_to_what_was_decided_meanwhile_keeps_what_was_typed(
    chain: Telenoord, app: Flask
) -> None:
    [mine] = open_ones(chain, "snel")
    path = f"handovers/{chain.handover('h4')}/edit"
    typed = fields_of(page(chain, app, "snel", f"{path}?counters={mine.id}"))
    typed |= {"limit_amount": "7", "reason": "Drie is te kort.", "checklist": "Alles gescand"}
    client, at = chain.client(app, "snel"), chain.at("snel", path)
    with clock.at(NOW):
        telenoord.change_limit(chain, "flevo", "P3D")  # takes the place of what is countered
        late = client.post(at, data=typed)
        assert late.status_code == 409
        assert "intussen beslist" in late.text
        kept = fields_of(late.text)
        assert [kept[name] for name in ("limit_amount", "reason", "checklist")] == [
            "7", "Drie is te kort.", "Alles gescand",
        ]  # fmt: skip
        assert client.post(at, data=kept).status_code == 303, "saved anew it is a proposal"
    assert {"P3D", "P7D"} == {one.fields["time_limit"]["after"] for one in open_ones(chain, "snel")}


def test_what_binds_for_long_asks_for_a_fresh_proof_and_taking_it_back_does_not(
    chain: Telenoord, app: Flask
) -> None:
    at = chain.at("flevo", "proposals/together")
    with clock.at(NOW):
        client = chain.client(app, "flevo")
        shown = client.get(at).text
        assert "– Klant" not in shown, "a customer does not consent, so there is no switch for it"
        form = shown[shown.index("/together/mandates") :]
        ids = dict(re.findall(r'name="(circle_id|party_id)" value="([^"]+)"', shown))
        who = {
            name: found[1]
            for name in ("from_party_id", "to_party_id")
            if (found := re.search(rf'name="{name}".*?value="([^"]+)"', form, re.DOTALL))
        }
        assert "Zeg tot en met welke dag" in client.post(f"{at}/mandates", data=who).text
        mandate = who | {"until": "2026-12-31"}
        assert client.post(f"{at}/mandates", data=mandate).status_code == 303
        assert client.post(f"{at}/silence", data=ids | {"on": "true"}).status_code == 303
        given = re.search(r'action="([^"]+/revoke)"', client.get(at).text)
    with clock.at(NOW + timedelta(minutes=31)):
        asked = client.post(f"{at}/mandates", data=mandate)
        assert asked.status_code == 403
        assert "2026-12-31" in asked.text, "what was typed goes on after the proof"
        assert client.post(f"{at}/silence", data=ids | {"on": "false"}).status_code == 303
        assert client.post(f"{at}/silence", data=ids | {"on": "true"}).status_code == 403
        assert given is not None
        assert client.post(given[1]).status_code == 303
