"""Somebody who was invited asks to join an organisation that is there; its admin decides."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine, select

from partnerjourney.core import border, clock
from partnerjourney.core.errors import ConflictError, NotFoundError
from partnerjourney.core.parties import (
    Organisation,
    Participation,
    Role,
)
from partnerjourney.core.policy import NotAllowedError
from partnerjourney.organisations import services
from partnerjourney.organisations.models import JoinRequest
from partnerjourney.organisations.services import Decision
from tests.organisations.inviting import (
    NEWCOMER,
    SECRET,
    accept_new,
    invite,
    opened,
    system,
)
from tests.world import World


def ask(engine: Engine, world: World, token: str, who: Any = NEWCOMER) -> JoinRequest:
    """Ask the outsider's organisation to be taken in."""
    with system(engine) as session:
        return services.ask_to_join(
            session,
            token,
            secret=SECRET,
            organisation_id=world.organisations["outsider"],
            who=who,
            at=clock.now(),
        )[1]


def decide(engine: Engine, world: World, request: JoinRequest, decision: Decision) -> None:
    """Answer as the outsider's admin."""
    actor = world.member("outsider")
    with border.open_session(engine, actor, write=True) as session, session.begin():
        organisation = session.get_one(Organisation, actor.organisation_id)
        services.decide_join(
            session,
            actor,
            organisation,
            request.id,
            decision=decision,
            role=Role.EDITOR,
            at=clock.now(),
        )


def fills(engine: Engine, world: World) -> list[Any]:
    """Return the organisations that fill the installer's party."""
    with system(engine) as session:
        return list(
            session.scalars(
                select(Participation.organisation_id).where(
                    Participation.party_id == world.parties["installer"]
                )
            )
        )


def test_joining_an_existing_organisation_waits_for_its_admin(engine: Engine, world: World) -> None:
    token = invite(engine, world)
    request = ask(engine, world, token)
    with system(engine) as session:
        with pytest.raises(NotFoundError):  # the link is spent while the answer is awaited
            opened(session, token)
        mine = services.current_membership(
            session, world.organisations["outsider"], request.user_id
        )
        assert mine is None
    assert fills(engine, world) == []
    decide(engine, world, request, Decision.APPROVE)
    assert fills(engine, world) == [world.organisations["outsider"]]
    with system(engine) as session:
        joined = services.current_membership(
            session, world.organisations["outsider"], request.user_id
        )
        assert joined is not None
        assert joined.role is Role.EDITOR
    with pytest.raises(ConflictError):
        decide(engine, world, request, Decision.DECLINE)


def test_a_no_leaves_the_invitation_open_for_another_answer(engine: Engine, world: World) -> None:
    token = invite(engine, world)
    request = ask(engine, world, token)
    decide(engine, world, request, Decision.DECLINE)
    assert fills(engine, world) == []
    with system(engine) as session:
        assert opened(session, token).has_account


def test_a_yes_after_the_party_was_filled_still_takes_the_person_in(
    engine: Engine, world: World
) -> None:
    token = invite(engine, world)
    request = ask(engine, world, token)
    other = invite(engine, world, email="quick@installer.example")
    with system(engine) as session:
        quick = accept_new(session, other)
    decide(engine, world, request, Decision.APPROVE)
    assert fills(engine, world) == [quick.organisation.id]
    with system(engine) as session:
        assert services.current_membership(
            session, world.organisations["outsider"], request.user_id
        )


def test_only_that_organisations_admins_decide(engine: Engine, world: World) -> None:
    request = ask(engine, world, invite(engine, world))
    for name, error in (("brand", NotAllowedError), ("warehouse", NotAllowedError)):
        actor = world.member(name)
        with border.open_session(engine, actor, write=True) as session:
            outsider = session.get_one(Organisation, world.organisations["outsider"])
            own = session.get_one(Organisation, actor.organisation_id)
            given: dict[str, Any] = {
                "decision": Decision.APPROVE, "role": Role.ADMIN, "at": clock.now()
            }  # fmt: skip
            with pytest.raises(error):
                services.decide_join(session, actor, outsider, request.id, **given)
            with pytest.raises(NotFoundError):
                services.decide_join(session, actor, own, request.id, **given)
