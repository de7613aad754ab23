"""Alembic's environment: runs on the connection that core/migrate.py hands over."""

from __future__ import annotations

from typing import Any

from alembic import context
from sqlalchemy import JSON, Enum

from partnerjourney.core import schema
from partnerjourney.core.db import UtcDateTime

config = context.config
connection = config.attributes["connection"]


def _render(kind: str, thing: Any, autogen: Any) -> Any:
    """Write plain types: a migration must not change when a class of today does."""
    if kind == "type" and isinstance(thing, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(thing, Enum):
        return f"sa.String(length={thing.length})"
    if kind == "type" and isinstance(thing, JSON):
        autogen.imports.add("from sqlalchemy.dialects import postgresql")
        return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    return False


context.configure(
    connection=connection,
    target_metadata=schema.load().metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    render_item=_render,
    compare_type=True,
    compare_server_default=True,
    transaction_per_migration=False,
    transactional_ddl=False,
)
context.run_migrations()
