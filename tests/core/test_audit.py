"""Audit rows: of the right circle, without clear text, and by whom."""

from __future__ import annotations

import hashlib
import json

import pytest
from sqlalchemy import Engine, select

from partnerjourney.core import audit, border
from partnerjourney.core.audit import CircleAct, JourneyAct, OrganisationAct
from partnerjourney.core.border import BorderError
from partnerjourney.core.scopes import Member, Operator, System
from tests.factories import MOMENT
from tests.world import World


def test_an_act_is_seen_by_those_who_share_its_object(engine: Engine, world: World) -> None:
    """A circle's by the circle, a journey's by the journey, an organisation's by itself."""
    me = world.member("brand")
    with border.open_session(engine, me, write=True) as session, session.begin():
        audit.record(session, "try", at=MOMENT)
        audit.record(session, "try", at=MOMENT, journey_id=world.journey)
        circle = world.circles["brand courier_a"]
        audit.record(session, "try", at=MOMENT, journey_id=world.journey, circle_id=circle)
    for name, expected in {
        "brand": (1, 1, 1),
        "courier_a": (0, 1, 1),
        "courier_b": (0, 1, 0),
        "warehouse": (0, 1, 0),
        "outsider": (0, 0, 0),
    }.items():
        with border.open_session(engine, world.member(name)) as session:
            found = tuple(
                len(session.scalars(select(table).where(table.verb == "try")).all())
                for table in (OrganisationAct, JourneyAct, CircleAct)
            )
        assert found == expected, name


def test_nothing_is_recorded_where_one_does_not_belong(engine: Engine, world: World) -> None:
    with border.open_session(engine, world.member("courier_a"), write=True) as session:
        circle = world.circles["brand courier_b"]
        audit.record(session, "try", at=MOMENT, journey_id=world.journey, circle_id=circle)
        with pytest.raises(BorderError):
            session.flush()


def test_what_changed_is_committed_to_and_not_told(engine: Engine, world: World) -> None:
    """Two equal values look different, and a plain hash of the value stands nowhere."""
    with border.open_session(engine, world.member("brand"), write=True) as session, session.begin():
        for _ in range(2):
            audit.record(session, "try", at=MOMENT, before={"score": 9}, after={"score": 3})
    with border.open_session(engine, world.member("brand")) as session:
        first, second = session.scalars(
            select(OrganisationAct).where(OrganisationAct.verb == "try")
        )
    assert first.before != second.before
    assert first.before != first.after
    plain = hashlib.sha256(json.dumps({"score": 9}).encode()).hexdigest()
    assert plain not in (first.before, second.before)
    with border.open_session(engine, world.member("brand"), write=True) as session, session.begin():
        audit.record(session, "nothing changed", at=MOMENT)
    with border.open_session(engine, world.member("brand")) as session:
        act = session.scalars(
            select(OrganisationAct).where(OrganisationAct.verb == "nothing changed")
        ).one()
    assert (act.before, act.after) == (None, None)


def test_who_acted_is_told(engine: Engine, world: World) -> None:
    brand = world.organisations["brand"]
    for scope, expected in (
        (world.member("brand"), (brand, world.users["brand"], "session")),
        (Member(None, brand), (brand, None, "command line")),
        (System("tidy up"), (None, None, "system: tidy up")),
        (Operator("ticket 12"), (None, None, "operator: ticket 12")),
        (System("x" * 300), (None, None, ("system: " + "x" * 300)[:120])),
    ):
        with border.open_session(engine, scope, write=True) as session, session.begin():
            audit.record(session, f"{expected[2]}"[:60], at=MOMENT, owner_id=brand)
        with border.open_session(engine, world.member("brand")) as session:
            act = session.scalars(
                select(OrganisationAct).where(OrganisationAct.verb == expected[2][:60])
            ).one()
        assert (act.organisation_id, act.user_id, act.means) == expected


def test_an_act_that_is_rolled_back_leaves_no_trace(engine: Engine, world: World) -> None:
    with border.open_session(engine, world.member("brand"), write=True) as session:
        audit.record(session, "try", at=MOMENT)
        session.flush()
        session.rollback()
    with border.open_session(engine, world.member("brand")) as session:
        assert (
            session.scalars(select(OrganisationAct).where(OrganisationAct.verb == "try")).all()
            == []
        )
