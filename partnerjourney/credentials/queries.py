"""Reads for the pages about a second step."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from partnerjourney.core import border
from partnerjourney.core.parties import Membership, User
from partnerjourney.credentials.models import AuthenticatorApp, Passkey
from partnerjourney.organisations.models import Credential


@dataclass(frozen=True)
class Colleague:
    """A member of the acting organisation, and whether a second step is set up."""

    name: str
    email: str
    has_second_step: bool


def colleagues(session: Session, organisation_id: uuid.UUID) -> list[Colleague]:
    """Return who acts for an organisation, by name; for its admins, who may insist."""
    has_app = exists().where(AuthenticatorApp.user_id == User.id)
    has_key = exists().where(Passkey.user_id == User.id)
    with border.verb(session, "who has a second step") as system:
        rows = system.execute(
            select(User.name, User.email, or_(has_app, has_key))
            .join(Membership, Membership.user_id == User.id)
            .where(Membership.owner_id == organisation_id, Membership.ended_at.is_(None))
            .order_by(User.name, User.id)
        ).all()
    return [Colleague(name, email, bool(has)) for name, email, has in rows]


def has_password(session: Session, user_id: uuid.UUID) -> bool:
    """Say whether a person has a password at all."""
    found = session.scalar(select(Credential.user_id).where(Credential.user_id == user_id))
    return found is not None
