"""An organisation asks a second step of all who act for it."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from partnerjourney.core import audit
from partnerjourney.core.logins import SecondStepRule
from partnerjourney.core.parties import Organisation
from partnerjourney.core.policy import Permission, require
from partnerjourney.core.scopes import Member

ZONE = ZoneInfo("Europe/Amsterdam")


def find_rule(session: Session, organisation: Organisation) -> SecondStepRule | None:
    """Return what an organisation asks of its members."""
    return session.get(SecondStepRule, organisation.id)


def require_of_all(
    session: Session, actor: Member, organisation: Organisation, *, days: int, at: datetime
) -> SecondStepRule:
    """Ask a second step of every member from the start of a day on, so many days from now."""
    require(actor, Permission.MEMBER_MANAGE, organisation)
    day = (at.astimezone(ZONE) + timedelta(days=days)).date()
    begins = datetime.combine(day, datetime.min.time(), ZONE)
    rule = session.get(SecondStepRule, organisation.id, with_for_update=True)
    before = rule.required_from if rule else None
    if rule is None:
        rule = SecondStepRule(owner_id=organisation.id)
        session.add(rule)
    rule.required_from, rule.set_at = begins, at
    session.flush()
    audit.record(
        session,
        "second-step.require",
        at=at,
        thing_id=organisation.id,
        owner_id=organisation.id,
        before=before,
        after=begins,
    )
    return rule


def ask_of_nobody(
    session: Session, actor: Member, organisation: Organisation, *, at: datetime
) -> None:
    """Leave a second step to each member."""
    require(actor, Permission.MEMBER_MANAGE, organisation)
    rule = session.get(SecondStepRule, organisation.id, with_for_update=True)
    if rule is None:
        return
    session.delete(rule)
    session.flush()
    audit.record(
        session,
        "second-step.leave",
        at=at,
        thing_id=organisation.id,
        owner_id=organisation.id,
        before=rule.required_from,
    )
