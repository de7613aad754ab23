"""When each organisation works."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_table(
        "working_calendar",
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("days", DOCUMENT, nullable=False),
        sa.Column("cut_off", sa.Time(), nullable=False),
        sa.Column("zone", sa.String(length=60), nullable=False),
        sa.Column("country", sa.String(length=40), nullable=False),
        sa.Column("worked_holidays", DOCUMENT, nullable=False),
        sa.Column("closed_holidays", DOCUMENT, nullable=False),
        sa.Column("closed_on", DOCUMENT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["organisation.id"], name=op.f("fk_working_calendar_owner_id")
        ),
        sa.PrimaryKeyConstraint("owner_id", name=op.f("pk_working_calendar")),
    )


def downgrade() -> None:
    """Bring the schema back."""
    op.drop_table("working_calendar")
