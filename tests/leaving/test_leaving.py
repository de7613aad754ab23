"""Leaving and being suspended: who reads what before, during and after, on both engines."""

from __future__ import annotations

import csv
import io
import json
import threading
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import undefer

from partnerjourney import features
from partnerjourney.core import apart, border
from partnerjourney.core.apart import Apart, ApartError, Parting, Takeout, TakeoutState
from partnerjourney.core.audit import CircleAct, JourneyAct
from partnerjourney.core.errors import ConflictError, InputError, NotFoundError
from partnerjourney.core.parties import (
    Circle,
    CircleSeat,
    Participation,
    ParticipationState,
    Party,
    Role,
)
from partnerjourney.core.policy import NotAllowedError
from partnerjourney.handovers import services as handovers
from partnerjourney.handovers.models import HandoverTerms
from partnerjourney.journeys import services as journeys
from partnerjourney.leaving import services
from partnerjourney.proposals import services as proposals
from partnerjourney.proposals.models import Proposal
from partnerjourney.proposals.rules import State
from partnerjourney.surveys.models import Point, PointCircle
from partnerjourney.surveys.services.points import circle_of
from tests.chain import AT, Chain, build
from tests.leaving.scene import AFTER, DAY, announce, leave, participation, suspend, work

features.connect()
features.employ()

EDGE = "opleverbon"


@pytest.fixture
def chain(engine: Engine) -> Chain:
    """Give the journey with everybody in it."""
    return build(engine, joined=("flevo", "snel", "rijk", "klaar"))


def keys(chain: Chain, name: str) -> dict[str, Any]:
    """Return what an organisation reads of terms, circles and acts."""
    with border.open_session(chain.engine, chain.member(name)) as session:
        return {
            table.__name__: set(session.scalars(select(table.id)))
            for table in (HandoverTerms, Circle, CircleAct, JourneyAct, Party, Parting)
        }


def contacts(chain: Chain) -> dict[str, str]:
    """Return who is called at each hand-over of the installer, as the coordinator reads it."""
    with chain.acting("telenoord") as (session, _, place):
        found = {}
        for handover in handovers.handovers(session, place.id):
            edge = handovers.find(session, place, handover.id)
            ends = {place.parties[edge.from_party_id].key, place.parties[edge.to_party_id].key}
            if "thuisklaar" in ends and edge.terms:
                found[handover.key] = edge.terms[0].contact_name
        return found


def test_nobody_is_to_call_who_has_left(chain: Chain, engine: Engine) -> None:
    with chain.system() as session:
        session.execute(update(HandoverTerms).values(contact_name="Piet", contact_reach="088 1"))
    before = contacts(chain)
    assert set(before.values()) == {"Piet"}
    leave(chain, engine, "klaar")
    after = contacts(chain)
    gave = {key for key, name in after.items() if not name}
    assert EDGE in gave
    assert before.keys() == after.keys() > gave
    with border.open_session(engine, chain.member("klaar")) as session:
        kept = apart.of_journey(session, chain.journey, past=True)
        assert kept is not None
        assert "Piet" in json.dumps(kept.past)


# --- suspended -----------------------------------------------------------------------------------


def test_who_is_suspended_reads_nothing_writes_nothing_and_is_told_why(chain: Chain) -> None:
    before = keys(chain, "klaar")
    assert before["HandoverTerms"]
    suspend(chain, "klaar")
    assert not any(keys(chain, "klaar").values())
    member = chain.member("klaar")
    with border.open_session(chain.engine, member) as session:
        with pytest.raises(ApartError) as told:
            journeys.find(session, member, chain.journey)
        assert told.value.row.reason == "Invoices are in dispute."
        assert told.value.row.left_at is None
    with chain.acting("flevo") as (_, _, place):  # all see that the lane stands still
        lane = next(p for p in place.parties.values() if p.key == "thuisklaar")
        assert (lane.suspended_at, lane.confirmed_at is None) == (AT, False)
    with chain.acting("telenoord") as (_, _, place):  # nobody takes over meanwhile
        assert lane.id not in place.standing.interim_ids


def test_a_suspended_party_comes_back_to_its_seats(chain: Chain) -> None:
    before = keys(chain, "klaar")
    suspend(chain, "klaar")
    with chain.acting("telenoord", Role.ADMIN) as (session, actor, place):
        seat = services.find(session, actor, place, participation(chain, "klaar"))
        with pytest.raises(ConflictError):
            services.suspend(session, actor, seat, reason="again", at=AT)
        services.resume(session, actor, seat, at=AT)
        with pytest.raises(ConflictError):
            services.resume(session, actor, seat, at=AT)
    after = keys(chain, "klaar")
    assert after["HandoverTerms"] == before["HandoverTerms"]
    assert after["Circle"] >= before["Circle"]
    with border.open_session(chain.engine, chain.member("klaar")) as session:
        assert apart.of_journey(session, chain.journey) is None


def _suspend(session: Any, actor: Any, place: Any, participation_id: Any) -> None:
    seat = services.find(session, actor, place, participation_id)
    services.suspend(session, actor, seat, reason="no", at=AT)


def test_only_the_coordinator_suspends_and_says_why(chain: Chain) -> None:
    klaar = participation(chain, "klaar")
    for name, role in (("klaar", Role.ADMIN), ("flevo", Role.ADMIN), ("telenoord", Role.EDITOR)):
        with chain.acting(name, role) as (session, actor, place), pytest.raises(NotAllowedError):
            _suspend(session, actor, place, klaar)
    with chain.acting("telenoord", Role.ADMIN) as (session, actor, place):
        seat = services.find(session, actor, place, klaar)
        with pytest.raises(InputError):
            services.suspend(session, actor, seat, reason="", at=AT)
        own = participation(chain, "telenoord")
        with pytest.raises(NotFoundError):  # who coordinates is not suspended
            services.find(session, actor, place, own)


def test_a_member_of_a_group_does_not_find_another(chain: Chain) -> None:
    with chain.acting("snel", Role.ADMIN) as (session, actor, place):
        assert services.find(session, actor, place, participation(chain, "snel"))
        with pytest.raises(NotFoundError):
            services.find(session, actor, place, participation(chain, "rijk"))


# --- announced -----------------------------------------------------------------------------------


def test_a_leaving_is_announced_changed_and_taken_back(chain: Chain) -> None:
    klaar = participation(chain, "klaar")
    announce(chain, "klaar")
    announce(chain, "klaar", by="telenoord", ends_on=DAY + timedelta(days=7))
    assert keys(chain, "klaar")["HandoverTerms"]  # until its day it may what it could
    with chain.acting("flevo") as (session, _, _):
        day = session.scalar(select(Participation.leaves_on).where(Participation.id == klaar))
        assert day == DAY + timedelta(days=7)
        assert not session.scalars(select(Parting)).all()  # why is between the two
    work(chain.engine)  # the job of the first day finds that another was agreed
    assert keys(chain, "klaar")["HandoverTerms"]
    with chain.acting("klaar", Role.ADMIN) as (session, actor, place):
        seat = services.find(session, actor, place, klaar)
        assert seat.leaving is not None
        services.withdraw(session, actor, seat, at=AT)
    while work(chain.engine, at=AFTER + timedelta(days=30)):
        pass
    assert keys(chain, "klaar")["HandoverTerms"]


@pytest.mark.parametrize("days", [-1, 5000])
def test_a_last_day_is_near(chain: Chain, days: int) -> None:
    with pytest.raises(InputError):
        announce(chain, "klaar", ends_on=AT.date() + timedelta(days=days))


# --- left ----------------------------------------------------------------------------------------


def test_who_left_reads_its_own_past_and_nothing_after(chain: Chain) -> None:
    before = keys(chain, "klaar")
    leave(chain, chain.engine, "klaar")
    assert not any(keys(chain, "klaar").values())
    member = chain.member("klaar")
    with border.open_session(chain.engine, member) as session:
        kept = apart.of_journey(session, chain.journey, past=True)
        assert kept is not None
        assert kept.left_at is not None
        assert len(kept.past["handovers"]) == len(before["HandoverTerms"])
        assert {card["party"] for card in kept.past["cards"]} == {kept.party_name}
    text = json.dumps(kept.past)
    with chain.acting("telenoord") as (session, actor, place):
        edge = chain.edge(session, place, EDGE)
        terms = edge.terms[0]
        fields = {"name": "Written after it left", "told": "After it left"}
        proposals.change(
            session, actor, place, edge, terms, version=terms.version, at=AFTER, fields=fields
        )
    with border.open_session(chain.engine, member) as session:
        again = apart.of_journey(session, chain.journey, past=True)
        assert again is not None
        assert json.dumps(again.past) == text
        assert "after it left" not in text.casefold()


def test_the_brand_keeps_what_the_customer_sees(chain: Chain) -> None:
    leave(chain, chain.engine, "klaar")
    with chain.acting("telenoord") as (session, _, place):
        lane = next(p for p in place.parties.values() if p.key == "thuisklaar")
        assert lane.provisional
        assert lane.left_name == "Klaar"
        assert lane.left_at is not None
        assert lane.id in place.standing.interim_ids
        edge = chain.edge(session, place, EDGE)
        assert len(edge.terms) == 1  # one, not the old one beside the new
        assert edge.terms[0].name
        # what is written from now on stands in a circle without who left
        seat = session.get_one(CircleSeat, (place.id, edge.terms[0].circle_id, lane.id))
        assert seat.participation_id is None
        for point in session.scalars(select(Point).where(Point.journey_id == place.id)):
            circle_id = circle_of(session, point)
            assert session.get_one(Circle, (place.id, circle_id)).closed_at is None


def test_what_waited_for_who_left_waits_no_more(chain: Chain) -> None:
    with chain.acting("telenoord") as (session, actor, place):
        edge = chain.edge(session, place, EDGE)
        terms = edge.terms[0]
        old = terms.trigger
        outcome = proposals.change(
            session,
            actor,
            place,
            edge,
            terms,
            version=terms.version,
            at=AT,
            fields={"trigger": "Another trigger"},
            reason="It is another one.",
        )
        assert len(outcome.proposals) == 1
    leave(chain, chain.engine, "klaar")
    with chain.acting("telenoord") as (session, _, place):
        assert chain.edge(session, place, EDGE).terms[0].trigger == old
    assert State.OPEN not in proposed(chain)


def test_another_fills_the_freed_party_and_reads_only_from_then_on(chain: Chain) -> None:
    before = keys(chain, "klaar")
    leave(chain, chain.engine, "klaar")
    chain.join("stranger", "thuisklaar")
    chain.confirm("stranger")
    after = keys(chain, "stranger")
    assert after["HandoverTerms"]
    assert not after["Circle"] & before["Circle"]
    assert not after["CircleAct"] & before["CircleAct"]
    assert not after["Parting"]
    assert not any(keys(chain, "klaar").values())
    with chain.acting("stranger") as (_, _, place):
        lane = next(p for p in place.parties.values() if p.key == "thuisklaar")
        assert (lane.provisional, lane.left_at, lane.left_name) == (False, None, None)


def test_who_comes_back_reads_what_its_new_seat_gives(chain: Chain) -> None:
    before = keys(chain, "klaar")
    leave(chain, chain.engine, "klaar")
    chain.join("klaar", "thuisklaar")
    after = keys(chain, "klaar")
    assert after["HandoverTerms"] == before["HandoverTerms"]
    assert not after["Circle"] & before["Circle"]
    with chain.acting("klaar") as (session, _, place):
        assert place.mine[0].provisional
        kept = apart.of_journey(session, chain.journey)
        assert kept is not None  # its own past stays readable beside it
    leave(chain, chain.engine, "klaar")
    with border.open_session(chain.engine, chain.member("klaar")) as session:
        assert len(session.scalars(select(Apart)).all()) == 2


def test_a_suspended_party_that_leaves_keeps_what_it_read_before(chain: Chain) -> None:
    announce(chain, "klaar")
    suspend(chain, "klaar")
    with chain.acting("telenoord") as (session, actor, place):
        edge = chain.edge(session, place, EDGE)
        terms = edge.terms[0]
        fields = {"name": "Written while it was suspended"}
        proposals.change(
            session,
            actor,
            place,
            edge,
            terms,
            version=terms.version,
            at=AT,
            fields=fields,
            reason="Meanwhile.",
        )
    while work(chain.engine):
        pass
    with border.open_session(chain.engine, chain.member("klaar")) as session:
        kept = apart.of_journey(session, chain.journey, past=True)
        assert kept is not None
        assert kept.left_at is not None
        assert "while it was suspended" not in json.dumps(kept.past)


# --- members of a group --------------------------------------------------------------------------


def test_a_member_of_a_group_leaves_and_nobody_of_its_peers_notices(chain: Chain) -> None:
    before = keys(chain, "snel")
    rijk = participation(chain, "rijk")
    leave(chain, chain.engine, "rijk")
    assert keys(chain, "snel") == before
    assert not any(keys(chain, "rijk").values())
    with chain.acting("telenoord") as (session, _, place):
        lane = next(p for p in place.parties.values() if p.key == "koeriers")
        assert (lane.left_at, lane.suspended_at) == (None, None)
        for handover in handovers.handovers(session, place.id):
            edge = handovers.find(session, place, handover.id)
            assert rijk not in {terms.member_id for terms in edge.terms}
        known = {member for row in session.scalars(select(PointCircle)) for member in row.members}
        assert str(rijk) in known  # answers about its deliveries may still come in
    chain.join("rijk", "koeriers")
    after = keys(chain, "rijk")
    assert after["HandoverTerms"]
    assert participation(chain, "rijk") != rijk


def test_a_definition_is_settled_once_the_last_that_owed_a_yes_has_left(chain: Chain) -> None:
    with chain.acting("flevo") as (session, actor, place):
        edge = chain.edge(session, place, "lading")
        proposals.change(
            session,
            actor,
            place,
            edge,
            edge.terms[0],
            version=edge.terms[0].version,
            at=AT,
            fields={"trigger": "Another trigger"},
            reason="It is another one.",
        )
    with chain.acting("snel") as (session, actor, place):
        [mine] = session.scalars(select(Proposal.id))
        held = proposals.find(session, place, mine, lock=True)
        proposals.accept(session, actor, place, held, at=AT)
    leave(chain, chain.engine, "rijk")
    with chain.acting("flevo") as (session, _, place):
        assert chain.edge(session, place, "lading").terms[0].trigger == "Another trigger"
    assert State.OPEN not in proposed(chain)


def proposed(chain: Chain) -> list[State]:
    """Return where the proposals stand."""
    with chain.system() as session:
        return list(session.scalars(select(Proposal.state).order_by(Proposal.id)))


# --- the day, by many workers --------------------------------------------------------------------


def test_many_workers_make_one_leaving(chain: Chain) -> None:
    parting_id = announce(chain, "klaar")
    ended: list[bool] = []

    def end() -> None:
        with chain.system() as session:
            ended.append(services.ending.end(session, parting_id, language="nl", at=AFTER))

    threads = [threading.Thread(target=end) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ended) == [False, False, False, True]
    with chain.system() as session:
        left = session.scalars(
            select(Participation).where(Participation.state == ParticipationState.LEFT)
        ).all()
        assert len(left) == 1
        assert len(session.scalars(select(Takeout)).all()) == 1


def test_a_leaving_before_its_day_or_twice_does_nothing(chain: Chain) -> None:
    parting_id = announce(chain, "klaar")
    with chain.system() as session:
        assert not services.ending.end(session, parting_id, language="nl", at=AT)
    with chain.system() as session:
        assert services.ending.end(session, parting_id, language="nl", at=AFTER)
    with chain.system() as session:
        assert not services.ending.end(session, parting_id, language="nl", at=AFTER)


# --- data taken along ----------------------------------------------------------------------------


def packages(chain: Chain, name: str) -> list[Takeout]:
    with border.open_session(chain.engine, chain.member(name)) as session:
        return list(session.scalars(select(Takeout).options(undefer(Takeout.data))))


def test_the_data_are_taken_along(chain: Chain) -> None:
    leave(chain, chain.engine, "klaar")
    (made,) = packages(chain, "klaar")
    assert made.state is TakeoutState.DONE
    with zipfile.ZipFile(io.BytesIO(made.data or b"")) as archive:
        past = json.loads(archive.read("journey.json"))
        names = set(archive.namelist())
        cards = list(csv.DictReader(io.StringIO(archive.read("cards.csv").decode("utf-8-sig"))))
        acts = list(csv.DictReader(io.StringIO(archive.read("history.csv").decode("utf-8-sig"))))
    assert names == {
        "journey.json", "cards.csv", "handovers.csv", "scores.csv", "explanations.csv",
        "comments.csv", "events.csv", "history.csv",
    }  # fmt: skip
    assert [card["name"] for card in cards] == [card["name"] for card in past["cards"]]
    assert {row["act"] for row in acts} >= {"party.confirm"}
    assert packages(chain, "telenoord") == []


def test_who_leaves_while_its_package_is_made_gets_what_was_kept(
    chain: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    klaar = participation(chain, "klaar")
    parting_id = announce(chain, "klaar")
    with chain.acting("klaar", Role.ADMIN) as (session, actor, place):
        seat = services.find(session, actor, place, klaar)
        services.takeouts.request(session, actor, seat, language="nl", at=AT)
    original = services.making.make

    def slow(*args: Any, **kwargs: Any) -> bytes:
        monkeypatch.setattr(services.making, "make", original)
        with chain.system() as session:
            assert services.ending.end(session, parting_id, language="nl", at=AFTER)
        return b"read while it left"

    monkeypatch.setattr(services.making, "make", slow)
    while work(chain.engine):
        pass
    made = packages(chain, "klaar")
    assert {row.state for row in made} == {TakeoutState.DONE}
    assert all(zipfile.is_zipfile(io.BytesIO(row.data or b"")) for row in made)


def test_what_was_kept_is_gone_after_the_agreed_day(chain: Chain) -> None:
    leave(chain, chain.engine, "klaar")
    while work(chain.engine, at=AFTER + timedelta(days=300)):
        pass
    assert packages(chain, "klaar")
    while work(chain.engine, at=AFTER + timedelta(days=400)):
        pass
    assert packages(chain, "klaar") == []
    member = chain.member("klaar")
    with border.open_session(chain.engine, member) as session:
        assert session.scalars(select(Apart)).all() == []
        with pytest.raises(NotFoundError) as told:
            journeys.find(session, member, chain.journey)
        assert not isinstance(told.value, ApartError)
