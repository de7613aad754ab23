"""Item, where it is used, and what became of a change: all of it the organisation's own."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from partnerjourney.core.db import Base, Id, OrganisationPrivate, RandomId, choice
from partnerjourney.library.rules import Kind, Spot


class LibraryItem(OrganisationPrivate, Base):
    """A card, hours, a contact or a text; `fields` are those of its kind."""

    __tablename__ = "library_item"
    id: Mapped[Id]
    kind: Mapped[Kind] = mapped_column(choice(Kind))
    title: Mapped[str] = mapped_column(String(80))
    fields: Mapped[dict[str, Any]]
    made_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own interface


def _item() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["owner_id", "item_id"], ["library_item.owner_id", "library_item.id"]
    )


class LibraryUse(OrganisationPrivate, Base):
    """A place where an item is used: what of which card or hand-over, and what it was left as.

    Brands see the content alone: nothing of theirs points here.
    """

    __tablename__ = "library_use"
    __table_args__ = (
        _item(),
        UniqueConstraint("owner_id", "journey_id", "thing_id", "spot"),
        Index("ix_library_use_item_id", "item_id"),
    )
    id: Mapped[RandomId]
    item_id: Mapped[uuid.UUID]
    journey_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("journey.id"))
    spot: Mapped[Spot] = mapped_column(choice(Spot))
    thing_id: Mapped[uuid.UUID]
    taken: Mapped[dict[str, Any]]
    used_at: Mapped[datetime]


class LibraryChange(OrganisationPrivate, Base):
    """A change of an item as it was shown, place by place, and what became of each.

    `places` lists what was chosen in the order in which it was shown: use, base, way; and, once it
    is done, what became of it. `finished_at` is empty while some wait.
    """

    __tablename__ = "library_change"
    __table_args__ = (_item(), Index("ix_library_change_item_id", "item_id"))
    id: Mapped[Id]
    item_id: Mapped[uuid.UUID]
    user_id: Mapped[uuid.UUID | None]
    fields: Mapped[dict[str, Any]]
    reason: Mapped[str] = mapped_column(String(300), default="")
    places: Mapped[list[Any]]
    made_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column()
    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own interface
