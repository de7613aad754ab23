"""Credential, PasswordReset, invitations, JoinRequest, WorkingCalendar."""

from __future__ import annotations

import uuid
from datetime import datetime, time
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from partnerjourney.core.db import Base, Id, OrganisationPrivate, RandomId, Sealed, choice
from partnerjourney.core.holidays import Country
from partnerjourney.core.parties import Role, User
from partnerjourney.core.workdays import ZONE


class InvitationState(StrEnum):
    """Where an invitation stands; expired is `open` with its day past."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    ASKED = "asked"  # its reader asked to join an existing organisation, which decides


class Credential(Sealed, Base):
    """How a person proves who it is; apart from the person, whom everybody may name."""

    __tablename__ = "credential"
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    password_hash: Mapped[str] = mapped_column(String(200))
    changed_at: Mapped[datetime]


class PasswordReset(Sealed, Base):
    """A link to set a password; used once."""

    __tablename__ = "password_reset"
    id: Mapped[RandomId]
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class PartyInvitation(OrganisationPrivate, Base):
    """The coordinator (`owner_id`) asks somebody to fill a party of a journey."""

    __tablename__ = "party_invitation"
    __table_args__ = (
        ForeignKeyConstraint(["journey_id", "party_id"], ["party.journey_id", "party.id"]),
        Index("ix_party_invitation_journey_id", "journey_id"),
    )
    id: Mapped[RandomId]
    journey_id: Mapped[uuid.UUID]
    party_id: Mapped[uuid.UUID]
    email: Mapped[str] = mapped_column(String(254))
    name: Mapped[str] = mapped_column(String(120), default="")
    language: Mapped[str] = mapped_column(String(2), default="nl")
    state: Mapped[InvitationState] = mapped_column(
        choice(InvitationState), default=InvitationState.OPEN
    )
    reason: Mapped[str | None] = mapped_column(String(500))
    invited_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    expires_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    organisation_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organisation.id"))


class MemberInvitation(OrganisationPrivate, Base):
    """An admin asks a colleague into the organisation."""

    __tablename__ = "member_invitation"
    id: Mapped[RandomId]
    email: Mapped[str] = mapped_column(String(254))
    name: Mapped[str] = mapped_column(String(120), default="")
    role: Mapped[Role] = mapped_column(choice(Role))
    signatory: Mapped[bool] = mapped_column(default=False)
    language: Mapped[str] = mapped_column(String(2), default="nl")
    state: Mapped[InvitationState] = mapped_column(
        choice(InvitationState), default=InvitationState.OPEN
    )
    invited_by_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    expires_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]


class JoinRequest(OrganisationPrivate, Base):
    """Somebody asks to join this organisation; one of its admins decides.

    `invitation_id` is the party invitation through which the person came, carried out on a yes.
    """

    __tablename__ = "join_request"
    id: Mapped[Id]
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    invitation_id: Mapped[uuid.UUID | None]
    invitation_owner_id: Mapped[uuid.UUID | None]
    created_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    accepted: Mapped[bool | None]
    user: Mapped[User] = relationship(lazy="raise")


def _week() -> list[Any]:
    return list(range(5))


class WorkingCalendar(OrganisationPrivate, Base):
    """When an organisation works: one row, or none while it has said nothing.

    `days` are weekdays (0 is Monday), the holidays are keys, `closed_on` holds pairs of first and
    last day (ISO) on which it is closed besides.
    """

    __tablename__ = "working_calendar"
    days: Mapped[list[Any]] = mapped_column(default=_week)
    cut_off: Mapped[time] = mapped_column(default=time(17))
    zone: Mapped[str] = mapped_column(String(60), default=ZONE)
    country: Mapped[Country] = mapped_column(choice(Country), default=Country.NL)
    worked_holidays: Mapped[list[Any]] = mapped_column(default=list)
    closed_holidays: Mapped[list[Any]] = mapped_column(default=list)
    closed_on: Mapped[list[Any]] = mapped_column(default=list)
    version: Mapped[int] = mapped_column()
    changed_at: Mapped[datetime]
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own interface
