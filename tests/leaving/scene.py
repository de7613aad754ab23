"""The demo's journey with what happened in it, and how somebody leaves it."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta

from sqlalchemy import Engine, select

from partnerjourney.core import border, clock, ids, jobs
from partnerjourney.core.parties import Participation, Role
from partnerjourney.core.scopes import System
from partnerjourney.leaving import services
from tests.chain import AT, Chain

DAY = date(2026, 3, 31)
AFTER = datetime(2026, 4, 1, 9, 0, tzinfo=AT.tzinfo)


def participation(chain: Chain, name: str) -> uuid.UUID:
    """Return the latest participation of an organisation."""
    with border.open_session(chain.engine, System("a test")) as session:
        return session.scalars(
            select(Participation.id)
            .where(Participation.organisation_id == chain.organisations[name])
            .order_by(Participation.joined_at.desc(), Participation.id.desc())
        ).first() or uuid.UUID(int=0)


def announce(chain: Chain, name: str, *, by: str | None = None, ends_on: date = DAY) -> uuid.UUID:
    """Announce that an organisation leaves; by itself unless somebody else says so."""
    gone = participation(chain, name)
    with chain.acting(by or name, Role.ADMIN) as (session, actor, place):
        seat = services.find(session, actor, place, gone)
        return services.announce(
            session,
            actor,
            seat,
            ends_on=ends_on,
            reads_until=date(2026, 9, 30),
            reason="Another courier from April on.",
            at=AT,
        ).id


def suspend(chain: Chain, name: str) -> None:
    """Let the coordinator suspend an organisation."""
    gone = participation(chain, name)
    with chain.acting("telenoord", Role.ADMIN) as (session, actor, place):
        seat = services.find(session, actor, place, gone)
        services.suspend(session, actor, seat, reason="Invoices are in dispute.", at=AT)


def work(engine: Engine, settings: object = None, *, at: datetime = AFTER) -> int:
    """Do the jobs that are due at a moment; return how many."""
    with clock.at(at):
        return jobs.run_due(engine, settings, ids.new_v4())


def leave(chain: Chain, engine: Engine, name: str) -> None:
    """Let an organisation leave, at the end of its last day."""
    announce(chain, name)
    while work(engine, at=AFTER + timedelta(hours=1)):
        pass
