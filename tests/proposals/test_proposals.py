"""What holds at once, what waits for the other side, and what each answer does to it."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import Engine

from partnerjourney.core.errors import ConflictError, InputError, NotFoundError, StaleVersionError
from partnerjourney.core.parties import Role
from partnerjourney.core.policy import NotAllowedError
from partnerjourney.handovers import services as handovers
from partnerjourney.proposals import services as proposals
from partnerjourney.proposals.rules import State
from tests.chain import AT, Chain
from tests.proposals.scene import (
    WHY,
    again,
    answer,
    change,
    joined,
    mine,
    seen,
    stored,
    told,
)


@pytest.fixture
def chain(engine: Engine) -> Chain:
    return joined(engine)


def test_a_promise_waits_for_the_other_side_and_holds_after_its_yes(chain: Chain) -> None:
    [proposal] = change(chain, "flevo", "opdracht", time_limit="PT2H")
    [terms] = seen(chain, "telenoord", "opdracht")
    assert terms.time_limit == "PT4H", "nobody overwrites another company"
    assert mine(chain, "telenoord", proposal)
    assert not mine(chain, "flevo", proposal)
    answer(chain, "telenoord", proposal, proposals.accept)
    [terms] = seen(chain, "flevo", "opdracht")
    assert terms.time_limit == "PT2H"
    assert again(chain, proposal).state is State.ACCEPTED
    with pytest.raises(ConflictError):
        answer(chain, "telenoord", proposal, proposals.accept)


def test_its_own_contact_a_side_changes_at_once_and_the_others_it_proposes(chain: Chain) -> None:
    assert change(chain, "flevo", "lading", contact_reach="0320 55 01 99", reason="") == []
    assert {t.contact_reach for t in seen(chain, "flevo", "lading")} == {"0320 55 01 99"}
    [proposal] = change(chain, "snel", "lading", contact_reach="0900 1234")
    [terms] = seen(chain, "snel", "lading")
    assert terms.contact_reach == "0320 55 01 99"
    assert mine(chain, "flevo", proposal)


def test_what_the_customer_hears_is_proposed_too(chain: Chain) -> None:
    before = told(chain, "flevo", "opdracht")
    [proposal] = change(chain, "flevo", "opdracht", told="Uw pakket wordt klaargezet.")
    assert told(chain, "klaar", "opdracht") == before
    answer(chain, "telenoord", proposal, proposals.accept)
    assert told(chain, "klaar", "opdracht") == "Uw pakket wordt klaargezet."


def test_a_proposal_says_why(chain: Chain) -> None:
    with pytest.raises(InputError) as refused:
        change(chain, "flevo", "opdracht", time_limit="PT2H", reason=" ")
    assert "reason" in refused.value.messages
    assert stored(chain, "flevo") == []


def test_no_with_a_reason_leaves_everything_as_it_was(chain: Chain) -> None:
    [proposal] = change(chain, "flevo", "opdracht", time_limit="PT2H")
    with pytest.raises(InputError):
        answer(chain, "telenoord", proposal, proposals.reject, reason="")
    answer(chain, "telenoord", proposal, proposals.reject, reason="Dat halen we niet.")
    found = again(chain, proposal)
    assert (found.state, found.answer) == (State.REJECTED, "Dat halen we niet.")
    assert seen(chain, "flevo", "opdracht")[0].time_limit == "PT4H"


def test_only_who_proposed_it_takes_it_back(chain: Chain) -> None:
    [proposal] = change(chain, "flevo", "opdracht", time_limit="PT2H")
    with pytest.raises(NotAllowedError):
        answer(chain, "telenoord", proposal, proposals.withdraw)
    answer(chain, "flevo", proposal, proposals.withdraw)
    assert again(chain, proposal).state is State.WITHDRAWN
    with pytest.raises(ConflictError):
        answer(chain, "telenoord", proposal, proposals.accept)


def test_who_proposed_it_does_not_accept_it(chain: Chain) -> None:
    [proposal] = change(chain, "flevo", "opdracht", time_limit="PT2H")
    with pytest.raises(NotAllowedError):
        answer(chain, "flevo", proposal, proposals.accept)


def test_a_counter_proposal_closes_the_first(chain: Chain) -> None:
    [first] = change(chain, "flevo", "opdracht", time_limit="PT2H", trigger="Om zes uur")
    outcome = answer(
        chain,
        "telenoord",
        first,
        proposals.counter,
        fields={"time_limit": "PT3H"},
        reason="Twee uur is te kort.",
    )
    [second] = outcome.proposals
    assert again(chain, first).state is State.REJECTED
    assert again(chain, second).counters_id == first.id
    answer(chain, "flevo", second, proposals.accept)
    [terms] = seen(chain, "telenoord", "opdracht")
    assert (terms.time_limit, terms.trigger != "Om zes uur") == ("PT3H", True)


def test_what_was_made_upon_something_else_is_stale_and_can_be_renewed(chain: Chain) -> None:
    [first] = change(chain, "flevo", "opdracht", time_limit="PT2H")
    [second] = change(chain, "telenoord", "opdracht", time_limit="PT3H")
    answer(chain, "flevo", second, proposals.accept)
    assert again(chain, first).state is State.STALE
    with pytest.raises(ConflictError):
        answer(chain, "telenoord", first, proposals.accept)
    outcome = answer(chain, "flevo", first, proposals.renew)
    [third] = outcome.proposals
    assert third.fields == {"time_limit": {"before": "PT3H", "after": "PT2H"}}
    assert (third.renews_id, third.reason) == (first.id, WHY)
    answer(chain, "telenoord", third, proposals.accept)
    assert seen(chain, "flevo", "opdracht")[0].time_limit == "PT2H"
    with pytest.raises(ConflictError):
        answer(chain, "flevo", first, proposals.renew)


def test_proposing_the_same_field_again_replaces_the_first(chain: Chain) -> None:
    [first] = change(chain, "flevo", "opdracht", time_limit="PT2H")
    [second] = change(chain, "flevo", "opdracht", time_limit="PT1H")
    assert again(chain, first).state is State.WITHDRAWN
    assert mine(chain, "telenoord", second)


def test_two_who_save_at_once_lose_nothing(chain: Chain) -> None:
    with chain.acting("flevo") as (session, _, place):
        version = chain.edge(session, place, "lading").terms[0].version
    change(chain, "flevo", "lading", contact_name="Joost Prins", reason="")
    with chain.acting("flevo") as (session, actor, place):
        edge = chain.edge(session, place, "lading")
        with pytest.raises(StaleVersionError) as stale:
            proposals.change(
                session,
                actor,
                place,
                edge,
                edge.terms[0],
                version=version,
                at=AT,
                fields={"contact_name": "Dirk Bos"},
            )
    assert stale.value.current == {"contact_name": "Joost Prins"}


def test_two_who_answer_at_once_end_in_one_answer(chain: Chain) -> None:
    """The second waits for the first, and hears that it was decided."""
    [proposal] = change(chain, "flevo", "opdracht", time_limit="PT2H")
    heard: list[str] = []

    def second() -> None:
        try:
            answer(chain, "telenoord", proposal, proposals.reject, reason="Nee.")
        except ConflictError as error:
            heard.append(str(error))

    other = threading.Thread(target=second)
    with chain.acting("telenoord") as (session, actor, place):
        found = proposals.find(session, place, proposal.id, lock=True)
        proposals.accept(session, actor, place, found, at=AT)
        other.start()
        other.join(0.3)
        assert other.is_alive()
    other.join()
    assert heard
    assert again(chain, proposal).state is State.ACCEPTED


def test_with_a_provisional_party_nothing_waits(chain: Chain) -> None:
    assert change(chain, "telenoord", "hulpvraag", time_limit="PT5H", reason="") == []
    [terms] = seen(chain, "telenoord", "hulpvraag")
    assert terms.time_limit == "PT5H"


def test_the_coordinator_proposes_between_two_others_and_both_must_agree(chain: Chain) -> None:
    [terms] = seen(chain, "klaar", "installatie")
    [proposal] = change(chain, "telenoord", "installatie", name="Aansluiten")
    assert mine(chain, "klaar", proposal)
    answer(chain, "klaar", proposal, proposals.accept)
    assert seen(chain, "klaar", "installatie")[0].name == "Aansluiten" != terms.name


def test_who_stands_at_no_side_sees_nothing_of_it(chain: Chain) -> None:
    [proposal] = change(chain, "flevo", "opdracht", time_limit="PT2H")
    assert stored(chain, "klaar") == []
    for verb in (proposals.accept, proposals.withdraw):
        with pytest.raises(NotFoundError):
            answer(chain, "klaar", proposal, verb)
    [terms] = seen(chain, "telenoord", "opdracht")
    with chain.acting("klaar") as (session, actor, place):
        edge = chain.edge(session, place, "opdracht")
        with pytest.raises(NotAllowedError):
            proposals.change(
                session, actor, place, edge, terms, version=1, at=AT, fields={"name": "Van mij"}
            )


def test_a_viewer_proposes_and_answers_nothing(chain: Chain) -> None:
    [proposal] = change(chain, "telenoord", "opdracht", time_limit="PT2H")
    with chain.acting("flevo", Role.VIEWER) as (session, actor, place):
        edge = chain.edge(session, place, "opdracht")
        terms = edge.terms[0]
        with pytest.raises(NotAllowedError):
            proposals.change(
                session, actor, place, edge, terms, version=terms.version, at=AT, fields={}
            )
        found = proposals.find(session, place, proposal.id, lock=True)
        with pytest.raises(NotAllowedError):
            proposals.accept(session, actor, place, found, at=AT)


def test_what_others_agreed_does_not_go_by_itself(chain: Chain) -> None:
    with chain.acting("telenoord") as (session, actor, place):
        edge = chain.edge(session, place, "opdracht")
        with pytest.raises(ConflictError):
            handovers.retire(session, actor, place, edge, at=AT)
        loose = chain.edge(session, place, "hulpvraag")
        handovers.retire(session, actor, place, loose, at=AT)
