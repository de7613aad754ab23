"""Do's and don'ts of a journey, reasons written down, and the trades that look at it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

DOCUMENT = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    """Bring the schema forward."""
    op.create_table(
        "checklist_item",
        sa.Column("journey_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("text", sa.String(length=200), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("done", sa.Boolean(), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["journey_id"], ["journey.id"], name=op.f("fk_checklist_item_journey_id")),
        sa.PrimaryKeyConstraint("journey_id", "id", name=op.f("pk_checklist_item")),
    )
    op.create_table(
        "written_reason",
        sa.Column("journey_id", sa.Uuid(), nullable=False),
        sa.Column("rule", sa.String(length=4), nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("party_id", sa.Uuid(), nullable=True),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["journey_id"], ["journey.id"], name=op.f("fk_written_reason_journey_id")),
        sa.PrimaryKeyConstraint("journey_id", "rule", name=op.f("pk_written_reason")),
    )
    with op.batch_alter_table("participation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("disciplines", DOCUMENT, nullable=False, server_default=sa.text("'[]'")))
    with op.batch_alter_table("participation", schema=None) as batch_op:
        batch_op.alter_column("disciplines", server_default=None)


def downgrade() -> None:
    """Bring the schema back."""
    with op.batch_alter_table("participation", schema=None) as batch_op:
        batch_op.drop_column("disciplines")
    op.drop_table("written_reason")
    op.drop_table("checklist_item")
