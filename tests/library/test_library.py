"""A library says once what stands in many journeys, shows what a change touches, and does it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from partnerjourney import features
from partnerjourney.core import border, clock
from partnerjourney.core.errors import InputError, NotFoundError, StaleVersionError
from partnerjourney.core.jobs import Job
from partnerjourney.core.parties import (
    Membership,
    Organisation,
    Participation,
    ParticipationState,
    Role,
    User,
)
from partnerjourney.core.policy import NotAllowedError
from partnerjourney.core.scopes import Member, Token, TokenPurpose
from partnerjourney.handovers import services as handovers
from partnerjourney.library import queries, services
from partnerjourney.library.models import LibraryChange, LibraryItem
from partnerjourney.library.queries import Line
from partnerjourney.library.rules import SPOTS, Kind, Result, Spot, Standing, Way, Why, count
from partnerjourney.library.services import Chosen, Wanted, changing
from partnerjourney.organisations.models import WorkingCalendar
from partnerjourney.proposals.models import Proposal
from partnerjourney.proposals.services import emergency
from partnerjourney.proposals.services.emergency import Urgency
from tests.announcements.scene import AT, OTHER, Two, client, two
from tests.organisations.company import work

features.employ()

NUMBER = {"contact_name": "Planning", "contact_reach": "088 123 45 67"}
HOURS = {"contact_hours": "ma–za 8–21 uur"}
WHY = "Ons nieuwe nummer."


@pytest.fixture
def both(engine: Engine) -> Two:
    """Give the courier's two brands."""
    return two(engine)


@contextmanager
def acting(
    both: Two, role: Role = Role.EDITOR, user_id: uuid.UUID | None = None
) -> Iterator[tuple[Session, Member, Organisation]]:
    """Act for the courier over all its journeys, and commit."""
    actor = Member(user_id, both.chain.organisations["snel"], role)
    with border.open_session(both.chain.engine, actor, write=True) as session, session.begin():
        yield session, actor, session.get_one(Organisation, actor.organisation_id)


def item(both: Two, kind: Kind, fields: dict[str, str], *, places: int | None = None) -> uuid.UUID:
    """Make an item and use it at all places of the courier, or at the first ones."""
    with acting(both) as (session, actor, us):
        made = services.make(session, actor, us, kind=kind, title="Wij", fields=fields, at=AT)
        spots = queries.all_spots(session, actor, at=AT)
        keys = [key for key in spots if key[2] is SPOTS[kind]][:places]
        services.put_to_use(session, actor, us, made, keys, spots=spots, at=AT)
        return made.id


def lines(both: Two, item_id: uuid.UUID, fields: dict[str, str]) -> list[Line]:
    """Return what a change would touch."""
    with acting(both) as (session, actor, _):
        return queries.preview(session, actor, queries.find(session, item_id), fields, at=AT)


def chosen(some: list[Line], *, also_differing: bool = False) -> list[Chosen]:
    """Choose what a page would choose."""
    return [
        Chosen(line.use.id, line.base, line.way, also_differing or not line.differs)
        for line in some
    ]


def change(
    both: Two,
    item_id: uuid.UUID,
    fields: dict[str, str],
    some: list[Line],
    *,
    user_id: uuid.UUID | None = None,
    **more: Any,
) -> list[Result]:
    """Make a change as it was shown; return what became of each place."""
    with acting(both, user_id=user_id) as (session, actor, us):
        found = queries.find(session, item_id, lock=True)
        made = services.begin(
            session,
            actor,
            us,
            found,
            said=Wanted(more.pop("version", found.version), found.title, fields, WHY),
            chosen=chosen(some, **more),
            at=AT,
        )
        return [Result(one["result"]) for one in made.places]


def reach(both: Two, who: str, name: str = "contact_reach") -> set[str]:
    """Return how a party's brands see the courier reached."""
    chain = both.chain if who != "koffiehuis" else both.other
    with chain.acting(who) as (session, _, place):
        found = handovers.all_terms(session, place.id).values()
        rows = [handovers.find(session, place, terms.handover_id) for terms in found]
        return {getattr(terms, name) for edge in rows for terms in edge.terms}


def test_ones_own_holds_at_once_and_what_the_customer_hears_is_proposed(both: Two) -> None:
    contact = item(both, Kind.CONTACT, NUMBER)
    some = lines(both, contact, NUMBER)
    assert {line.brand for line in some} == {"Telenoord", OTHER}
    assert count(line.way for line in some).direct == len(some) > 1
    assert set(change(both, contact, NUMBER, some)) == {Result.DONE}
    for who in ("telenoord", "koffiehuis"):
        assert NUMBER["contact_reach"] in reach(both, who)
    hours = item(both, Kind.HOURS, HOURS)
    places = lines(both, hours, HOURS)
    assert {line.use.thing_id for line in places} == {line.use.thing_id for line in some}
    assert set(change(both, hours, HOURS, places)) == {Result.DONE}
    assert NUMBER["contact_reach"] in reach(both, "koffiehuis")  # each has its own place
    assert HOURS["contact_hours"] in reach(both, "koffiehuis", "contact_hours")
    told = {"told": "U krijgt een bericht met een tijdvak van twee uur."}
    text = item(both, Kind.TEXT, told)
    some = lines(both, text, told)
    ways = count(line.way for line in some)
    assert ways.proposal == 0  # at the other brand nobody else has confirmed: nobody to ask
    assert ways.direct == len([line for line in some if line.brand == OTHER])
    assert {line.why for line in some if line.brand == "Telenoord"} == {Why.GROUP}
    both.other.join("flevo", "magazijn")
    both.other.confirm("flevo")
    some = lines(both, text, told)
    ways = count(line.way for line in some)
    assert ways.proposal >= 1
    assert all(line.spot and line.spot.asks for line in some if line.way is Way.PROPOSAL)
    results = change(both, text, told, some)
    assert results.count(Result.PROPOSED) == ways.proposal
    assert results.count(Result.DONE) == ways.direct
    assert results.count(Result.CANNOT) == ways.cannot
    with both.other.acting("flevo") as (session, _, _place):
        assert len(session.scalars(select(Proposal)).all()) == ways.proposal


def test_a_proposal_needs_a_reason_and_a_colleague_is_never_overwritten(both: Two) -> None:
    both.other.join("flevo", "magazijn")
    both.other.confirm("flevo")
    told = {"told": "Morgen staan wij voor de deur."}
    text = item(both, Kind.TEXT, told)
    some = lines(both, text, told)
    with acting(both) as (session, actor, us):
        found = queries.find(session, text, lock=True)
        for version, error in ((found.version, InputError), (found.version + 1, StaleVersionError)):
            with pytest.raises(error):
                services.begin(
                    session,
                    actor,
                    us,
                    found,
                    said=Wanted(version, "Wij", told),
                    chosen=chosen(some),
                    at=AT,
                )


def test_a_place_that_went_on_is_out_of_date_and_one_that_differs_is_chosen_by_hand(
    both: Two,
) -> None:
    contact = item(both, Kind.CONTACT, NUMBER)
    change(both, contact, NUMBER, lines(both, contact, NUMBER))
    newer = {**NUMBER, "contact_reach": "088 765 43 21"}
    shown = lines(both, contact, newer)
    place = next(line.use for line in shown if line.brand == OTHER)
    by_hand = "Bel de chauffeur zelf"
    with both.other.acting("snel") as (session, actor, where):
        edge = handovers.find(session, where, place.thing_id, lock=True)
        changing.proposals.change(
            session,
            actor,
            where,
            edge,
            edge.terms[0],
            version=edge.terms[0].version,
            at=AT,
            fields={"contact_reach": by_hand},
        )
    results = change(both, contact, newer, shown)
    assert results.count(Result.STALE) == 1
    assert results.count(Result.DONE) == len(shown) - 1
    assert by_hand in reach(both, "koffiehuis")  # nothing was put over it
    newest = {**NUMBER, "contact_reach": "088 000 00 00"}
    again = lines(both, contact, newest)
    assert [line.use.id for line in again if line.differs] == [place.id]
    assert change(both, contact, newest, again).count(Result.LEFT) == 1
    assert by_hand in reach(both, "koffiehuis")
    again = lines(both, contact, newest)
    results = change(both, contact, newest, again, also_differing=True)
    assert results.count(Result.DONE) == 1
    assert by_hand not in reach(both, "koffiehuis")


def test_what_cannot_be_changed_is_listed_with_why_and_the_rest_goes_on(both: Two) -> None:
    contact = item(both, Kind.CONTACT, NUMBER)
    some = lines(both, contact, NUMBER)
    other = next(line.use for line in some if line.brand == OTHER)
    with both.other.acting("snel") as (session, actor, where):
        edge = handovers.find(session, where, other.thing_id, lock=True)
        emergency.start(
            session,
            actor,
            where,
            edge,
            edge.terms[0],
            version=edge.terms[0].version,
            at=AT,
            fields={"contact_reach": "Noodnummer 06 1"},
            urgency=Urgency("Storing.", 24),
        )
    found = next(line for line in lines(both, contact, NUMBER) if line.use.id == other.id)
    assert (found.way, found.why) == (Way.CANNOT, Why.EMERGENCY)
    with both.chain.system() as session:
        part = session.scalars(
            select(Participation).where(Participation.journey_id == both.other.journey)
        ).all()
        mine = next(p for p in part if p.organisation_id == both.chain.organisations["snel"])
        mine.state = ParticipationState.SUSPENDED
    after = lines(both, contact, NUMBER)
    apart = [line for line in after if line.use.journey_id == both.other.journey]
    assert apart
    assert {(line.way, line.why, line.brand) for line in apart} == {(Way.CANNOT, Why.APART, "")}
    assert {line.standing for line in apart} == {Standing.APART}
    results = change(both, contact, NUMBER, some)  # as it was shown before
    assert results.count(Result.CANNOT) == len(apart)
    assert results.count(Result.DONE) == len(some) - len(apart)


def test_very_many_places_are_the_workers(
    both: Two, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changing, "MANY", 0)
    client(app, both.chain, "snel")
    with both.chain.system() as session:
        user_id = session.scalars(
            select(User.id)
            .join(Membership, Membership.user_id == User.id)
            .where(Membership.owner_id == both.chain.organisations["snel"])
        ).one()
    contact = item(both, Kind.CONTACT, NUMBER)
    some = lines(both, contact, NUMBER)
    assert set(change(both, contact, NUMBER, some, user_id=user_id)) == {Result.WAITS}
    with both.chain.system() as session:
        job = session.scalars(select(Job).where(Job.kind == services.CHANGE_JOB)).one()
    with clock.at(job.run_at + timedelta(seconds=1)):
        work(app)
    with both.chain.system() as session:
        done = session.scalars(select(LibraryChange)).one()
        assert {one["result"] for one in done.places} == {"done"}
        assert done.finished_at is not None


def test_an_item_is_the_organisations_own(both: Two) -> None:
    contact = item(both, Kind.CONTACT, NUMBER)
    with both.chain.acting("telenoord") as (session, _, _place):
        assert session.scalars(select(LibraryItem)).all() == []
        with pytest.raises(NotFoundError):
            queries.find(session, contact)
    with acting(both, Role.VIEWER) as (_, actor, us):
        services.may_read(actor, us)
        with pytest.raises(NotAllowedError):
            services.may_edit(actor, us)
    with acting(both) as (session, actor, us):
        found = queries.find(session, contact, lock=True)
        spots = queries.all_spots(session, actor, at=AT)
        told = next(key for key in spots if key[2] is Spot.TOLD)
        with pytest.raises(NotFoundError):  # a contact is no text
            services.put_to_use(session, actor, us, found, [told], spots=spots, at=AT)
        services.retire(session, actor, us, found, at=AT)
        assert queries.listed(session) == []


def test_a_key_reads_what_is_used_in_its_own_journeys_and_nothing_besides(both: Two) -> None:
    here = item(both, Kind.CONTACT, NUMBER)
    with acting(both) as (session, actor, us):
        spots = queries.all_spots(session, actor, at=AT)
        found = queries.find(session, here)
        for one in queries.uses_of(session, found):
            if one.use.journey_id == both.other.journey:
                services.detach(session, actor, us, found, one.use.id, at=AT)
        there = services.make(
            session, actor, us, kind=Kind.TEXT, title="Elders", fields={"told": "Dag"}, at=AT
        )
        told = [key for key in spots if key[2] is Spot.TOLD and key[0] == both.other.journey]
        services.put_to_use(session, actor, us, there, told, spots=spots, at=AT)
        services.make(session, actor, us, kind=Kind.CONTACT, title="Los", fields=NUMBER, at=AT)
    courier = both.chain.organisations["snel"]
    for journey, title in ((both.chain.journey, "Wij"), (both.other.journey, "Elders")):
        key = Token(uuid.uuid4(), courier, frozenset({journey}), frozenset({TokenPurpose.READ}))
        with border.open_session(both.chain.engine, key) as session:
            (kept,) = services.kept(session, key, session.get_one(Organisation, courier))
            assert kept.item.title == title
            assert {use.journey_id for use in kept.uses} == {journey}


def test_pages_go_from_a_contact_that_stands_to_a_change_everywhere(both: Two, app: Flask) -> None:
    courier, brand = client(app, both.chain, "snel"), client(app, both.chain, "telenoord")
    home = "/o/snel/library/"
    with clock.at(AT):
        assert "Nog niets bewaard" in courier.get(home).text
        new = courier.get(f"{home}new?kind=contact").text
        assert OTHER in new
        with acting(both) as (session, actor, _):
            keys = list(queries.all_spots(session, actor, at=AT))
        contacts = [":".join(map(str, key)) for key in keys if key[2] is Spot.CONTACT]
        assert courier.get(f"{home}new?kind=contact&take={contacts[0]}").status_code == 200
        assert courier.get(f"{home}new?kind=contact&take=x").status_code == 404
        typed = {"kind": "contact", "title": "Ons nummer", "take": contacts[0], **NUMBER}
        wrong = courier.post(home, data={**typed, "contact_name": ""})
        assert wrong.status_code == 422
        assert "Ons nummer" in wrong.text
        page = courier.post(home, data=typed).location
        assert courier.post(f"{page}/places", data={"places": contacts[1:]}).status_code == 303
        assert "in 2 klantreizen" in courier.get(home).text
        shown = courier.get(f"{page}/preview").text
        assert f"{len(contacts)} direct" in shown
        form = {name: value for name, value in _hidden(shown) if name not in ("shown", "wanted")}
        lists = {
            "shown": [value for name, value in _hidden(shown) if name == "shown"],
            "wanted": _ticked(shown),
        }
        done = courier.post(page, data={**form, **lists})
        assert done.status_code == 303
        assert f"{len(contacts)} gewijzigd" in courier.get(done.location).text
        assert "zegt dit" in courier.get(page).text
        late = courier.post(page, data={**form, **lists})
        assert f"{len(contacts)} achterhaald" in courier.get(late.location).text
        other = courier.post(
            f"{page}/preview", data={**form, "contact_reach": "06 9", "version": 2}
        )
        assert "06 9" in other.text
        for path in ("", "announcements/", "parties", "proposals/"):
            seen = brand.get(f"/o/telenoord/journeys/{both.chain.journey}/{path}").text
            assert OTHER not in seen
            assert "Ons nummer" not in seen
        assert brand.get(page).status_code == 404
        assert courier.post(page, data={**form, "version": 7}).status_code == 409
        viewer = client(app, both.chain, "snel", role=Role.VIEWER)
        assert "Ons nummer" in viewer.get(home).text
        assert viewer.post(page, data={**form, **lists}).status_code == 403
        assert courier.post(f"{page}/retire").status_code == 303
        assert "Nog niets bewaard" in courier.get(home).text


def test_what_a_place_used_is_named_and_days_are_those_of_the_reader(both: Two, app: Flask) -> None:
    courier = client(app, both.chain, "snel")
    number = item(both, Kind.CONTACT, NUMBER)
    with acting(both) as (session, actor, us):
        newer = services.make(
            session, actor, us, kind=Kind.CONTACT, title="Nieuw", fields=NUMBER, at=AT
        ).id
        spots = queries.all_spots(session, actor, at=AT)
    keys = list(spots)
    contact = ":".join(map(str, next(key for key in keys if key[2] is Spot.CONTACT)))
    with clock.at(AT):
        assert "nu uit: Wij" in courier.get(f"/o/snel/library/{newer}").text
        assert "nu uit: Wij" in courier.get("/o/snel/library/new?kind=contact").text
        told = courier.get("/o/snel/library/new?kind=text").text
        assert "Bij Telenoord schrijft de regie dit voor de hele groep" in told
        assert "Bij Telenoord schrijft" not in courier.get(f"/o/snel/library/{newer}").text
        groups = {key for key, spot in spots.items() if spot.why is Why.GROUP}
        assert groups
        assert not any(":".join(map(str, key)) in told for key in groups), "no choice of ours"
        used = courier.post(f"/o/snel/library/{newer}/places", data={"places": [contact]})
        assert "Daar niet meer gebruikt: Wij." in courier.get(used.location).text
    change(both, number, NUMBER, lines(both, number, NUMBER))
    page = f"/o/snel/library/{number}"
    with clock.at(AT):
        before = courier.get(page).text
        with both.chain.system() as session:
            session.add(
                WorkingCalendar(
                    owner_id=both.chain.organisations["snel"], zone="Asia/Tokyo", changed_at=AT
                )
            )
        there = courier.get(page).text
    for zone, text in (("Europe/Amsterdam", before), ("Asia/Tokyo", there)):
        assert f"vandaag {AT.astimezone(ZoneInfo(zone)):%H.%M}" in text


def _hidden(page: str) -> list[tuple[str, str]]:
    import re
    from html import unescape

    found = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page)
    return [(name, unescape(value)) for name, value in found]


def _ticked(page: str) -> list[str]:
    import re

    return re.findall(r'<input type="checkbox" name="wanted" value="([^"]*)" checked', page)
