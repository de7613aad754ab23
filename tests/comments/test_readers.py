"""The readers of a conversation never change: not by hand, not when somebody leaves or joins."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, undefer

from partnerjourney import features
from partnerjourney.comments import queries, services
from partnerjourney.comments.models import TABLES, EdgeComment, EdgeThread, ThreadSeen
from partnerjourney.comments.queries import About
from partnerjourney.comments.rules import EDIT_WITHIN, Audience, editable
from partnerjourney.comments.services.writing import Words
from partnerjourney.core import border, retention
from partnerjourney.core.apart import Apart
from partnerjourney.core.border import BorderError
from partnerjourney.core.errors import ConflictError, NotFoundError
from partnerjourney.core.parties import User
from partnerjourney.core.scopes import Token, TokenPurpose
from partnerjourney.core.settings import Settings
from partnerjourney.journeys import services as journeys
from tests import chain
from tests.chain import AT, Chain
from tests.factories import row
from tests.leaving import scene

features.connect()
features.employ()

LATER = AT + timedelta(days=40)


def begin(
    made: Chain, name: str, key: str, member: str = "", text: str = "Een vraag."
) -> uuid.UUID:
    """Let an organisation begin a conversation at a hand-over, with one member of a group."""
    with made.acting(name) as (session, actor, place):
        about = About(handover_id=made.edge(session, place, key).handover.id)
        offered = queries.choices(session, actor, place, about).found
        edges = [one for one in offered if one.audience is Audience.EDGE]
        chosen = next(one for one in edges if not member or member in one.readers)
        return services.begin(
            session,
            actor,
            place,
            about,
            Audience.EDGE,
            Words(text),
            circle_id=chosen.circle_id,
            at=AT,
        ).id


def reads(made: Chain, name: str) -> list[str]:
    """Return what an organisation reads of all conversations."""
    with made.acting(name) as (session, _actor, place):
        return [said.text for seen in queries.listing(session, place) for said in seen.comments]


def test_no_scope_moves_a_conversation_to_other_readers(engine: Engine) -> None:
    made = chain.build(engine, joined=("flevo", "snel", "rijk"))
    thread_id = begin(made, "flevo", "lading", "Snel")
    wider = begin(made, "flevo", "opdracht")
    with made.system() as session:
        other = session.get_one(EdgeThread, (made.journey, wider)).circle_id

    def moved(session: Session) -> None:
        found = session.scalars(select(EdgeThread).where(EdgeThread.id == thread_id)).one()
        found.circle_id = other
        session.flush()

    with pytest.raises(BorderError), made.acting("flevo") as (session, _actor, _place):
        moved(session)
    with pytest.raises(ValueError, match="never change"), made.system() as session:
        moved(session)
    statement = update(EdgeThread).where(EdgeThread.id == thread_id).values(circle_id=other)
    with pytest.raises(IntegrityError), made.system() as session:
        session.execute(statement)
    with pytest.raises(BorderError), made.acting("flevo") as (session, _actor, _place):
        session.execute(statement)
    with made.system() as session:
        comment = session.scalars(
            select(EdgeComment).where(EdgeComment.thread_id == thread_id)
        ).one()
        comment.thread_id = wider
        with pytest.raises(ValueError, match="never change"):
            session.flush()
        session.rollback()
    assert reads(made, "rijk") == []
    assert len(reads(made, "snel")) == 1


def test_no_column_says_who_reads(engine: Engine) -> None:
    """The table says it: no value that somebody could set makes a conversation wider."""
    for threads, comments in TABLES.values():
        for table in (threads, comments):
            names = {column.key for column in table.__table__.columns}
            assert not [name for name in names if "audience" in name or "visib" in name]


def test_a_member_of_the_group_that_leaves_takes_its_circle_along(engine: Engine) -> None:
    made = chain.build(engine, joined=("flevo", "snel", "rijk"))
    thread_id = begin(made, "flevo", "lading", "Snel")
    begin(made, "flevo", "lading", "Rijk", text="Aan de ander.")
    scene.leave(made, engine, "snel")
    assert "Een vraag." in reads(made, "flevo")
    assert reads(made, "rijk") == ["Aan de ander."]
    with made.acting("flevo") as (session, actor, place):
        held = services.find(session, place, thread_id, lock=True)
        with pytest.raises(ConflictError):
            services.reply(session, actor, place, held, Words("Nog iets."), at=LATER)
    with pytest.raises(NotFoundError):
        reads(made, "snel")


def test_who_leaves_takes_along_what_it_read(engine: Engine) -> None:
    made = chain.build(engine, joined=("flevo", "snel", "rijk"))
    begin(made, "flevo", "lading", "Snel")
    begin(made, "flevo", "lading", "Rijk", text="Aan de ander.")
    scene.leave(made, engine, "snel")
    with border.open_session(engine, made.member("snel")) as session:
        (kept,) = session.scalars(select(Apart).options(undefer(Apart.past)))
    (said,) = kept.past["comments"]
    assert (said["organisation"], said["text"]) == ("Flevo", "Een vraag.")
    assert said["audience"] == "edge"


def test_who_fills_the_lane_next_reads_nothing_of_before(engine: Engine) -> None:
    made = chain.build(engine, joined=("flevo", "snel", "klaar"))
    begin(made, "klaar", "opleverbon")
    assert reads(made, "telenoord") == ["Een vraag."]
    scene.leave(made, engine, "klaar")
    made.join("stranger", "thuisklaar")
    made.confirm("stranger")
    assert reads(made, "stranger") == []
    assert reads(made, "telenoord") == ["Een vraag."]
    begin(made, "stranger", "opleverbon", text="Een nieuw begin.")
    assert sorted(reads(made, "telenoord")) == ["Een nieuw begin.", "Een vraag."]


def test_what_a_seat_that_nobody_fills_yet_will_read_is_said_before(engine: Engine) -> None:
    made = chain.build(engine, joined=("flevo", "snel"))
    with made.acting("telenoord") as (session, actor, place):
        about = About(handover_id=made.edge(session, place, "opleverbon").handover.id)
        offered = queries.choices(session, actor, place, about).found
    (edge,) = [one for one in offered if one.audience is Audience.EDGE]
    assert (edge.readers, edge.to_come) == (("Telenoord",), ("Thuisklaar",))
    begin(made, "telenoord", "opleverbon")
    made.join("klaar", "thuisklaar")
    made.confirm("klaar")
    assert reads(made, "klaar") == ["Een vraag."]


def test_where_nobody_else_reads_no_hand_over_is_offered(engine: Engine) -> None:
    """The customer gives to the brand: that circle is the brand alone."""
    made = chain.build(engine, joined=("flevo",))
    with made.acting("telenoord") as (session, actor, place):
        about = About(handover_id=made.edge(session, place, "bestelling").handover.id)
        offered = queries.choices(session, actor, place, about).found
    assert [one.audience for one in offered] == [Audience.OWN, Audience.JOURNEY]


def test_a_system_writes_for_others_and_never_among_colleagues(engine: Engine) -> None:
    made = chain.build(engine, joined=("flevo",))
    purposes = frozenset({TokenPurpose.READ, TokenPurpose.WRITE})
    key = Token(uuid.uuid4(), made.organisations["flevo"], frozenset({made.journey}), purposes)
    with border.open_session(engine, key, write=True) as session, session.begin():
        place = journeys.find(session, key, made.journey)
        offered = queries.choices(session, key, place, About())
        assert [one.audience for one in offered.found] == [Audience.JOURNEY]
        assert not offered.colleagues
        words = Words("Van het magazijnsysteem.")
        services.begin(session, key, place, About(), Audience.JOURNEY, words, at=AT)
    assert reads(made, "telenoord") == ["Van het magazijnsysteem."]


def test_a_quarter_of_an_hour() -> None:
    assert editable(AT, AT + EDIT_WITHIN)
    assert not editable(AT, AT + EDIT_WITHIN + timedelta(seconds=1))


def test_a_conversation_goes_so_long_after_its_last_word(engine: Engine) -> None:
    made = chain.build(engine, joined=("flevo", "snel", "rijk"))
    old, kept = begin(made, "flevo", "lading", "Snel"), begin(made, "flevo", "opdracht")
    with made.acting("flevo") as (session, actor, place):
        for audience in (Audience.OWN, Audience.JOURNEY):
            services.begin(session, actor, place, About(), audience, Words("Intern."), at=AT)
        thread = services.find(session, place, kept, lock=True)
        services.reply(session, actor, place, thread, Words("Nog eens."), at=LATER)
    with made.system() as session:
        person = row(User)
        session.add(person)
        session.flush()
        seen = {"owner_id": made.organisations["snel"], "journey_id": made.journey}
        session.add(row(ThreadSeen, thread_id=old, user_id=person.id, **seen))
    rule = retention.RULES["conversations"]
    assert rule.before(Settings(), retention.months_before(AT, -36)) == AT
    for after, left in ((AT, 4), (AT + timedelta(seconds=1), 1), (LATER + timedelta(days=1), 0)):
        list(rule.clear(engine, Settings(), after))
        with made.system() as session:
            tables = [table for pair in TABLES.values() for table in pair]
            rows = {table: session.scalars(select(table)).all() for table in tables}
            assert sum(len(rows[table]) for table, _ in TABLES.values()) == left
            if left == 1:
                assert [one.thread_id for one in rows[EdgeComment]] == [kept, kept]
                assert session.scalars(select(ThreadSeen)).all() == []
    assert not any(rows.values())
