"""The declarative base, column types, engines, and the mixins that say whose row it is.

Five kinds of table, each a mixin: Directory, JourneyScoped, CircleScoped, OrganisationPrivate,
Sealed. A sweep fails for a table without one. core/border.py gives each kind its predicate.
"""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any

from sqlalchemy import JSON, DateTime, Dialect, Enum, ForeignKey, Index, MetaData, Uuid, text
from sqlalchemy import types as sqltypes
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from partnerjourney.core import ids

Document = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


class UtcDateTime(sqltypes.TypeDecorator[datetime]):
    """An aware moment, stored in UTC on both engines; a naive one is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive moments; store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return an aware moment in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def choice(values: type[StrEnum]) -> Enum:
    """Return a text column type that holds one of the values of a StrEnum."""
    return Enum(
        values,
        native_enum=False,
        create_constraint=False,
        length=40,
        values_callable=lambda kind: [member.value for member in kind],
    )


def unique_where(name: str, columns: str, where: str) -> Index:
    """Return an index that lets no two rows of which `where` holds have the same columns.

    The columns are named with spaces in between.
    """
    held = text(where)
    return Index(name, *columns.split(), unique=True, sqlite_where=held, postgresql_where=held)


Id = Annotated[uuid.UUID, mapped_column(Uuid, primary_key=True, default=ids.new_v7, sort_order=-10)]
RandomId = Annotated[
    uuid.UUID, mapped_column(Uuid, primary_key=True, default=ids.new_v4, sort_order=-10)
]


class Base(DeclarativeBase):
    """Every table; constraints are named so that migrations can alter them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: dict[Any, Any] = {  # noqa: RUF012 - SQLAlchemy's own interface
        datetime: UtcDateTime,
        dict[str, Any]: Document,
        list[Any]: Document,
    }


class Directory:
    """Names that any scope may read: organisations and people. Few columns, no secrets."""


class JourneyScoped:
    """A row that the active participations of its journey share."""

    journey_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("journey.id"), primary_key=True, sort_order=-30
    )


class CircleScoped:
    """A row that only the seats of its circle share; give the table a `circle_key()`."""

    journey_id: Mapped[uuid.UUID] = mapped_column(primary_key=True, sort_order=-30)
    circle_id: Mapped[uuid.UUID] = mapped_column(index=True, sort_order=-20)


class ProductWritten:
    """A shared row that parties read and only the product itself writes: counts and verdicts."""


class OrganisationPrivate:
    """A row that only its own organisation sees."""

    owner_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("organisation.id"), primary_key=True, sort_order=-30
    )


class Sealed:
    """A row that no organisation reads: only verbs that aggregate, publish or send."""
