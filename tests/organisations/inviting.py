"""The brand of the world invites somebody for a party, and its reader answers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from partnerjourney.core import border, clock
from partnerjourney.core.scopes import Member, System
from partnerjourney.core.settings import DEFAULT_SECRET
from partnerjourney.journeys import services as journeys
from partnerjourney.organisations import services
from partnerjourney.organisations.services import Newcomer
from tests.world import World

SECRET = DEFAULT_SECRET
NEWCOMER = Newcomer("Ivo Installateur", "a hash", "nl")


@contextmanager
def system(engine: Engine) -> Iterator[Session]:
    """Open a transaction of the product itself."""
    with border.open_session(engine, System("a test"), write=True) as session, session.begin():
        yield session


@contextmanager
def coordinating(engine: Engine, world: World) -> Iterator[tuple[Session, Member, Any]]:
    """Open a transaction in which the brand acts for its journey."""
    actor = world.member("brand")
    with border.open_session(engine, actor, write=True) as session, session.begin():
        yield session, actor, journeys.find(session, actor, world.journey)


def invite(
    engine: Engine, world: World, party: str = "installer", email: str = "ivo@installer.example"
) -> str:
    """Invite somebody for a party and return the token of the link."""
    with coordinating(engine, world) as (session, actor, place):
        made = services.invite_party(
            session,
            actor,
            place,
            place.parties[world.parties[party]],
            email=email,
            name="",
            at=clock.now(),
            language="nl",
        )
        return services.invitation_path(SECRET, made).rpartition("/")[2]


def opened(session: Session, token: str, **given: Any) -> services.OpenInvitation:
    """Open a link."""
    given.setdefault("at", clock.now())
    return services.open_invitation(session, token, secret=SECRET, **given)


def accept_new(session: Session, token: str, name: str = "Installatie Noord") -> services.Accepted:
    """Accept with a new account."""
    return services.accept_with_new_account(
        session,
        token,
        secret=SECRET,
        organisation_name=name,
        newcomer=NEWCOMER,
        at=clock.now(),
    )
