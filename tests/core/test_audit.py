"""Audit rows: of the right circle, without clear text, and by whom."""

from __future__ import annotations

import hashlib
import hmac
import json
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from partnerjourney import create_app
from partnerjourney.core import audit, border
from partnerjourney.core.audit import CircleAct, JourneyAct, OrganisationAct
from partnerjourney.core.border import BorderError
from partnerjourney.core.commandline import Installation
from partnerjourney.core.scopes import Member, Operator, System
from partnerjourney.core.settings import DEFAULT_SECRET, Settings
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


def test_with_the_database_alone_a_score_cannot_be_tried(engine: Engine, world: World) -> None:
    """Eleven tries find no score, in any way that whoever holds a copy of the rows could hash."""
    score = {"score": 9}
    with border.open_session(engine, world.member("brand"), write=True) as session, session.begin():
        audit.record(session, "try", at=MOMENT, before=score, after=score)
    with border.open_session(engine, world.member("brand")) as session:
        act = session.scalars(select(OrganisationAct).where(OrganisationAct.verb == "try")).one()
        assert act.before == audit.commitment(session, act.salt, score), "who has the key can tell"
        assert act.before != audit.commitment(session, act.salt, {"score": 8})
    columns = [getattr(act, column.key) for column in OrganisationAct.__table__.columns]
    known = [str(value).encode() for value in columns if value is not None]
    known += [bytes.fromhex(act.salt), b"", DEFAULT_SECRET.encode(), audit._PURPOSE]
    for value in range(11):
        text = json.dumps({"score": value}).encode()
        for one in known:
            tries = {
                hashlib.sha256(one + text).hexdigest(),
                hashlib.sha256(text + one).hexdigest(),
                *(hmac.new(one, other + text, hashlib.sha256).hexdigest() for other in known),
            }
            assert act.before not in tries


def test_another_installation_commits_under_another_key(engine: Engine, world: World) -> None:
    """The key comes from the secret: a copy of the database under another one proves nothing."""
    score, salt = {"score": 9}, "00" * 16
    with border.open_session(engine, world.member("brand")) as session:
        ours = audit.commitment(session, salt, score)
    other = engine.execution_options()
    audit.use_key(other, "another secret")
    with border.open_session(other, world.member("brand")) as session:
        assert audit.commitment(session, salt, score) != ours


def test_without_a_key_nothing_is_recorded(engine: Engine, world: World) -> None:
    bare = engine.execution_options(pj_audit_key=None)
    opened = border.open_session(bare, world.member("brand"), write=True)
    with opened as session, pytest.raises(RuntimeError, match="without a key"):
        audit.record(session, "try", at=MOMENT, after={"score": 9})


def test_both_ways_into_the_product_have_a_key(tmp_path: Path) -> None:
    settings = Settings(database_url=f"sqlite:///{tmp_path}/x.db", secret_key="s" * 32)
    installation = Installation(create_app)
    installation.use(settings)
    keys = {
        one.get_execution_options()["pj_audit_key"]
        for one in (installation.engine, installation.app.extensions["engine"])
    }
    installation.close()
    assert len(keys) == 1
    assert settings.secret_key.encode() not in keys


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
