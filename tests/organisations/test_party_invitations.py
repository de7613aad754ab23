"""The coordinator invites, and the invited side answers: once, for that party, seen by those."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import Engine, select

from partnerjourney.core import border, clock
from partnerjourney.core.audit import JourneyAct, OrganisationAct
from partnerjourney.core.errors import ConflictError, NotFoundError
from partnerjourney.core.parties import (
    CircleSeat,
    Membership,
    Participation,
    ParticipationRole,
    Role,
    User,
)
from partnerjourney.core.policy import NotAllowedError
from partnerjourney.core.scopes import Member
from partnerjourney.journeys import services as journeys
from partnerjourney.organisations import queries, services
from partnerjourney.organisations.models import InvitationState, PartyInvitation
from partnerjourney.organisations.rules.pasted import LineFault, parse_invitations
from tests.organisations.company import link_in, mails, work
from tests.organisations.inviting import (
    SECRET,
    accept_new,
    coordinating,
    invite,
    opened,
    system,
)
from tests.world import World


def test_an_invited_party_makes_an_account_and_takes_its_empty_seats(
    engine: Engine, world: World
) -> None:
    token = invite(engine, world)
    with system(engine) as session:
        found = opened(session, token)
        assert (found.party.id, found.journey.id) == (world.parties["installer"], world.journey)
        assert (found.filled, found.has_account) == (False, False)
        accepted = accept_new(session, token)
        participation = accepted.participation
        assert (participation.role, participation.discreet) == (ParticipationRole.PARTNER, False)
        seat = session.get_one(
            CircleSeat,
            (world.journey, world.circles["brand installer"], world.parties["installer"]),
        )
        session.refresh(seat)
        assert seat.participation_id == participation.id
        member = session.scalars(
            select(Membership).where(Membership.user_id == accepted.user.id)
        ).one()
        assert member.role is Role.ADMIN
    installer = Member(accepted.user.id, accepted.organisation.id, Role.ADMIN)
    with border.open_session(engine, installer) as session:
        place = journeys.find(session, installer, world.journey)
        assert place.standing.party_ids == {world.parties["installer"]}
        verbs = session.scalars(select(JourneyAct.verb)).all()
        assert "party.join" in verbs
    with system(engine) as session, pytest.raises(NotFoundError):
        opened(session, token)
    with system(engine) as session, pytest.raises(NotFoundError):
        accept_new(session, token, "Somebody else")


def test_mangled_expired_withdrawn_and_foreign_links_look_alike(
    engine: Engine, world: World
) -> None:
    token = invite(engine, world)
    replaced = token
    token = invite(engine, world)
    with system(engine) as session:
        made = opened(session, token).invitation
        for wrong in (replaced, token[:-1], token + "A", token.swapcase(), "", "x"):
            with pytest.raises(NotFoundError):
                opened(session, wrong)
        with pytest.raises(NotFoundError):
            opened(session, token, at=made.expires_at + timedelta(seconds=1))
        with pytest.raises(NotFoundError):
            services.open_invitation(session, token, secret="another secret", at=clock.now())
        with pytest.raises(NotFoundError):  # not even the same row opens under another purpose
            services.open_member_invitation(session, token, secret=SECRET, at=clock.now())
    with coordinating(engine, world) as (session, actor, place):
        row = services.find_invitation(session, actor, place, made.id)
        services.withdraw_invitation(session, actor, place, row, at=clock.now())
        with pytest.raises(ConflictError):
            services.withdraw_invitation(session, actor, place, row, at=clock.now())
    with system(engine) as session, pytest.raises(NotFoundError):
        opened(session, token)


def test_an_organisation_that_is_there_accepts_through_a_member(
    engine: Engine, world: World
) -> None:
    token = invite(engine, world)
    outsider = {"user_id": world.users["outsider"], "secret": SECRET, "at": clock.now()}
    with system(engine) as session:
        with pytest.raises(NotFoundError):
            services.accept_as_member(
                session, token, organisation_id=world.organisations["warehouse"], **outsider
            )
        accepted = services.accept_as_member(
            session, token, organisation_id=world.organisations["outsider"], **outsider
        )
        assert accepted.participation.organisation_id == world.organisations["outsider"]
    with coordinating(engine, world) as (session, _, place):
        rows = queries.invitations_of(session, place.id, at=clock.now())
        mine = next(row for row in rows if row.party_id == world.parties["installer"])
        assert (mine.standing, mine.organisation) == ("accepted", "Outsider")


def test_a_viewer_does_not_accept_for_its_organisation(engine: Engine, world: World) -> None:
    token = invite(engine, world)
    with system(engine) as session:
        member = session.scalars(
            select(Membership).where(Membership.user_id == world.users["outsider"])
        ).one()
        member.role = Role.VIEWER
        session.flush()
        with pytest.raises(NotAllowedError):
            services.accept_as_member(
                session,
                token,
                secret=SECRET,
                user_id=world.users["outsider"],
                organisation_id=world.organisations["outsider"],
                at=clock.now(),
            )


def test_a_party_has_one_organisation_whoever_is_first(engine: Engine, world: World) -> None:
    first = invite(engine, world, email="a@installer.example")
    second = invite(engine, world, email="b@installer.example")
    with system(engine) as session:
        accept_new(session, first)
    with system(engine) as session:
        assert opened(session, second).filled
        with pytest.raises(ConflictError):
            accept_new(session, second, "Too late")
        session.rollback()
    with system(engine) as session:
        assert not session.scalars(select(User).where(User.email == "b@installer.example")).all()
    with pytest.raises(ConflictError):
        invite(engine, world, email="c@installer.example")


def test_members_of_a_group_join_unseen_by_each_other(engine: Engine, world: World) -> None:
    token = invite(engine, world, "courier", "c@courier.example")
    with system(engine) as session:
        accepted = accept_new(session, token, "Courier C")
        assert accepted.participation.discreet
    for name in ("courier_a", "courier_b"):
        with border.open_session(engine, world.member(name)) as session:
            seen = session.scalars(select(Participation.organisation_id)).all()
            assert accepted.organisation.id not in seen
            assert "party.join" not in session.scalars(select(JourneyAct.verb)).all()
            assert not session.scalars(
                select(PartyInvitation).where(PartyInvitation.email == "c@courier.example")
            ).all()
    with border.open_session(engine, world.member("brand")) as session:
        assert "party.invite.accept" in session.scalars(select(OrganisationAct.verb)).all()
    again = invite(engine, world, "courier", "other@courier.example")
    with system(engine) as session, pytest.raises(ConflictError):
        services.accept_as_member(
            session,
            again,
            secret=SECRET,
            user_id=accepted.user.id,
            organisation_id=accepted.organisation.id,
            at=clock.now(),
        )


def test_a_no_reaches_the_coordinator_with_its_reason(engine: Engine, world: World) -> None:
    token = invite(engine, world)
    with system(engine) as session:
        services.decline(session, token, secret=SECRET, reason="Wij leveren niet", at=clock.now())
    with coordinating(engine, world) as (session, _, place):
        rows = queries.invitations_of(session, place.id, at=clock.now())
        mine = next(row for row in rows if row.email == "ivo@installer.example")
        assert (mine.standing, mine.reason) == ("declined", "Wij leveren niet")
    with system(engine) as session, pytest.raises(NotFoundError):
        opened(session, token)


def test_sending_again_gives_a_new_link_and_kills_the_old_one(engine: Engine, world: World) -> None:
    token = invite(engine, world)
    with coordinating(engine, world) as (session, actor, place):
        row = session.scalars(
            select(PartyInvitation).where(PartyInvitation.email == "ivo@installer.example")
        ).one()
        again = services.resend_invitation(session, actor, place, row, at=clock.now())
        new = services.invitation_path(SECRET, again).rpartition("/")[2]
        assert row.state is InvitationState.WITHDRAWN
    with system(engine) as session:
        with pytest.raises(NotFoundError):
            opened(session, token)
        assert opened(session, new).party.id == world.parties["installer"]


def test_pasted_lines_invite_and_say_what_went_wrong(engine: Engine, world: World) -> None:
    text = (
        "i@b.example, Installer\nw@b.example, warehouse\nn@b.example, nobody\nbad line\n"
        "c@b.example, courier\nd@b.example, courier\nk@b.example, customer\nb@b.example, brand"
    )
    with coordinating(engine, world) as (session, actor, place):
        lines = services.invite_parties(
            session, actor, place, parse_invitations(text), at=clock.now(), language="nl"
        )
    assert [line.fault for line in lines] == [
        None,
        LineFault.TAKEN,
        LineFault.UNKNOWN_PARTY,
        LineFault.NO_EMAIL,
        None,
        None,
        LineFault.UNKNOWN_PARTY,
        LineFault.UNKNOWN_PARTY,
    ]


@pytest.mark.parametrize("name", ["warehouse", "courier_a"])
def test_only_the_coordinator_invites(engine: Engine, world: World, name: str) -> None:
    actor = world.member(name)
    with border.open_session(engine, actor, write=True) as session:
        place = journeys.find(session, actor, world.journey)
        with pytest.raises(NotAllowedError):
            services.invite_party(
                session,
                actor,
                place,
                place.parties[world.parties["installer"]],
                email="x@y.example",
                name="",
                at=clock.now(),
                language="nl",
            )


def test_the_mail_speaks_for_the_brand_and_is_answered_by_a_person(
    app: Flask, engine: Engine, world: World, tmp_path: Path
) -> None:
    token = invite(engine, world)
    work(app)
    mail = next(m for m in mails(tmp_path) if m["To"] == "ivo@installer.example")
    assert urlsplit(link_in(mail)).path == f"/invitation/{token}"
    assert str(mail["From"]).startswith("Brand ")
    assert mail["Reply-To"] == "brand@example.org"
    assert mail["Content-Language"] == "nl"
    body = mail.get_body(("html",))
    assert body is not None
    assert "voorlopig" in body.get_content()
    with coordinating(engine, world) as (session, _, place):
        rows = queries.invitations_of(session, place.id, at=clock.now() + timedelta(hours=1))
        assert next(r for r in rows if r.email == "ivo@installer.example").standing == "open"


def test_no_mail_goes_out_for_who_may_no_longer_invite(
    app: Flask, engine: Engine, world: World, tmp_path: Path
) -> None:
    invite(engine, world)
    with system(engine) as session:
        member = session.scalars(
            select(Membership).where(Membership.user_id == world.users["brand"])
        ).one()
        member.role = Role.VIEWER
    work(app)
    assert not [m for m in mails(tmp_path) if m["To"] == "ivo@installer.example"]
