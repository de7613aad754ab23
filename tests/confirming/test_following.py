"""What an asking tells of its contact, and what becomes of it when somebody joins or leaves."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import Flask
from sqlalchemy import select

from partnerjourney.answering.models import AnswerLink
from partnerjourney.confirming.models import AskedThing, PartyAsking
from partnerjourney.confirming.rules import AskingState
from partnerjourney.core import border, clock, ids, waiting
from partnerjourney.core.departing import leave
from partnerjourney.core.parties import Circle, Membership, Participation, Party, Role
from partnerjourney.organisations.models import InvitationState, PartyInvitation
from tests.confirming.test_by_mail import CALM, DIRK, NOW, OFFERED, SOON, Brand, brand, chain

__all__ = ["brand", "chain"]


def test_joining_is_offered_by_what_this_brand_knows_and_while_it_would_invite(
    brand: Brand, app: Flask
) -> None:
    with brand.chain.system() as session:
        for _ in range(5):  # the same address answered elsewhere
            link = AnswerLink(
                token_hash=ids.token_hash(ids.new_token()),
                kind="party",
                thing_id=ids.new_v4(),
                journey_id=brand.chain.journey,
                name="Dirk Bos",
                email=DIRK,
                language="nl",
                shown="",
                created_at=NOW,
                expires_at=SOON,
                used_at=NOW,
            )
            session.add(link)
    first, second, third, fourth, fifth, *_ = brand.links()
    for link in (first, second):
        assert OFFERED not in brand.send(link, all="right").text
    with brand.chain.system() as session:
        asking = session.scalars(select(PartyAsking)).one()
        taken_back = PartyInvitation(
            owner_id=asking.owner_id,
            journey_id=asking.journey_id,
            party_id=asking.party_id,
            email=DIRK,
            name="Dirk Bos",
            language="nl",
            created_at=NOW,
            expires_at=NOW + timedelta(days=30),
            state=InvitationState.WITHDRAWN,
        )
        session.add(taken_back)
    assert OFFERED not in brand.send(third, all="right").text, "the brand took it back"
    editor = brand.chain.user("telenoord", Role.EDITOR)
    with brand.chain.system() as session:
        session.delete(session.scalars(select(PartyInvitation)).one())
        session.scalars(
            select(Membership).where(Membership.user_id == editor)
        ).one().role = Role.VIEWER
    assert OFFERED not in brand.send(fourth, all="right").text, "who asked may not invite"
    with brand.chain.system() as session:
        session.scalars(
            select(Membership).where(Membership.user_id == editor)
        ).one().role = Role.EDITOR
    assert OFFERED in brand.send(fifth, all="right").text


def test_joining_ends_what_was_asked_for_good_and_leaving_closes_no_answer_in(
    brand: Brand,
) -> None:
    links = brand.links()
    chain = brand.chain

    def left(key: str) -> None:
        with chain.system() as session:
            party = session.scalars(
                select(Party.id).where(Party.journey_id == chain.journey, Party.key == key)
            ).one()
            part = session.scalars(
                select(Participation).where(Participation.party_id == party)
            ).one()
            leave(session, part, at=SOON)

    left("magazijn")  # at the other side of some of the questions
    with chain.system() as session:
        open_circles = select(Circle.id).where(Circle.closed_at.is_(None))
        rows = session.scalars(select(AskedThing)).all()
        assert {row.circle_id for row in rows} <= set(session.scalars(open_circles))
    assert all(brand.get(link).status_code == 200 for link in links)
    with chain.system() as session:
        row = session.scalars(select(AskedThing).order_by(AskedThing.position)).first()
        assert row is not None
        circle = session.get_one(Circle, (row.journey_id, row.circle_id))
        circle.closed_at = SOON
    assert CALM in brand.get(links[0]).text, "no answer is written into a closed circle"
    with chain.system() as session:
        session.scalars(select(Circle).where(Circle.id == circle.id)).one().closed_at = None
    assert brand.get(links[0]).status_code == 200
    chain.join("thuisklaar", "thuisklaar")
    with chain.system() as session:
        assert session.scalars(select(PartyAsking.state)).all() == [AskingState.WITHDRAWN]
        assert all(row.replaced_at for row in session.scalars(select(AskedThing)))
    left("thuisklaar")
    assert all(CALM in brand.get(link).text for link in links), "the links do not live again"


def test_home_says_who_is_waited_for_and_whom_no_mail_reaches(brand: Brand) -> None:
    def home(at: datetime) -> str:
        with clock.at(at):
            return " ".join(brand.client.get("/o/telenoord/").text.split())

    left = len(brand.rows())
    remind = f'action="{brand.at("more")}"'
    page = home(SOON)
    assert f"Gevraagd per mail: Dirk Bos, nog {left} vragen · vóór vr 4 december" in page
    assert remind not in page, "it got a mail today"
    tomorrow = NOW + timedelta(days=1)
    assert remind in home(tomorrow)
    with clock.at(tomorrow):
        assert (
            "Gevraagd per mail"
            not in brand.chain.client(brand.app, "telenoord", Role.VIEWER).get("/o/telenoord/").text
        )
        assert (
            "Gevraagd per mail" not in brand.chain.client(brand.app, "flevo").get("/o/flevo/").text
        )
    for state, told in (
        (AskingState.BOUNCED, f"{DIRK} neemt geen mail aan"),
        (AskingState.STOPPED, "Dirk Bos wil geen mail over Thuisklaar"),
    ):
        with brand.chain.system() as session:
            session.scalars(select(PartyAsking)).one().state = state
        page = home(tomorrow)
        assert told in page
        assert "Gevraagd per mail" not in page
        actor = brand.chain.member("telenoord")
        with border.open_session(brand.chain.engine, actor) as session:
            (item,) = [i for i in waiting.items(session, actor, tomorrow) if i.kind == "unreached"]
        assert item.path == brand.at()
    assert told not in home(NOW + timedelta(days=15))
    brand.ask(tomorrow, email="els@thuisklaar.example", name="Els")
    page = home(tomorrow)
    assert told not in page, "somebody else is asked"
    assert "Gevraagd per mail: Els" in page
