"""Who changes a hand-over, what the other side sees, and who may not know of it."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from sqlalchemy import Engine

from partnerjourney.core.errors import ConflictError, InputError, StaleVersionError
from partnerjourney.core.parties import Role
from partnerjourney.core.policy import NotAllowedError
from partnerjourney.handovers import services as handovers
from partnerjourney.handovers.models import HandoverTerms
from tests.chain import AT, Chain, build


@pytest.fixture
def chain(engine: Engine) -> Chain:
    return build(engine, joined=("flevo", "snel", "rijk", "klaar"))


def change(chain: Chain, who: str, key: str, row: int = 0, **fields: Any) -> None:
    """Change the terms that somebody sees first, or at `row`."""
    with chain.acting(who) as (session, actor, place):
        edge = chain.edge(session, place, key)
        terms = edge.terms[row]
        handovers.change(
            session, actor, place, edge, terms, version=terms.version, at=AT, fields=fields
        )


def seen(chain: Chain, who: str, key: str) -> list[HandoverTerms]:
    """Return the terms that somebody sees."""
    with chain.acting(who) as (session, _, place):
        edge = chain.edge(session, place, key)
        session.expunge_all()
        return list(edge.terms)


def waits(chain: Chain, who: str, key: str, row: int = 0) -> bool:
    """Say whether a change waits for somebody."""
    with chain.acting(who) as (session, _, place):
        edge = chain.edge(session, place, key)
        return handovers.awaits_me(place, edge, edge.terms[row])


def test_a_change_takes_effect_and_waits_for_the_other_side(chain: Chain) -> None:
    change(chain, "flevo", "opdracht", time_limit="PT2H")
    [terms] = seen(chain, "telenoord", "opdracht")
    assert terms.time_limit == "PT2H"
    assert terms.before == {"time_limit": "PT4H"}
    assert waits(chain, "telenoord", "opdracht")
    assert not waits(chain, "flevo", "opdracht")


def test_the_other_side_confirms_exactly_what_it_saw(chain: Chain) -> None:
    change(chain, "flevo", "opdracht", time_limit="PT2H")
    [terms] = seen(chain, "telenoord", "opdracht")
    change(chain, "flevo", "opdracht", time_limit="PT3H")
    with chain.acting("telenoord") as (session, actor, place):
        edge = chain.edge(session, place, "opdracht")
        mine = edge.terms[0]
        with pytest.raises(StaleVersionError):
            handovers.confirm(session, actor, place, edge, mine, version=terms.version, at=AT)
    with chain.acting("telenoord") as (session, actor, place):
        edge = chain.edge(session, place, "opdracht")
        version = edge.terms[0].version
        handovers.confirm(session, actor, place, edge, edge.terms[0], version=version, at=AT)
    [terms] = seen(chain, "flevo", "opdracht")
    assert terms.before is None
    assert terms.time_limit == "PT3H"


def test_who_changed_it_cannot_confirm_it(chain: Chain) -> None:
    change(chain, "flevo", "opdracht", time_limit="PT2H")
    with chain.acting("flevo") as (session, actor, place):
        edge = chain.edge(session, place, "opdracht")
        version = edge.terms[0].version
        with pytest.raises(ConflictError):
            handovers.confirm(session, actor, place, edge, edge.terms[0], version=version, at=AT)


def test_changing_it_back_leaves_nothing_to_confirm(chain: Chain) -> None:
    change(chain, "flevo", "opdracht", time_limit="PT2H")
    change(chain, "flevo", "opdracht", time_limit="PT4H")
    [terms] = seen(chain, "telenoord", "opdracht")
    assert terms.before is None


def test_two_who_save_at_once_lose_nothing(chain: Chain) -> None:
    with chain.acting("telenoord") as (session, _, place):
        version = chain.edge(session, place, "opdracht").terms[0].version
    change(chain, "flevo", "opdracht", trigger="Om acht uur")
    fields = {"trigger": "Om negen uur"}
    with chain.acting("telenoord") as (session, actor, place):
        edge = chain.edge(session, place, "opdracht")
        with pytest.raises(StaleVersionError) as stale:
            handovers.change(
                session, actor, place, edge, edge.terms[0], version=version, at=AT, fields=fields
            )
    assert stale.value.current == {"trigger": "Om acht uur"}


def test_with_a_provisional_party_nothing_waits(chain: Chain) -> None:
    change(chain, "telenoord", "hulpvraag", time_limit="PT4H")
    [terms] = seen(chain, "telenoord", "hulpvraag")
    assert terms.before is None
    assert terms.time_limit == "PT4H"


def test_who_stands_at_no_side_sees_no_terms_and_changes_nothing(chain: Chain) -> None:
    assert seen(chain, "klaar", "opdracht") == []
    [terms] = seen(chain, "telenoord", "opdracht")
    with chain.acting("klaar") as (session, actor, place):
        edge = chain.edge(session, place, "opdracht")
        with pytest.raises(NotAllowedError):
            handovers.change(
                session, actor, place, edge, terms, version=1, at=AT, fields={"name": "Van mij"}
            )


def test_a_viewer_changes_nothing(chain: Chain) -> None:
    with chain.acting("flevo", Role.VIEWER) as (session, actor, place):
        edge = chain.edge(session, place, "opdracht")
        with pytest.raises(NotAllowedError):
            handovers.change(
                session, actor, place, edge, edge.terms[0], version=1, at=AT, fields={}
            )


# --- groups --------------------------------------------------------------------------------------


def test_a_member_of_a_group_has_one_row_and_the_giver_one_per_member(chain: Chain) -> None:
    assert len(seen(chain, "snel", "lading")) == 1
    assert len(seen(chain, "rijk", "lading")) == 1
    assert len(seen(chain, "flevo", "lading")) == 3  # the definition and two members


def test_a_change_to_the_definition_goes_to_every_member(chain: Chain) -> None:
    change(chain, "flevo", "lading", trigger="Om zes uur")
    for courier in ("snel", "rijk"):
        [terms] = seen(chain, courier, "lading")
        assert terms.trigger == "Om zes uur"
        assert waits(chain, courier, "lading")


def test_a_change_by_one_member_is_unknown_to_the_other(chain: Chain) -> None:
    before = [(t.id, t.version, t.trigger) for t in seen(chain, "rijk", "lading")]
    change(chain, "snel", "lading", trigger="Pas om zeven uur")
    assert [(t.id, t.version, t.trigger) for t in seen(chain, "rijk", "lading")] == before
    triggers = [terms.trigger for terms in seen(chain, "flevo", "lading")]
    assert triggers.count("Pas om zeven uur") == 1


def test_a_member_does_not_write_for_the_whole_group(chain: Chain) -> None:
    with pytest.raises(InputError):
        change(chain, "snel", "lading", told="Wij komen wanneer het ons past.")


def say_yes(chain: Chain, who: str, key: str = "lading") -> None:
    """Confirm the row that a member sees."""
    with chain.acting(who) as (session, actor, place):
        edge = chain.edge(session, place, key)
        [terms] = edge.terms
        handovers.confirm(session, actor, place, edge, terms, version=terms.version, at=AT)


def definition(chain: Chain, key: str = "lading") -> HandoverTerms:
    """Return the group's definition, as the giver sees it."""
    terms = seen(chain, "flevo", key)[0]
    assert terms.member_id is None
    return terms


def test_the_definition_is_confirmed_by_the_last_yes_of_the_members(chain: Chain) -> None:
    change(chain, "flevo", "lading", trigger="Om zes uur")
    assert definition(chain).before == {"trigger": "Het pakket staat klaar."}
    say_yes(chain, "snel")
    assert definition(chain).before == {"trigger": "Het pakket staat klaar."}
    say_yes(chain, "rijk")
    settled = definition(chain)
    assert (settled.before, settled.changed_by_id, settled.changed_at) == (None, None, None)
    assert settled.trigger == "Om zes uur"


def test_two_members_who_say_yes_at_once_settle_it(chain: Chain) -> None:
    """The second waits for the first, or neither would see the other's yes."""
    change(chain, "flevo", "lading", trigger="Om zes uur")
    second = threading.Thread(target=say_yes, args=(chain, "rijk"))
    with chain.acting("snel") as (session, actor, place):
        edge = chain.edge(session, place, "lading")
        [terms] = edge.terms
        handovers.confirm(session, actor, place, edge, terms, version=terms.version, at=AT)
        second.start()
        second.join(0.5)
        assert second.is_alive()
    second.join()
    assert definition(chain).before is None


def test_a_change_that_reaches_no_member_waits_for_nobody(chain: Chain) -> None:
    for courier in ("snel", "rijk"):
        change(chain, courier, "lading", time_limit="P3D")
    with chain.acting("flevo") as (session, actor, place):
        edge = chain.edge(session, place, "lading")
        for row in edge.terms[1:]:
            handovers.confirm(session, actor, place, edge, row, version=row.version, at=AT)
        first = edge.terms[0]
        fields = {"time_limit": "PT8H"}
        handovers.change(
            session, actor, place, edge, first, version=first.version, at=AT, fields=fields
        )
        assert first.before is None, "it is as fresh as the database"
    assert definition(chain).before is None
    assert definition(chain).time_limit == "PT8H"


def test_what_waits_for_the_giver_does_not_keep_the_definition_open(chain: Chain) -> None:
    change(chain, "snel", "lading", time_limit="P3D")
    change(chain, "flevo", "lading", trigger="Om zes uur")
    say_yes(chain, "rijk")
    say_yes(chain, "snel")
    assert definition(chain).before is None


def test_who_joins_a_group_takes_the_terms_as_they_stand(engine: Engine) -> None:
    chain = build(engine, joined=("flevo",))
    change(chain, "flevo", "lading", trigger="Om zes uur")
    assert definition(chain).before is not None, "there is nobody yet who could say yes"
    chain.join("rijk", "koeriers")
    assert definition(chain).before is None
    change(chain, "flevo", "lading", trigger="Om zeven uur")
    chain.join("snel", "koeriers")
    assert definition(chain).before == {"trigger": "Om zes uur"}, "the first has not said yes"
    say_yes(chain, "rijk")
    assert definition(chain).before is None


def test_who_joins_later_gets_its_own_row(engine: Engine) -> None:
    chain = build(engine, joined=("flevo", "snel"))
    change(chain, "flevo", "lading", trigger="Om zes uur")
    chain.join("rijk", "koeriers")
    [terms] = seen(chain, "rijk", "lading")
    assert terms.trigger == "Om zes uur"


# --- what a stranger's eye found -----------------------------------------------------------------


def test_a_change_to_the_definition_leaves_what_a_member_agreed_for_itself(chain: Chain) -> None:
    change(chain, "snel", "lading", time_limit="P3D")
    with chain.acting("flevo") as (session, actor, place):
        edge = chain.edge(session, place, "lading")
        mine = next(terms for terms in edge.terms if terms.time_limit == "P3D")
        handovers.confirm(session, actor, place, edge, mine, version=mine.version, at=AT)
    change(chain, "flevo", "lading", trigger="Om zes uur", time_limit="P1D")
    [theirs] = seen(chain, "snel", "lading")
    assert (theirs.trigger, theirs.time_limit) == ("Om zes uur", "P3D")


def test_nobody_changes_over_what_waits_for_it(chain: Chain) -> None:
    change(chain, "flevo", "opdracht", time_limit="PT2H")
    with pytest.raises(InputError):
        change(chain, "telenoord", "opdracht", trigger="Meteen")


def test_the_coordinator_does_not_speak_for_the_customer(chain: Chain) -> None:
    with chain.acting("telenoord") as (session, actor, place):
        edge = chain.edge(session, place, "installatie")
        with pytest.raises(NotAllowedError):
            handovers.change(
                session, actor, place, edge, edge.terms[0], version=1, at=AT, fields={"name": "x"}
            )


def test_what_others_agreed_does_not_go_by_itself(chain: Chain) -> None:
    with chain.acting("telenoord") as (session, actor, place):
        edge = chain.edge(session, place, "opdracht")
        with pytest.raises(ConflictError):
            handovers.retire(session, actor, place, edge, at=AT)
        loose = chain.edge(session, place, "hulpvraag")
        handovers.retire(session, actor, place, loose, at=AT)
