"""The tables that every feature stands on: who takes part in which journey, and in which circle.

A party is a lane of a journey and exists before anybody of it has registered; a participation is
an organisation that fills it. A circle is an immutable set of seats, one per represented party;
rows that not every party may see carry a circle. An empty seat belongs to a party that has not
been confirmed yet: its first participation takes it and reads what the circle holds. Seats of a
group are never filled so: each member gets circles of its own.
"""

from __future__ import annotations

import uuid
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from partnerjourney.core.db import (
    Base,
    Directory,
    Document,
    Id,
    JourneyScoped,
    OrganisationPrivate,
    choice,
    unique_where,
)


class Role(StrEnum):
    """What a member may do in its organisation."""

    ADMIN = "admin"
    EDITOR = "editor"
    VIEWER = "viewer"


class PartyKind(StrEnum):
    """What fills a lane."""

    ORGANISATION = "organisation"
    GROUP = "group"
    CUSTOMER = "customer"
    UNREPRESENTED = "unrepresented"


class JourneyKind(StrEnum):
    """How much of the customer's life a journey covers."""

    END_TO_END = "end_to_end"
    MICRO = "micro"
    LIFELINE = "lifeline"
    EMPLOYEE = "employee"


class JourneyState(StrEnum):
    """Where the working copy of a journey stands."""

    DRAFT = "draft"
    IN_USE = "in_use"
    ARCHIVED = "archived"


class ParticipationRole(StrEnum):
    """What an organisation is in one journey."""

    ORCHESTRATOR = "orchestrator"
    PARTNER = "partner"
    OBSERVER = "observer"


class ParticipationState(StrEnum):
    """Whether an organisation takes part now; one that is leaving is active until its last day."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    LEFT = "left"


class Organisation(Directory, Base):
    """A company with its own members; brand in one journey, partner in another."""

    __tablename__ = "organisation"
    id: Mapped[Id]
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    brand_colour: Mapped[str] = mapped_column(String(7), default="#1456ad")
    reply_to: Mapped[str | None] = mapped_column(String(254))
    address: Mapped[str | None] = mapped_column(String(200))
    created_at: Mapped[datetime]

    @property
    def monogram(self) -> str:
        """Two letters that stand for the organisation."""
        return monogram(self.name)


def monogram(name: str) -> str:
    """Return the two letters that stand for a name: initials, else its first two letters."""
    words = [word for word in name.split() if word[:1].isalnum()]
    return (words[0][0] + words[1][0] if len(words) > 1 else name[:2]).upper()


class User(Directory, Base):
    """A person; what it may do hangs on its memberships, how it signs in on its credential."""

    __tablename__ = "user_account"
    id: Mapped[Id]
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    language: Mapped[str] = mapped_column(String(2), default="nl")
    theme: Mapped[str] = mapped_column(String(5), default="auto")
    created_at: Mapped[datetime]


class Membership(OrganisationPrivate, Base):
    """A person acts for an organisation (`owner_id`) in a role until the membership ends."""

    __tablename__ = "membership"
    __table_args__ = (
        unique_where(
            "uq_membership_owner_id_user_id_current", "owner_id user_id", "ended_at IS NULL"
        ),
    )
    id: Mapped[Id]
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), index=True)
    role: Mapped[Role] = mapped_column(choice(Role))
    signatory: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    user: Mapped[User] = relationship(lazy="raise")
    organisation: Mapped[Organisation] = relationship(
        lazy="raise", primaryjoin="foreign(Membership.owner_id) == Organisation.id", viewonly=True
    )


class Journey(Base):
    """From a customer's need to after-use; the organisation that owns it coordinates it.

    A micro or employee journey is part of `parent_id`, from one of its phases to another; that has
    parties of its own, and is found through the border. `in_use_…` tell of the version in use.
    """

    __tablename__ = "journey"
    __table_args__ = (UniqueConstraint("organisation_id", "slug"),)
    id: Mapped[Id]
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    slug: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[JourneyKind] = mapped_column(choice(JourneyKind), default=JourneyKind.END_TO_END)
    state: Mapped[JourneyState] = mapped_column(choice(JourneyState), default=JourneyState.DRAFT)
    language: Mapped[str] = mapped_column(String(2), default="nl")
    form_of_address: Mapped[str] = mapped_column(String(2), default="u")
    time_zone: Mapped[str] = mapped_column(String(60), default="Europe/Amsterdam")
    customer_owner_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    contact_name: Mapped[str | None] = mapped_column(String(120))
    contact_email: Mapped[str | None] = mapped_column(String(254))
    contact_phone: Mapped[str | None] = mapped_column(String(40))
    fictitious: Mapped[bool] = mapped_column(default=False)
    parent_id: Mapped[uuid.UUID | None]
    parent_from_id: Mapped[uuid.UUID | None]
    parent_to_id: Mapped[uuid.UUID | None]
    cadence_days: Mapped[int | None]
    in_use_id: Mapped[uuid.UUID | None]
    in_use_number: Mapped[int | None]
    in_use_since: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]
    customer_owner: Mapped[Organisation] = relationship(
        lazy="raise", foreign_keys=customer_owner_id
    )
    organisation: Mapped[Organisation] = relationship(lazy="raise", foreign_keys=organisation_id)
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own interface


class Party(JourneyScoped, Base):
    """A lane of one journey; until it is confirmed the orchestrator is its interim owner.

    Or `interim_party_id`, appointed when somebody left; `left_name` tells who, until another is in.
    """

    __tablename__ = "party"
    __table_args__ = (
        UniqueConstraint("journey_id", "key"),
        ForeignKeyConstraint(["journey_id", "interim_party_id"], ["party.journey_id", "party.id"]),
    )
    id: Mapped[Id]
    key: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(120))
    subtitle: Mapped[str] = mapped_column(String(120), default="")
    kind: Mapped[PartyKind] = mapped_column(choice(PartyKind))
    orchestrator: Mapped[bool] = mapped_column(default=False)
    position: Mapped[int]
    confirmed_at: Mapped[datetime | None]
    retired_at: Mapped[datetime | None]
    suspended_at: Mapped[datetime | None]
    left_at: Mapped[datetime | None]
    left_name: Mapped[str | None] = mapped_column(String(120))
    interim_party_id: Mapped[uuid.UUID | None]
    version: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own interface

    @property
    def represented(self) -> bool:
        """Whether organisations can fill this lane, so that it has seats."""
        return self.kind in (PartyKind.ORGANISATION, PartyKind.GROUP)

    @property
    def monogram(self) -> str:
        """Two letters that stand for the party."""
        return monogram(self.name)

    @property
    def provisional(self) -> bool:
        """Whether the coordinator filled it in and nobody of it has confirmed that."""
        return self.kind is PartyKind.ORGANISATION and self.confirmed_at is None


class Participation(Base):
    """An organisation fills a party. `discreet` ones are members of a group: unseen by peers.

    `disciplines` are the trades from which it looks at the journey, as it says itself.
    `leaves_on` is the last day of one that is leaving. Who left and comes back gets a new one.
    """

    __tablename__ = "participation"
    __table_args__ = (
        ForeignKeyConstraint(["journey_id", "party_id"], ["party.journey_id", "party.id"]),
        unique_where(
            "uq_participation_current", "journey_id party_id organisation_id", "state <> 'left'"
        ),
    )
    journey_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("journey.id"), primary_key=True, sort_order=-30
    )
    id: Mapped[Id]
    party_id: Mapped[uuid.UUID]
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    role: Mapped[ParticipationRole] = mapped_column(choice(ParticipationRole))
    state: Mapped[ParticipationState] = mapped_column(
        choice(ParticipationState), default=ParticipationState.ACTIVE
    )
    discreet: Mapped[bool] = mapped_column(default=False)
    joined_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    disciplines: Mapped[list[Any]] = mapped_column(default=list)
    leaves_on: Mapped[date | None]
    left_at: Mapped[datetime | None]
    organisation: Mapped[Organisation] = relationship(lazy="raise")
    party: Mapped[Party] = relationship(lazy="raise", overlaps="journey")


class Circle(Base):
    """An immutable set of seats; `key` names the set, so that equal sets are one open circle.

    It closes when one of its seats is left (core/departing.py); what follows has another circle.
    """

    __tablename__ = "circle"
    __table_args__ = (unique_where("uq_circle_open", "journey_id key", "closed_at IS NULL"),)
    journey_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("journey.id"), primary_key=True, sort_order=-30
    )
    id: Mapped[Id]
    key: Mapped[str] = mapped_column(String(64))
    closed_at: Mapped[datetime | None]


class CircleSeat(Base):
    """The place of one party in a circle, and which participation sits in it."""

    __tablename__ = "circle_seat"
    __table_args__ = (
        ForeignKeyConstraint(["journey_id", "circle_id"], ["circle.journey_id", "circle.id"]),
        ForeignKeyConstraint(["journey_id", "party_id"], ["party.journey_id", "party.id"]),
        ForeignKeyConstraint(
            ["journey_id", "participation_id"], ["participation.journey_id", "participation.id"]
        ),
        Index("ix_circle_seat_participation_id", "participation_id"),
    )
    journey_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, sort_order=-30)
    circle_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, sort_order=-20)
    party_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, sort_order=-10)
    participation_id: Mapped[uuid.UUID | None]


class Setting(Directory, Base):
    """What the installation itself remembers: a few facts such as 'this is the demo'."""

    __tablename__ = "setting"
    key: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[dict[str, Any]] = mapped_column(Document)


def circle_key() -> ForeignKeyConstraint:
    """Return the composite key that ties a circle-scoped row to a circle of its own journey."""
    return ForeignKeyConstraint(["journey_id", "circle_id"], ["circle.journey_id", "circle.id"])
