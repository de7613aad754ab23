"""A group's definition is put to each member, and none of them learns of another."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import Engine

from partnerjourney.core.errors import InputError
from partnerjourney.handovers.models import HandoverTerms
from partnerjourney.proposals import services as proposals
from partnerjourney.proposals.models import Proposal
from partnerjourney.proposals.rules import State
from tests.chain import AT, Chain, build
from tests.proposals.scene import again, answer, change, joined, mine, seen, stored, told


@pytest.fixture
def chain(engine: Engine) -> Chain:
    return joined(engine)


def definition(chain: Chain, key: str = "lading") -> HandoverTerms:
    """Return the group's definition, as the giver sees it."""
    terms = seen(chain, "flevo", key)[0]
    assert terms.member_id is None
    return terms


def own(chain: Chain, who: str) -> Proposal:
    """Return the one proposal that a member sees."""
    [found] = stored(chain, who)
    return found


def test_a_member_of_a_group_has_one_row_and_the_giver_one_per_member(chain: Chain) -> None:
    assert len(seen(chain, "snel", "lading")) == 1
    assert len(seen(chain, "rijk", "lading")) == 1
    assert len(seen(chain, "flevo", "lading")) == 3  # the definition and two members


def test_the_definition_is_put_to_each_member_and_follows_the_last_answer(chain: Chain) -> None:
    old = definition(chain).trigger
    parent, *_ = change(chain, "flevo", "lading", trigger="Om zes uur")
    answer(chain, "snel", own(chain, "snel"), proposals.accept)
    assert seen(chain, "snel", "lading")[0].trigger == "Om zes uur"
    assert seen(chain, "rijk", "lading")[0].trigger == old
    assert definition(chain).trigger == old
    answer(chain, "rijk", own(chain, "rijk"), proposals.accept)
    assert definition(chain).trigger == "Om zes uur"
    assert again(chain, parent).state is State.ACCEPTED


def test_who_says_no_keeps_its_own_terms(chain: Chain) -> None:
    change(chain, "flevo", "lading", trigger="Om zes uur")
    answer(chain, "snel", own(chain, "snel"), proposals.reject, reason="Te vroeg.")
    answer(chain, "rijk", own(chain, "rijk"), proposals.accept)
    assert definition(chain).trigger == "Om zes uur"
    assert seen(chain, "snel", "lading")[0].trigger != "Om zes uur"


def test_when_all_say_no_the_definition_stays(chain: Chain) -> None:
    parent, *_ = change(chain, "flevo", "lading", trigger="Om zes uur")
    for who in ("snel", "rijk"):
        answer(chain, who, own(chain, who), proposals.reject, reason="Te vroeg.")
    assert again(chain, parent).state is State.REJECTED
    assert definition(chain).trigger != "Om zes uur"


def test_a_change_by_one_member_is_unknown_to_the_other(chain: Chain) -> None:
    before = [(t.id, t.version, t.trigger) for t in seen(chain, "rijk", "lading")]
    [proposal] = change(chain, "snel", "lading", trigger="Pas om zeven uur")
    assert stored(chain, "rijk") == []
    answer(chain, "flevo", proposal, proposals.accept)
    assert [(t.id, t.version, t.trigger) for t in seen(chain, "rijk", "lading")] == before
    triggers = [terms.trigger for terms in seen(chain, "flevo", "lading")]
    assert triggers.count("Pas om zeven uur") == 1


def test_a_member_does_not_write_for_the_whole_group(chain: Chain) -> None:
    with pytest.raises(InputError):
        change(chain, "snel", "lading", told="Wij komen wanneer het ons past.")


def test_two_members_who_say_yes_at_once_settle_it(chain: Chain) -> None:
    """The second waits for the first, or neither would see the other's yes."""
    change(chain, "flevo", "lading", trigger="Om zes uur")
    theirs = own(chain, "rijk")
    second = threading.Thread(target=answer, args=(chain, "rijk", theirs, proposals.accept))
    mine = own(chain, "snel")
    with chain.acting("snel") as (session, actor, place):
        found = proposals.find(session, place, mine.id, lock=True)
        proposals.accept(session, actor, place, found, at=AT)
        second.start()
        second.join(0.3)
        assert second.is_alive()
    second.join()
    assert definition(chain).trigger == "Om zes uur"


def test_what_a_member_agreed_for_itself_stays(chain: Chain) -> None:
    [proposal] = change(chain, "snel", "lading", time_limit="P3D")
    answer(chain, "flevo", proposal, proposals.accept)
    change(chain, "flevo", "lading", trigger="Om zes uur", time_limit="P1D")
    asked = [p for p in stored(chain, "snel") if p.state is State.OPEN]
    assert [set(p.fields) for p in asked] == [{"trigger"}]
    answer(chain, "snel", asked[0], proposals.accept)
    [terms] = seen(chain, "snel", "lading")
    assert (terms.trigger, terms.time_limit) == ("Om zes uur", "P3D")


def test_a_change_that_reaches_no_member_waits_for_nobody(chain: Chain) -> None:
    for courier in ("snel", "rijk"):
        [proposal] = change(chain, courier, "lading", time_limit="P3D")
        answer(chain, "flevo", proposal, proposals.accept)
    assert change(chain, "flevo", "lading", time_limit="PT8H") == []
    assert definition(chain).time_limit == "PT8H"


def test_taking_it_back_takes_it_back_from_every_member(chain: Chain) -> None:
    parent, *_ = change(chain, "flevo", "lading", trigger="Om zes uur")
    answer(chain, "flevo", parent, proposals.withdraw)
    assert own(chain, "snel").state is State.WITHDRAWN
    assert own(chain, "rijk").state is State.WITHDRAWN


def test_without_members_the_definition_is_changed_at_once(engine: Engine) -> None:
    chain = build(engine, joined=("flevo",))
    assert change(chain, "flevo", "lading", trigger="Om zes uur") == []
    chain.join("rijk", "koeriers")
    [terms] = seen(chain, "rijk", "lading")
    assert terms.trigger == "Om zes uur"


def test_who_joins_later_is_asked_what_the_others_are_asked(engine: Engine) -> None:
    chain = build(engine, joined=("flevo", "snel"))
    change(chain, "flevo", "lading", trigger="Om zes uur")
    chain.join("rijk", "koeriers")
    answer(chain, "snel", own(chain, "snel"), proposals.accept)
    assert definition(chain).trigger != "Om zes uur", "the newcomer has not answered"
    answer(chain, "rijk", own(chain, "rijk"), proposals.accept)
    assert definition(chain).trigger == "Om zes uur"


def test_between_a_party_and_a_group_the_coordinator_asks_the_party_what_the_customer_hears(
    chain: Chain,
) -> None:
    """No member writes that for the group, so none is asked; the side that is no group is."""
    before, wanted = told(chain, "flevo", "lading"), "Uw pakket gaat vandaag mee."
    first, second, *_ = change(chain, "telenoord", "lading", told=wanted, trigger="Om zes uur")
    assert told(chain, "flevo", "lading") == before, "nobody overwrites another company"
    assert (set(first.fields), set(second.fields)) == ({"told"}, {"trigger"})
    assert mine(chain, "flevo", first)
    assert [set(one.fields) for one in stored(chain, "snel")] == [{"trigger"}]
    answer(chain, "flevo", first, proposals.accept)
    assert told(chain, "rijk", "lading") == wanted
    assert change(chain, "flevo", "lading", told=before, reason="") == [], "and its own it writes"
    assert told(chain, "snel", "lading") == before


def test_a_side_answers_such_a_proposal_with_its_own_words(chain: Chain) -> None:
    [first] = change(chain, "telenoord", "lading", told="Uw pakket gaat vandaag mee.")
    fields = {"told": "Uw pakket is onderweg."}
    made = answer(chain, "flevo", first, proposals.counter, fields=fields, reason="Te stellig.")
    assert (made.applied, made.proposals) == (("told",), ())
    assert told(chain, "telenoord", "lading") == "Uw pakket is onderweg."
    assert again(chain, first).state is State.REJECTED
