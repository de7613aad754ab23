"""An announcement is made once and stands in each journey apart: who reads it, and who never."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, select

from partnerjourney import features
from partnerjourney.announcements import queries, services
from partnerjourney.announcements.models import Announcement, MemberAnnouncement
from partnerjourney.core import border, clock, waiting
from partnerjourney.core.departing import leave
from partnerjourney.core.errors import InputError, NotFoundError, StaleVersionError
from partnerjourney.core.jobs import Job
from partnerjourney.core.parties import Organisation, Participation, Role
from partnerjourney.core.policy import NotAllowedError
from tests.announcements.scene import AT, DECEMBER, OTHER, Two, client, told, two
from tests.organisations.company import mails, work

features.employ()


@pytest.fixture
def both(engine: Engine) -> Two:
    """Give the courier's two brands."""
    return two(engine)


def test_each_journey_has_its_own_row_and_members_never_read_one_another(both: Two) -> None:
    both.announce()
    said = [DECEMBER.text]
    for who in ("telenoord", "flevo", "klaar", "snel"):
        assert told(both.chain, who) == said
    assert told(both.chain, "rijk") == []  # the other member of its group
    assert told(both.other, "koffiehuis") == said
    with both.chain.system() as session:
        whole = session.scalars(select(Announcement)).one()
        member = session.scalars(select(MemberAnnouncement)).one()
        assert whole.journey_id == both.other.journey
        assert member.journey_id == both.chain.journey
        assert whole.id != member.id
        assert {row.id.version for row in (whole, member)} == {4}  # no order, no moment in it


def test_the_maker_changes_and_withdraws_it_and_nobody_else(both: Two) -> None:
    own = both.announce()
    closed = replace(DECEMBER, text="Tot Kerst rijden wij niet op zaterdag.")
    with both.chain.acting("snel") as (session, actor, place):
        organisation = session.get_one(Organisation, actor.organisation_id)
        found = services.find(session, own.id, lock=True)
        services.change(
            session,
            actor,
            organisation,
            found,
            version=found.version,
            words=closed,
            places=[place],
            at=AT,
        )
    assert told(both.chain, "telenoord") == [closed.text]
    assert told(both.other, "koffiehuis") == []  # not chosen any more
    with both.chain.acting("snel") as (session, actor, place):
        found = services.find(session, own.id, lock=True)
        with pytest.raises(StaleVersionError):
            services.change(
                session,
                actor,
                session.get_one(Organisation, actor.organisation_id),
                found,
                version=found.version - 1,
                words=DECEMBER,
                places=[place],
                at=AT,
            )
    with both.chain.acting("telenoord") as (session, actor, place):
        with pytest.raises(NotFoundError):
            services.find(session, own.id)
        row = services.find_shown(session, place, queries.told(session, [place.id])[0].id)
        with pytest.raises(NotAllowedError):
            services.withdraw_here(session, actor, row, at=AT)
    with (
        both.chain.acting("snel", Role.VIEWER) as (session, actor, _),
        pytest.raises(NotAllowedError),
    ):
        services.may_make(actor, session.get_one(Organisation, actor.organisation_id))
    with both.chain.acting("snel") as (session, actor, _):
        organisation = session.get_one(Organisation, actor.organisation_id)
        found = services.find(session, own.id, lock=True)
        services.withdraw(session, actor, organisation, found, at=AT)
    assert told(both.chain, "telenoord") == []


def test_what_cannot_be_announced_is_said_at_the_field(both: Two) -> None:
    for words, field in (
        (replace(DECEMBER, last_day=date(2026, 11, 30)), "last_day"),
        (replace(DECEMBER, first_day=date(2026, 1, 1), last_day=date(2026, 2, 1)), "last_day"),
    ):
        with pytest.raises(InputError) as caught:
            both.announce(words)
        assert list(caught.value.messages) == [field]
    with pytest.raises(InputError) as caught:
        both.announce(within=[])
    assert list(caught.value.messages) == ["journeys"]
    with pytest.raises(NotFoundError):
        both.announce(who="flevo")  # the other journey is not its own


def test_what_begins_soon_is_mailed_and_what_is_news_stands_in_the_overview(
    both: Two, app: Flask, tmp_path: Path
) -> None:
    for who in ("telenoord", "flevo", "rijk", "snel"):
        client(app, both.chain, who)
    near = replace(DECEMBER, first_day=(AT + timedelta(days=2)).date())
    both.announce(near, within=[both.chain.journey])
    both.announce(within=[both.chain.journey])
    with both.chain.system() as session:
        asked = session.scalars(select(Job).where(Job.kind == services.TELL_JOB)).all()
        names = {o.id: o.slug for o in session.scalars(select(Organisation))}
        assert sorted(names[job.organisation_id] for job in asked if job.organisation_id) == [
            "flevo",
            "telenoord",
        ]
    with clock.at(AT):
        work(app)
    sent = mails(tmp_path)
    assert sorted(str(mail["To"]) for mail in sent) == [
        "editor@flevo.example",
        "editor@telenoord.example",
    ]
    assert all(near.text not in str(mail) and OTHER not in str(mail) for mail in sent)
    for who, number in (("telenoord", 2), ("rijk", 0), ("snel", 0)):
        actor = both.chain.member(who)
        with border.open_session(both.chain.engine, actor) as session:
            found = [i for i in waiting.items(session, actor, AT) if i.kind == "announcement"]
            assert len(found) == number
            later = waiting.items(session, actor, AT + timedelta(days=40))
            assert not [i for i in later if i.kind == "announcement" and i.due < date(2026, 12, 1)]


def test_what_is_moved_to_soon_is_mailed_then_and_once_of_a_day(both: Two, app: Flask) -> None:
    client(app, both.chain, "telenoord")
    own = both.announce(within=[both.chain.journey])

    def say(first_day: date, *, here: bool = True) -> int:
        with both.chain.acting("snel") as (session, actor, place):
            there = services.places_of(session, actor, [both.other.journey])
            found = services.find(session, own.id, lock=True)
            services.change(
                session,
                actor,
                session.get_one(Organisation, actor.organisation_id),
                found,
                version=found.version,
                words=replace(DECEMBER, first_day=first_day),
                places=[place] if here else there,
                at=AT,
            )
        with both.chain.system() as session:
            query = select(Job).where(Job.kind == services.TELL_JOB, Job.thing_id.in_(shown))
            return len(session.scalars(query).all())

    with both.chain.system() as session:
        shown = session.scalars(select(MemberAnnouncement.id)).all()
    day = AT.date()
    assert say(day + timedelta(days=9)) == 0
    assert say(day + timedelta(days=2)) == 1, "it became soon"
    assert say(day + timedelta(days=3)) == 1, "it was told a moment ago"
    assert say(day + timedelta(days=9)) == 1
    assert say(day + timedelta(days=1)) == 2, "it became soon again, on another day"
    assert say(day, here=False) == 2
    assert say(day) == 3, "it stands again"


def test_what_was_typed_is_kept_when_a_colleague_withdrew_or_a_journey_was_left(
    both: Two, app: Flask
) -> None:
    courier = client(app, both.chain, "snel")
    typed = {"kind": "peak", "text": "Lang getypt.", "first_day": "2026-12-01"}
    with clock.at(AT):
        every = {**typed, "journeys": [str(j) for j in both.both]}
        page = courier.post("/o/snel/announcements/", data=every).location
        with both.chain.system() as session:
            gone = session.scalars(
                select(Participation).where(
                    Participation.organisation_id == both.chain.organisations["snel"],
                    Participation.journey_id == both.other.journey,
                )
            ).one()
            leave(session, gone, at=AT)
        said = {**every, "text": "Nog langer getypt.", "version": 1}
        for path in (page, "/o/snel/announcements/"):
            left = courier.post(path, data=said)
            assert left.status_code == 409
            assert "Nog langer getypt." in left.text
            assert "Je doet niet meer mee in een klantreis die je koos" in left.text
            assert str(both.other.journey) not in left.text
        here = {**said, "journeys": [str(both.chain.journey)]}
        courier.post(f"{page}/withdraw")
        late = courier.post(page, data=here)
        assert late.status_code == 409
        assert "Een collega trok deze aankondiging intussen in" in late.text
        assert "Nog langer getypt." in late.text
        assert 'action="/o/snel/announcements/"' in late.text, "it can be announced anew"


def test_who_leaves_takes_its_announcements_along(both: Two) -> None:
    both.announce()
    with both.chain.system() as session:
        for part in session.scalars(
            select(Participation).where(
                Participation.organisation_id == both.chain.organisations["snel"]
            )
        ).all():
            leave(session, part, at=AT)
    assert told(both.chain, "telenoord") == []
    assert told(both.other, "koffiehuis") == []


def test_pages_say_it_and_never_name_another_brand(both: Two, app: Flask) -> None:
    courier = client(app, both.chain, "snel")
    brand = client(app, both.chain, "telenoord")
    with clock.at(AT):
        assert "Nog niets aangekondigd" in courier.get("/o/snel/announcements/").text
        form = courier.get("/o/snel/announcements/new").text
        assert OTHER in form
        assert "Wat is afgesproken, blijft staan" in form
        typed = {
            "kind": "peak",
            "text": "Drukte rond Sinterklaas.",
            "first_day": "2026-03-02",
            "last_day": "2026-03-01",
            "journeys": [str(j) for j in both.both],
        }
        wrong = courier.post("/o/snel/announcements/", data=typed)
        assert wrong.status_code == 422
        assert "Drukte rond Sinterklaas." in wrong.text
        assert "De laatste dag ligt voor de eerste." in wrong.text
        done = courier.post("/o/snel/announcements/", data={**typed, "last_day": "2026-03-09"})
        assert done.status_code == 303
        page = courier.get(done.location).text
        assert OTHER in page
        assert "niet door andere leden van je groep" in page
        here = f"/o/telenoord/journeys/{both.chain.journey}/announcements/"
        seen = brand.get(here).text
        assert "Drukte rond Sinterklaas." in seen
        assert OTHER not in seen
        assert brand.get(done.location).status_code == 404
        peer = client(app, both.chain, "rijk")
        there = f"/o/rijk/journeys/{both.chain.journey}/announcements/"
        assert "Er is niets aangekondigd" in peer.get(there).text
        card, edge = both.something()
        for below in ("", f"cards/{card}", f"handovers/{edge}"):
            seen = brand.get(f"/o/telenoord/journeys/{both.chain.journey}/{below}").text
            assert seen.count("Drukte rond Sinterklaas.") == (2 if below else 1)
            assert OTHER not in seen
        preview = f"/o/telenoord/journeys/{both.chain.journey}/?as=koeriers"
        assert "Drukte rond Sinterklaas." not in brand.get(preview).text  # a member's, not theirs
        assert (
            "Drukte rond Sinterklaas."
            not in peer.get(f"/o/rijk/journeys/{both.chain.journey}/").text
        )
        home = brand.get("/o/telenoord/").text
        assert "Van je partners" in home
        assert "Snel: piek" in home
        assert "Van je partners" not in courier.get("/o/snel/").text
        viewer = client(app, both.chain, "snel", role=Role.VIEWER)
        assert viewer.post("/o/snel/announcements/", data=typed).status_code == 403
        assert courier.post(f"{done.location}/withdraw").status_code == 303
        assert "Drukte rond Sinterklaas." not in brand.get(here).text
