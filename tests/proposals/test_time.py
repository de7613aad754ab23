"""What time decides: silence around Koningsdag, objection, lapse, emergency, mandates."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, select

from partnerjourney.core import audit, clock, jobs
from partnerjourney.core.errors import ConflictError, InputError, NotFoundError
from partnerjourney.core.parties import Role
from partnerjourney.core.policy import NotAllowedError
from partnerjourney.organisations.models import WorkingCalendar
from partnerjourney.proposals import jobs as timed  # noqa: F401 - what a worker knows
from partnerjourney.proposals import services as proposals
from partnerjourney.proposals.models import EmergencyChange, Mandate, Proposal
from partnerjourney.proposals.rules import State
from partnerjourney.proposals.services import emergency, mandates, silence
from partnerjourney.proposals.services.emergency import Urgency
from partnerjourney.touchpoints import services as touchpoints
from tests.chain import Chain
from tests.proposals.scene import again, answer, change, close, joined, seen, silent, told

ZONE = ZoneInfo("Europe/Amsterdam")
OFFERED = datetime(2026, 4, 24, 17, 30, tzinfo=ZONE)  # a Friday; Koningsdag is the Monday after it
TUESDAY, WEDNESDAY = (datetime(2026, 5, day, 17, 0, tzinfo=ZONE) for day in (5, 6))
MINUTE = timedelta(minutes=1)


@pytest.fixture
def chain(engine: Engine) -> Chain:
    return joined(engine)


def both(chain: Chain) -> None:
    """Let silence be consent between the brand and the warehouse."""
    silent(chain, "opdracht", {"telenoord": "telenoord", "flevo": "magazijn"})


def offer(chain: Chain, **fields: Any) -> Proposal:
    """Let the brand propose something to the warehouse, late on the Friday."""
    [proposal] = change(chain, "telenoord", "opdracht", at=OFFERED, **fields)
    return proposal


@pytest.mark.parametrize(("worked", "ends"), [(True, TUESDAY), (False, WEDNESDAY)])
def test_silence_is_consent_at_the_close_of_the_fifth_day_of_the_asked_party(
    chain: Chain, worked: bool, ends: datetime
) -> None:
    both(chain)
    closed = [] if worked else ["liberation_day"]
    with chain.system() as session:
        session.add(
            WorkingCalendar(
                owner_id=chain.organisations["flevo"], closed_holidays=closed, changed_at=OFFERED
            )
        )
    proposal = offer(chain, trigger="Om zes uur")
    assert proposal.due_at == ends
    close(chain, proposal, ends - MINUTE)
    assert again(chain, proposal).state is State.OPEN
    close(chain, proposal, ends)
    assert again(chain, proposal).state is State.ACCEPTED
    assert seen(chain, "flevo", "opdracht")[0].trigger == "Om zes uur"


def test_an_objection_within_ten_working_days_restores_the_old_text(chain: Chain) -> None:
    both(chain)
    old, heard = seen(chain, "flevo", "opdracht")[0].trigger, told(chain, "flevo", "opdracht")
    proposal = offer(chain, trigger="Om zes uur", told="U krijgt bericht.")
    close(chain, proposal, TUESDAY)
    assert told(chain, "flevo", "opdracht") == "U krijgt bericht."
    until = again(chain, proposal).object_until
    assert until == datetime(2026, 5, 20, 17, 0, tzinfo=ZONE)  # Ascension Day is the 14th
    with pytest.raises(InputError):
        answer(chain, "flevo", proposal, proposals.object_to, reason="", at=until)
    with pytest.raises(NotAllowedError):
        answer(chain, "telenoord", proposal, proposals.object_to, reason="Toch niet.", at=until)
    answer(chain, "flevo", proposal, proposals.object_to, reason="Dat halen we niet.", at=until)
    assert seen(chain, "flevo", "opdracht")[0].trigger == old
    assert told(chain, "flevo", "opdracht") == heard
    assert again(chain, proposal).state is State.REJECTED


def test_after_ten_working_days_silence_stands(chain: Chain) -> None:
    both(chain)
    proposal = offer(chain, trigger="Om zes uur")
    close(chain, proposal, TUESDAY)
    late = again(chain, proposal).object_until
    assert late is not None
    with pytest.raises(ConflictError):
        answer(chain, "flevo", proposal, proposals.object_to, reason="Nee.", at=late + MINUTE)


def test_what_was_agreed_anew_since_is_not_restored(chain: Chain) -> None:
    both(chain)
    proposal = offer(chain, trigger="Om zes uur", name="Order naar het magazijn")
    close(chain, proposal, TUESDAY)
    [newer] = change(chain, "telenoord", "opdracht", trigger="Om zeven uur", at=TUESDAY)
    answer(chain, "flevo", newer, proposals.accept, at=TUESDAY)
    answer(chain, "flevo", proposal, proposals.object_to, reason="Nee.", at=TUESDAY)
    [terms] = seen(chain, "flevo", "opdracht")
    assert (terms.trigger, terms.name != "Order naar het magazijn") == ("Om zeven uur", True)


@pytest.mark.parametrize("fields", [{"time_limit": "PT2H"}, {"trigger": "Om zes", "checklist": []}])
def test_a_promise_is_never_agreed_by_silence_but_becomes_an_open_point(
    chain: Chain, fields: dict[str, Any]
) -> None:
    both(chain)
    proposal = offer(chain, **fields)
    close(chain, proposal, TUESDAY)
    assert again(chain, proposal).state is State.LAPSED
    assert seen(chain, "flevo", "opdracht")[0].time_limit == "PT4H"
    [renewed] = answer(chain, "telenoord", proposal, proposals.renew, at=TUESDAY).proposals
    assert renewed.due_at > TUESDAY


def test_one_side_that_did_not_switch_it_on_is_enough_against_silence(chain: Chain) -> None:
    silent(chain, "opdracht", {"telenoord": "telenoord"})
    proposal = offer(chain, trigger="Om zes uur")
    close(chain, proposal, TUESDAY)
    assert again(chain, proposal).state is State.LAPSED
    both(chain)
    silent(chain, "opdracht", {"flevo": "magazijn"}, on=False)
    second = offer(chain, trigger="Om acht uur")
    close(chain, second, TUESDAY)
    assert again(chain, second).state is State.LAPSED


def test_the_worker_closes_what_is_due_and_leaves_what_was_answered(chain: Chain) -> None:
    both(chain)
    first = offer(chain, trigger="Om zes uur")
    [second] = change(chain, "flevo", "opdracht", name="Klaarzetten", at=OFFERED)
    answer(chain, "telenoord", second, proposals.reject, reason="Nee.", at=OFFERED)
    with clock.at(TUESDAY):
        while jobs.run_due(chain.engine, None, chain.journey):
            pass
    assert again(chain, first).state is State.ACCEPTED
    assert again(chain, second).state is State.REJECTED


# --- emergency changes ---------------------------------------------------------------------------


def urgent(
    chain: Chain, who: str, *, hours: int = 24, at: datetime = OFFERED, **fields: Any
) -> Any:
    """Change the brand's hand-over to the warehouse without asking."""
    with chain.acting(who) as (session, actor, place):
        edge = chain.edge(session, place, "opdracht")
        terms = edge.terms[0]
        return emergency.start(
            session,
            actor,
            place,
            edge,
            terms,
            version=terms.version,
            at=at,
            fields=fields,
            urgency=Urgency("De poort is dicht.", hours),
        )


def test_an_emergency_change_holds_at_once_and_falls_back_by_itself(chain: Chain) -> None:
    old = seen(chain, "flevo", "opdracht")[0].trigger
    made = urgent(chain, "telenoord", hours=72, trigger="Via poort B")
    assert seen(chain, "flevo", "opdracht")[0].trigger == "Via poort B"
    with chain.system() as session:
        assert emergency.end_due(session, made.id, at=made.until - MINUTE) is None
    with clock.at(made.until):
        while jobs.run_due(chain.engine, None, chain.journey):
            pass
    assert seen(chain, "flevo", "opdracht")[0].trigger == old
    with chain.system() as session:
        verbs = session.scalars(select(audit.CircleAct.verb)).all()
        assert session.scalars(select(EmergencyChange.ended_at)).one() is not None
    assert {"handover.emergency", "handover.fall_back"} <= set(verbs)


def test_what_was_agreed_during_an_emergency_stays(chain: Chain) -> None:
    made = urgent(chain, "telenoord", trigger="Via poort B")
    [proposal] = change(chain, "flevo", "opdracht", trigger="Voortaan via poort C", at=OFFERED)
    answer(chain, "telenoord", proposal, proposals.accept, at=OFFERED)
    with chain.system() as session:
        emergency.end_due(session, made.id, at=made.until)
    assert seen(chain, "flevo", "opdracht")[0].trigger == "Voortaan via poort C"


@pytest.mark.parametrize(
    ("hours", "fields", "fault"),
    [
        (73, {"trigger": "x"}, "hours"),
        (0, {"trigger": "x"}, "hours"),
        (24, {"time_limit": "PT9H"}, "time_limit"),
        (24, {}, "_schema"),
    ],
)
def test_an_emergency_changes_no_promise_and_no_longer_than_three_days(
    chain: Chain, hours: int, fields: dict[str, Any], fault: str
) -> None:
    with pytest.raises(InputError) as refused:
        urgent(chain, "flevo", hours=hours, **fields)
    assert set(refused.value.messages) == {fault}


def test_an_emergency_ends_earlier_when_a_side_ends_it(chain: Chain) -> None:
    made = urgent(chain, "telenoord", trigger="Via poort B")
    with chain.acting("flevo") as (session, actor, place):
        found = emergency.find(session, place, made.id)
        emergency.lift(session, actor, place, found, at=OFFERED)
    assert seen(chain, "flevo", "opdracht")[0].trigger != "Via poort B"


# --- mandates ------------------------------------------------------------------------------------


def mandate(chain: Chain, *, until: date = date(2026, 12, 31)) -> Mandate:
    """Let the warehouse allow the brand to update its descriptions."""
    with chain.acting("flevo", Role.ADMIN) as (session, actor, place):
        keys = {party.key: party.id for party in place.parties.values()}
        return mandates.give(
            session,
            actor,
            place,
            from_party_id=keys["magazijn"],
            to_party_id=keys["telenoord"],
            until=until,
            at=OFFERED,
        )


def test_a_mandate_is_given_used_and_taken_back(chain: Chain) -> None:
    given = mandate(chain)
    assert change(chain, "telenoord", "opdracht", trigger="Om zes uur", at=OFFERED) == []
    assert seen(chain, "flevo", "opdracht")[0].trigger == "Om zes uur"
    [promise] = change(chain, "telenoord", "opdracht", time_limit="PT2H", at=OFFERED)
    assert promise.state is State.OPEN, "a mandate agrees to no promise"
    with chain.acting("flevo", Role.ADMIN) as (session, actor, place):
        mandates.revoke(session, actor, place, given.id, at=OFFERED)
    [proposal] = change(chain, "telenoord", "opdracht", trigger="Om acht uur", at=OFFERED)
    assert proposal.state is State.OPEN
    with chain.system() as session:
        verbs = set(session.scalars(select(audit.CircleAct.verb)).all())
    assert {"mandate.give", "handover.mandate", "mandate.revoke"} <= verbs


def test_a_mandate_ends_by_itself_and_only_an_admin_of_the_party_gives_it(chain: Chain) -> None:
    mandate(chain, until=date(2026, 4, 25))
    later = OFFERED + timedelta(days=2)
    assert change(chain, "telenoord", "opdracht", trigger="Om acht uur", at=later)
    with chain.acting("telenoord", Role.ADMIN) as (session, actor, place):
        keys = {party.key: party.id for party in place.parties.values()}
        with pytest.raises(NotAllowedError):
            mandates.give(
                session,
                actor,
                place,
                from_party_id=keys["magazijn"],
                to_party_id=keys["telenoord"],
                until=date(2026, 5, 1),
                at=OFFERED,
            )
    with pytest.raises(InputError):
        mandate(chain, until=date(2026, 4, 1))


def test_a_member_of_a_group_gives_no_mandate_for_the_group(chain: Chain) -> None:
    with chain.acting("snel", Role.ADMIN) as (session, actor, place):
        keys = {party.key: party.id for party in place.parties.values()}
        with pytest.raises(NotAllowedError):
            mandates.give(
                session,
                actor,
                place,
                from_party_id=keys["koeriers"],
                to_party_id=keys["telenoord"],
                until=date(2026, 5, 1),
                at=OFFERED,
            )


def test_silence_is_switched_in_circles_of_ones_own_alone(chain: Chain) -> None:
    with chain.acting("klaar") as (session, _, place):
        foreign = chain.edge(session, place, "installatie").terms[0].circle_id
    with chain.acting("flevo") as (session, actor, place):
        party = place.mine[0]
        for circle_id in (foreign, party.id):
            with pytest.raises(NotFoundError):
                silence.switch(session, actor, place, circle_id, party.id, on=True, at=OFFERED)


# --- cards ---------------------------------------------------------------------------------------


def test_a_card_of_another_party_is_changed_by_its_owner_after_a_proposal(chain: Chain) -> None:
    with chain.acting("telenoord") as (session, actor, place):
        card = next(
            one
            for one in touchpoints.cards(session, place.id)
            if place.parties[one.content.party_id].key == "magazijn"
        )
        made = proposals.propose_card(
            session, actor, place, card, fields={"name": "Inpakken"}, reason="Korter.", at=OFFERED
        )
    answer(chain, "flevo", made, proposals.accept)
    with chain.acting("flevo") as (session, actor, place):
        assert touchpoints.find(session, place, card.id).content.name == "Inpakken"


def test_a_card_that_changed_meanwhile_leaves_the_proposal_stale(chain: Chain) -> None:
    with chain.acting("telenoord") as (session, actor, place):
        card = next(
            one
            for one in touchpoints.cards(session, place.id)
            if place.parties[one.content.party_id].key == "magazijn"
        )
        made = proposals.propose_card(
            session, actor, place, card, fields={"name": "Inpakken"}, reason="Korter.", at=OFFERED
        )
    with chain.acting("flevo") as (session, actor, place):
        own = touchpoints.find(session, place, card.id, lock=True)
        version = own.content.version
        touchpoints.change(
            session, actor, place, own, version=version, at=OFFERED, fields={"name": "Klaarzetten"}
        )
    assert again(chain, made).state is State.STALE
    with pytest.raises(ConflictError):
        answer(chain, "flevo", made, proposals.accept)
