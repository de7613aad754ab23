"""What mail a person gets in an organisation, and until when it is away."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from partnerjourney.core import audit, border, ids
from partnerjourney.core.errors import NotFoundError
from partnerjourney.core.links import Link, Purpose
from partnerjourney.core.parties import Membership, Organisation, Role, User
from partnerjourney.core.policy import NotAllowedError, Permission, require
from partnerjourney.core.scopes import Member
from partnerjourney.notices.models import NoticeSetting
from partnerjourney.notices.rules import Often
from partnerjourney.organisations.queries import acting


def setting_for(system: Session, organisation_id: uuid.UUID, user_id: uuid.UUID) -> NoticeSetting:
    """Return what a person chose for an organisation, locked; with the defaults when nothing.

    Under System. Two that come at once make one row.
    """
    dialect = sqlite if system.get_bind().dialect.name == "sqlite" else postgresql
    system.execute(
        dialect.insert(NoticeSetting)
        .values(owner_id=organisation_id, user_id=user_id)
        .on_conflict_do_nothing(index_elements=["owner_id", "user_id"])
    )
    return system.scalars(
        select(NoticeSetting)
        .where(NoticeSetting.owner_id == organisation_id, NoticeSetting.user_id == user_id)
        .with_for_update()
    ).one()


def change_own(
    system: Session,
    user_id: uuid.UUID,
    organisation_id: uuid.UUID,
    *,
    often: Often,
    weekday: int,
    immediate: bool,
    at: datetime,
) -> None:
    """Change what mail a person gets, by that person; NotFoundError for no member."""
    who = acting(system, organisation_id, user_id)
    if who is None:
        raise NotFoundError
    row = setting_for(system, organisation_id, user_id)
    before = [row.often, row.weekday, row.immediate]
    row.often, row.weekday, row.immediate = often, weekday, immediate
    system.flush()
    _record(system, "notice.change", row, who, before=before, at=at)


def set_absence(
    session: Session,
    actor: Member,
    organisation: Organisation,
    membership_id: uuid.UUID,
    *,
    until: date | None,
    at: datetime,
) -> None:
    """Say until which day a member is away: by itself, or by an admin; None for back."""
    require(actor, Permission.ORGANISATION_READ, organisation)
    member = session.scalar(
        select(Membership).where(
            Membership.owner_id == organisation.id,
            Membership.id == membership_id,
            Membership.ended_at.is_(None),
        )
    )
    if member is None:
        raise NotFoundError
    if member.user_id != actor.user_id and actor.role is not Role.ADMIN:
        raise NotAllowedError("somebody else's absence")
    with border.verb(session, "absence") as system:
        row = setting_for(system, organisation.id, member.user_id)
        before, row.absent_until = row.absent_until, until
        system.flush()
        _record(system, "notice.absence", row, actor, before=before, at=at)


def _record(
    system: Session,
    verb: str,
    row: NoticeSetting,
    who: Member | None,
    *,
    before: Any,
    at: datetime,
) -> None:
    after = row.absent_until if verb == "notice.absence" else [row.often, row.weekday]
    audit.record(
        system,
        verb,
        at=at,
        thing_id=row.user_id,
        owner_id=row.owner_id,
        before=before,
        after=after,
        by=who,
    )


# --- no more overviews, from the mail -----------------------------------------------------------


@dataclass(frozen=True)
class Stopping:
    """Whose overview of which organisation a link ends."""

    setting: NoticeSetting
    organisation: Organisation
    user: User


def find_stopping(system: Session, token: str) -> Stopping:
    """Return what the link at the foot of an overview is about; raises NotFoundError.

    A membership that ended ended the link too.
    """
    row = system.execute(
        select(NoticeSetting, Organisation, User)
        .join(Link, Link.thing_id == NoticeSetting.id)
        .join(Organisation, Organisation.id == NoticeSetting.owner_id)
        .join(User, User.id == NoticeSetting.user_id)
        .join(
            Membership,
            (Membership.owner_id == NoticeSetting.owner_id)
            & (Membership.user_id == NoticeSetting.user_id)
            & Membership.ended_at.is_(None),
        )
        .where(Link.token_hash == ids.token_hash(token), Link.purpose == Purpose.OVERVIEW)
    ).first()
    if row is None:
        raise NotFoundError
    return Stopping(*row)


def stop(system: Session, found: Stopping, *, at: datetime) -> None:
    """End a person's overviews of one organisation; a second time changes nothing."""
    row = found.setting
    if row.often is Often.NEVER:
        return
    before = [row.often, row.weekday]
    row.often = Often.NEVER
    system.flush()
    who = acting(system, row.owner_id, row.user_id)
    _record(system, "notice.stop", row, who, before=before, at=at)
