"""Who is suspended or has left notices nothing of what comes after: not a byte of any page."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Integer, String, select
from sqlalchemy.orm import Session

from partnerjourney.core import audit, border
from partnerjourney.core.apart import Apart, Parting, Takeout
from partnerjourney.core.db import CircleScoped, JourneyScoped
from partnerjourney.core.parties import Circle, Journey, Organisation, Participation, Role
from partnerjourney.core.scopes import Member, System
from partnerjourney.journeys import services as journeys
from partnerjourney.leaving import services
from partnerjourney.leaving.services.making import make, source
from partnerjourney.leaving.services.times import day_after
from tests.factories import kinds
from tests.sweeps.test_twins import pages
from tests.told import NOW, Story, told

__all__ = ["told"]

SLUG = "thuisklaar"
LATER = NOW + timedelta(days=3)
FIXED = {*audit.APPEND_ONLY, "event", "verdict"}
"""Tables whose rows nobody changes once they are there."""


def _member(told: Story, slug: str) -> Member:
    with border.open_session(told.engine, System("a test")) as session:
        found = session.scalars(select(Organisation.id).where(Organisation.slug == slug)).one()
    return Member(None, found, Role.ADMIN)


def _seat(session: Session, told: Story, actor: Member, slug: str) -> services.Seat:
    place = journeys.find(session, actor, told.ids["journey_id"], lock=True)
    owner = select(Organisation.id).where(Organisation.slug == slug).scalar_subquery()
    gone = session.scalars(
        select(Participation.id).where(
            Participation.journey_id == place.id, Participation.organisation_id == owner
        )
    ).one()
    return services.find(session, actor, place, gone)


def suspend(told: Story, slug: str) -> None:
    actor = _member(told, "telenoord")
    with border.open_session(told.engine, actor, write=True) as session, session.begin():
        seat = _seat(session, told, actor, slug)
        services.suspend(session, actor, seat, reason="A dispute.", at=NOW)


def leave(told: Story, slug: str) -> None:
    actor = _member(told, slug)
    with border.open_session(told.engine, actor, write=True) as session, session.begin():
        seat = _seat(session, told, actor, slug)
        parting = services.announce(
            session, actor, seat, ends_on=NOW.date(), reads_until=None, reason="", at=NOW
        )
        key, day = parting.id, parting.ends_on
    assert day is not None
    with border.open_session(told.engine, System("a test"), write=True) as session:
        assert services.ending.end(session, key, language="nl", at=day_after(day, NOW.tzinfo))
        session.commit()


def write_everywhere(session: Session, journey_id: uuid.UUID) -> set[str]:
    """Change something in every row of the journey, and add to what only grows."""
    journey = session.get_one(Journey, journey_id)
    journey.name = "Another name"
    changed = set()
    for table in (*kinds()[JourneyScoped], *kinds()[CircleScoped]):
        if table.__tablename__ in FIXED or table is Parting:
            continue
        column = _free(table)
        if column is None:
            continue
        for row in session.scalars(select(table).where(table.journey_id == journey_id)).unique():
            before = getattr(row, column)
            setattr(row, column, before + 3 if isinstance(before, int) else "changed")
            changed.add(table.__tablename__)
    for circle in session.scalars(select(Circle).where(Circle.journey_id == journey_id)):
        audit.record(session, "later", at=LATER, journey_id=journey_id, circle_id=circle.id)
    audit.record(session, "later", at=LATER, journey_id=journey_id)
    session.flush()
    return changed


def _free(table: type[Any]) -> str | None:
    """Return a column that all rows may share: a plain text, else a number that is counted."""
    keys = {c.key for constraint in table.__table__.constraints for c in constraint.columns}
    for kind in (String, Integer):
        for column in table.__table__.columns:
            plain = type(column.type) is kind and column.key not in keys
            if plain and column.key != "version" and (kind is Integer or column.type.length >= 7):
                return str(column.key)
    return None


@pytest.mark.parametrize("part", [suspend, leave])
def test_nothing_of_what_comes_after_reaches_who_is_apart(
    told: Story, part: Callable[[Story, str], None]
) -> None:
    part(told, SLUG)
    with border.open_session(told.engine, _member(told, SLUG)) as session:
        told.ids["apart_id"] = session.scalars(select(Apart.id)).one()
    before = pages(told, SLUG)
    journey = str(told.ids["journey_id"])
    within = {at: status for at, (status, _, _) in before.items() if journey in at}
    # one calm page at each address; a system is told first that it asked wrongly, as everywhere
    assert {status for at, status in within.items() if not at.startswith("/api/")} <= {
        403,
        404,
        405,
    }
    assert set(within.values()) <= {403, 404, 405, 422}
    assert before[f"/o/{SLUG}/apart/{told.ids['apart_id']}"][0] == 200
    assert before[f"/o/{SLUG}/"][0] == 200
    package = _package(told) if part is leave else b""
    with border.open_session(told.engine, System("a test"), write=True) as session:
        changed = write_everywhere(session, told.ids["journey_id"])
        session.commit()
    assert changed >= {"party", "card_content", "handover_terms", "cell", "fact_cell"}
    after = pages(told, SLUG)
    assert [address for address in before if before[address] != after[address]] == []
    if part is leave:
        assert _package(told) == package


def _package(told: Story) -> bytes:
    """Make the package of who left anew."""
    actor = _member(told, SLUG)
    with border.open_session(told.engine, actor) as session:
        takeout = session.scalars(select(Takeout)).first()
        assert takeout is not None
        found = source(session, actor, takeout, at=NOW)
    return make(told.engine, found, at=NOW, progressed=lambda _: None)


def test_a_member_of_a_group_does_not_notice_that_another_left(told: Story) -> None:
    before = pages(told, "koerier-snel")
    leave(told, "rijk-bezorgt")
    after = pages(told, "koerier-snel")
    assert [address for address in before if before[address] != after[address]] == []
    with border.open_session(told.engine, System("a test"), write=True) as session:
        write_everywhere(session, told.ids["journey_id"])
        session.commit()
    journey = told.ids["journey_id"]
    own = [f"/o/koerier-snel/journeys/{journey}/{name}" for name in ("", "draw")]
    after = pages(told, "koerier-snel", only=own)
    changed = [address for address in own if before[address] != after[address]]
    assert changed == own, "the comparison can fail: it takes part itself"
