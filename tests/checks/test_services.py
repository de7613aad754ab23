"""Reasons, disciplines and do's and don'ts on both engines, and whose eyes the check has."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from partnerjourney.checks import queries
from partnerjourney.core import clock
from partnerjourney.core.errors import StaleVersionError
from partnerjourney.core.policy import NotAllowedError
from partnerjourney.journeys import services as journeys
from partnerjourney.journeys.rules import AdviceKind, Discipline
from partnerjourney.maps import queries as maps
from partnerjourney.proposals import services as proposals
from partnerjourney.touchpoints import services as touchpoints
from partnerjourney.touchpoints.rules.silo import Finding, Rule, findings
from tests.chain import AT, Chain, build

LATER = AT + timedelta(days=40)


@pytest.fixture
def chain(engine: Engine) -> Chain:
    with clock.at(AT):  # ids tell when a party was made
        return build(engine, joined=("flevo", "snel", "rijk", "klaar"))


def seen(chain: Chain, name: str, *rules: Rule) -> list[Finding]:
    """Return what an organisation finds forty days later, of these rules."""
    with chain.acting(name) as (session, _, place):
        parts = queries.taking_part(session, place)
        found = queries.chain_of(session, maps.read(session, place), parts)
        return [one for one in findings(found, at=LATER) if one.rule in rules]


def key_of(chain: Chain, finding: Finding) -> str:
    with chain.acting("telenoord") as (_, _, place):
        return next(p.key for p in place.parties.values() if p.id == finding.about)


def test_who_did_something_lately_is_not_absent(chain: Chain) -> None:
    assert [key_of(chain, one) for one in seen(chain, "telenoord", Rule.ABSENT)] == [
        "telenoord", "magazijn", "koeriers", "thuisklaar", "servicedesk",
    ]  # fmt: skip
    with chain.acting("klaar") as (session, actor, place):
        edge = chain.edge(session, place, "afspraak")
        proposals.change(
            session, actor, place, edge, edge.terms[0], version=edge.terms[0].version,
            at=LATER - timedelta(days=29), fields={"trigger": "Het pakket is er."},
            reason="Zo werkt het.",
        )  # fmt: skip
    keys = [key_of(chain, one) for one in seen(chain, "telenoord", Rule.ABSENT)]
    assert "thuisklaar" not in keys
    # What the installer did stands in a circle of which the warehouse is not.
    theirs = [key_of(chain, one) for one in seen(chain, "flevo", Rule.ABSENT)]
    assert "thuisklaar" in theirs
    assert "koeriers" not in theirs  # whether a group has members is for the coordinator


def test_a_change_that_waits_is_found_by_who_shares_it_and_nobody_else(chain: Chain) -> None:
    with chain.acting("snel") as (session, actor, place):
        edge = chain.edge(session, place, "lading")
        proposals.change(
            session, actor, place, edge, edge.terms[0], version=edge.terms[0].version, at=AT,
            fields={"trigger": "Om half zes."}, reason="Later.",
        )  # fmt: skip
    for name, finds in (("telenoord", 1), ("flevo", 1), ("snel", 1), ("rijk", 0), ("klaar", 0)):
        assert len(seen(chain, name, Rule.ONE_SIDED)) == finds, name


def test_disciplines_are_said_by_who_takes_part_and_seen_by_who_may_know_of_it(
    chain: Chain,
) -> None:
    for name, trade in (("snel", Discipline.LOGISTICS), ("telenoord", Discipline.SERVICE)):
        with chain.acting(name) as (session, actor, place):
            party = place.mine[0]
            journeys.say_disciplines(session, actor, place, party, disciplines=[trade], at=AT)
    assert seen(chain, "telenoord", Rule.ONE_DISCIPLINE) == []
    assert [one.detail for one in seen(chain, "rijk", Rule.ONE_DISCIPLINE)] == ["service"]
    with chain.acting("flevo") as (session, actor, place):
        other = next(p for p in place.parties.values() if p.key == "thuisklaar")
        with pytest.raises(NotAllowedError):
            journeys.say_disciplines(session, actor, place, other, disciplines=[], at=AT)


def test_a_journey_of_one_party_is_agreed_with_a_written_reason_only(chain: Chain) -> None:
    with chain.acting("telenoord") as (session, actor, place):
        assert not touchpoints.agreed_reason_needed(session, place)
        for card in touchpoints.cards(session, place.id):
            if place.parties[card.content.party_id].key not in ("telenoord", "klant"):
                card.retired_at = AT
        session.flush()
        assert touchpoints.agreed_reason_needed(session, place)
        written: dict[str, Any] = {"rule": "S1", "at": AT}
        journeys.write_reason(session, actor, place, text="Alleen een proef.", version=0, **written)
        assert not touchpoints.agreed_reason_needed(session, place)
        with pytest.raises(StaleVersionError):
            journeys.write_reason(session, actor, place, text="Anders.", version=0, **written)
        journeys.write_reason(session, actor, place, text="", version=1, **written)
        assert touchpoints.agreed_reason_needed(session, place)
    with chain.acting("flevo") as (session, actor, place):
        assert touchpoints.agreed_reason_needed(session, place)
        with pytest.raises(NotAllowedError):
            journeys.write_reason(session, actor, place, text="Mag.", version=0, **written)


def test_the_coordinator_keeps_the_checklist_and_all_read_it(chain: Chain) -> None:
    with chain.acting("telenoord") as (session, actor, place):
        made = journeys.add_item(
            session, actor, place, kind=AdviceKind.DO, text="Samen tekenen.", at=AT
        )
        journeys.tick(session, actor, place, made, done=True, version=made.version, at=AT)
        with pytest.raises(StaleVersionError):
            journeys.tick(session, actor, place, made, done=False, version=1, at=AT)
    with chain.acting("flevo") as (session, actor, place):
        item = journeys.checklist(session, place.id)[-1]
        assert (item.text, item.done) == ("Samen tekenen.", True)
        with pytest.raises(NotAllowedError):
            journeys.retire_item(session, actor, place, item, at=AT)
    with chain.acting("telenoord") as (session, actor, place):
        item = journeys.find_item(session, place, made.id)
        journeys.retire_item(session, actor, place, item, at=AT)
        assert made.id not in {one.id for one in journeys.checklist(session, place.id)}
